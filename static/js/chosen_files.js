// Files that go with a form: several shots of the camera add up, each is named and can be left out again. Without this
// script the browser's own field sends what was chosen last.
const group = document.querySelector("[data-chosen-files]");
const [main, ...others] = group.querySelectorAll("input[type=file]");
const list = group.querySelector("ul");
let chosen = [];

function limitOf(file) {
  return Number(file.type.startsWith("image/") ? group.dataset.photoBytes : group.dataset.fileBytes);
}

function sizeOf(bytes) {
  const kilobytes = bytes / 1024;
  return kilobytes < 1000 ? `${Math.max(1, Math.round(kilobytes))} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}

// All of them go into the one field that is sent.
function show() {
  const holder = new DataTransfer();
  for (const file of chosen) holder.items.add(file);
  main.files = holder.files;
  list.replaceChildren(...chosen.map(row));
}

function row(file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const drop = document.createElement("button");
  name.className = "name";
  name.textContent = `${file.name}（${sizeOf(file.size)}）`;
  drop.type = "button";
  drop.className = "button";
  drop.textContent = "不要";
  drop.setAttribute("aria-label", `不要 ${file.name}`);
  drop.addEventListener("click", () => {
    chosen = chosen.filter((other) => other !== file);
    show();
  });
  item.append(name, drop);
  if (file.size > limitOf(file)) {
    const why = document.createElement("span");
    why.className = "error";
    why.textContent = `最大 ${sizeOf(limitOf(file))}，请压缩后再选。`;
    item.append(why);
  }
  return item;
}

group.classList.add("direct");
for (const label of group.querySelectorAll("[hidden]")) label.hidden = false;
for (const input of [main, ...others]) {
  input.addEventListener("change", () => {
    const added = [...input.files];
    if (input !== main) input.value = "";
    chosen = [...chosen, ...added.filter((file) => !chosen.includes(file))];
    show();
  });
}

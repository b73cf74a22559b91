// Photos and files go up as soon as they are chosen, one after the other, each with its own progress and its own error.
// Without this script the form sends what was chosen with its button.
const form = document.querySelector(".attachments .attach");
const list = document.querySelector(".attachments .files");
const task = form.querySelector("[name=item]"); // only a report has tasks to choose from
// Read anew each time: signing in again in another window changes it.
const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]*)/)?.[1] ?? "";
const waiting = [];
let isSending = false;

const SIGNED_OUT = "登录已过期。请在新窗口登录后点“重试”，已填的内容不会丢失。";
const BROKEN = "网络中断，没有传上去，请点“重试”。";

function limitOf(file) {
  return Number(file.type.startsWith("image/") ? form.dataset.photoBytes : form.dataset.fileBytes);
}

function megabytes(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function fromHtml(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

// The row of a file that isn't on the server yet.
function addRow(file) {
  const row = element("li", "sending", "");
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", `${file.name} 的上传进度`);
  row.append(element("span", "name", file.name), bar, element("span", "state small muted", "等待上传"));
  list.append(row);
  return row;
}

function choose(files) {
  for (const file of files) {
    const job = { file, item: task?.value ?? "", row: addRow(file) };
    if (file.size > limitOf(file)) fail(job, `有 ${megabytes(file.size)}，最大 ${megabytes(limitOf(file))}，请压缩后再传。`, false);
    else waiting.push(job);
  }
  sendNext();
}

function sendNext() {
  if (isSending || waiting.length === 0) return;
  isSending = true;
  send(waiting.shift());
}

function send(job) {
  const state = job.row.querySelector(".state");
  const bar = job.row.querySelector("progress");
  const body = new FormData();
  body.append("item", job.item);
  body.append("files", job.file);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRFToken", token());
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => {
    bar.value = (100 * event.loaded) / event.total;
    state.textContent = event.loaded < event.total ? `正在上传 ${Math.round(bar.value)}%` : "正在处理……";
  });
  request.addEventListener("load", () => finish(job, request));
  request.addEventListener("error", () => fail(job, BROKEN, true));
  request.addEventListener("timeout", () => fail(job, BROKEN, true));
  request.addEventListener("loadend", () => {
    isSending = false;
    sendNext();
  });
  request.timeout = 5 * 60 * 1000;
  request.send(body);
}

function finish(job, { status, response }) {
  if (status === 201 && response) return show(job, response.html);
  if (status === 422 && response) return fail(job, response.error, false);
  // A sign-in page instead of an answer, or a session that has changed.
  if (status === 200 || status === 403) return fail(job, SIGNED_OUT, true);
  if (status === 400 || status === 413) return fail(job, "文件太大，服务器没有收下，请压缩后再传。", false);
  fail(job, "服务器没有收下，请过一会儿点“重试”。", true);
}

function show(job, html) {
  const row = fromHtml(html);
  document.getElementById(row.id)?.remove();
  job.row.replaceWith(row);
}

function fail(job, reason, canRetry) {
  job.row.className = "refused";
  const name = element("span", "name", job.file.name);
  const why = element("span", "error", reason);
  const buttons = element("span", "buttons", "");
  if (canRetry) buttons.append(button("重试", () => retry(job)));
  buttons.append(button("不传了", () => job.row.remove()));
  job.row.replaceChildren(name, why, buttons);
}

function retry(job) {
  const row = addRow(job.file);
  job.row.replaceWith(row);
  job.row = row;
  waiting.push(job);
  sendNext();
}

function button(text, act) {
  const made = element("button", "button", text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

async function remove(removal) {
  const row = removal.closest("li");
  const name = row.querySelector(".name").textContent;
  if (!confirm(`移除“${name}”？`)) return;
  try {
    const response = await fetch(removal.action, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token() },
      redirect: "manual",
    });
    if (response.status === 404) return row.remove();
    const { error } = await response.json();
    if (error) row.append(element("span", "error", error));
    else row.remove();
  } catch {
    row.append(element("span", "error", "没有移除：网络中断或登录已过期，请稍后再试。"));
  }
}

form.classList.add("direct");
const camera = form.querySelector(".camera");
camera.hidden = false;
camera.querySelector("input").disabled = false;
for (const input of form.querySelectorAll("input[type=file]")) {
  const take = () => {
    choose([...input.files]);
    input.value = "";
  };
  input.addEventListener("change", take);
  if (input.files.length) take(); // chosen while this script was still on its way
}
list.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-remove]")) return;
  event.preventDefault();
  remove(event.target);
});
// Leaving while something is under way would lose it without a word.
addEventListener("beforeunload", (event) => {
  if (isSending) event.preventDefault();
});

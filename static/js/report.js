// What was typed into a report and not saved stays on this machine until the server has it: a closed tab or an expired
// session loses nothing. Restored only onto the version it was typed on; onto another it is shown, never filled in.
const WEEK = 7 * 24 * 3600 * 1000;
const form = document.getElementById("report");
const { key, version } = form.dataset;
const state = form.querySelector(".savebar .state");
const fields = [...form.querySelectorAll("input:not([type=hidden]), textarea")];
const valueOf = (field) => (field.type === "checkbox" ? field.checked : field.value);
const initial = new Map(fields.map((field) => [field.name, valueOf(field)]));

function say(text, kind) {
  state.textContent = text;
  state.className = `state ${kind}`;
}

function keep() {
  const typed = fields.filter((field) => valueOf(field) !== initial.get(field.name));
  const values = Object.fromEntries(typed.map((field) => [field.name, valueOf(field)]));
  if (typed.length === 0) localStorage.removeItem(key);
  else localStorage.setItem(key, JSON.stringify({ version, values, at: Date.now() }));
  say(typed.length ? `有 ${typed.length} 项还没有保存` : "没有改动", "busy");
}

function restore({ version: typedOn, values, at, sent }) {
  // Sent, and the version grew: the server has it. A week is long enough for the rest.
  if ((sent && typedOn !== version) || Date.now() - at > WEEK) return localStorage.removeItem(key);
  const typed = fields.filter((field) => field.name in values && valueOf(field) !== values[field.name]);
  if (typed.length === 0) return localStorage.removeItem(key);
  if (typedOn !== version) return showBeside(typed, values);
  for (const field of typed) {
    if (field.type === "checkbox") field.checked = values[field.name];
    else field.value = values[field.name];
  }
  say(`已恢复上次没有保存的 ${typed.length} 项，请保存`, "busy");
}

function showBeside(typed, values) {
  const banner = document.createElement("div");
  banner.className = "banner";
  banner.setAttribute("role", "note");
  banner.append("这份月报后来又有改动。您上次填了没有保存的是：");
  const list = document.createElement("ul");
  for (const field of typed) {
    const item = document.createElement("li");
    item.textContent = `${field.labels[0].textContent.trim()}：${values[field.name]}`;
    list.append(item);
  }
  banner.append(list);
  form.before(banner);
}

const kept = localStorage.getItem(key);
// A page that answers a refused form shows what was typed already.
if (kept && !document.querySelector("#error-summary, [role=alert]")) restore(JSON.parse(kept));
form.addEventListener("input", keep);
form.addEventListener("submit", () => {
  const kept = localStorage.getItem(key);
  if (kept) localStorage.setItem(key, JSON.stringify({ ...JSON.parse(kept), sent: true }));
});
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    form.querySelector("[name=save]").click();
  }
});

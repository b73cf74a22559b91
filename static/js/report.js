// The page of one report and the grid of all: what they tell of their reports, and the keys that lead through them.
import { Report } from "./entry.js";
import { watchPasting } from "./paste.js";

const form = document.getElementById("report");
const state = form.querySelector(".savebar .state");
const initially = [state.textContent, state.className];
const reports = [];
const nil = document.getElementById("id_is_nil");

// A nil report asks for its reason alone.
function askLess() {
  for (const part of form.querySelectorAll("[data-unless-nil]")) part.hidden = nil?.checked ?? false;
}

function tell() {
  askLess();
  const unsaved = unsavedFields();
  const disputed = unsaved.filter((field) => field.disputed).length;
  const refused = unsaved.filter((field) => field.refused === field.value).length;
  const problem = reports.map((report) => report.problem).find(Boolean);
  if (problem === "signed-out") return sayExpired();
  if (problem === "offline") return say(`网络中断，已存在本机 ${unsaved.length} 项`, "bad");
  if (problem) return say(problem, "bad");
  if (unsaved.some((field) => field.isToSend)) return say("正在保存", "busy");
  if (disputed) return say(`有 ${disputed} 处两边填的不一样，请选一个`, "bad", firstDisputed);
  if (refused) return say(`有 ${refused} 处没有看懂，还没有保存`, "bad", firstRefused);
  const times = reports.map((report) => report.savedAt).filter(Boolean);
  if (times.length === 0) [state.textContent, state.className] = initially;
  else say(`已保存 ${times.sort().pop()}`, "");
}

// What has to be put right may be far off in the grid: the words lead there.
function say(text, kind, find) {
  if (state.textContent !== text) state.replaceChildren(find ? leadTo(find, text) : text);
  state.className = `state ${kind}`.trim();
}

function leadTo(find, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = text;
  button.addEventListener("click", () => {
    find()?.input.scrollIntoView({ block: "center", inline: "center" });
    find()?.input.focus({ preventScroll: true });
  });
  return button;
}

const unsavedFields = () => reports.flatMap((report) => report.unsaved);
const firstRefused = () => unsavedFields().find((field) => field.refused === field.value);
const firstDisputed = () => unsavedFields().find((field) => field.disputed);

function sayExpired() {
  if (state.querySelector("a")) return;
  say("", "bad");
  const link = document.createElement("a");
  link.href = `/login/?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = "登录已过期，重新登录后继续，不会丢失";
  state.append(link);
}

for (const block of form.querySelectorAll("[data-report]")) {
  reports.push(new Report(block, form.dataset.writer, () => reports.length && tell()));
}
tell();

const flushAll = () => Promise.all(reports.map((report) => report.flush()));

// The buttons work without this script, too; with it nothing typed ever leaves with a page that can't be reached.
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const isCheck = event.submitter?.name === "check";
  await flushAll();
  tell();
  const left = unsavedFields()[0];
  if (left) left.input.focus();
  else if (isCheck && !reports.some((report) => report.problem)) location.assign(form.dataset.check);
});

addEventListener("online", flushAll);
addEventListener("focus", () => reports.some((report) => report.problem === "signed-out") && flushAll());
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    flushAll();
  }
});

// Enter and the arrows lead on as in a spreadsheet: down the column where the sites are rows, else to the next field.
const isWide = matchMedia("(min-width: 721px)");

function below(input, step) {
  const cell = input.closest(".grid td");
  if (!cell || !isWide.matches) return null;
  const row = step > 0 ? cell.parentElement.nextElementSibling : cell.parentElement.previousElementSibling;
  return row?.cells[cell.cellIndex].querySelector("input:not([type=hidden]), textarea") ?? null;
}

// Figures first, from site to site; the texts, which may stay empty, come after the last of them.
function following(input, step) {
  const inputs = [...form.querySelectorAll("input:not([type=hidden]):not([type=checkbox])")];
  const visible = inputs.filter((other) => !other.disabled && other.offsetParent !== null);
  return visible[visible.indexOf(input) + step] ?? form.querySelector("textarea");
}

form.addEventListener("keydown", (event) => {
  const input = event.target;
  if (event.isComposing || input.tagName !== "INPUT") return;
  const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || (event.key !== "Enter" && input.type === "date")) return;
  event.preventDefault();
  const next = below(input, step) ?? following(input, step);
  next?.focus();
  next?.select?.();
});

for (const input of form.querySelectorAll("input:not([type=hidden])")) input.enterKeyHint = "next";

for (const button of form.querySelectorAll("[data-fill-plans]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const empty = [...form.querySelectorAll(".entry[data-key=next_plan]")].filter(
      (place) => !place.querySelector("textarea").value.trim(),
    );
    for (const place of empty) place.querySelector("button.same")?.click();
  });
}

// The date of completion is asked for when a task is finished.
function askForDates() {
  for (const place of form.querySelectorAll(".entry.done")) {
    const percent = place.parentElement.querySelector("input:not([type=hidden])");
    place.hidden = percent.value.trim() !== "100" && !place.querySelector("input:not([type=hidden])").value;
  }
}
form.addEventListener("input", askForDates);
askForDates();

watchPasting(form);

// The reviewer's item page, which works without any of this: keys, counted remarks, and who else has it open.
const IDLE = 10 * 60 * 1000;
const form = document.getElementById("decision");
const remarks = [...document.querySelectorAll(".remark textarea")];
const reason = form.elements.reason;
const written = () => remarks.filter((field) => field.value.trim()).length;
let leaving = false;

// Remarks: one click opens and is in the field, Esc leaves it; how many there are stands above the buttons.
function count() {
  const number = written();
  document.getElementById("remark-count").textContent = number ? `${number} 处批注` : "";
  for (const field of remarks) field.closest("details").classList.toggle("written", field.value.trim() !== "");
}
for (const field of remarks) {
  const details = field.closest("details");
  details.querySelector("summary").addEventListener("click", (event) => {
    if (details.open) return;
    event.preventDefault();
    details.open = true;
    field.focus();
  });
}
document.addEventListener("input", count);
count();

// What was typed and not sent is not left behind without a word.
addEventListener("beforeunload", (event) => {
  if (!leaving && (written() || reason.value.trim())) event.preventDefault();
});
form.addEventListener("submit", (event) => {
  // A second click or key while the first is under way would be answered as somebody else's decision.
  if (leaving) event.preventDefault();
  leaving = true;
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// Keys, for those who want them (the switch is kept on this machine).
const keysOn = document.getElementById("keys-on");
document.querySelector(".keys").hidden = false;
keysOn.checked = localStorage.getItem("review-keys") !== "off";
keysOn.addEventListener("change", () => localStorage.setItem("review-keys", keysOn.checked ? "on" : "off"));

const press = (verdict) => form.requestSubmit(form.querySelector(`[value=${verdict}]`));
const ACTIONS = {
  p: () => press("passed"),
  r: () => (written() || reason.value.trim() ? press("returned") : reason.focus()),
  n: () => document.getElementById("skip").click(),
  j: () => document.getElementById("skip").click(),
  k: () => location.assign(form.dataset.previous),
};
const isField = (element) => element.matches("textarea, select, input:not([type=checkbox]), [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (isField(event.target)) {
    if (event.key === "Escape" && !event.isComposing) event.target.blur();
    return;
  }
  const act = ACTIONS[event.key.toLowerCase()];
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat && !event.isComposing;
  if (!act || !isPlain || !keysOn.checked || leaving || !form.dataset.ready) return;
  event.preventDefault();
  act();
});
// A key pressed twice in a hurry must not decide the next report, which nobody has seen yet.
setTimeout(() => (form.dataset.ready = "yes"), 700);

// Who is here: told every minute while somebody is at the page (an unattended one would keep the session alive).
let lastActive = Date.now();
for (const kind of ["keydown", "pointerdown", "scroll"]) {
  addEventListener(kind, () => (lastActive = Date.now()), { passive: true });
}

function show(id, sentences) {
  const box = document.getElementById(id);
  const paragraphs = sentences.map((words) => Object.assign(document.createElement("p"), { textContent: words }));
  box.replaceChildren(...paragraphs);
  box.hidden = sentences.length === 0;
}

async function tell() {
  if (document.visibilityState !== "visible" || Date.now() - lastActive > IDLE) return;
  const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  const answer = await fetch(form.dataset.seen, { method: "POST", body, redirect: "error" }).catch(() => null);
  if (!answer?.ok) return;
  const { present, gone } = await answer.json();
  show("present", present);
  show("gone", gone ? [gone] : []);
}
setInterval(tell, 60_000);

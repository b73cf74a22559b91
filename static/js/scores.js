// The page on which a site is scored, made for a tablet on the spot: answers as large buttons, points as they come out,
// and the place where somebody stopped. What is typed saves itself by static/js/report.js.
const block = document.querySelector("[data-report]");

// Drop-downs become buttons; the drop-down stays what is sent.
for (const select of block.querySelectorAll("select[data-buttons]")) {
  const group = document.createElement("div");
  group.className = "choice";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", select.labels[0]?.textContent.trim() ?? "");
  const buttons = [...select.options].filter((option) => option.value !== "").map((option) => makeButton(select, option));
  group.append(...buttons);
  select.after(group);
  select.hidden = true;
  const tell = () => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === select.value));
  };
  select.addEventListener("input", tell);
  block.addEventListener("saved", tell);
  tell();
}

function makeButton(select, option) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.value = option.value;
  button.textContent = option.textContent;
  button.addEventListener("click", () => set(select, select.value === option.value ? "" : option.value));
  return button;
}

function set(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

// How often: one less, one more.
for (const input of block.querySelectorAll("input[data-times]")) {
  const step = (by, sign, words) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button step";
    button.textContent = sign;
    button.setAttribute("aria-label", `${input.labels[0]?.textContent.trim() ?? ""} ${words}`);
    button.addEventListener("click", () => {
      const now = Number.parseInt(input.value, 10);
      set(input, String(Number.isNaN(now) ? Math.max(0, by) : Math.max(0, now + by)));
    });
    return button;
  };
  input.before(step(-1, "−", "减一处"));
  input.after(step(1, "＋", "加一处"));
}

// Nothing to deduct, all at once.
for (const button of block.querySelectorAll("button[data-none]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const field of button.closest(".score-card").querySelectorAll("input[data-times], select[data-buttons]")) {
      if (field.value === "") set(field, "0");
    }
  });
}

// Sections stand folded but for the one in hand; whatever somebody is led to unfolds.
function unfold(element) {
  for (let at = element; at; at = at.parentElement?.closest("details")) if (at.matches("details")) at.open = true;
}

const target = () => (location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null);
function goTo(element) {
  if (!element) return;
  unfold(element);
  element.scrollIntoView({ block: "start" });
}
addEventListener("hashchange", () => goTo(target()));
document.addEventListener("click", ({ target: clicked }) => {
  const link = clicked.closest('a[href^="#"]');
  if (link && link.hash === location.hash) goTo(target()); // the same place again: no hashchange
});
for (const button of document.querySelectorAll("button[data-unfold]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const parts = [...block.querySelectorAll("details.score-part")];
    const isFolding = parts.every((part) => part.open);
    for (const part of parts) part.open = !isFolding;
    button.textContent = isFolding ? "全部展开" : "全部折叠";
  });
}
// A value that two people wrote is to be chosen where it stands (static/js/entry.js), and a correction needs a reason.
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) if (node.matches?.(".chooser")) unfold(node);
}).observe(block, { childList: true, subtree: true });
for (const details of block.querySelectorAll("details[data-by-hand]")) {
  details.addEventListener("toggle", () => {
    if (details.open) unfold(details.parentElement.querySelector("details[data-why]"));
  });
}

const summary = document.querySelector("[data-summary]");
const progress = document.querySelector(".savebar progress");
block.addEventListener("saved", ({ detail }) => {
  for (const [pk, words] of Object.entries(detail.cards ?? {})) tellCard(block.querySelector(`[data-got="${pk}"]`), words);
  for (const [pk, words] of Object.entries(detail.parts ?? {})) tellPart(block.querySelector(`[data-part="${pk}"]`), words);
  if (summary && detail.summary) summary.textContent = detail.summary;
  if (progress && detail.answered !== undefined) progress.value = detail.answered;
});

function tellCard(got, words) {
  if (!got || got.textContent === words) return;
  const card = got.closest(".score-card");
  got.textContent = words;
  card.classList.toggle("is-open", words === "未评");
  if (Number(words) < Number(card.dataset.most)) unfold(card.querySelector("details[data-why]"));
}

function tellPart(place, words) {
  if (!place) return;
  const part = place.closest("details");
  const isDone = !part.querySelector(".score-card.is-open");
  place.textContent = words;
  part.classList.toggle("is-done", isDone);
  document.querySelector(`.anchors a[href="#${part.id}"]`)?.classList.toggle("is-done", isDone);
}

// The next item without an answer, after the one in hand.
let last = null;
for (const button of document.querySelectorAll("button[data-next-open]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const open = [...block.querySelectorAll(".score-card.is-open")];
    const card = open.find((each) => last && last.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING) ?? open[0];
    goTo(card ?? document.getElementById("team"));
    card?.querySelector(".score-entry button, .score-entry input:not([type=hidden])")?.focus({ preventScroll: true });
    last = card ?? last;
  });
}

// The place where somebody stopped: kept like what is typed, and gone with it (static/js/frame.js).
const place = `report-place-${block.dataset.report}`;
for (const type of ["focusin", "click"]) {
  block.addEventListener(type, (event) => {
    const card = event.target.closest(".score-card");
    if (!card) return;
    last = card;
    localStorage.setItem(place, JSON.stringify({ at: Date.now(), card: card.id }));
  });
}
const kept = JSON.parse(localStorage.getItem(place) ?? "null");
goTo(target() ?? (kept && document.getElementById(kept.card)));

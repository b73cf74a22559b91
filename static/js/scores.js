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

const summary = document.querySelector("[data-summary]");
block.addEventListener("saved", ({ detail }) => {
  for (const [pk, words] of Object.entries(detail.cards ?? {})) {
    const got = block.querySelector(`[data-got="${pk}"]`);
    if (!got) continue;
    got.textContent = words;
    got.closest(".score-card").classList.toggle("is-open", words === "未评");
  }
  if (summary && detail.summary) summary.textContent = detail.summary;
});

// The next item without an answer.
for (const button of document.querySelectorAll("button[data-next-open]")) {
  button.hidden = false;
  button.addEventListener("click", () => goTo(block.querySelector(".score-card.is-open")));
}

function goTo(card) {
  if (!card) return;
  card.scrollIntoView({ block: "start" });
  card.querySelector("button, input:not([type=hidden]), textarea")?.focus({ preventScroll: true });
}

// The place where somebody stopped: kept like what is typed, and gone with it (static/js/frame.js).
const place = `report-place-${block.dataset.report}`;
for (const type of ["focusin", "click"]) {
  block.addEventListener(type, (event) => {
    const card = event.target.closest(".score-card");
    if (card) localStorage.setItem(place, JSON.stringify({ at: Date.now(), card: card.id }));
  });
}
const kept = JSON.parse(localStorage.getItem(place) ?? "null");
if (kept && !location.hash) document.getElementById(kept.card)?.scrollIntoView({ block: "start" });

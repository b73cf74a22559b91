// The menu on a phone: the bottom bar shows the first entries, 更多 opens them all as a sheet.
const nav = document.querySelector("#menu");
const more = nav?.querySelector(".more");

function open(isOpen) {
  nav.classList.toggle("open", isOpen);
  more.setAttribute("aria-expanded", String(isOpen));
  more.querySelector("span").textContent = isOpen ? "收起" : "更多";
}

if (more) {
  more.hidden = false;
  nav.classList.add("folds");
  more.addEventListener("click", () => open(!nav.classList.contains("open")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && nav.classList.contains("open")) {
      open(false);
      more.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!nav.contains(event.target)) open(false);
  });
}

// 打印 on pages that are a paper; without this script the browser's own command does it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// What was half typed and never sent stays on this machine for a week at most, whichever page is opened.
const WEEK = 7 * 24 * 3600 * 1000;

function isOld(key) {
  try {
    return !(Date.now() - JSON.parse(localStorage.getItem(key)).at <= WEEK);
  } catch {
    return true;
  }
}

const drafts = () => Object.keys(localStorage).filter((key) => key.startsWith("report-"));
for (const key of drafts()) if (isOld(key)) localStorage.removeItem(key);

// Whoever signs out leaves nothing half-typed behind on a shared machine (static/js/report.js keeps it until then).
document.querySelector(".bar form")?.addEventListener("submit", () => {
  for (const key of drafts()) localStorage.removeItem(key);
});

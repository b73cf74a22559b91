// Sums beside a grid of amounts. The server adds up, so there is one understanding of "1.5万元" and of the rules.
const form = document.querySelector("form[data-sums-url]");
const WAIT = 300;
let timer = 0;
let round = 0;

async function refresh() {
  const mine = ++round;
  const response = await fetch(form.dataset.sumsUrl, { method: "POST", body: new FormData(form) });
  if (!response.ok || mine !== round) return;
  const sums = await response.json();
  for (const output of form.querySelectorAll("[data-sum]")) output.textContent = sums[output.dataset.sum].sum;
  for (const tag of form.querySelectorAll("[data-remark]")) show(tag, sums[tag.dataset.remark]);
}

function show(tag, { remark, blocks }) {
  tag.textContent = remark;
  tag.hidden = !remark;
  tag.classList.toggle("bad", blocks);
  tag.classList.toggle("warn", !blocks);
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => refresh().catch(() => {}), WAIT);
});

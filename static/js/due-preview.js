// The due dates of a programme's months as the rule reads that somebody is just choosing; the server computes them.
const fields = ["first_month", "last_month", "due_kind", "report_due_day", "is_due_moved"];
const inputs = fields.map((name) => document.getElementById(`id_${name}`)).filter(Boolean);
let asked = 0;

async function show() {
  const number = ++asked;
  const query = new URLSearchParams();
  for (const input of inputs) {
    if (input.type !== "checkbox" || input.checked) query.set(input.name, input.value);
  }
  const answer = await fetch(`/admin/projects/programme/due-preview/?${query}`).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const text = await answer.text();
  if (number !== asked) return; // a later change has been sent meanwhile
  const part = new DOMParser().parseFromString(text, "text/html").getElementById("due-days");
  document.getElementById("due-days").replaceWith(part);
}

if (inputs.length === fields.length && document.getElementById("due-days")) {
  document.getElementById("due-days").setAttribute("aria-live", "polite");
  for (const input of inputs) input.addEventListener("change", show);
}

// A block copied from Excel or WPS goes into the grid from the cell in which it is pasted: first shown, then filled in,
// and taken back with one button.
import { make } from "./entry.js";

// The cell's own: a line of reason below a figure that is counted takes nothing.
const inputOf = (cell) => cell?.querySelector(":scope > input:not([type=hidden]), :scope > textarea");

// Rows of cells. Where a cell has line breaks or tabs of its own, the spreadsheet puts it between quotes and doubles its
// quotes; any other quotes are just what stands in the cell.
function tableOf(text) {
  const rows = [[]];
  for (const [, cell, end] of text.matchAll(/("(?:[^"]|"")*"|[^\t\n]*)(\t|\n|$)/g)) {
    rows[rows.length - 1].push(/[\t\n]/.test(cell) ? cell.slice(1, -1).replace(/""/g, '"') : cell);
    if (end === "\n") rows.push([]);
    if (end === "") break;
  }
  return rows;
}

export function watchPasting(form) {
  const dialog = document.getElementById("paste");
  if (!dialog) return;
  const undo = form.querySelector("[data-undo]");
  let plan = [];
  let before = [];

  form.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
    const cell = event.target.closest(".grid tbody td");
    if (!cell || !/[\t\n]/.test(text) || (event.target.tagName === "TEXTAREA" && !text.includes("\t"))) return;
    event.preventDefault();
    show(tableOf(text), cell);
  });

  function show(lines, cell) {
    const rows = [...cell.closest("tbody").rows];
    const top = rows.indexOf(cell.parentElement);
    plan = [];
    let leftOut = 0;
    lines.forEach((values, down) =>
      values.forEach((value, right) => {
        const target = rows[top + down]?.cells[cell.cellIndex + right];
        const input = inputOf(target);
        if (input && !input.disabled) plan.push({ input, label: target.dataset.label, value: value.trim() });
        else if (value.trim()) leftOut += 1;
      }),
    );
    plan = plan.filter(({ input, value }) => input.value !== value);
    const body = dialog.querySelector("tbody");
    body.replaceChildren(
      ...plan.map(({ input, label, value }) => {
        const row = document.createElement("tr");
        row.append(make("td", "", label), make("td", "num", input.value), make("td", "num", value));
        return row;
      }),
    );
    dialog.querySelector("h2").textContent = `粘贴会改动 ${plan.length} 格`;
    dialog.querySelector("[data-left-out]").textContent = leftOut ? `有 ${leftOut} 格超出了表，或者那里不用填，不会填入。` : "";
    dialog.showModal();
  }

  const put = (entries) => {
    for (const { input, value } of entries) {
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  dialog.querySelector("[data-no]").addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-yes]").addEventListener("click", () => {
    before = plan.map(({ input }) => ({ input, value: input.value }));
    put(plan);
    undo.hidden = before.length === 0;
    dialog.close();
  });
  undo.addEventListener("click", () => {
    put(before);
    undo.hidden = true;
  });
}

// The pickers with search (select2) have no name of their own: give them that of their label.
addEventListener("load", () => setTimeout(() => {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const label = select.labels[0];
    const box = select.parentElement.querySelector(".select2-selection");
    const value = box?.querySelector(".select2-selection__rendered");
    if (!label || !value) continue;
    if (!label.id) label.id = `${select.id}_label`;
    box.setAttribute("aria-labelledby", `${label.id} ${value.id}`);
    value.setAttribute("aria-label", label.textContent.trim());
  }
}));

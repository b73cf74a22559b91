// On a phone the filters stand above the list: those that filter nothing are folded, so that the list is seen.
if (matchMedia("(max-width: 720px)").matches) {
  for (const filter of document.querySelectorAll("#changelist-filter details")) {
    filter.open = filter.querySelector("li.selected:not(:first-child)") !== null;
  }
}

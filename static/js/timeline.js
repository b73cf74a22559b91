// A timeline wider than its card opens at today instead of at its beginning.
for (const today of document.querySelectorAll(".gantt thead .today")) {
  const frame = today.closest(".scroll");
  const names = frame.querySelector("th").offsetWidth;
  const room = frame.clientWidth - names;
  const at = today.getBoundingClientRect().left - frame.getBoundingClientRect().left - names;
  if (frame.scrollWidth > frame.clientWidth && at > room * 0.7) frame.scrollLeft += at - room * 0.7;
}

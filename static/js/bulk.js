// Bulk bar: boxes marked data-pick, shift for a range, data-all for all, data-clear for none.

import { all, one, say } from "./page.js";

let last = null;
const boxes = () => all("[data-pick]");

function show() {
  const bar = one("#bulk");
  if (!bar) return;
  const count = boxes().filter((box) => box.checked).length;
  bar.hidden = !count;
  one("[data-count]", bar).textContent = count;
  const head = one("[data-all]");
  if (head) {
    head.checked = count > 0 && count === boxes().length;
    head.indeterminate = count > 0 && count < boxes().length;
  }
  const every = one("[data-every]", bar);
  if (every) every.hidden = count < boxes().length;
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-pick]");
  if (box) {
    const list = boxes();
    const [from, to] = [list.indexOf(last), list.indexOf(box)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) list.slice(from, to + 1).forEach((other) => (other.checked = box.checked));
    last = box;
    show();
  }
  if (event.target.closest("[data-clear]")) {
    boxes().forEach((other) => (other.checked = false));
    show();
    say("Selection cleared");
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) boxes().forEach((box) => (box.checked = event.target.checked));
  if (event.target.matches("[data-pick], [data-all]")) show();
});

export { show as start, show as again };

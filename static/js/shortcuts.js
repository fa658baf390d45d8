// Keys: G then a letter, J K X E on rows, C, / and ?, and whatever carries data-key. Off while typing and while a dialog is open.

import { all, one, typing } from "./page.js";

let going = 0;

const rows = () => all("#rows > tr[id], [data-rows] > [id]");

function step(by) {
  const list = rows();
  const now = list.findIndex((row) => row.classList.contains("cur"));
  const next = Math.max(0, Math.min(list.length - 1, now + by));
  list[now]?.classList.remove("cur");
  list[next]?.classList.add("cur");
  list[next]?.focus({ preventScroll: true });
  list[next]?.scrollIntoView({ block: "nearest" });
}

const current = () => one("tr.cur, [data-rows] > .cur");

function pick() {
  one("[data-pick]", current() || document.createElement("p"))?.click();
}

function edit() {
  const row = current();
  if (row) (one(".cell", row) || one("a", row))?.[one(".cell", row) ? "focus" : "click"]();
  else one("[data-edit]")?.click();
}

// What carries the key in data-key: a button is pressed, a menu opens and its first field is ready to be typed into.
function press(target) {
  target.click();
  const menu = target.closest("summary")?.parentElement;
  // The browser opens the menu after this click; what is in a closed one takes no focus.
  if (menu) requestAnimationFrame(() => one("input:not([type=hidden]), select, textarea, button", menu)?.focus());
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  x: pick,
  e: edit,
  c: () => one("[data-create]")?.click(),
  "/": () => (one("[data-filter]") || one("[data-palette]"))?.[one("[data-filter]") ? "focus" : "click"](),
  "?": () => one("#keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (going && Date.now() - going < 1200) {
    going = 0;
    const link = one(`[data-go="${CSS.escape(key)}"]`);
    if (link) {
      event.preventDefault();
      link.click();
      return;
    }
  }
  // What is decided about a selection comes before what is decided about the one that is open.
  const mark = `[data-key="${CSS.escape(key)}"]`;
  const marked = one(`#bulk:not([hidden]) ${mark}`) || all(mark).find((other) => !other.closest("[hidden]"));
  if (marked) {
    event.preventDefault();
    press(marked);
  } else if (key === "g") {
    going = Date.now();
  } else if (key === "enter" && event.target === current()) {
    one("a", current())?.click();
  } else if (keys[key]) {
    event.preventDefault();
    keys[key]();
  }
});

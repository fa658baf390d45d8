// The ranked list: a row moves by its grip or by Alt with the arrows; then a dialog asks why, and the form is sent.

import { all, one, say } from "./page.js";

let moving = null; // {row, next, parent}

const list = () => one("[data-ranking]");
const rows = () => all("tr[data-rank]", list() || document.createElement("p"));
const rankOf = (row) => Number(row?.dataset.rank || 0);

function lift(row) {
  if (!moving) moving = { row, next: row.nextElementSibling, parent: row.parentNode };
  row.classList.add("lifted");
}

function putBack() {
  if (!moving) return;
  const { row, next, parent } = moving;
  moving = null;
  row.classList.remove("lifted");
  parent.insertBefore(row, next);
  row.focus({ preventScroll: true });
}

/** The place between its neighbours: whoever leaves a place above closes that gap. */
function target(row) {
  const all = rows();
  const at = all.indexOf(row);
  const [above, below] = [all[at - 1], all[at + 1]];
  if (above) return rankOf(above) + (rankOf(above) > rankOf(row) ? 0 : 1);
  return rankOf(below) || 1;
}

function ask() {
  const { row, next } = moving;
  if (row.nextElementSibling === next) {
    putBack();
    return;
  }
  const dialog = one("#place");
  const place = target(row);
  const form = one("form", dialog);
  form.action = row.dataset.rankUrl;
  form.elements.rank.value = place;
  one("[data-words]", dialog).textContent = `${row.id} ${row.dataset.title}: from place ${row.dataset.rank} to place ${place}.`;
  dialog.showModal();
  form.elements.reason.focus();
}

function step(row, key) {
  lift(row);
  const all = rows();
  const at = all.indexOf(row);
  if (key === "ArrowUp") all[at - 1]?.before(row);
  else all[at + 1]?.after(row);
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  say(`Place ${target(row)}. Let go of Alt to fix it.`);
}

let dragging = false;

function onDown(event) {
  const grip = event.target.closest("[data-ranking] [data-grip]");
  if (!grip || event.button) return;
  event.preventDefault();
  dragging = true;
  grip.focus();
  lift(grip.closest("tr"));
}

function onMove(event) {
  if (!dragging || !moving) return;
  event.preventDefault();
  const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-ranking] tr[data-rank]");
  if (!over || over === moving.row) return;
  const box = over.getBoundingClientRect();
  over[event.clientY < box.top + box.height / 2 ? "before" : "after"](moving.row);
}

function onUp() {
  if (!dragging) return;
  dragging = false;
  if (moving) ask();
}

function onKey(event) {
  if (event.key === "Escape" && moving && !one("#place").open) {
    dragging = false;
    putBack();
    return;
  }
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  const row = event.target.closest?.("[data-ranking] tr[data-rank]") || one("[data-ranking] tr.cur");
  if (!row) return;
  event.preventDefault();
  step(row, event.key);
}

export function start() {
  document.addEventListener("pointerdown", onDown);
  document.addEventListener("pointermove", onMove, { passive: false });
  document.addEventListener("pointerup", onUp);
  document.addEventListener("keydown", onKey);
  document.addEventListener("keyup", (event) => {
    if (event.key === "Alt" && moving && !dragging) ask();
  });
  one("#place")?.addEventListener("close", putBack);
}

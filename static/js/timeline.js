// Timeline: brings today into view; bars with data-move-url (and data-start, data-end as dates) move by mouse or
// arrow keys in steps of a week, stretch at their right edge or with shift and arrows, and are sent as start, end.
// A finger takes a bar after a long press; before that it scrolls.

import { all, one, say, send, toast } from "./page.js";

const WEEK = 7;
const EDGE = 10;
const LONG_PRESS = 260;
const SLOP = 6;
let drag = null;
let pending = null; // {bar, before, timer}

const place = (bar) => {
  const number = (letter) => Number([...bar.classList].find((name) => new RegExp(`^${letter}\\d+$`).test(name))?.slice(1));
  return { column: number("c"), span: number("s") };
};

function put(bar, { column, span }) {
  const old = place(bar);
  bar.classList.replace(`c${old.column}`, `c${column}`);
  bar.classList.replace(`s${old.span}`, `s${span}`);
}

const weeksOf = (bar) => getComputedStyle(bar.parentNode).gridTemplateColumns.split(" ").length;

/** Moves or stretches by whole weeks, inside the grid. */
function change(bar, from, weeks, stretch) {
  const last = weeksOf(bar);
  if (stretch) return { ...from, span: Math.max(1, Math.min(last - from.column + 1, from.span + weeks)) };
  return { ...from, column: Math.max(1, Math.min(last - from.span + 1, from.column + weeks)) };
}

function shifted(date, weeks) {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + weeks * WEEK);
  return day.toISOString().slice(0, 10);
}

function undo(bar, now, before) {
  put(bar, before);
  bar.focus();
  save(bar, now, true);
}

async function save(bar, before, undone = false) {
  const now = place(bar);
  const moved = now.column - before.column;
  const grown = now.span - before.span;
  if (!moved && !grown) return;
  const start = shifted(bar.dataset.start, moved);
  const end = shifted(bar.dataset.end, moved + grown);
  const answer = await send(bar.dataset.moveUrl, { start, end });
  if (answer.ok) {
    Object.assign(bar.dataset, { start, end });
    if (undone) say(`Back: ${start} to ${end}`);
    else toast(`Moved: ${start} to ${end}`, { action: { label: "Undo", run: () => undo(bar, now, before) } });
  } else {
    put(bar, before);
    toast(answer.text, { bad: true });
  }
}

function onDown(event) {
  const bar = event.target.closest(".rb[data-move-url]");
  if (!bar || event.button) return;
  const box = bar.getBoundingClientRect();
  const touch = event.pointerType === "touch";
  drag = {
    bar,
    x: event.clientX,
    before: place(bar),
    y: event.clientY,
    stretch: event.clientX > box.right - EDGE * (touch ? 2 : 1),
    week: bar.parentNode.getBoundingClientRect().width / weeksOf(bar),
    on: false,
    waiting: touch,
    timer: touch && setTimeout(grasp, LONG_PRESS),
  };
}

/** The long press is over: the finger holds the bar and scrolls no more. */
function grasp() {
  if (!drag) return;
  drag.waiting = false;
  drag.on = true;
  drag.bar.classList.add("lift");
}

function onMove(event) {
  if (!drag) return;
  if (drag.waiting) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > SLOP) onUp(false);
    return;
  }
  const weeks = Math.round((event.clientX - drag.x) / drag.week);
  if (weeks) drag.on = true;
  if (!drag.on) return;
  event.preventDefault();
  drag.bar.classList.add("lift");
  put(drag.bar, change(drag.bar, drag.before, weeks, drag.stretch));
}

function onUp(keep) {
  if (!drag) return;
  const { bar, before, on, timer } = drag;
  clearTimeout(timer);
  drag = null;
  if (!on) return;
  bar.classList.remove("lift");
  bar.dataset.dropped = "";
  setTimeout(() => delete bar.dataset.dropped);
  if (keep) save(bar, before);
  else put(bar, before);
}

function flush() {
  if (!pending) return;
  clearTimeout(pending.timer);
  const { bar, before } = pending;
  pending = null;
  save(bar, before);
}

function onKey(event) {
  if (event.key === "Escape") onUp(false);
  const bar = event.target.closest?.(".rb[data-move-url]");
  const weeks = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!bar || !weeks || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (pending?.bar !== bar) {
    flush();
    pending = { bar, before: place(bar) };
  }
  put(bar, change(bar, place(bar), weeks, event.shiftKey));
  say(event.shiftKey ? `${place(bar).span} weeks long` : `Week ${place(bar).column}`);
  clearTimeout(pending.timer);
  pending.timer = setTimeout(flush, 700);
}

export function again() {
  for (const frame of all(".tlw")) {
    const today = one(".today-l", frame);
    if (today && frame.scrollWidth > frame.clientWidth) frame.scrollLeft = today.offsetLeft - frame.clientWidth * 0.55;
  }
}

export function start() {
  again();
  document.addEventListener("pointerdown", onDown);
  document.addEventListener("pointermove", onMove, { passive: false });
  document.addEventListener("pointerup", () => onUp(true));
  document.addEventListener("pointercancel", () => onUp(false));
  document.addEventListener("keydown", onKey);
  document.addEventListener("touchmove", (event) => drag?.on && event.preventDefault(), { passive: false });
  document.addEventListener("contextmenu", (event) => drag?.on && event.preventDefault());
  document.addEventListener("focusout", (event) => pending?.bar === event.target && flush());
  document.addEventListener("dragstart", (event) => event.target.closest?.(".rb") && event.preventDefault());
  document.addEventListener("click", (event) => event.target.closest?.("[data-dropped]") && event.preventDefault(), true);
}

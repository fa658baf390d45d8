// Timeline: brings today into view; bars with data-move-url (and data-start, data-end as dates, data-version) move by
// mouse or arrow keys in steps of a week (with alt: a day), stretch at their right edge or with shift and arrows, and are
// sent as start, end, version. Keys are sent by Enter, when the bar is left, or after a while; Escape takes them back.
// A finger takes a bar after a long press; before that it scrolls.

import { all, one, say, send, toast } from "./page.js";

const PATIENCE = 4000;
const EDGE = 10;
const LONG_PRESS = 260;
const SLOP = 6;
let drag = null;
let asked = 0;
let pending = null; // {bar, before, days: {start, end} moved so far, timer}

const place = (bar) => {
  const number = (letter) => Number([...bar.classList].find((name) => new RegExp(`^${letter}\\d+$`).test(name))?.slice(1));
  return { column: number("c"), span: number("s") };
};

function put(bar, { column, span }) {
  const old = place(bar);
  bar.classList.replace(`c${old.column}`, `c${column}`);
  bar.classList.replace(`s${old.span}`, `s${span}`);
}

/** Days in a column: seven, or a month's where columns are months. */
const stepOf = (bar) => Number(bar.closest("[data-step]")?.dataset.step) || 7;

const weeksOf = (bar) => getComputedStyle(bar.parentNode).gridTemplateColumns.split(" ").length;

/** Moves or stretches by whole weeks, inside the grid. */
function change(bar, from, weeks, stretch, last = weeksOf(bar)) {
  if (stretch) return { ...from, span: Math.max(1, Math.min(last - from.column + 1, from.span + weeks)) };
  return { ...from, column: Math.max(1, Math.min(last - from.span + 1, from.column + weeks)) };
}

/** A day as text so many days later. Counted in UTC, where no day is an hour longer. */
function shifted(date, days) {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}

const spoken = (date) =>
  new Date(`${date}T00:00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

const DEEP = 3; // From the view to its lanes.
const says = (node) => [...node.childNodes].some((part) => part.nodeType === Node.TEXT_NODE && part.data.trim());
const soon = () => new Promise((go) => setTimeout(go));

/** Makes `old` what `fresh` is, and leaves what is so already: a move changes a lane or two, and only these are built. */
function patch(old, fresh, deep = DEEP) {
  if (old.isEqualNode(fresh)) return;
  if (!deep || says(old) || says(fresh) || !old.cloneNode(false).isEqualNode(fresh.cloneNode(false))) {
    old.replaceWith(document.adoptNode(fresh));
    return;
  }
  const [stand, come] = [[...old.children], [...fresh.children]];
  stand.forEach((node, at) => (come[at] ? patch(node, come[at], deep - 1) : node.remove()));
  old.append(...come.slice(stand.length).map((node) => document.adoptNode(node)));
}

/** Takes over what the server draws now, where lines, rows and warnings follow the dates; the bar keeps the focus. */
async function refresh(bar) {
  asked += 1;
  const mine = asked;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = one("#tl-view", new DOMParser().parseFromString(await answer.text(), "text/html"));
  await soon(); // Reading and building are two tasks, so that a hand that moves on is not held up.
  const view = one("#tl-view");
  // A later move has asked anew, and what is being moved is not taken from under the hand.
  if (!fresh || !view || mine !== asked || drag || pending) return;
  const [left, focused] = [one(".tlw", view)?.scrollLeft, document.activeElement === bar];
  patch(view, fresh);
  const frame = one("#tl-view .tlw");
  if (frame && frame.scrollLeft !== left) frame.scrollLeft = left ?? 0;
  if (focused) one(`[data-ref="${bar.dataset.ref}"]`)?.focus();
}

function undo(bar, dates) {
  const now = one(`[data-ref="${bar.dataset.ref}"]`) || bar;
  now.focus();
  post(now, place(now), dates, true);
}

/** Opens what would move behind a bar; from there it leads back to the timeline as it stands here. */
function preview({ url, behind }) {
  location.assign(`${url}?${new URLSearchParams({ behind, query: location.search.slice(1) })}`);
}

async function post(bar, before, dates, undone = false) {
  const was = { start: bar.dataset.start, end: bar.dataset.end };
  const answer = await send(bar.dataset.moveUrl, { ...dates, version: bar.dataset.version });
  const told = answer.data || {};
  if (told.version) Object.assign(bar.dataset, { start: told.start, end: told.end, version: told.version });
  if (!answer.ok) {
    put(bar, before);
    toast(answer.text, { bad: true });
    if (told.version) refresh(bar);
    return;
  }
  if (told.same) {
    put(bar, before);
    toast(told.text);
    return;
  }
  if (undone) say(told.text.replace("Moved", "Back"));
  else {
    const actions = [{ label: "Undo", run: () => undo(bar, was) }];
    if (told.follow) actions.unshift({ label: told.follow.label, run: () => preview(told.follow) });
    toast(told.follow ? `${told.text}. Others that wait for it begin before it ends.` : told.text, { actions, why: told.why });
  }
  refresh(bar);
}

/** Sends where the bar was put, if that is somewhere else than before. */
function save(bar, before, days = null) {
  const now = place(bar);
  const step = stepOf(bar);
  const start = days ? days.start : Math.round((now.column - before.column) * step);
  const end = days ? days.end : start + Math.round((now.span - before.span) * step);
  if (!start && !end) {
    say("Nothing was moved");
    put(bar, before);
    return;
  }
  post(bar, before, { start: shifted(bar.dataset.start, start), end: shifted(bar.dataset.end, end) });
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
    // Read once: reading sizes after a bar was put elsewhere would lay the whole view out for each move of the hand.
    last: weeksOf(bar),
    week: bar.parentNode.getBoundingClientRect().width / weeksOf(bar),
    weeks: 0,
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
  // What is moved and put back is no click: it opens nothing, and sends nothing.
  if (weeks || Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > SLOP) drag.on = true;
  if (!drag.on) return;
  event.preventDefault();
  drag.bar.classList.add("lift");
  if (weeks === drag.weeks) return;
  drag.weeks = weeks;
  put(drag.bar, change(drag.bar, drag.before, weeks, drag.stretch, drag.last));
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

function settle() {
  if (!pending) return null;
  clearTimeout(pending.timer);
  const was = pending;
  pending = null;
  was.bar.classList.remove("lift");
  return was;
}

function flush() {
  const was = settle();
  if (was) save(was.bar, was.before, was.days);
}

function takeBack() {
  onUp(false);
  const was = settle();
  if (!was) return;
  put(was.bar, was.before);
  say("Taken back, nothing was sent");
}

/** One arrow key: the bar moves or stretches by a week or a day, and says its dates; nothing is sent yet. */
function nudge(bar, way, stretch, byDay) {
  if (pending?.bar !== bar) {
    flush();
    pending = { bar, before: place(bar), days: { start: 0, end: 0 } };
    bar.classList.add("lift");
  }
  const { days, before } = pending;
  const column = stepOf(bar);
  const step = way * (byDay ? 1 : 7);
  const [start, end] = [bar.dataset.start, bar.dataset.end];
  if (stretch && shifted(end, days.end + step) < shifted(start, days.start)) {
    say("It cannot end before it begins");
    return;
  }
  if (!stretch) days.start += step;
  days.end += step;
  const weeks = (count) => Math.round(count / column);
  put(bar, change(bar, change(bar, before, weeks(days.start), false), weeks(days.end) - weeks(days.start), true));
  say(`${spoken(shifted(start, days.start))} to ${spoken(shifted(end, days.end))}. Enter saves, Escape takes back.`);
  clearTimeout(pending.timer);
  pending.timer = setTimeout(flush, PATIENCE);
}

function onKey(event) {
  if (event.key === "Escape") takeBack();
  const bar = event.target.closest?.(".rb[data-move-url]");
  if (!bar || event.ctrlKey || event.metaKey) return;
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === "Enter" && pending?.bar === bar) flush();
  else if (way) nudge(bar, way, event.shiftKey, event.altKey);
  else return;
  event.preventDefault();
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

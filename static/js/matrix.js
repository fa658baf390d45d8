// Matrix: a bubble moves by mouse, by finger after a long press, or by arrow keys, from stop to stop of the axes that hold a
// factor; Enter or letting go sets the values by the address that cells of the ranked list use, Escape puts it back.
// The server says all places: data-stops-x and data-stops-y of the figure are [as typed, as read, percent].

import { all, one, say, send, toast } from "./page.js";

const LONG_PRESS = 260;
const SLOP = 6;
const SIDES = { x: "left", y: "up" };
const KEYS = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowDown: ["y", -1], ArrowUp: ["y", 1] };
let moving = null; // {bubble, moves: {axis: {key, was, now, …}}, to: {axis: stop}}
let drag = null; // {bubble, x, y, waiting, timer, on}
let dropped = false;
let drawn = "";

const figure = () => one("[data-matrix]");
const stops = (axis) => JSON.parse(figure().dataset[`stops${axis.toUpperCase()}`]);
const labelOf = (axis) => figure().dataset[`label${axis.toUpperCase()}`];
const fixedOf = (axis) => figure().dataset[`fixed${axis.toUpperCase()}`];
const byRank = () => all(".mx-b").sort((a, b) => a.dataset.rank - b.dataset.rank);

function put(bubble, axis, percent) {
  const [first, second] = axis === "x" ? ["cx", "x"] : ["cy", "y"];
  const place = axis === "x" ? percent : 100 - percent;
  one("circle", bubble).setAttribute(first, `${place}%`);
  for (const text of all("text", bubble)) text.setAttribute(second, `${place}%`);
}

function lift(bubble) {
  if (moving?.bubble === bubble) return;
  if (moving) putBack();
  const moves = {};
  for (const move of JSON.parse(bubble.dataset.moves)) moves[move.axis] = move;
  moving = { bubble, moves, to: {} };
  bubble.classList.add("lifted");
}

function show() {
  const words = Object.entries(moving.to).map(([axis, stop]) => `${labelOf(axis)} ${stop[1]}`);
  one("#mx-now").textContent = words.length ? `${moving.bubble.id.slice(2)}: ${words.join(", ")}` : "";
  return words.join(", ");
}

function down() {
  moving.bubble.classList.remove("lifted");
  one("#mx-now").textContent = "";
  moving = null;
}

function putBack() {
  const { bubble } = moving;
  for (const [axis, side] of Object.entries(SIDES)) put(bubble, axis, Number(bubble.dataset[side]));
  down();
}

/** The bubble stands at this stop of the axis. */
function to(axis, stop) {
  moving.to[axis] = stop;
  put(moving.bubble, axis, stop[2]);
}

const outside = (move, value) => move.low !== "" && (value < Number(move.low) || value > Number(move.high));

/** What the cells take, and what takes it back. */
function fields(changed) {
  const there = {};
  const back = {};
  for (const { move, stop } of changed) {
    const { key, low, high, form, was } = move;
    const [shape, meaning] = form.split(" ");
    const tail = [shape === "pert" ? "" : shape, meaning === "p10_p90" ? "" : meaning].filter(Boolean);
    const now = form ? [`${low} / ${stop[0]} / ${high}`, ...tail].join(" ") : stop[0];
    Object.assign(there, { [key]: now, [`was.${key}`]: was });
    Object.assign(back, { [key]: was, [`was.${key}`]: now });
  }
  return { there, back };
}

async function save() {
  const { bubble, moves, to: asked } = moving;
  const changed = Object.entries(asked)
    .filter(([axis, stop]) => stop[0] !== moves[axis].now)
    .map(([axis, stop]) => ({ axis, stop, move: moves[axis] }));
  if (!changed.length) {
    putBack();
    return;
  }
  const reference = bubble.id.slice(2);
  const { url } = bubble.dataset;
  const wrong = changed.find(({ move, stop }) => outside(move, Number(stop[0])));
  if (wrong) {
    putBack();
    const { move, axis, stop } = wrong;
    const text = `${labelOf(axis)} of ${reference} is a range, ${move.low} to ${move.high}: ${stop[1]} lies outside. Change the range first.`;
    say(text);
    toast(text, { bad: true, action: { label: "Change the range", run: () => location.assign(`${url}?next=${encodeURIComponent(location.pathname + location.search)}`) } });
    return;
  }
  const { there, back } = fields(changed);
  down();
  const answer = await send(url, there);
  if (answer.ok) {
    const said = told(answer.text) || `${reference} saved.`;
    toast(said, { action: { label: "Undo", run: () => undo(url, back, reference) } });
    say(said);
  } else {
    toast(answer.text, { bad: true });
    say(answer.text);
  }
  await draw(reference);
}

async function undo(url, back, reference) {
  const answer = await send(url, back);
  const text = answer.ok ? `${reference} is as it was.` : answer.text;
  toast(text, { bad: !answer.ok });
  say(text);
  await draw(reference);
}

/** The sentence about the score that the ranked list would show. */
function told(html) {
  const page = new DOMParser().parseFromString(`<table>${html}</table>`, "text/html");
  return page.querySelector(".toast span")?.textContent.trim();
}

/** The chart as it stands now. The bubble that has the focus keeps it, also one walked to meanwhile; else `reference` gets it. */
async function draw(reference = "") {
  const here = one("#matrix");
  try {
    const answer = await fetch(location.href, { headers: { "HX-Request": "true" }, cache: "no-store" });
    const text = await answer.text();
    if (!answer.ok || !here.isConnected) return;
    if (!moving && !drag && text !== drawn) {
      const focused = document.activeElement?.closest?.(".mx-b")?.id.slice(2);
      drawn = text;
      here.innerHTML = text;
      walk(focused || reference);
    }
  } catch {
    return; // What was said about the saving stands; the chart is drawn anew the next time.
  }
  again();
}

/** One bubble is reached by Tab; J and K walk to the others. */
function walk(reference) {
  const list = byRank();
  const here = list.find((bubble) => bubble.id === `b-${reference}`);
  for (const bubble of list) bubble.setAttribute("tabindex", bubble === (here || list[0]) ? 0 : -1);
  if (here) here.focus({ preventScroll: true });
}

function nearest(axis, percent) {
  return stops(axis).reduce((best, stop) => (Math.abs(stop[2] - percent) < Math.abs(best[2] - percent) ? stop : best));
}

function follow(event) {
  const box = one(".mx-plot").getBoundingClientRect();
  const share = { x: (event.clientX - box.left) / box.width, y: 1 - (event.clientY - box.top) / box.height };
  for (const axis of Object.keys(moving.moves)) to(axis, nearest(axis, 100 * share[axis]));
  show();
}

function onDown(event) {
  const bubble = event.target.closest?.(".mx-b[data-moves]");
  dropped = false;
  if (!bubble || event.button) return;
  drag = { bubble, x: event.clientX, y: event.clientY, waiting: event.pointerType === "touch" };
  if (drag.waiting) {
    drag.timer = setTimeout(() => {
      if (!drag) return;
      Object.assign(drag, { waiting: false, on: true });
      lift(drag.bubble);
    }, LONG_PRESS);
  }
}

function onMove(event) {
  if (!drag) return;
  if (!drag.on) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < SLOP) return;
    if (drag.waiting) {
      onEnd(false); // The finger scrolls.
      return;
    }
    drag.on = true;
    lift(drag.bubble);
  }
  event.preventDefault();
  follow(event);
}

function onEnd(keep) {
  if (!drag) return;
  const { on, timer } = drag;
  clearTimeout(timer);
  drag = null;
  if (!on || !moving) return;
  dropped = true;
  if (keep) save();
  else putBack();
}

/** One stop further along an axis, from where the bubble stands. */
function step(bubble, axis, by) {
  const list = stops(axis);
  if (!list.length) {
    say(`${fixedOf(axis)}: it does not move along this axis.`);
    return;
  }
  lift(bubble);
  const now = moving.to[axis]?.[2] ?? Number(bubble.dataset[SIDES[axis]]);
  const beyond = list.filter((stop) => (stop[2] - now) * by > 0.005);
  const next = by > 0 ? beyond[0] : beyond.at(-1);
  if (!next) {
    say(`${labelOf(axis)} goes no further here.`);
    return;
  }
  to(axis, next);
  say(`${show()}. Enter saves, Escape puts back.`);
}

function onKey(event) {
  if (event.key === "Escape" && moving) {
    if (drag) onEnd(false);
    else {
      putBack();
      say("Put back.");
    }
    return;
  }
  const bubble = event.target.closest?.(".mx-b");
  if (!bubble || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    if (moving) putBack();
    const list = byRank();
    const next = list[list.indexOf(bubble) + (key === "j" ? 1 : -1)];
    if (next) walk(next.id.slice(2));
  } else if (KEYS[event.key] && bubble.dataset.moves) {
    step(bubble, ...KEYS[event.key]);
  } else if (event.key === "Enter" && moving) {
    save();
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

/** While ranks are being computed, the chart is drawn again until they are there. */
export function again() {
  if (one(".mx[data-pending]")) setTimeout(() => (moving || drag ? again() : draw()), 1500);
}

export function start() {
  document.addEventListener("pointerdown", onDown);
  document.addEventListener("pointermove", onMove, { passive: false });
  document.addEventListener("pointerup", () => onEnd(true));
  document.addEventListener("pointercancel", () => onEnd(false));
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("dragstart", (event) => event.target.closest?.(".mx-b") && event.preventDefault());
  document.addEventListener("touchmove", (event) => drag?.on && event.preventDefault(), { passive: false });
  document.addEventListener("contextmenu", (event) => drag?.on && event.preventDefault());
  document.addEventListener("click", (event) => dropped && event.target.closest?.(".mx-b") && event.preventDefault(), true);
  document.addEventListener("focusout", (event) => {
    if (moving && !drag && event.target === moving.bubble) putBack();
  });
  walk("");
  again();
}

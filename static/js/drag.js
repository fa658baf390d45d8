// Board: cards move by mouse, by touch after a long press, and by keyboard (space, arrows, space; escape cancels).
// The board names where to send a move: data-move-url. Fields: card, to, after (the card above it, or empty).

import { all, one, say, send, toast } from "./page.js";

const LONG_PRESS = 260;
const SLOP = 6;
let drag = null; // pointer: {card, x, y, on, waiting, timer, ghost, dx, dy, home}
let lifted = null; // keyboard: {card, home}

const place = (card) => ({ list: card.parentNode, next: card.nextElementSibling });
const back = (card, home) => home.list.insertBefore(card, home.next?.parentNode === home.list ? home.next : null);
const moved = (card, home) => card.parentNode !== home.list || card.nextElementSibling !== home.next;
const named = (list) => list.dataset.name || list.dataset.col;

function count() {
  for (const column of all(".board .col")) {
    const sign = one("[data-count]", column);
    if (sign) sign.textContent = all(".bc", column).length;
  }
}

/** Puts the card back where it was and sends that as a move of its own. */
function undo(card, home) {
  const now = place(card);
  back(card, home);
  card.focus();
  save(card, now, true);
}

async function save(card, home, undone = false) {
  if (!moved(card, home)) return;
  const list = card.parentNode;
  count();
  const answer = await send(card.closest("[data-move-url]").dataset.moveUrl, {
    card: card.dataset.card,
    to: list.dataset.col,
    after: card.previousElementSibling?.dataset.card || "",
  });
  if (answer.ok) {
    if (undone) say(`Back in ${named(list)}`);
    else toast(`Moved to ${named(list)}`, { action: { label: "Undo", run: () => undo(card, home) }, why: list === home.list ? "" : answer.data?.why });
    return;
  }
  back(card, home);
  count();
  toast(answer.text, { bad: true });
}

function hover(x, y) {
  drag.ghost.style.transform = `translate(${x - drag.dx}px, ${y - drag.dy}px)`;
  const list = one(".cards", document.elementFromPoint(x, y)?.closest(".col") || document.createElement("p"));
  if (!list) return;
  const below = all(".bc:not(.ph)", list).find((card) => {
    const box = card.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  list.insertBefore(drag.card, below || one(".more", list));
}

function lift() {
  const box = drag.card.getBoundingClientRect();
  Object.assign(drag, { on: true, dx: drag.x - box.left, dy: drag.y - box.top, home: place(drag.card) });
  drag.ghost = drag.card.cloneNode(true);
  drag.ghost.removeAttribute("tabindex");
  drag.ghost.classList.add("drag");
  drag.ghost.style.width = `${box.width}px`;
  document.body.append(drag.ghost);
  drag.card.classList.add("ph");
  hover(drag.x, drag.y);
}

function end(keep) {
  if (!drag) return;
  const { card, on, ghost, home, timer } = drag;
  clearTimeout(timer);
  drag = null;
  if (!on) return;
  ghost.remove();
  card.classList.remove("ph");
  card.dataset.dropped = "";
  setTimeout(() => delete card.dataset.dropped);
  if (keep) save(card, home);
  else back(card, home);
}

function onDown(event) {
  const card = event.target.closest(".board[data-move-url] .bc[data-card]");
  if (!card || event.button || event.target.closest("button, input, select, summary")) return;
  drag = { card, x: event.clientX, y: event.clientY };
  if (event.pointerType === "touch") {
    drag.waiting = true;
    drag.timer = setTimeout(() => {
      if (!drag) return;
      drag.waiting = false;
      lift();
    }, LONG_PRESS);
  }
}

function onMove(event) {
  if (!drag) return;
  if (!drag.on) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < SLOP) return;
    if (drag.waiting) {
      end(false); // The finger scrolls.
      return;
    }
    lift();
  }
  event.preventDefault();
  hover(event.clientX, event.clientY);
}

function drop(keep) {
  const { card, home } = lifted;
  lifted = null;
  card.classList.remove("lift");
  if (!keep) back(card, home);
  card.focus();
  if (keep) save(card, home);
  else say("Move cancelled");
}

function shift(card, key) {
  const list = card.parentNode;
  const lists = all(".cards", card.closest(".board"));
  const beside = lists[lists.indexOf(list) + { ArrowLeft: -1, ArrowRight: 1 }[key]];
  if (key === "ArrowUp") card.previousElementSibling?.before(card);
  else if (key === "ArrowDown" && card.nextElementSibling?.dataset.card) card.nextElementSibling.after(card);
  else beside?.prepend(card);
  card.focus();
  say(`${named(card.parentNode)}, position ${all(".bc", card.parentNode).indexOf(card) + 1}`);
}

function onKey(event) {
  if (event.key === "Escape") end(false);
  const card = event.target.closest?.(".board[data-move-url] .bc[data-card]");
  if (!card || event.target !== card) return;
  if (event.key === " ") {
    if (lifted) {
      drop(true);
    } else {
      lifted = { card, home: place(card) };
      card.classList.add("lift");
      say("Lifted. Arrow keys move it, space drops it, escape cancels.");
    }
  } else if (event.key === "Enter" && !lifted) {
    one("a", card)?.click();
  } else if (lifted && event.key === "Escape") {
    drop(false);
  } else if (lifted && event.key.startsWith("Arrow")) {
    shift(card, event.key);
  } else {
    return;
  }
  event.preventDefault();
}

export function start() {
  document.addEventListener("pointerdown", onDown);
  document.addEventListener("pointermove", onMove, { passive: false });
  document.addEventListener("pointerup", () => end(true));
  document.addEventListener("pointercancel", () => end(false));
  document.addEventListener("keydown", onKey);
  document.addEventListener("dragstart", (event) => event.target.closest?.(".bc") && event.preventDefault());
  document.addEventListener("touchmove", (event) => drag?.on && event.preventDefault(), { passive: false });
  document.addEventListener("contextmenu", (event) => drag?.on && event.preventDefault());
  document.addEventListener("click", (event) => event.target.closest?.("[data-dropped]") && event.preventDefault(), true);
}

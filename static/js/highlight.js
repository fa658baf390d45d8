// Marked words of a feedback go into the form beside it: the words, and where they begin, counted in characters.

import { one, say } from "./page.js";

const length = (text) => [...text].length;

/** The words that are marked inside `body`, without space around them, and the offset of the first one. */
function marked(body) {
  const selection = document.getSelection();
  if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!body.contains(range.startContainer) || !body.contains(range.endContainer)) return null;
  const text = range.toString();
  const words = text.trim();
  if (!words) return null;
  const before = document.createRange();
  before.setStart(body, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const gap = text.length - text.trimStart().length;
  return { words, start: length(before.toString() + text.slice(0, gap)) };
}

function take() {
  const body = one("[data-quote-body]");
  const form = one("[data-quote-form]");
  const found = body && form && marked(body);
  if (!found) return;
  one("[data-excerpt]", form).value = found.words;
  one("[data-excerpt-start]", form).value = found.start;
  say("The marked words are in the form.");
}

// Typed words stand where the server finds them.
function forget(event) {
  if (event.target.matches?.("[data-excerpt]")) {
    one("[data-excerpt-start]", event.target.form).value = "";
  }
}

let listening = false;

export function start() {
  if (listening) return;
  listening = true;
  document.addEventListener("mouseup", take);
  document.addEventListener("keyup", (event) => event.shiftKey && take());
  document.addEventListener("touchend", () => setTimeout(take, 50));
  document.addEventListener("input", forget);
}

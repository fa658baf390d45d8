// Quoting: what is selected in the text of a record goes into the form that asks about it, with the words around it.

import { one, toast } from "./page.js";

const READ = ".doc, .req, .metric, .rec-t, .rec-b > .md";
const AROUND = 60;
let taken = null;

function within(node) {
  const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
  return element?.closest(READ);
}

function look() {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return;
  const range = selection.getRangeAt(0);
  const from = within(range.startContainer);
  if (!from || !within(range.endContainer)) return;
  const left = document.createRange();
  left.selectNodeContents(from);
  left.setEnd(range.startContainer, range.startOffset);
  const right = document.createRange();
  right.selectNodeContents(within(range.endContainer));
  right.setStart(range.endContainer, range.endOffset);
  taken = {
    quote: selection.toString().trim(),
    before: left.toString().slice(-AROUND),
    after: right.toString().slice(0, AROUND),
  };
}

function take(event) {
  const form = event.target.closest("[data-passage-take]")?.form;
  if (!form) return;
  if (!taken?.quote) {
    toast("Select some words of the text first");
    return;
  }
  for (const [name, value] of Object.entries(taken)) form.elements[name].value = value;
  form.elements.body.focus();
}

export function again() {
  const button = one("[data-passage-take]");
  if (button) button.hidden = false;
}

export function start() {
  document.addEventListener("selectionchange", look);
  document.addEventListener("click", take);
  again();
}

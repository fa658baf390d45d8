// Copy: <button data-copy="#id"> copies the text or value of that element.

import { one, toast } from "./page.js";

async function copy(event) {
  const button = event.target.closest("[data-copy]");
  const source = button && one(button.dataset.copy);
  if (!source) return;
  const text = source.value ?? source.textContent.trim();
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    getSelection().selectAllChildren(source);
    toast("Press Ctrl+C to copy the marked text");
  }
}

export function start() {
  document.addEventListener("click", copy);
}

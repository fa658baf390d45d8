// Menu of columns: a button moves its column by a place and keeps the focus; the form is sent once, when all is right.

import { say } from "./page.js";

function onClick(event) {
  const button = event.target.closest("[data-columns] button:is([name=up], [name=down])");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("li");
  if (button.name === "up") row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  button.focus();
  const rows = [...row.parentNode.children];
  say(`${row.textContent.trim()}: place ${rows.indexOf(row) + 1} of ${rows.length}`);
}

export function start() {
  document.addEventListener("click", onClick);
}

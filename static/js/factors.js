// Bulk bar of the ranked list: the control that fits the chosen factor, and no value where it is emptied.

import { all, one } from "./page.js";

function show() {
  const bar = one("form[data-factors]");
  if (!bar) return;
  const { factor, how } = bar.elements;
  const chosen = factor.selectedOptions[0];
  const levels = "levels" in chosen.dataset;
  // Levels are a few values: they are set or emptied, not counted with.
  for (const option of how.options) option.disabled = levels && ["times", "plus"].includes(option.value);
  if (how.selectedOptions[0].disabled) how.value = "set";
  const empties = how.value === "empty";
  const text = one("input.val", bar);
  text.hidden = text.disabled = empties || levels;
  text.placeholder = { times: "1.5", plus: "1" }[how.value] || chosen.dataset.range;
  for (const select of all("select[data-of]", bar)) {
    select.hidden = select.disabled = empties || select.dataset.of !== factor.value;
  }
}

export function start() {
  document.addEventListener("change", (event) => {
    if (event.target.closest("form[data-factors]")) show();
  });
  show();
}

export { show as again };

// What-if: a slider and its number field show one weight; the form that keeps a scenario sends the weights as they stand.

import { all, one } from "./page.js";

function onInput(event) {
  const twin = event.target.dataset?.twin && document.getElementById(event.target.dataset.twin);
  if (!twin || !event.target.value) return;
  twin.value = event.target.value;
  const field = event.target.name ? event.target : twin;
  for (const kept of all("form[data-keeps] input[type=hidden]")) if (kept.name === field.name) kept.value = field.value;
}

function reload(form) {
  // Another model has other weights: the whole page is drawn anew, without those of this one.
  for (const weight of all("input[data-twin]", form)) weight.disabled = true;
  location.search = new URLSearchParams(new FormData(form)).toString();
}

export function start() {
  document.addEventListener("input", onInput, true);
  const pick = one("[data-whatif] [data-reload]");
  if (!pick) return;
  pick.addEventListener("change", (event) => {
    event.stopPropagation();
    reload(pick.form);
  });
  // It was changed before this script was there.
  if (!pick.selectedOptions[0]?.defaultSelected && all("option[selected]", pick).length) reload(pick.form);
}

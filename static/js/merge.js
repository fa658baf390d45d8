// The page of a merge: what is picked comes into the field at once. A field that somebody wrote in is left alone.

import { all, one, toast } from "./page.js";

const held = new WeakMap();

const controls = (box) => JSON.parse(box.dataset.controls).flatMap((name) => all(`[name="${CSS.escape(name)}"]`, box));

function values(box) {
  return controls(box).flatMap((control) => {
    if (control.matches("[type=checkbox], [type=radio]")) return control.checked ? [control.value] : [];
    if (control.matches("select[multiple]")) return [...control.selectedOptions].map((option) => option.value);
    return [control.value];
  });
}

// As the page was served: somebody may have written before this script came.
function served(box) {
  return controls(box).flatMap((control) => {
    if (control.matches("[type=checkbox], [type=radio]")) return control.defaultChecked ? [control.value] : [];
    if (control.matches("select[multiple]")) return [...control.options].filter((option) => option.defaultSelected).map((option) => option.value);
    if (control.matches("select")) return [([...control.options].find((option) => option.defaultSelected) ?? control.options[0])?.value ?? ""];
    return [control.defaultValue];
  });
}

function fill(box, picked) {
  const found = controls(box);
  found.forEach((control, place) => {
    if (control.matches("[type=checkbox], [type=radio]")) control.checked = picked.includes(control.value);
    else if (control.matches("select[multiple]")) for (const option of control.options) option.selected = picked.includes(option.value);
    else control.value = picked[place] ?? "";
  });
  held.set(box, JSON.stringify(values(box)));
}

// The text with each pick in its place; where nothing is picked yet, both stand.
function put(box, parts) {
  const places = all("fieldset.mg-p", box);
  let place = 0;
  const words = parts.map((part) => {
    if (part !== null) return part;
    const choices = places[place++];
    const pick = one("input:checked", choices) ?? one("input[value=both]", choices);
    return pick ? JSON.parse(pick.dataset.value)[0] ?? "" : all("input", choices).map((input) => JSON.parse(input.dataset.value)[0] ?? "").join("");
  });
  return words.join("");
}

function picked(event) {
  const box = event.target.matches(".mg-k input") && event.target.closest("[data-merged]");
  if (!box) return;
  if (JSON.stringify(values(box)) !== held.get(box)) {
    toast("You wrote in this field yourself, so your text stays");
    return;
  }
  const parts = JSON.parse(box.dataset.parts);
  const whole = parts.length === 1 && !one("textarea", box) ? JSON.parse(event.target.dataset.value) : [put(box, parts)];
  fill(box, whole);
}

export function again() {
  for (const box of all("[data-merged]")) if (!held.has(box)) held.set(box, JSON.stringify(served(box)));
}

export function start() {
  document.addEventListener("change", picked);
  again();
}

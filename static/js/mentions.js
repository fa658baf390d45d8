// While `@name` or `#ATL-12` is typed into an editor a list offers what it may become: a listbox below the caret that
// the text area controls as a combobox. Arrows choose, Enter or Tab inserts, Escape leaves the text as it is.

import { all, make, one, say } from "./page.js";
import { put } from "./editor.js";

const AREA = "textarea[data-markdown]:not([data-plain-names])";
const TYPED = /(?:^|[^\w@#&/\\])([@#])([\w.-]{0,40})$/;
const COPIED = ["boxSizing", "width", "padding", "border", "font", "letterSpacing", "lineHeight", "tabSize", "wordSpacing"];
let open = null; // {area, list, start}
let asked = 0;

function close() {
  asked += 1;
  if (!open) return;
  const { area, list } = open;
  open = null;
  list.remove();
  for (const name of ["role", "aria-expanded", "aria-controls", "aria-activedescendant", "aria-autocomplete", "aria-haspopup"]) area.removeAttribute(name);
}

/** Where a character of a text area stands, from the left and the top of the area; `line` is the height of a line. */
function placeOf(area, at) {
  const style = getComputedStyle(area);
  const copy = make("div");
  for (const name of COPIED) copy.style[name] = style[name];
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "break-word" });
  copy.textContent = area.value.slice(0, at);
  const mark = make("span", "", "|");
  copy.append(mark);
  area.parentElement.append(copy);
  const found = { left: mark.offsetLeft, top: mark.offsetTop - area.scrollTop, line: mark.offsetHeight };
  copy.remove();
  return found;
}

function choose(place) {
  const options = all("[role=option]", open.list);
  const at = (place + options.length) % options.length;
  options.forEach((option, n) => option.setAttribute("aria-selected", n === at));
  open.area.setAttribute("aria-activedescendant", options[at].id);
  options[at].scrollIntoView({ block: "nearest" });
}

const chosen = () => all("[role=option]", open.list).findIndex((option) => option.getAttribute("aria-selected") === "true");

function show(area, start, kind, options) {
  close();
  const list = make("ul", "mde-l card");
  list.id = `${area.id || "area"}-names`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", kind === "@" ? "People" : "Records");
  options.forEach((option, n) => (option.id = `${list.id}-${n}`));
  list.append(...options);
  const { left, top, line } = placeOf(area, start);
  area.after(list);
  const box = area.parentElement;
  list.style.left = `${Math.max(0, Math.min(area.offsetLeft + left, box.clientWidth - list.offsetWidth))}px`;
  list.style.top = `${area.offsetTop + Math.min(top + line + 2, area.offsetHeight)}px`;
  open = { area, list, start };
  const states = { role: "combobox", "aria-expanded": "true", "aria-controls": list.id, "aria-autocomplete": "list", "aria-haspopup": "listbox" };
  for (const [name, value] of Object.entries(states)) area.setAttribute(name, value);
  choose(0);
  say(options.length === 1 ? "1 suggestion" : `${options.length} suggestions`);
}

async function look(area) {
  const at = area.selectionStart;
  const found = at === area.selectionEnd ? TYPED.exec(area.value.slice(Math.max(0, at - 60), at)) : null;
  if (!found) return close();
  const [, kind, text] = found;
  const mine = (asked += 1);
  const home = one("#main")?.dataset.product;
  if (!home) return undefined;
  let answer;
  try {
    answer = await fetch(`${home}mentions?${new URLSearchParams({ [kind === "@" ? "at" : "of"]: text })}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) return close();
    answer = await answer.text();
  } catch {
    return close();
  }
  if (mine !== asked || document.activeElement !== area) return undefined;
  const page = new DOMParser().parseFromString(answer, "text/html");
  const options = all("[role=option]", page);
  if (options.length) show(area, at - text.length - 1, kind, options);
  else close();
  return undefined;
}

function insert(option) {
  const { area, start } = open;
  const end = area.selectionStart;
  const after = /^\s/.test(area.value.slice(end, end + 1)) ? "" : " ";
  close();
  put(area, option.dataset.insert + after, start, end);
  close();
}

function press(event) {
  if (!open || event.target !== open.area || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowDown") choose(chosen() + 1);
  else if (event.key === "ArrowUp") choose(chosen() - 1);
  else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) insert(all("[role=option]", open.list)[chosen()]);
  else if (event.key === "Escape") close();
  else {
    if (["ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"].includes(event.key)) close();
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

export function start() {
  let wait = 0;
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.(AREA)) return;
    clearTimeout(wait);
    if (open && event.target !== open.area) close();
    if (event.inputType !== "insertFromPaste") wait = setTimeout(look, open ? 60 : 120, event.target);
  });
  // Before the editor's own keys, for which Enter goes on with a list.
  window.addEventListener("keydown", press, true);
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest(".mde-l [role=option]");
    if (option && open) {
      event.preventDefault();
      insert(option);
    } else {
      close();
    }
  });
  document.addEventListener("focusout", (event) => {
    if (event.target === open?.area) close();
  });
}

// The editor of Markdown on top of textarea[data-markdown]: tools, keys, lists that go on, preview.

import { all, one, reason, send } from "./page.js";

const AREA = "textarea[data-markdown]";
const ROWS = { list: () => "- ", numbers: (n) => `${n + 1}. `, checklist: () => "- [ ] ", quote: () => "> ", heading: () => "## " };
const AROUND = { bold: ["**", "bold text"], italic: ["_", "italic text"], code: ["`", "code"] };
const TABLE = "| Column | Column |\n| --- | --- |\n| Cell | Cell |\n| Cell | Cell |\n";
const KEYS = { b: "bold", i: "italic", k: "link" };
const MARK = /^(\s*)(?:(?:[-*+]|(\d{1,6})([.)]))(?: \[[ xX]\])?|>) +/;

/** Puts text in place of the characters from start to end, as typing would: undo takes it back. */
export function put(area, text, start = area.selectionStart, end = area.selectionEnd) {
  area.focus();
  area.setSelectionRange(start, end);
  // Old, and still the one way by which a script's change can be undone.
  const done = text ? document.execCommand("insertText", false, text) : start === end || document.execCommand("delete");
  if (done) return;
  area.setRangeText(text, start, end, "end");
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** Says what happened below the editor; `bad` marks a failure. */
export function tell(area, text, bad = false) {
  const line = one(".mde-s", area.closest("[data-editor]"));
  if (!line) return;
  line.textContent = text;
  line.classList.toggle("err", bad);
}

function around(area, mark, words) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const width = mark.length;
  if (value.slice(start - width, start) === mark && value.slice(end, end + width) === mark) {
    const inner = value.slice(start, end);
    put(area, inner, start - width, end + width);
    area.setSelectionRange(start - width, end - width);
    return;
  }
  const inner = value.slice(start, end) || words;
  put(area, mark + inner + mark);
  area.setSelectionRange(start + width, start + width + inner.length);
}

/** Each line that is selected gets the mark in front, or loses it where all have it. */
function rows(area, name) {
  const { value } = area;
  const start = value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const stop = value.indexOf("\n", area.selectionEnd);
  const end = stop === -1 ? value.length : stop;
  const lines = value.slice(start, end).split("\n");
  const marked = lines.every((line, n) => line.startsWith(ROWS[name](n)));
  const bare = lines.map((line, n) => (marked ? line.slice(ROWS[name](n).length) : line.replace(MARK, "$1").replace(/^#{1,6} /, "")));
  const text = marked ? bare : bare.map((line, n) => ROWS[name](n) + line);
  put(area, text.join("\n"), start, end);
  if (lines.length > 1) area.setSelectionRange(start, start + text.join("\n").length);
}

function link(area) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const words = value.slice(start, end) || "text";
  const address = /^https?:\/\/\S+$/.test(words);
  put(area, address ? `[text](${words})` : `[${words}](https://)`);
  const at = address ? start + 1 : start + words.length + 3;
  area.setSelectionRange(at, at + (address ? 4 : 8));
}

function table(area) {
  const start = area.selectionStart;
  const before = area.value.slice(0, start);
  const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  put(area, gap + TABLE, start, area.selectionEnd);
  const at = start + gap.length + 2;
  area.setSelectionRange(at, at + 6);
}

function use(area, name) {
  if (name in AROUND) around(area, ...AROUND[name]);
  else if (name in ROWS) rows(area, name);
  else if (name === "link") link(area);
  else table(area);
}

/** Enter in a list begins the next item; in an empty item it ends the list. True if it did something. */
function goOn(area) {
  const at = area.selectionStart;
  if (at !== area.selectionEnd) return false;
  const start = area.value.lastIndexOf("\n", at - 1) + 1;
  const line = area.value.slice(start, at);
  const found = MARK.exec(line);
  if (!found) return false;
  if (found[0].length === line.length) {
    put(area, "", start, at);
    return true;
  }
  const [mark, indent, number, stop] = found;
  const next = number ? mark.replace(number + stop, Number(number) + 1 + stop) : mark;
  put(area, `\n${indent}${next.slice(indent.length).replace(/\[[xX]\]/, "[ ]")}`);
  return true;
}

async function preview(area, panel) {
  panel.textContent = "One moment…";
  const answer = await send(`${one("#main").dataset.product}preview`, { text: area.value });
  if (!answer.ok) {
    panel.textContent = reason(answer.text, 0);
    return;
  }
  // The server's own sanitised fragment: parsed apart, then moved in; scripts in it would not run.
  const page = new DOMParser().parseFromString(answer.text, "text/html");
  panel.replaceChildren(...page.body.childNodes);
  if (!panel.textContent.trim() && !one("img, hr, input", panel)) panel.textContent = "Nothing to preview.";
}

function turn(tab) {
  const box = tab.closest("[data-editor]");
  const area = one(AREA, box);
  const panel = one(".mde-p", box);
  const showing = tab.dataset.mdTab === "preview";
  for (const each of all("[data-md-tab]", box)) {
    each.setAttribute("aria-selected", each === tab);
    each.classList.toggle("on", each === tab);
    each.tabIndex = each === tab ? 0 : -1;
  }
  area.hidden = showing;
  panel.hidden = !showing;
  one(".mde-t", box).inert = showing;
  if (showing) preview(area, panel);
}

/** Arrow keys in a row of buttons of which one is reached by Tab. */
function rove(event) {
  const row = event.target.closest(".mde-t, .mde-h [role=tablist]");
  const buttons = row ? all("button", row) : [];
  const now = buttons.indexOf(event.target);
  const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (next === undefined || now === -1) return;
  event.preventDefault();
  const button = buttons[(next + buttons.length) % buttons.length];
  buttons.forEach((each) => (each.tabIndex = each === button ? 0 : -1));
  button.focus();
  if (button.dataset.mdTab) turn(button);
}

function press(event) {
  if (!event.target.matches?.(AREA)) return;
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && KEYS[key]) {
    event.preventDefault();
    event.stopPropagation();
    use(event.target, KEYS[key]);
  } else if (event.key === "Enter" && !event.isComposing && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.defaultPrevented && goOn(event.target)) {
    event.preventDefault();
  }
}

export function again() {
  if (!one("#main")?.dataset.product) return;
  for (const tools of all(".mde-h[hidden]")) tools.hidden = false;
}

export function start() {
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-md-tab]");
    const tool = event.target.closest("[data-md]");
    if (tab) turn(tab);
    if (tool) use(one(AREA, tool.closest("[data-editor]")), tool.dataset.md);
  });
  // What the browser finds wrong is shown where it can be mended.
  document.addEventListener("invalid", (event) => {
    if (event.target.matches(AREA) && event.target.hidden) turn(one("[data-md-tab]", event.target.closest("[data-editor]")));
  }, true);
  // Before the palette hears of Ctrl+K.
  document.addEventListener("keydown", press, true);
  document.addEventListener("keydown", rove);
  again();
}

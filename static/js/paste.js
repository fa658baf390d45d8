// What is pasted or dropped into an editor of Markdown: formatted text becomes Markdown, images are kept as files of the
// record. Shift with the keys of pasting leaves it plain. And a text that is too long is said before it is sent.

import { all, reason } from "./page.js";
import { put, tell } from "./editor.js";
import { toMarkdown } from "./tomarkdown.js";

const AREA = "textarea[data-markdown]";
const IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const LARGEST = 10 * 1024 * 1024;
const LONGEST_HTML = 6_000_000;
const UNDONE = 50_000; // Longer texts are put in at once: typing them takes the browser seconds.
let plain = false;
const loading = new WeakMap();

function insert(area, text) {
  if (text.length <= UNDONE) return put(area, text);
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  return area.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
}

function formatted(area, html, text) {
  let made = "";
  try {
    made = html.length <= LONGEST_HTML ? toMarkdown(html) : "";
  } catch {
    made = "";
  }
  insert(area, made || text);
  if (!made && html.length > 1000) tell(area, `That was too much to keep its formatting: it is in as plain text. ${excess(area)}`, Boolean(excess(area)));
}

/** Whether HTML shows words; office programs and browsers add some to a mere image. */
const shows = (html) => html && new DOMParser().parseFromString(html.slice(0, 200_000).replace(/<(style|script)[\s\S]*?<\/\1>/gi, ""), "text/html").body.textContent.trim();

function paste(event) {
  const area = event.target.closest?.(AREA);
  const data = event.clipboardData;
  if (!area || !data) return;
  const html = data.getData("text/html");
  const files = [...data.files];
  if (files.length && !shows(html)) {
    event.preventDefault();
    keep(area, files);
  } else if (!plain && /<(h[1-6]|[uo]l|table|b|strong|i|em|a|p|div|span|li|pre|blockquote)\b/i.test(html)) {
    const text = data.getData("text/plain");
    event.preventDefault();
    formatted(area, html, text);
  }
}

function refusal(area, file) {
  const no = area.dataset.noImages || area.form?.dataset.noImages;
  if (no) return no;
  if (!area.form?.dataset.attach) return "This text takes no images.";
  if (!IMAGES.includes(file.type)) return `${file.name} is no image that can be shown here. Use PNG, JPEG, GIF or WebP, or attach it as a file.`;
  if (file.size > LARGEST) return `${file.name} has ${(file.size / 1048576).toFixed(1)} MB; an image has at most 10 MB.`;
  return "";
}

function keep(area, files) {
  for (const file of files) {
    const wrong = refusal(area, file);
    if (wrong) tell(area, wrong, true);
    else upload(area, file);
  }
}

function swap(area, old, text) {
  const at = area.value.indexOf(old);
  if (at === -1) return;
  area.setRangeText(text, at, at + old.length, "preserve");
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

let count = 0;

async function upload(area, file) {
  count += 1;
  const name = file.name.replace(/[[\]\\\n]/g, " ").trim() || "image";
  const mark = `![Uploading ${name} ${count}…]()`;
  put(area, mark);
  loading.set(area, (loading.get(area) || 0) + 1);
  tell(area, `Uploading ${name}…`);
  const token = JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}");
  const body = new FormData();
  body.append("image", "1");
  body.append("file", file, file.name);
  let wrong = "";
  try {
    const answer = await fetch(area.form.dataset.attach, { method: "POST", headers: { ...token, "HX-Request": "true" }, body });
    if (answer.status === 201) swap(area, mark, `![${name.replace(/\.\w{2,4}$/, "")}](${(await answer.json()).url})`);
    else wrong = answer.redirected ? "Sign in again to add images." : reason(await answer.text(), answer.status);
  } catch {
    wrong = "The image is not there: no connection to the server. Paste it again.";
  }
  loading.set(area, loading.get(area) - 1);
  if (wrong) swap(area, mark, "");
  tell(area, wrong || `${name} is in.`, Boolean(wrong));
}

/** The sentence for a text that is too long, as the server counts; empty where it fits. */
function excess(area) {
  const most = Number(area.dataset.most);
  if (!most || area.value.length <= most / 2) return "";
  const length = [...area.value].length + area.value.split("\n").length - 1;
  const [now, may] = [length, most].map((n) => n.toLocaleString("en"));
  return length > most ? `This text has ${now} characters; at most ${may} fit here. Shorten it, or attach the long part as a file.` : "";
}

const measure = (area) => told(area, excess(area));

const long = new WeakSet();

function told(area, text) {
  if (text) long.add(area);
  if (text || long.has(area)) tell(area, text, Boolean(text));
  if (!text) long.delete(area);
  return Boolean(text);
}

/** Nothing typed is lost: a text that will be refused, or still waits for an image, stays on the page. */
function hold(event) {
  for (const area of all(AREA, event.target)) {
    const waits = loading.get(area) > 0;
    if (!waits && !measure(area)) continue;
    if (waits) tell(area, "An image is still on its way. Save in a moment.", true);
    event.preventDefault();
    event.stopImmediatePropagation();
    area.focus();
    return;
  }
}

export function start() {
  window.addEventListener("keydown", (event) => (plain = event.shiftKey), true);
  window.addEventListener("keyup", (event) => (plain = event.shiftKey), true);
  document.addEventListener("paste", paste);
  document.addEventListener("dragover", (event) => {
    if (event.target.closest?.(AREA) && event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const area = event.target.closest?.(AREA);
    if (!area || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    area.focus();
    keep(area, [...event.dataTransfer.files]);
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches?.(AREA)) measure(event.target);
  });
  window.addEventListener("submit", hold, true);
}

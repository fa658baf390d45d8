// The portal in a frame of another site. Browsers keep our cookies out of such frames: nobody is signed in there, so
// reading stays in the frame and everything else opens in a tab. The script around the frame hears when to close.

import { one } from "./page.js";

const READING = /^\/portal\/[^/]+\/[^/]+\/(ideas\/\d+)?$/;
const language = new URLSearchParams(location.search).get("lang");

const reads = (url) => url.origin === location.origin && READING.test(url.pathname);

// The cookie that keeps the language does not reach into a frame either, so addresses carry it.
function keepLanguage(url) {
  if (language && url.origin === location.origin && !url.searchParams.has("lang")) url.searchParams.set("lang", language);
}

function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link) return;
  const url = new URL(link.href);
  if (reads(url)) {
    keepLanguage(url);
    link.href = url.href;
  } else {
    link.target = "_blank";
    link.rel = "noopener";
  }
}

function send(event) {
  const form = event.target;
  const url = new URL(form.action);
  if (form.method !== "get" || !reads(url)) {
    form.target = "_blank";
  } else if (language && !form.elements.lang) {
    const kept = document.createElement("input");
    Object.assign(kept, { type: "hidden", name: "lang", value: language });
    form.append(kept);
  }
}

function leave(event) {
  if (event.key === "Escape" && !event.defaultPrevented && !one("dialog[open]")) parent.postMessage("plm:close", "*");
}

export function start() {
  if (parent === window) return;
  const note = one("[data-framed]");
  if (note.dataset.framed === "reading") {
    note.hidden = false;
    document.addEventListener("click", follow, true);
    document.addEventListener("submit", send, true);
  }
  document.addEventListener("keydown", leave);
  parent.postMessage("plm:ready", "*");
}

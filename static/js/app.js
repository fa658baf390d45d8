// The entry: theme, drawer, menus, toasts, confirmation, answers of htmx. Other modules load where a page needs them.

import { all, make, one, reason, say, toast } from "./page.js";
import "./palette.js";
import "./shortcuts.js";

// Modules by the mark on the page that needs them, also when a swap brings the mark later.
const parts = [
  ["[data-pick]", () => import("./bulk.js")],
  ["form[data-factors]", () => import("./factors.js")],
  ["[data-columns]", () => import("./columns.js")],
  [".board[data-move-url]", () => import("./drag.js")],
  ["[data-ranking]", () => import("./rank.js")],
  ["[data-whatif]", () => import("./whatif.js")],
  [".mx", () => import("./matrix.js")],
  [".tlw", () => import("./timeline.js")],
  [".chart[data-points]", () => import("./chart.js")],
  ["form[data-draft]", () => import("./draft.js")],
  ["textarea[data-markdown]", () => import("./editor.js")],
  ["textarea[data-markdown][name]", () => import("./paste.js")],
  ["textarea[data-markdown]:not([data-plain-names])", () => import("./mentions.js")],
  ["[data-copy]", () => import("./copy.js")],
  ["form[data-merge]", () => import("./merge.js")],
  ["[data-framed]", () => import("./framed.js")],
  ["[data-passage]", () => import("./passage.js")],
  ["[data-live]", () => import("./rounds.js")],
  ["[data-quote-body]", () => import("./highlight.js")],
];
const loaded = new Set();

function load() {
  // What may scroll sideways inside a text can be reached and scrolled by keyboard.
  for (const wide of all(".md :is(pre, table)")) wide.tabIndex = 0;
  // The strip of lineage shows the record itself, with what came just before and after it.
  for (const strip of all(".lineage")) {
    const here = one(".this", strip).getBoundingClientRect();
    strip.scrollLeft += here.left - strip.getBoundingClientRect().left - (strip.clientWidth - here.width) / 2;
  }
  const wanted = parts
    .filter(([mark]) => one(mark))
    .map(([mark, module]) => {
      const first = !loaded.has(mark);
      loaded.add(mark);
      return module().then((part) => (first ? part.start?.() : part.again?.()));
    });
  // From here on keys do what the page says; who drives the page by a script waits for this mark.
  Promise.allSettled(wanted).then(() => (document.documentElement.dataset.ready = ""));
}

// Theme: auto, light, dark.
const themes = ["auto", "light", "dark"];

function nextTheme() {
  const root = document.documentElement;
  const theme = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
  root.dataset.theme = theme;
  try {
    localStorage.setItem("theme", `${root.dataset.themeAccount}>${theme}`);
  } catch {
    // Storage is blocked: the choice holds for this page.
  }
  toast(theme === "auto" ? "Theme follows your system" : `Theme: ${theme}`);
}

// Drawer of the navigation on small screens.
const side = one("#side");
const opener = one("[data-menu]");

function drawer(open) {
  if (!side || !opener) return;
  side.classList.toggle("open", open);
  opener.setAttribute("aria-expanded", open);
  if (open) one("a, button, summary", side)?.focus();
}

document.addEventListener("click", (event) => {
  const target = event.target;
  if (target.closest("[data-theme-toggle]")) nextTheme();
  if (target.closest("[data-menu]")) {
    event.preventDefault();
    drawer(!side.classList.contains("open"));
  } else if (!target.closest("#side")) {
    drawer(false);
  }
  for (const menu of all("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
  target.closest("[data-dismiss]")?.closest(".toast, .note")?.remove();
  const dialog = one(target.closest("[data-dialog]")?.dataset.dialog || "dialog:not(*)");
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
  }
  if (target.closest("[data-close]") || target.matches("dialog")) target.closest("dialog")?.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (menu) {
    menu.open = false;
    one("summary", menu).focus();
  } else if (side?.classList.contains("open")) {
    drawer(false);
    opener.focus();
  }
});

// Confirmation: data-confirm on a form or a button, asked before anything else hears of it.
const ask = one("#confirm");
let agreed = null;

function confirmFirst(event) {
  const source = event.type === "submit" ? event.target : event.target.closest?.("button[data-confirm], a[data-confirm]");
  const button = event.submitter || source;
  if (!ask || !source?.dataset?.confirm || agreed === source) {
    agreed = null;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  one("p", ask).textContent = source.dataset.confirm;
  const yes = one("[data-yes]", ask);
  yes.textContent = source.dataset.confirmLabel || button.textContent.trim() || "Continue";
  ask.returnValue = "";
  ask.onclose = () => {
    if (ask.returnValue !== "yes") return;
    agreed = source;
    if (event.type === "submit") source.requestSubmit(event.submitter);
    else source.click();
  };
  ask.showModal();
}

document.addEventListener("submit", confirmFirst, true);
document.addEventListener("click", confirmFirst, true);

// A control marked data-autosubmit sends its form when it changes.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-autosubmit]")) event.target.form?.requestSubmit();
});

// Toasts leave after a while, later while somebody reads or focuses them.
function retire(box) {
  const wait = box.classList.contains("bad") ? 12000 : 8000;
  const timer = setInterval(() => {
    if (box.matches(":hover, :focus-within")) return;
    clearInterval(timer);
    box.remove();
  }, wait);
  const close = make("button", "ib sm", "×");
  close.type = "button";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", "Close message");
  box.append(close);
}

const toasts = one("#toasts");
if (toasts) {
  all(".toast", toasts).forEach(retire);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node.nodeType === Node.ELEMENT_NODE) retire(node);
    }
  }).observe(toasts, { childList: true });
}

// htmx: 422 is swapped (the fragment shows what is wrong); every other failure is said.
document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail;
  if (ctx.response.status === 422) {
    say("Not saved. Check the marked value.");
    return;
  }
  const source = ctx.sourceElement;
  if (source?.matches?.("input, select, textarea")) source.setAttribute("aria-invalid", "true");
  toast(reason(ctx.text, ctx.response.status), { bad: true });
});
document.addEventListener("htmx:error", (event) => {
  if (event.detail.error?.name !== "AbortError") toast(reason("", 0), { bad: true });
});
document.addEventListener("htmx:after:swap", load);

load();

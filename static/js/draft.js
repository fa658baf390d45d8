// Text typed into form[data-draft="key"] survives a reload. A draft goes when its form was sent and the next page
// no longer shows that form; while the server sends the form back with errors, what it sends back stands.

import { all, toast } from "./page.js";

const SENT = "draft:sent";
const name = (form) => `draft:${form.dataset.draft}`;
const fields = (form) =>
  [...form.elements].filter((field) => field.name && field.matches("textarea, select, input:not([type=hidden], [type=password], [type=file], [type=submit], [type=checkbox], [type=radio])"));
const timers = new WeakMap();

function store(form) {
  const typed = Object.fromEntries(fields(form).map((field) => [field.name, field.value]));
  try {
    localStorage.setItem(name(form), JSON.stringify(typed));
  } catch {
    // Storage is full or blocked: nothing to save to.
  }
}

function restore(form) {
  const text = localStorage.getItem(name(form));
  if (!text) return;
  const typed = JSON.parse(text);
  const before = new Map();
  for (const field of fields(form)) {
    if (field.name in typed && typed[field.name] !== field.value) {
      before.set(field, field.value);
      field.value = typed[field.name];
    }
  }
  if (!before.size) return;
  toast("Restored what you had typed", {
    action: {
      label: "Discard",
      run: () => {
        before.forEach((value, field) => (field.value = value));
        localStorage.removeItem(name(form));
      },
    },
  });
}

export function start() {
  try {
    const sent = sessionStorage.getItem(SENT);
    const forms = all("form[data-draft]");
    const returned = forms.find((form) => name(form) === sent);
    if (sent && !returned?.querySelector(".err")) localStorage.removeItem(sent);
    sessionStorage.removeItem(SENT);
    forms.filter((form) => !form.querySelector(".err")).forEach(restore);
  } catch {
    return; // Storage is blocked.
  }
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (!form) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(store, 300, form));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-draft]");
    if (!form) return;
    clearTimeout(timers.get(form));
    store(form);
    sessionStorage.setItem(SENT, name(form));
  });
  // A form sent by htmx: saved when the answer is not an error. What a field in it asks on the way saves nothing.
  document.addEventListener("htmx:after:request", (event) => {
    const source = event.detail.ctx.sourceElement;
    const form = source?.matches?.("form, button") ? source.closest("form[data-draft]") : null;
    if (form && event.detail.ctx.response.status < 400) localStorage.removeItem(name(form));
  });
}

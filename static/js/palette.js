// Command palette: Ctrl or Cmd+K opens a dialog with a combobox; the server answers with options as links.

import { all, one, say } from "./page.js";

const dialog = one("#palette");
const input = one("#palette-q");
const list = one("#palette-l");
let chosen = 0;
let timer = 0;
let asked = null;

const options = () => all("[role=option]", list);

function mark() {
  options().forEach((option, index) => {
    option.id = `palette-${index}`;
    option.tabIndex = -1;
    option.setAttribute("aria-selected", index === chosen);
  });
  const option = options()[chosen];
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

async function load() {
  asked?.abort();
  asked = new AbortController();
  try {
    const url = new URL(dialog.dataset.url, location.href);
    url.searchParams.set("q", input.value.trim());
    const answer = await fetch(url, { signal: asked.signal, headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(answer.status);
    // The fragment is the server's own template: parsed apart, then moved in; scripts in it would not run.
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    list.replaceChildren(...page.body.childNodes);
    chosen = 0;
    mark();
    say(`${options().length} results`);
  } catch (error) {
    if (error.name !== "AbortError") list.textContent = "Search does not answer. Try again in a moment.";
  }
}

export function open() {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  input.value = "";
  load();
}

function go(option) {
  if (!option) return;
  dialog.close();
  if (option.dataset.run) one(option.dataset.run)?.click();
  else location.assign(option.href);
}

document.addEventListener("click", (event) => {
  if (dialog && event.target.closest("[data-palette]")) {
    event.preventDefault();
    open();
  }
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && dialog) {
    event.preventDefault();
    open();
  }
});

input?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(load, 120);
});

input?.addEventListener("keydown", (event) => {
  const count = options().length;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && count) {
    chosen = (chosen + step + count) % count;
    mark();
  } else if (event.key === "Enter") {
    go(options()[chosen]);
  } else {
    return;
  }
  event.preventDefault();
});

list?.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (!option || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  go(option);
});

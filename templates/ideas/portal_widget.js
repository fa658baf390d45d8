// The feedback portal on a page of another site: a button that opens it in a frame. The page's content policy needs to
// name this address in script-src and frame-src, and nothing else: no inline style, no markup made of text.
// Attributes of the script element: data-position (right, left, none), data-label, data-language, data-board,
// data-theme (auto, light, dark). Any element with data-plm-open opens the portal too.
(() => {
  "use strict";
  const given = {{ given|safe }};
  const script = document.currentScript;
  if (!script) return;
  const home = new URL(".", script.src);
  const asked = script.dataset;

  const wanted = (asked.language || document.documentElement.lang || navigator.language || "").slice(0, 2).toLowerCase();
  const language = wanted in given.words ? wanted : Object.keys(given.words)[0];
  const words = given.words[language];
  const address = new URL(home);
  if (wanted === language) address.searchParams.set("lang", language);
  if (asked.board) address.searchParams.set("board", asked.board);

  const LOOK = `
    :host { color-scheme: light dark; }
    :host([data-theme="light"]) { color-scheme: light; }
    :host([data-theme="dark"]) { color-scheme: dark; }
    * { box-sizing: border-box; font: 500 15px/1.3 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    :focus-visible { outline: 2px solid light-dark(#4b45d6, #8f93ff); outline-offset: 2px; }
    .open { position: fixed; z-index: 2147483000; right: 16px; bottom: max(16px, env(safe-area-inset-bottom));
      min-height: 44px; max-width: calc(100vw - 32px); padding: 10px 18px; border: 1px solid #fff6; border-radius: 22px;
      background: var(--fill, #4f49e0); color: #fff; box-shadow: 0 4px 16px #0004; cursor: pointer; }
    .left .open { right: auto; left: 16px; }
    dialog { position: fixed; inset: 16px 16px 16px auto; width: 480px; height: auto; max-width: calc(100vw - 32px);
      max-height: none; margin: 0; padding: 0; border: 1px solid light-dark(#d6d8df, #363942); border-radius: 14px;
      overflow: hidden; background: light-dark(#fff, #15161a); color: light-dark(#16181d, #eceef2);
      box-shadow: 0 12px 48px #0006; }
    .left dialog { inset: 16px auto 16px 16px; }
    dialog[open] { display: flex; flex-direction: column; }
    dialog::backdrop { background: #0006; }
    header { display: flex; align-items: center; gap: 4px; padding: 2px 4px 2px 16px;
      border-bottom: 1px solid light-dark(#e7e8ec, #26282e); }
    h2 { flex: 1; min-width: 0; margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 600; }
    header a, header button { display: inline-flex; align-items: center; justify-content: center; min-width: 44px;
      height: 44px; padding: 0; border: 0; border-radius: 8px; background: none; color: inherit; cursor: pointer; }
    header :focus-visible { outline-offset: -3px; }
    header a:hover, header button:hover { background: light-dark(#f3f4f7, #1e2026); }
    svg { width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round;
      stroke-linejoin: round; }
    p { margin: 0; padding: 16px; }
    p a { color: light-dark(#3e38b8, #c3c5ff); }
    iframe { flex: 1; width: 100%; min-height: 0; border: 0; }
    [hidden] { display: none; }
    @media (max-width: 560px) { dialog, .left dialog { inset: 0; width: 100%; max-width: none; height: 100%;
      border: 0; border-radius: 0; } }
    @media print { .open { display: none; } }`;

  const make = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const sign = (path) => {
    const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    drawn.setAttribute("viewBox", "0 0 24 24");
    drawn.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    drawn.append(line);
    return drawn;
  };
  const away = (attributes, ...children) =>
    make("a", { href: address, target: "_blank", rel: "noopener", ...attributes }, ...children);

  const opener = make("button", { class: "open", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false" });
  opener.append(asked.label || words.label);
  const close = make("button", { type: "button", "aria-label": words.close, autofocus: "" }, sign("M18 6 6 18M6 6l12 12"));
  const missing = make("p", { hidden: "", role: "status" }, words.missing, " ", away({}, words.tab));
  const frame = make("iframe", { title: words.title });
  const dialog = make(
    "dialog",
    { "aria-labelledby": "title", lang: language },
    make(
      "header",
      {},
      make("h2", { id: "title" }, words.title),
      away({ "aria-label": words.tab, title: words.tab }, sign("M14 4h6v6M20 4l-9 9M18 14v6H4V6h6")),
      close,
    ),
    missing,
    frame,
  );

  let late = 0;
  const open = () => {
    if (dialog.open) return;
    if (!frame.src) {
      frame.src = address;
      // A frame that the portal's settings refuse tells nobody; one that came says so.
      late = setTimeout(() => (missing.hidden = false), 6000);
    }
    dialog.showModal();
    opener.setAttribute("aria-expanded", "true");
  };
  opener.addEventListener("click", open);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => opener.setAttribute("aria-expanded", "false"));
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-plm-open]")) return;
    event.preventDefault();
    open();
  });
  addEventListener("message", (event) => {
    if (event.origin !== home.origin || event.source !== frame.contentWindow) return;
    if (event.data === "plm:close") dialog.close();
    if (event.data !== "plm:ready") return;
    clearTimeout(late);
    missing.hidden = true;
  });

  const start = () => {
    // Once a page, however often the script stands in it.
    if ([...document.querySelectorAll("[data-plm-portal]")].some((one) => one.dataset.plmPortal === home.href)) return;
    const host = make("div", { "data-plm-portal": home.href, "data-theme": asked.theme || "auto" });
    const inside = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(LOOK);
    inside.adoptedStyleSheets = [sheet];
    const box = make("div", { class: asked.position === "left" ? "left" : "right" });
    if (given.accent) box.style.setProperty("--fill", given.accent);
    if (asked.position !== "none") box.append(opener);
    box.append(dialog);
    inside.append(box);
    document.body.append(host);
  };
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();

// What every module needs: find elements, speak, show a toast, send a form.

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Makes an element; text is always set as text. */
export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** Says a sentence to screen readers. */
export function say(text) {
  const live = one("#live");
  if (live) live.textContent = text;
}

/** A line in a toast that asks for the reason of what was just done; it may stay empty. */
function asking(url, box) {
  const form = make("form", "why");
  const field = make("input");
  Object.assign(field, { placeholder: "Why? One line, or leave it", maxLength: 500, minLength: 3, required: true });
  field.setAttribute("aria-label", "Why");
  form.append(field, make("button", "lnk", "Save"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await send(url, { reason: field.value });
    box.remove();
    toast(answer.ok ? "The reason is noted" : answer.text, { bad: !answer.ok });
  });
  return form;
}

/** Shows a toast; `action` is {label, run} or nothing, `actions` several of them, `why` the address that takes a reason. */
export function toast(text, { bad = false, action = null, actions = action ? [action] : [], why = "" } = {}) {
  const box = make("div", bad ? "toast bad" : "toast");
  box.append(make("span", "", text));
  for (const { label, run } of actions) {
    const button = make("button", "lnk", label);
    button.type = "button";
    button.addEventListener("click", () => {
      run();
      box.remove();
    });
    box.append(button);
  }
  if (why) box.append(asking(why, box));
  one("#toasts")?.append(box);
}

/** The sentence for people inside an error answer: problem+json, an error page, or plain text. */
export function reason(text, status) {
  const fallback = status ? `Not saved: the server answered ${status}.` : "Not saved: no connection to the server.";
  const body = (text || "").trim();
  if (body.startsWith("{")) {
    try {
      const problem = JSON.parse(body);
      return problem.detail || problem.message || problem.title || fallback;
    } catch {
      return fallback;
    }
  }
  if (body.startsWith("<")) {
    const page = new DOMParser().parseFromString(body, "text/html");
    const found = page.querySelector("[data-error], .err, [role=alert], h1");
    return found?.textContent.trim().replace(/\s+/g, " ").slice(0, 240) || fallback;
  }
  return body.slice(0, 240) || fallback;
}

/** What an answer in JSON holds; nothing if it is another. */
function data(text) {
  try {
    return text.startsWith("{") ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** POSTs fields form-encoded; resolves to {ok, text, data}, where text is what to tell the user when not ok. */
export async function send(url, fields) {
  const token = JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}");
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { ...token, "HX-Request": "true" },
      body: new URLSearchParams(fields),
    });
    const text = await answer.text();
    return answer.ok && !answer.redirected
      ? { ok: true, text, data: data(text) }
      : { ok: false, text: answer.redirected ? "Sign in again to save this." : reason(text, answer.status), data: data(text) };
  } catch {
    return { ok: false, text: reason("", 0) };
  }
}

/** Whether the event comes from something the user types into. */
export const typing = (event) => event.target.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]");

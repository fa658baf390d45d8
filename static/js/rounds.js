// The progress of a round, asked for again while somebody looks at it and the round takes answers.

import { one } from "./page.js";

const PAUSE = 3000;

export function start() {
  setInterval(() => {
    // A page in the background asks nothing; when the round ends, the mark is gone and with it the asking.
    const card = one("[data-live]");
    const busy = card?.querySelector("details[open]") || card?.classList.contains("htmx-request");
    if (card && !document.hidden && !busy) card.dispatchEvent(new CustomEvent("live"));
  }, PAUSE);
}

/** The presentation of a shared roadmap: arrow keys go from part to part, F fills the screen. Without it parts follow one another. */

const slides = [...document.querySelectorAll(".slide")];
const STEPS = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };

/** The part that takes the middle of the screen. */
function current() {
  const middle = window.innerHeight / 2;
  const at = slides.findIndex((slide) => {
    const box = slide.getBoundingClientRect();
    return box.top <= middle && box.bottom > middle;
  });
  return Math.max(0, at);
}

function show(place) {
  const slide = slides[Math.min(slides.length - 1, Math.max(0, place))];
  slide.scrollIntoView({ block: "start" });
  slide.focus({ preventScroll: true });
}

function fill() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.();
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("a, button, input")) return;
  if (event.key === "f" || event.key === "F") fill();
  else if (event.key === "Home") show(0);
  else if (event.key === "End") show(slides.length - 1);
  else if (event.key in STEPS) show(current() + STEPS[event.key]);
  else return;
  event.preventDefault();
}

if (slides.length) document.addEventListener("keydown", pressed);
const button = document.querySelector("[data-full]");
if (button && document.fullscreenEnabled) {
  button.hidden = false;
  button.addEventListener("click", fill);
}

// Cross-hair on a line chart: figure.chart[data-points] holds [[label, value, other], …] as drawn by the server.

import { make, one } from "./page.js";

const SVG = "http://www.w3.org/2000/svg";

function tools(figure) {
  let tip = one(".chart-tip", figure);
  let line = one(".chart-c", figure);
  if (!tip) {
    tip = make("div", "chart-tip");
    tip.setAttribute("aria-hidden", "true");
    figure.append(tip);
    line = document.createElementNS(SVG, "line");
    line.setAttribute("class", "chart-c");
    one("svg", figure).append(line);
  }
  return { tip, line };
}

function show(event) {
  const figure = event.target.closest?.(".chart[data-points]");
  if (!figure) return;
  const points = JSON.parse(figure.dataset.points);
  const svg = one("svg", figure);
  const box = svg.getBoundingClientRect();
  const { tip, line } = tools(figure);
  const index = Math.round(((event.clientX - box.left) / box.width) * (points.length - 1));
  const point = points[index];
  tip.hidden = !point;
  if (!point) return;
  const share = points.length > 1 ? index / (points.length - 1) : 0.5;
  const { width, height } = svg.viewBox.baseVal;
  for (const [name, value] of Object.entries({ x1: share * width, x2: share * width, y1: 0, y2: height })) {
    line.setAttribute(name, value);
  }
  tip.textContent = point.map((part) => part ?? "–").join(" · ");
  const left = box.left - figure.getBoundingClientRect().left + share * box.width;
  tip.style.left = `${Math.max(0, Math.min(left + 8, figure.clientWidth - tip.offsetWidth))}px`;
}

export function start() {
  document.addEventListener("pointermove", show);
  document.addEventListener("pointerout", (event) => {
    const figure = event.target.closest?.(".chart");
    if (!figure || figure.contains(event.relatedTarget)) return;
    one(".chart-tip", figure)?.remove();
    one(".chart-c", figure)?.remove();
  });
}

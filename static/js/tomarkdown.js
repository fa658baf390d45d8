// HTML from a clipboard as Markdown: headings, lists, tables, bold, italic, links; styles, comments and what offices add
// are dropped. DOMParser runs no scripts and loads nothing.

const DROPPED = new Set(["STYLE", "SCRIPT", "HEAD", "META", "LINK", "TITLE", "TEMPLATE", "NOSCRIPT", "IFRAME", "OBJECT", "EMBED", "SVG", "XML", "IMG", "INPUT", "BUTTON", "SELECT", "TEXTAREA"]);
const BLOCKS = "p, div, section, article, h1, h2, h3, h4, h5, h6, ul, ol, li, table, blockquote, pre, hr, dl, dt, dd, figure, header, footer, main";
const IS_BLOCK = new Set(BLOCKS.toUpperCase().split(", "));
const HEADING = /^H([1-6])$/;

/** Raised when a text takes longer than `most` milliseconds. */
export class TooSlow extends Error {}

/** The Markdown of an HTML text; raises TooSlow. */
export function toMarkdown(html, most = 800) {
  const state = { end: performance.now() + most, seen: 0 };
  const page = new DOMParser().parseFromString(html, "text/html");
  return blocks(page.body, state).join("\n\n").replace(/\n{3,}/g, "\n\n").trim();
}

function tick(state) {
  state.seen += 1;
  if (state.seen % 500 === 0 && performance.now() > state.end) throw new TooSlow();
}

const COMMENT = /^mso-?com|^MsoComment/i;
const kept = (node) =>
  node.nodeType === Node.TEXT_NODE ||
  (node.nodeType === Node.ELEMENT_NODE && !DROPPED.has(node.tagName.toUpperCase()) && !COMMENT.test(node.getAttribute("class") || ""));

/** Everything in an element as blocks; two list items of an office in a row are one block. */
function blocks(parent, state) {
  const found = [];
  let run = "";
  let office = false;
  const flush = () => {
    const text = tidy(run);
    run = "";
    if (text) found.push(begin(text));
    if (text) office = false;
  };
  for (const node of parent.childNodes) {
    tick(state);
    if (!kept(node)) continue;
    const holds = node.nodeType === Node.ELEMENT_NODE && (IS_BLOCK.has(node.tagName) || node.querySelector(BLOCKS));
    if (!holds) {
      run += inline(node, state);
      continue;
    }
    flush();
    const item = officeItem(node, state);
    if (item && office) found[found.length - 1] += `\n${item}`;
    else if (item) found.push(item);
    else found.push(...block(node, state));
    office = Boolean(item);
  }
  flush();
  return found;
}

function block(node, state) {
  const heading = HEADING.exec(node.tagName);
  if (heading) {
    const text = tidy(inline(node, state)).replace(/\n/g, " ").replace(/^\*\*(.*)\*\*$/, "$1");
    return text ? [`${"#".repeat(Number(heading[1]))} ${text}`] : [];
  }
  if (node.tagName === "UL" || node.tagName === "OL") return [list(node, state)].filter(Boolean);
  if (node.tagName === "TABLE") return [table(node, state)].filter(Boolean);
  if (node.tagName === "HR") return ["---"];
  if (node.tagName === "PRE") {
    const text = node.textContent.replace(/\n$/, "");
    const fence = text.includes("```") ? "~~~~" : "```";
    return [`${fence}\n${text}\n${fence}`];
  }
  const inside = blocks(node, state);
  return node.tagName === "BLOCKQUOTE" ? [inside.join("\n\n").replace(/^/gm, "> ")].filter((text) => text.trim() !== ">") : inside;
}

function list(node, state) {
  const lines = [];
  let number = Number(node.getAttribute("start")) || 1;
  for (const item of node.children) {
    tick(state);
    const mark = node.tagName === "OL" ? `${number}. ` : "- ";
    const gap = " ".repeat(mark.length);
    if (item.tagName === "UL" || item.tagName === "OL") {
      const below = list(item, state);
      if (below) lines.push(below.replace(/^(?=.)/gm, lines.length ? "  ".padEnd(gap.length) : ""));
    } else if (item.tagName === "LI") {
      const parts = blocks(item, state);
      const text = parts.map((part, n) => (n && !/^\s*(?:[-*] |\d+\. )/.test(part) ? `\n${part}` : part)).join("\n");
      lines.push(mark + text.replace(/\n(?=[^\n])/g, `\n${gap}`));
      number += 1;
    }
  }
  return lines.join("\n");
}

/** Word writes a list item as a paragraph that says so in its style, with the mark as text to be ignored. */
function officeItem(node, state) {
  const level = /mso-list:\s*l\d+\s+level(\d+)/i.exec(node.getAttribute("style") || "");
  if (!level || node.tagName !== "P") return "";
  let mark = "-";
  for (const span of node.querySelectorAll("span")) {
    if (!/mso-list:\s*ignore/i.test(span.getAttribute("style") || "")) continue;
    const number = /^\s*(\d{1,4})[.)]/.exec(span.textContent);
    if (number) mark = `${number[1]}.`;
    span.remove();
  }
  const text = tidy(inline(node, state)).replace(/\n/g, " ");
  return text ? `${"   ".repeat(Number(level[1]) - 1)}${mark} ${text}` : "";
}

function table(node, state) {
  const rows = [...node.querySelectorAll("tr")].filter((row) => row.closest("table") === node);
  const cells = rows.map((row) =>
    [...row.children].filter((cell) => /^T[DH]$/.test(cell.tagName)).map((cell) => tidy(blocks(cell, state).join(" ")).replace(/\s*\n\s*/g, " ").replace(/\|/g, "\\|")),
  ).filter((row) => row.some(Boolean));
  const width = Math.max(0, ...cells.map((row) => row.length));
  if (!width) return "";
  const line = (row) => `| ${Array.from({ length: width }, (_, n) => row[n] || " ").join(" | ")} |`;
  return [line(cells[0]), line(Array(width).fill("---")), ...cells.slice(1).map(line)].join("\n");
}

function inline(node, state) {
  tick(state);
  if (!kept(node)) return "";
  if (node.nodeType === Node.TEXT_NODE) return safe(node.data.replace(/[\s\u00a0]+/g, " "));
  if (node.tagName === "BR") return "\n";
  if (node.tagName === "CODE") return node.textContent.trim() ? `\`${node.textContent.replace(/`/g, "'").trim()}\`` : "";
  let text = "";
  for (const child of node.childNodes) text += inline(child, state);
  if (node.tagName === "A") return link(node, text);
  const { bold, italic, struck } = look(node);
  if (struck) text = around(text, "~~");
  if (italic) text = around(text, "_");
  return bold ? around(text, "**") : text;
}

function look(node) {
  const style = node.getAttribute("style") || "";
  const weight = /font-weight:\s*(\w+)/i.exec(style)?.[1];
  return {
    bold: weight ? /^(bold|bolder|[6-9]00)$/i.test(weight) : /^(B|STRONG)$/.test(node.tagName),
    italic: /font-style:/i.test(style) ? /font-style:\s*italic/i.test(style) : /^(I|EM)$/.test(node.tagName),
    struck: /^(S|DEL|STRIKE)$/.test(node.tagName) || /text-decoration[^;]*line-through/i.test(style),
  };
}

/** Marks stand next to the words, blanks outside of them; each line has its own. */
const around = (text, mark) =>
  text.split("\n").map((line) => line.replace(/^(\s*)(.*?)(\s*)$/, (_, left, words, right) => (words && !words.startsWith(mark) ? left + mark + words + mark + right : line))).join("\n");

function link(node, text) {
  const address = node.getAttribute("href") || "";
  const words = text.trim().replace(/\n/g, " ");
  if (!words || !/^(https?:|mailto:)/i.test(address)) return text;
  return text.replace(text.trim(), () => `[${words}](${address.replace(/[\s()<>]/g, encodeURIComponent).replace(/\(/g, "%28").replace(/\)/g, "%29")})`);
}

const safe = (text) => text.replace(/[\\`*[\]<]|(?<!\w)_|_(?!\w)/g, "\\$&");
const tidy = (text) => text.replace(/[ \t]*\n[ \t]*/g, "\n").replace(/ {2,}/g, " ").trim();
const begin = (text) => text.replace(/^(#{1,6}|[-+>])(?= )/gm, "\\$1").replace(/^(\d+)([.)])(?= )/gm, "$1\\$2");

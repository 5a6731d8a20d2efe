// Building the page. Text is only ever set as text, so nothing in a document can become markup.

/** Make an element: attributes, `class`, `on…` listeners; children are nodes or strings, empty ones are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

export const icon = (name) => el("span", { class: `icon ${name}`, "aria-hidden": "true" });

// A break between paragraphs of one passage: an empty line, or a line that ends as a sentence does.
const BREAK = /\s*\n\s*\n\s*|(?<=[.;:!?…”»")])[ \t]*\r?\n\s*/u;

function pieces(text) {
  const parts = text.split(BREAK);
  return parts.flatMap((part, i) => (i ? [el("span", { class: "break" }), part] : [part]));
}

/** Return nodes for `text` with `spans` (offsets in characters, not UTF-16 units) wrapped in `tag`. */
export function marked(text, spans, tag = "mark") {
  const units = /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
  const cut = (from, to) => (typeof units === "string" ? units.slice(from, to) : units.slice(from, to).join(""));
  const nodes = [];
  let at = 0;
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    if (start < at || end <= start || end > units.length) continue;
    nodes.push(...pieces(cut(at, start)), el(tag, {}, cut(start, end)));
    at = end;
  }
  return [...nodes, ...pieces(cut(at, units.length))];
}

/** Show `text` to those who listen rather than look. */
export function announce(text) {
  document.getElementById("status").textContent = text;
}

/** Replace what the main part shows; a view without a heading of its own gets the title as one that is only read out. */
export function show(...nodes) {
  const view = document.getElementById("view");
  view.replaceChildren(...nodes.flat().filter(Boolean));
  if (!view.querySelector("h1")) view.prepend(el("h1", { class: "hidden" }, document.title));
}

export const skeleton = (lines) =>
  el("div", { class: "skeleton", "aria-hidden": "true" }, Array.from({ length: lines }, () => el("i")));

export const plural = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

const LANGUAGES = new Intl.DisplayNames("en", { type: "language", fallback: "code" });

export function languageName(tag) {
  try {
    return LANGUAGES.of(tag);
  } catch {
    return tag;
  }
}

/** Write an ISO date, as precise as it is, the way people do. */
export function dateName(date) {
  if (!date) return "";
  const options = { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" };
  if (date.length < 10) delete options.day;
  if (date.length < 7) delete options.month;
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? date : time.toLocaleDateString("en-GB", options);
}

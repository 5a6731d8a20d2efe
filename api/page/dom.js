// Building the page. Text is only ever set as text, so nothing in a document can become markup.

/** Make an element: attributes, `class`, `on…` listeners; children are nodes or strings, empty ones are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

/** A button that sends no form. */
export const control = (attributes, ...children) => el("button", { type: "button", ...attributes }, ...children);

/** A picture of page/icons, in the colour of the words beside it. */
export function icon(name) {
  const node = el("span", { class: "icon", "aria-hidden": "true" });
  node.style.setProperty("--shape", `url(/page/icons/${name}.svg)`);
  return node;
}

// A break between paragraphs of one passage: an empty line, or a line that ends as a sentence does.
const BREAK = /\s*\n\s*\n\s*|(?<=[.;:!?…”»")])[ \t]*\r?\n\s*/u;

function pieces(text) {
  const parts = text.split(BREAK);
  return parts.flatMap((part, i) => (i ? [el("span", { class: "break" }), part] : [part]));
}

/** `text` as units that its offsets count: characters, not halves of them. */
export const unitsOf = (text) => (/[\ud800-\udfff]/.test(text) ? Array.from(text) : text);

const cut = (units, from, to) => (typeof units === "string" ? units.slice(from, to) : units.slice(from, to).join(""));

/**
 * Return nodes for `text` with `spans` wrapped: each is [start, end, class, href], in characters; `tag` wraps those without href.
 * `within` is a span that gets a frame around it, with the spans that lie in it inside.
 */
export function marked(text, spans, { tag = "mark", within = null } = {}) {
  const units = unitsOf(text);
  if (!within) return wrapped(units, spans, tag, 0, units.length);
  const [from, to] = [Math.max(0, within[0]), Math.min(units.length, within[1])];
  return [
    ...wrapped(units, spans, tag, 0, from),
    el("span", { class: "best" }, wrapped(units, spans, tag, from, to)),
    ...wrapped(units, spans, tag, to, units.length),
  ];
}

function wrapped(units, spans, tag, from, to) {
  const nodes = [];
  let at = from;
  for (const [start, end, name, href] of [...spans].sort((a, b) => a[0] - b[0])) {
    const [a, b] = [Math.max(start, from), Math.min(end, to)];
    if (a < at || b <= a) continue;
    nodes.push(...pieces(cut(units, at, a)), el(href ? "a" : tag, { class: name, href }, cut(units, a, b)));
    at = b;
  }
  return [...nodes, ...pieces(cut(units, at, to))];
}

/** Show `text` to those who listen rather than look. */
export function announce(text) {
  document.getElementById("status").textContent = text;
}

let fading = 0;

/** Say something in passing, to those who look and those who listen. */
export function tell(text) {
  announce(text);
  const note = document.getElementById("note");
  note.textContent = text;
  note.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => (note.hidden = true), 2500);
}

/** Replace what the main part shows; a view without a heading of its own gets the title as one that is only read out. */
export function show(...nodes) {
  const view = document.getElementById("view");
  view.replaceChildren(...nodes.flat().filter(Boolean));
  if (!view.querySelector("h1")) view.prepend(el("h1", { class: "hidden" }, document.title));
}

export const skeleton = (lines) =>
  el("div", { class: "skeleton", "aria-hidden": "true" }, Array.from({ length: lines }, () => el("i")));

/** Ask something that can be cancelled; resolves with whether the answer was yes. */
export function confirmed(head, text, yes, no) {
  return new Promise((resolve) => {
    const box = el("dialog", { class: "dialog", "aria-labelledby": "dialog-head" },
      el("form", { method: "dialog" }, el("h2", { id: "dialog-head" }, head), el("p", { dir: "auto" }, text),
        el("p", { class: "row" }, el("button", { value: "yes", class: "danger" }, yes), el("button", { value: "", class: "quiet", autofocus: true }, no))));
    document.body.append(box);
    box.addEventListener("close", () => {
      box.remove();
      resolve(box.returnValue === "yes");
    });
    box.showModal();
  });
}

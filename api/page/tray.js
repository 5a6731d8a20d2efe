// The tray: passages that a reader keeps, in this browser, in an order of the reader's own. Every tab shows the same.
import { remember, remembered } from "./words.js";

const NAME = "tray";
const paints = new WeakMap();

/** What the tray keeps of a passage: enough to show it, open it and export it. */
export function itemOf(document, at, quote) {
  const { id, title, publisher, date, language, source } = document;
  const { paragraph, paragraph_end, label, page, char_start, char_end, hidden } = at;
  return { document: { id, title, publisher, date, language, source }, at: { paragraph, paragraph_end, label, page, char_start, char_end, hidden }, quote };
}

const keyOf = ({ document, at }) => `${document.id}:${at.char_start}-${at.char_end}`;

/** Return what is kept, in order; what another program wrote there is passed over. */
export function items() {
  try {
    const kept = JSON.parse(remembered(NAME) || "[]");
    return Array.isArray(kept) ? kept.filter((item) => item?.document?.id && item.at && typeof item.quote === "string") : [];
  } catch {
    return [];
  }
}

export const has = (item) => items().some((kept) => keyOf(kept) === keyOf(item));

/** Keep a passage, or take it out if it is kept; return the name of the phrase that says what came of it. */
export function toggle(item) {
  const kept = items();
  const left = kept.filter((other) => keyOf(other) !== keyOf(item));
  const adding = left.length === kept.length;
  const stored = write(adding ? [...kept, item] : left);
  if (has(item) !== adding) return "noRoom";
  if (!adding) return "removed";
  return stored ? "added" : "trayForNow";
}

/** Put the passage at one position at another. */
export function move(from, to) {
  const kept = items();
  kept.splice(to, 0, ...kept.splice(from, 1));
  write(kept);
}

export const clear = () => write([]);

/** Call `paint` whenever the tray changes while `node` is on the page. */
export function watch(node, paint) {
  node.dataset.tray = "";
  paints.set(node, paint);
}

/** Paint all that shows something of the tray. */
export function repaint() {
  for (const node of document.querySelectorAll("[data-tray]")) paints.get(node)?.();
}

function write(kept) {
  const stored = remember(NAME, JSON.stringify(kept));
  repaint();
  return stored;
}

addEventListener("storage", (event) => {
  if (event.key === NAME || event.key === null) repaint();
});

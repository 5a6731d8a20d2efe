// Citations and passages, as every view shows them.
import { dateName, el, languageName, marked, plural } from "./dom.js";

/** Where a citation opens: its paragraph, with the cited characters marked. */
export const placeOf = (document, at) =>
  `/documents/${encodeURIComponent(document.id)}?mark=${at.char_start}-${at.char_end}#p${at.paragraph}`;

/** What a reader calls the place: the document's own label, else its paragraph, and the page. */
export function placeName(at) {
  const own = at.label || `paragraph ${at.paragraph}${at.paragraph_end > at.paragraph ? `–${at.paragraph_end}` : ""}`;
  return at.page ? `${own}, page ${at.page}` : own;
}

export const about = (document) =>
  [document.publisher, dateName(document.date), document.language && languageName(document.language)].filter(Boolean).join(" · ");

/** A citation in plain words, to paste elsewhere. */
export function citationText(citation) {
  const { document, quote } = citation;
  const source = [document.publisher, document.title, dateName(document.date), placeName(citation)].filter(Boolean).join(", ");
  return `“${quote.replace(/\s+/g, " ").trim()}” (${source}; ${location.origin}${citation.permalink})`;
}

export function copyButton(text, what) {
  const button = el("button", { type: "button", class: "quiet", "aria-label": `Copy ${what}` }, "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text());
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  return button;
}

function explained(values) {
  const rows = Object.entries(values || {}).filter(([, value]) => value !== null);
  if (!rows.length) return null;
  const number = (value) => (typeof value === "number" && !Number.isInteger(value) ? value.toFixed(3) : String(value));
  const list = el("dl", {}, rows.map(([name, value]) => [el("dt", {}, name.replaceAll("_", " ")), el("dd", {}, number(value))]));
  return el("details", { class: "why" }, el("summary", {}, "Why this rank"), list);
}

function folded(duplicates) {
  if (!duplicates.length) return null;
  const rows = duplicates.map((twin) =>
    el("li", {},
      el("a", { href: placeOf(twin.document, twin.citation) }, twin.document.title, el("span", { class: "badge" }, placeName(twin.citation))),
      el("p", { class: "words", lang: twin.document.language, dir: "auto" }, marked(twin.text, []))),
  );
  const says = plural(duplicates.length, "passage says", "passages say");
  return el("details", { class: "twins" }, el("summary", {}, `${says} nearly the same`), el("ul", {}, rows));
}

/** A ranked passage. */
export function passageCard(hit) {
  const { document, citation } = hit;
  const path = hit.heading_path.filter((heading) => heading !== document.title);
  return el("li", { class: "card passage" },
    el("header", {},
      el("h3", {}, el("a", { href: placeOf(document, citation), dir: "auto", lang: document.language }, document.title)),
      el("span", { class: "badge" }, placeName(citation)),
      el("p", { class: "meta" }, about(document) || document.source)),
    path.length > 0 && el("p", { class: "path", dir: "auto", lang: document.language }, path.join(" › ")),
    el("p", { class: "words", lang: document.language, dir: "auto" }, marked(hit.text, hit.highlights)),
    folded(hit.duplicates),
    explained(hit.explain));
}

// A ranked passage as a card.
import { bestSentence } from "./best.js";
import { el, marked } from "./dom.js";
import { about, actions, addressOfPlace, placeName } from "./places.js";
import { t } from "./words.js";

function explained(values) {
  if (!values) return null;
  const rows = ["fused", "dense", "lexical", "late"].filter((name) => typeof values[name] === "number").map((name) => {
    const rank = values[`${name}_rank`];
    return [el("dt", {}, t(name)), el("dd", {}, values[name].toFixed(3), typeof rank === "number" ? ` · ${t("place", { n: rank })}` : "")];
  });
  return rows.length ? el("details", { class: "why" }, el("summary", {}, t("why")), el("dl", {}, rows)) : null;
}

function folded(duplicates) {
  if (!duplicates.length) return null;
  const rows = duplicates.map((twin) =>
    el("li", {},
      el("a", { href: addressOfPlace(twin.document, twin.citation), dir: "auto" }, twin.document.title),
      el("span", { class: "badge" }, placeName(twin.citation)),
      el("p", { class: "words", lang: twin.document.language, dir: "auto" }, marked(twin.text, []))));
  return el("details", { class: "twins" }, el("summary", {}, t("nearlySame", { n: duplicates.length })), el("ul", {}, rows));
}

/** A ranked passage; `cited` is the part of it that the answer quotes, if it does. */
export function passageCard(hit, cited = null) {
  const { document, citation } = hit;
  const path = hit.heading_path.filter((heading) => heading !== document.title);
  return el("li", { class: "card passage", "data-place": true },
    el("header", {},
      el("h2", {}, el("a", { href: addressOfPlace(document, citation), dir: "auto", lang: document.language }, document.title)),
      el("span", { class: "badge" }, placeName(citation)),
      el("p", { class: "meta" }, about(document) || document.source)),
    path.length > 0 && el("p", { class: "path", dir: "auto", lang: document.language }, path.join(" › ")),
    el("p", { class: "words", lang: document.language, dir: "auto" },
      marked(hit.text, hit.highlights, { within: cited || bestSentence(hit) })),
    folded(hit.duplicates),
    el("footer", {}, actions(document, citation, hit.text), explained(hit.explain)));
}

// The sentence of a passage that stands nearest to the question: the one that is cited, else the one with most of its words.
import { unitsOf } from "./dom.js";
import { language } from "./words.js";

/** Return the span of the best sentence of a hit, in characters; null if no sentence stands out. */
export function bestSentence(hit) {
  const sentences = sentencesOf(hit.text, hit.document.language || language);
  if (sentences.length < 2) return null;
  const units = unitsOf(hit.text);
  const word = ([start, end]) => Array.from(units.slice(start, end)).join("").toLowerCase().slice(0, 5);
  const scored = sentences.map((span) => {
    const inside = hit.highlights.filter(([start, end]) => start >= span[0] && end <= span[1]);
    return { span, words: new Set(inside.map(word)).size };
  });
  const best = scored.reduce((a, b) => (b.words > a.words ? b : a));
  return best.words > 1 && scored.filter(({ words }) => words === best.words).length === 1 ? best.span : null;
}

/** Return the part of a hit that an answer cites; null if it cites none of it. */
export function citedPart(hit, citations) {
  const from = hit.citation.char_start;
  const found = citations.find((c) => c.document.id === hit.document.id && c.char_start < hit.citation.char_end && c.char_end > from);
  return found ? [Math.max(found.char_start - from, 0), found.char_end - from] : null;
}

function sentencesOf(text, tag) {
  if (!Intl.Segmenter) return [];
  const astral = typeof unitsOf(text) !== "string";
  const spans = [];
  let at = 0;
  for (const { segment } of segmenter(tag).segment(text)) {
    const end = at + (astral ? Array.from(segment).length : segment.length);
    const trailing = segment.length - segment.trimEnd().length;
    if (segment.trim()) spans.push([at + segment.length - segment.trimStart().length, end - trailing]);
    at = end;
  }
  return spans;
}

function segmenter(tag) {
  try {
    return new Intl.Segmenter(tag, { granularity: "sentence" });
  } catch {
    return new Intl.Segmenter("en", { granularity: "sentence" });
  }
}

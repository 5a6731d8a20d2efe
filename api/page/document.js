// The view of a document: every paragraph with its number and label, opened at the one that is cited.
import { about } from "./cards.js";
import { announce, el, icon, marked, plural, show, skeleton } from "./dom.js";
import { troubleView } from "./trouble.js";
import * as wire from "./wire.js";

const CHUNK = 5000;
const FRAMES = 12; // paragraphs take their real height as they come into view; until then the place is an estimate

/** Show a document and scroll to the paragraph that the address names. */
export async function documentView(id, { retry }) {
  const [start, end] = (new URLSearchParams(location.search).get("mark") || "").split("-").map(Number);
  show(el("article", { class: "document" }, skeleton(9)));
  try {
    let part = await wire.paragraphs(id, 0, CHUNK);
    if (!location.pathname.startsWith("/documents/")) return;
    const body = el("div", { class: "paragraphs", lang: part.document.language });
    const seen = { page: null };
    show(article(part, body));
    document.title = `${part.document.title} – Pincite`;
    let arrived = false;
    for (let done = 0; ; ) {
      body.append(...part.paragraphs.flatMap((p) => rows(p, seen, start, end)));
      done += part.paragraphs.length;
      arrived ||= goToCited();
      if (!part.paragraphs.length || done >= part.total || !body.isConnected) break;
      part = await wire.paragraphs(id, done, CHUNK);
    }
  } catch (trouble) {
    troubleView(trouble, retry);
  }
}

/** Highlight and scroll to the paragraph in the address; say whether it is there. */
export function goToCited() {
  document.querySelector(".cited")?.classList.remove("cited");
  const number = /^#p(\d+)$/.exec(location.hash)?.[1];
  const cited = number && document.getElementById(`p${number}`);
  if (!cited) return !number;
  cited.classList.add("cited");
  const mark = cited.querySelector("mark") || cited;
  let left = FRAMES;
  const settle = () => {
    mark.scrollIntoView({ block: "center" });
    if (left--) requestAnimationFrame(settle);
  };
  settle();
  announce(`Paragraph ${number}`);
  return true;
}

function article(part, body) {
  const { document } = part;
  const back = sessionStorage.getItem("search");
  return el("article", { class: "document" },
    el("nav", { "aria-label": "Document" },
      el("a", { class: "back", href: back || "/" }, icon("back"), back ? "Results" : "All documents"),
      el("a", { href: `/v1/documents/${encodeURIComponent(document.id)}/original`, download: true }, icon("file"), "Original file")),
    el("h1", { dir: "auto", lang: document.language }, document.title),
    el("p", { class: "meta" }, [about(document), plural(part.total, "paragraph", "paragraphs"), document.source].filter(Boolean).join(" · ")),
    body);
}

function rows(p, seen, start, end) {
  const turned = p.page !== null && p.page !== seen.page;
  seen.page = p.page;
  const inside = end > start && start < p.char_end && end > p.char_start;
  const span = [Math.max(start, p.char_start) - p.char_start, Math.min(end, p.char_end) - p.char_start];
  const whole = span[1] - span[0] > 0.95 * (p.char_end - p.char_start); // the box around the paragraph says it already
  const spans = inside && !whole ? [span] : [];
  const heading = p.kind === "heading";
  const row = el("section", { id: `p${p.number}`, class: `paragraph ${p.kind.replace(" ", "-")}`, "aria-label": p.label || `Paragraph ${p.number}` },
    el("a", { class: "place", href: `#p${p.number}`, title: `Link to paragraph ${p.number}` },
      el("span", { class: "number" }, p.number), p.label && el("span", { class: "label" }, p.label)),
    el(heading ? "h2" : "p", { dir: "auto" }, marked(p.text, spans)));
  return turned ? [el("p", { class: "page", role: "separator", "aria-label": `Page ${p.page}` }, `Page ${p.page}`), row] : [row];
}

// The view of a document: its text at the cited paragraph, contents and finding beside, and for a PDF its pages.
import { announce, control, el, icon, show, skeleton } from "./dom.js";
import { findBar } from "./find.js";
import { keepPlace, placeKept } from "./history.js";
import { outlineList } from "./outline.js";
import { about, actions } from "./places.js";
import { Reading } from "./reading.js";
import { troubleView } from "./trouble.js";
import { remembered, t } from "./words.js";
import * as wire from "./wire.js";

const HEAD = 140; // pixels at the top of the window that the bars cover
const REST = 300; // milliseconds without scrolling after which the place is kept: browsers limit how often it may be
const DOCUMENT = /^\/documents\/([^/]+)$/;
let open = null;
let resting = 0;

export const documentIn = (pathname) => {
  const id = DOCUMENT.exec(pathname)?.[1];
  return id && decodeURIComponent(id);
};

/** The document that is shown, for the keyboard: its text and its find bar. */
export const shownDocument = () => (open?.reading.node.isConnected ? open : null);

/** Show a document where the reader was, or at the paragraph that the address names. */
export async function documentView(id, { retry }) {
  show(el("article", { class: "document" }, skeleton(12)));
  try {
    const outline = await wire.outline(id);
    if (documentIn(location.pathname) !== id) return;
    const { document: about } = outline;
    document.title = `${about.title} – Pincite`;
    const reading = new Reading(outline, tools(about));
    const find = findBar(id, reading);
    open = { reading, find, pages: null, settled: false, turn: 0, going: Promise.resolve() };
    const layout = article(outline, reading, find);
    show(layout);
    if (about.media_type === "application/pdf") await withPages(layout, about, reading);
    await goToCited();
  } catch (trouble) {
    troubleView(trouble, retry);
  }
}

/** Go to where the address and its place in the history lead: one way after the other, and of those that wait the last. */
export function goToCited() {
  const shown = shownDocument();
  if (!shown) return null;
  const mine = ++shown.turn;
  shown.settled = false;
  shown.going = shown.going.catch(() => {}).then(() => mine === shown.turn && bring(shown, mine));
  return shown.going;
}

/** Highlight the paragraph in the address, and scroll to where the reader was; who was nowhere yet, to that paragraph. */
async function bring(shown, mine) {
  const [{ reading }, place] = [shown, placeKept()];
  const number = Number(/^#p(\d+)$/.exec(location.hash)?.[1]) || 0;
  const [start, end] = (new URLSearchParams(location.search).get("mark") || "").split("-").map(Number);
  const before = reading.citedParagraphs().map((p) => p.number);
  reading.mark = end > start ? [start, end] : null;
  reading.redraw(before);
  if (!number) highlight(reading, 0);
  if (!number && !place) scrollTo(0, 0);
  const paragraph = await (number ? reading.goTo(number) : place || reading.begin());
  if (place) await returnTo(reading, place, number);
  shown.settled = mine === shown.turn;
  if (!number || !paragraph) return;
  announce(paragraph.label || t("paragraphHead", { n: number }));
  shown.pages?.showPassage(reading.citedText());
}

/** Bring a paragraph back to where it stood in the window. */
async function returnTo(reading, { paragraph, top }, cited) {
  await reading.goTo(paragraph);
  highlight(reading, cited);
  const row = reading.rowNode(paragraph);
  if (row?.offsetParent) scrollBy(0, row.getBoundingClientRect().top - top); // one that is shown: the reader may have gone on
}

/** Highlight a paragraph, with 0 none, and do not scroll. */
function highlight(reading, number) {
  for (const node of reading.node.querySelectorAll(".cited, .also")) node.classList.remove("cited", "also");
  reading.cited = number;
  for (const p of reading.citedParagraphs()) reading.rowNode(p.number)?.classList.add(p.number === number ? "cited" : "also");
  const row = reading.rowNode(number);
  if (row) reading.carry(row);
}

/** Keep where the reader is in the document that is shown, if one is, for a reload and for the way back. */
export function notePlace() {
  clearTimeout(resting);
  const shown = shownDocument();
  if (!shown?.settled) return; // still on the way to a place
  const rows = [...shown.reading.node.querySelectorAll(".paragraph")];
  const row = rows.find((node) => node.getBoundingClientRect().bottom > HEAD);
  const top = row?.getBoundingClientRect().top;
  if (top < innerHeight) keepPlace({ paragraph: Number(row.id.slice(1)), top });
}

addEventListener("scroll", () => {
  clearTimeout(resting);
  resting = setTimeout(notePlace, REST);
}, { passive: true });

/** Buttons of the paragraph at hand: one set, that moves with it. */
function tools(about) {
  return (paragraph) => actions(about, { ...paragraph, paragraph: paragraph.number, paragraph_end: paragraph.number }, paragraph.text);
}

function article({ document: doc, headings, total }, reading, find) {
  const back = remembered("search", "sessionStorage");
  const pdf = doc.media_type === "application/pdf";
  const meta = [about(doc), t("nParagraphs", { n: total }), doc.source].filter(Boolean).join(" · ");
  return el("article", { class: `document${pdf ? " paged" : headings.length > 1 ? " outlined" : ""}` },
    el("nav", { class: "bar", "aria-label": t("document") },
      el("a", { class: "back", href: back || "/documents" }, icon("back"), t(back ? "results" : "allDocuments")),
      find.node,
      pdf && el("span", { class: "tabs" }),
      el("a", { href: `/v1/documents/${encodeURIComponent(doc.id)}/original`, download: true, "aria-label": t("original"), title: t("original") }, icon("file"), el("span", {}, t("original")))),
    el("div", { class: "pane-text" },
      el("h1", { dir: "auto", lang: doc.language }, doc.title),
      el("p", { class: "meta" }, meta, doc.address && /^https?:/.test(doc.address) && [" · ", el("a", { href: doc.address, rel: "noreferrer noopener", target: "_blank" }, t("published"))]),
      reading.node),
    outlineList(headings, reading));
}

/** A PDF: its pages beside the text; on a narrow screen one or the other. */
async function withPages(layout, doc, reading) {
  const { Pages } = await import("./pages.js");
  const pages = new Pages(doc);
  open.pages = pages;
  layout.append(pages.node);
  const tab = (name, label) => control({ class: "quiet", "aria-pressed": String(name === "text"), "data-tab": name, onclick: () => choose(name) }, t(label));
  const tabs = layout.querySelector(".tabs");
  const choose = (name) => {
    layout.dataset.shown = name;
    for (const button of tabs.children) button.setAttribute("aria-pressed", String(button.dataset.tab === name));
    if (name === "text") goToCited();
    else pages.settle();
  };
  layout.dataset.shown = "text";
  tabs.append(tab("text", "pdfText"), tab("pages", "pdfPages"));
  pages.open();
  reading.node.addEventListener("paragraph", (event) => pages.showPassage(event.detail));
}

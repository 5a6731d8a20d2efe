// The view of a document: its text at the cited paragraph, contents and finding beside, and for a PDF its pages.
import { announce, control, el, icon, show, skeleton } from "./dom.js";
import { findBar } from "./find.js";
import { outlineList } from "./outline.js";
import { about, actions } from "./places.js";
import { Reading } from "./reading.js";
import { troubleView } from "./trouble.js";
import { t } from "./words.js";
import * as wire from "./wire.js";

const DOCUMENT = /^\/documents\/([^/]+)$/;
let open = null;

export const documentIn = (pathname) => {
  const id = DOCUMENT.exec(pathname)?.[1];
  return id && decodeURIComponent(id);
};

/** The document that is shown, for the keyboard: its text and its find bar. */
export const shownDocument = () => (open?.reading.node.isConnected ? open : null);

/** Show a document and scroll to the paragraph that the address names. */
export async function documentView(id, { retry }) {
  show(el("article", { class: "document" }, skeleton(12)));
  try {
    const outline = await wire.outline(id);
    if (documentIn(location.pathname) !== id) return;
    const { document: about } = outline;
    document.title = `${about.title} – Pincite`;
    const reading = new Reading(outline, tools(about));
    const find = findBar(id, reading);
    open = { reading, find, pages: null };
    const layout = article(outline, reading, find);
    show(layout);
    if (about.media_type === "application/pdf") await withPages(layout, about, reading);
    await goToCited();
  } catch (trouble) {
    troubleView(trouble, retry);
  }
}

/** Highlight and scroll to the paragraph in the address. */
export async function goToCited() {
  const shown = shownDocument();
  if (!shown) return;
  const number = Number(/^#p(\d+)$/.exec(location.hash)?.[1]) || 0;
  const [start, end] = (new URLSearchParams(location.search).get("mark") || "").split("-").map(Number);
  shown.reading.mark = end > start ? [start, end] : null;
  if (!number) return shown.reading.begin();
  const paragraph = await shown.reading.goTo(number);
  if (!paragraph) return;
  announce(paragraph.label || t("paragraphHead", { n: number }));
  shown.pages?.showPassage(shown.reading.citedText());
}

/** Buttons of the paragraph at hand: one set, that moves with it. */
function tools(about) {
  return (paragraph) => actions(about, { ...paragraph, paragraph: paragraph.number, paragraph_end: paragraph.number }, paragraph.text);
}

function article({ document: doc, headings, total }, reading, find) {
  const back = sessionStorage.getItem("search");
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

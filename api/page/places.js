// Places in documents: what they are called, where they open, and what can be done with them: copy, keep.
import { control, el, icon, tell } from "./dom.js";
import * as tray from "./tray.js";
import { dateName, languageName, remember, remembered, t } from "./words.js";
import * as wire from "./wire.js";

/** Where a citation opens: its paragraph, with the cited characters marked. */
export const addressOfPlace = (document, at) =>
  `/documents/${encodeURIComponent(document.id)}?mark=${at.char_start}-${at.char_end}#p${at.paragraph}`;

/** What a reader calls the place: the document's own label, else its paragraph, and the page. */
export function placeName(at) {
  const several = at.paragraph_end > at.paragraph;
  const own = at.label || (several ? t("paragraphs", { n: `${at.paragraph}–${at.paragraph_end}` }) : t("paragraph", { n: String(at.paragraph) }));
  return [own, at.page && t("page", { n: String(at.page) }), unseen(at)].filter(Boolean).join(", ");
}

/** Says that words, or some of them, are not visible in the original. */
export const unseen = ({ hidden, char_start, char_end }) =>
  hidden?.length > 0 && t(hidden[0][1] - hidden[0][0] < char_end - char_start ? "unseenPart" : "unseen");

export const about = (document) =>
  [document.publisher, dateName(document.date), document.language && languageName(document.language)].filter(Boolean).join(" · ");

const FORMATS = [["text", () => t("fText")], ["markdown", () => "Markdown"], ["bibtex", () => "BibTeX"], ["ris", () => "RIS"], ["csl-json", () => "CSL-JSON"], ["oscola", () => "OSCOLA"]];

const usual = () => (FORMATS.some(([name]) => name === remembered("format")) ? remembered("format") : "text");

/** Put a citation on the clipboard in one of the formats, with its quote and label; and take that format next time. */
export async function copyCitation(document, at, format = usual()) {
  try {
    const text = wire.cite(document.id, at.char_start, at.char_end).then((cited) => cited.formats[format]);
    await toClipboard(text);
    remember("format", format);
    tell(t("copied", { name: FORMATS.find(([name]) => name === format)[1]() }));
  } catch (trouble) {
    tell(`${trouble.message} ${trouble.hint || ""}`);
  }
}

async function toClipboard(promised) {
  const text = await promised;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    byHand(text);
    throw new Error(t("copyByHand"));
  }
}

function byHand(text) {
  const area = el("textarea", { rows: 8, readonly: true, "aria-label": t("copyByHand") });
  area.value = text;
  const box = el("dialog", { class: "dialog", "aria-label": t("copyByHand") },
    el("form", { method: "dialog" }, el("p", {}, t("copyByHand")), area, el("p", { class: "row" }, el("button", { class: "quiet" }, t("close")))));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  area.select();
}

/** The buttons of a place: copy (with a choice of formats) and keep. */
export function actions(document, at, quote) {
  const name = `${document.title}, ${placeName(at)}`;
  return el("span", { class: "actions" }, copyButton(document, at, name), formatMenu(document, at), keepButton(document, at, quote, name));
}

const copyButton = (document, at, name) =>
  control({ class: "quiet to-copy", "aria-label": t("copyCitation", { name }), title: `${t("kCopy")} (c)`, onclick: () => copyCitation(document, at) },
    icon("copy"), el("span", {}, t("copy")));

function formatMenu(doc, at) {
  const menu = el("details", { class: "menu" }, el("summary", { "aria-label": t("copyAs"), title: t("copyAs") }, icon("next")));
  menu.append(
    el("div", { class: "choices" },
      FORMATS.map(([format, label]) =>
        control({ onclick: () => { menu.open = false; copyCitation(doc, at, format); } }, label())),
      control({ onclick: () => { menu.open = false; copyLink(doc, at); } }, t("permalink"))));
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  return menu;
}

async function copyLink(document, at) {
  const address = `${location.origin}/documents/${encodeURIComponent(document.id)}#p${at.paragraph}`;
  await toClipboard(address).then(() => tell(t("copied", { name: address })), (trouble) => tell(trouble.message));
}

function keepButton(document, at, quote, name) {
  const item = tray.itemOf(document, at, quote);
  const words = el("span", {});
  const button = control({ class: "quiet to-keep", title: `${t("kKeep")} (t)` }, icon("keep"), words);
  const paint = () => {
    const kept = tray.has(item);
    button.setAttribute("aria-pressed", String(kept));
    button.setAttribute("aria-label", t(kept ? "keptLong" : "keepLong", { name }));
    words.textContent = t(kept ? "kept" : "keep");
  };
  button.addEventListener("click", () => tell(t(tray.toggle(item))));
  tray.watch(button, paint);
  paint();
  return button;
}

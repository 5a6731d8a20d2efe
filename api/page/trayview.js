// The tray: what was kept, in an order of the reader's own, to export.
import { announce, confirmed, control, el, icon, show, tell } from "./dom.js";
import { about, addressOfPlace, actions, placeName } from "./places.js";
import * as tray from "./tray.js";
import { remember, remembered, stores, t } from "./words.js";
import * as wire from "./wire.js";

const EXPORTS = [["markdown", "Markdown", "md"], ["docx", "Word (docx)", "docx"], ["csv", "CSV", "csv"]];

export function trayView() {
  document.title = `${t("tray")} – Pincite`;
  const list = el("ol", { class: "kept", "aria-label": t("passages") });
  const title = el("input", { value: remembered("tray-title") || "", placeholder: t("passagesTitle"), "aria-label": t("trayTitle"), dir: "auto", maxlength: 300, oninput: () => remember("tray-title", title.value) });
  const out = EXPORTS.map(([format, name, suffix]) => control({ class: "quiet", onclick: () => save(format, suffix, title.value) }, name));
  const clear = control({ class: "quiet", onclick: empty }, t("clear"));
  const controls = el("div", { class: "row controls" }, title, el("span", { class: "meta" }, t("exportAs")), out, clear);
  const none = el("p", { class: "notice" }, t("trayEmpty"));
  const paint = () => {
    const kept = tray.items();
    list.replaceChildren(...kept.map((item, i) => row(item, i, kept.length)));
    controls.hidden = !kept.length;
    none.hidden = kept.length > 0;
  };
  tray.watch(list, paint);
  paint();
  show(el("section", { class: "tray" }, el("h1", {}, t("tray")), el("p", { class: "meta" }, t(stores() ? "trayWhere" : "trayForNow")), controls, none, list));
}

function row(item, i, n) {
  const { document, at, quote } = item;
  const step = (name, to, off) =>
    control({ class: "quiet", disabled: off, "aria-label": `${t(name)}: ${i + 1}`, title: t(name), "data-step": name, onclick: () => shift(i, to, name) }, icon(name === "up" ? "previous" : "next"));
  const node = el("li", { class: "card passage", "data-place": true, draggable: "true" },
    el("header", {},
      el("h2", {}, el("a", { href: addressOfPlace(document, at), dir: "auto", lang: document.language }, document.title)),
      el("span", { class: "badge" }, placeName(at)),
      el("p", { class: "meta" }, about(document) || document.source)),
    el("blockquote", { class: "words", dir: "auto", lang: document.language }, quote),
    el("footer", {}, step("up", i - 1, i === 0), step("down", i + 1, i === n - 1), actions(document, at, quote)));
  node.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/x-place", String(i)));
  node.addEventListener("dragover", (event) => event.preventDefault());
  node.addEventListener("drop", (event) => {
    const from = Number.parseInt(event.dataTransfer.getData("text/x-place"), 10);
    if (from >= 0 && from !== i) tray.move(from, i);
  });
  return node;
}

function shift(from, to, name) {
  tray.move(from, to);
  const moved = document.querySelectorAll(".kept > li")[to];
  (moved.querySelector(`[data-step="${name}"]:not(:disabled)`) || moved.querySelector("[data-step]:not(:disabled)")).focus();
  announce(t("movedTo", { n: to + 1 }));
}

async function empty() {
  if (await confirmed(t("clearAsk"), t("clearSays", { n: tray.items().length }), t("clear"), t("cancel"))) tray.clear();
}

async function save(format, suffix, title) {
  const passages = tray.items().map(({ document, at, quote }) => ({ document: document.id, char_start: at.char_start, char_end: at.char_end, quote }));
  try {
    const file = await wire.exported({ format, title: title.trim() || t("passagesTitle"), passages });
    const name = `${(title.trim() || t("passagesTitle")).replace(/[^\p{L}\p{N} -]/gu, "").slice(0, 60).trim() || "passages"}.${suffix}`;
    const link = el("a", { href: URL.createObjectURL(file), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    tell(t("exported", { name }));
  } catch (trouble) {
    tell(`${trouble.message} ${trouble.hint || ""}`);
  }
}

// The start: what is in the index, and how to add to it.
import { about } from "./cards.js";
import { el, plural, show, skeleton } from "./dom.js";
import { emptyView, troubleView } from "./trouble.js";
import { addFiles } from "./uploads.js";
import * as wire from "./wire.js";

const PAGE = 50;

export async function homeView(retry) {
  show(el("section", { class: "home" }, skeleton(5)));
  try {
    const list = await wire.get(`/v1/documents?limit=${PAGE}`);
    if (location.pathname !== "/" || location.search) return;
    if (!list.total) return show(emptyView(retry));
    show(el("section", { class: "home" },
      el("h2", {}, plural(list.total, "document", "documents")),
      el("ul", { class: "documents" }, list.documents.map(row)),
      list.total > PAGE && el("p", { class: "meta" }, `and ${plural(list.total - PAGE, "more", "more")}; ask, and they are searched too.`),
      addFiles(retry)));
  } catch (trouble) {
    troubleView(trouble, retry);
  }
}

const row = (document) =>
  el("li", {},
    el("a", { href: `/documents/${encodeURIComponent(document.id)}`, dir: "auto", lang: document.language }, document.title),
    el("span", { class: "meta" }, about(document) || document.source));

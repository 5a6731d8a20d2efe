// The start: the box above, a few documents below.
import { el, show, skeleton } from "./dom.js";
import { about } from "./places.js";
import { emptyView, troubleView } from "./trouble.js";
import { t } from "./words.js";
import * as wire from "./wire.js";

const SHOWN = 8;

export async function homeView({ retry }) {
  show(el("section", { class: "home" }, skeleton(9)));
  try {
    const list = await wire.documents("", 0, SHOWN);
    if (location.pathname !== "/" || location.search) return;
    if (!list.total) return show(emptyView(retry));
    show(el("section", { class: "home" },
      el("h2", {}, t("nDocuments", { n: list.total })),
      el("ul", { class: "documents" }, list.documents.map((document) =>
        el("li", {},
          el("a", { href: `/documents/${encodeURIComponent(document.id)}`, dir: "auto", lang: document.language }, document.title),
          el("span", { class: "meta" }, about(document) || document.source)))),
      el("p", {}, el("a", { class: "button plain", href: "/documents" }, t("allDocuments")))));
  } catch (trouble) {
    troubleView(trouble, retry);
  }
}

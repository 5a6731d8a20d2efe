// All documents: find, add, remove, what could not be read, and what changed since the last visit.
import { changesSince } from "./changes.js";
import { confirmed, control, el, icon, show, skeleton, tell } from "./dom.js";
import { about } from "./places.js";
import { forgetResults } from "./history.js";
import { emptyView, troubleView } from "./trouble.js";
import { addFiles } from "./uploads.js";
import { said, t } from "./words.js";
import * as wire from "./wire.js";

const PAGE = 50;

export async function libraryView({ retry }) {
  show(el("section", { class: "library" }, skeleton(9)));
  document.title = `${t("documents")} – Pincite`;
  const q = new URLSearchParams(location.search).get("q") || "";
  const here = location.href;
  try {
    const [first, changes, refused] = await Promise.all([wire.documents(q, 0, PAGE), changesSince(), refusals()]);
    if (location.href !== here) return;
    if (!first.total && !q) return show(emptyView(retry));
    draw(q, first, changes, refused);
  } catch (trouble) {
    if (location.href === here) troubleView(trouble, retry);
  }
}

function draw(q, first, changes, unread) {
  const head = el("h1", {}, t("nDocuments", { n: first.total }));
  const list = el("ul", { class: "documents" });
  const box = el("input", { type: "search", id: "find-document", value: q, placeholder: t("findDocument"), "aria-label": t("findDocument"), dir: "auto", maxlength: 200 });
  const fill = async (words, offset = 0, part = null) => {
    const { signal } = (searching = new AbortController());
    try {
      const found = part || (await wire.documents(words, offset, PAGE, signal));
      const rows = found.documents.map((document) => row(document, changes, () => fill(box.value.trim())));
      if (offset) list.append(...rows);
      else list.replaceChildren(...(rows.length ? rows : [el("li", { class: "meta" }, t("noDocument"))]));
      head.textContent = t("nDocuments", { n: found.total });
      further(list, found, () => fill(words, offset + PAGE));
    } catch (trouble) {
      if (trouble.name !== "AbortError") tell(`${trouble.message} ${trouble.hint}`);
    }
  };
  box.addEventListener("input", () => {
    searching.abort();
    clearTimeout(typing);
    typing = setTimeout(() => {
      const words = box.value.trim();
      history.replaceState(history.state, "", words ? `/documents?${new URLSearchParams({ q: words })}` : "/documents");
      fill(words);
    }, 150);
  });
  fill(q, 0, first);
  const refused = el("details", { class: "unread" });
  showRefusals(refused, unread);
  const added = async () => {
    forgetResults();
    showRefusals(refused, await refusals());
    fill(box.value.trim());
  };
  show(el("section", { class: "library" }, head, changes.text && el("p", { class: "changes", role: "status" }, changes.text),
    addFiles(added), refused, el("form", { role: "search", onsubmit: (event) => event.preventDefault() }, icon("search"), box), list));
}

let typing = 0;
let searching = new AbortController();

function row(document, changes, removed) {
  const { title } = document;
  const news = changes.of(document);
  const remove = async () => {
    if (!(await confirmed(t("removeAsk"), t("removeSays", { name: title }), t("remove"), t("cancel")))) return;
    try {
      await wire.remove(document.id);
      tell(t("removedDocument", { name: title }));
      forgetResults();
      removed();
    } catch (trouble) {
      tell(`${trouble.message} ${trouble.hint}`);
    }
  };
  return el("li", {},
    el("div", {},
      el("a", { href: `/documents/${encodeURIComponent(document.id)}`, dir: "auto", lang: document.language }, title),
      news && el("span", { class: "badge new" }, t(news)),
      el("p", { class: "meta" }, [about(document), document.source].filter(Boolean).join(" · "))),
    control({ class: "quiet", "aria-label": t("removeLong", { name: title }), onclick: remove }, t("remove")));
}

function further(list, found, next) {
  list.parentElement?.querySelector(".more")?.remove();
  if (found.offset + found.documents.length >= found.total) return;
  const button = control({ class: "more", onclick: () => { button.remove(); next(); } }, t("moreDocuments"));
  queueMicrotask(() => list.after(button));
}

const refusals = () => wire.get("/v1/refusals").catch(() => ({ total: 0, refusals: [] }));

function showRefusals(details, { total, refusals: files }) {
  details.hidden = !total;
  details.replaceChildren(el("summary", {}, t("unread", { n: total })),
    el("ul", { tabindex: 0 }, files.map(({ source, reason }) => el("li", {}, el("b", { dir: "auto" }, source), ` ${said(reason)}`))));
}

// The timeline: what the documents date, year by year, each row with its sentence and where it stands.
import { datesRead, timeName } from "./dates.js";
import { announce, control, el, marked, show, skeleton } from "./dom.js";
import { actions, addressOfPlace, placeName } from "./places.js";
import { FIELDS } from "./state.js";
import { troubleView } from "./trouble.js";
import { t } from "./words.js";
import * as wire from "./wire.js";

const PAGE = 50;
const KNOWN = ["q", ...FIELDS, "date_from", "date_to", "since", "until", "kind", "by_question"];
const AGAIN = 300; // milliseconds until the rows are asked for again while documents are still being read
const PERIOD = "\\d{4}(-\\d{2}(-\\d{2})?)?";

export async function timelineView({ go, retry }) {
  const here = location.href;
  const parameters = new URLSearchParams();
  for (const [name, value] of new URL(here).searchParams) if (KNOWN.includes(name) && value) parameters.append(name, value);
  const q = parameters.get("q") || "";
  document.title = `${q ? t("timelineOf", { name: q }) : t("timeline")} – Pincite`;
  const list = el("div", { class: "years-told", "aria-busy": "true" }, skeleton(9));
  const about = el("div", { class: "count meta" });
  show(el("section", { class: "timeline" }, el("h1", {}, t("timeline")), form(parameters, go), about, list));
  try {
    let told;
    do {
      if (told) await new Promise((resume) => setTimeout(resume, AGAIN));
      told = await wire.timeline(query(parameters, 0));
      if (location.href !== here || !list.isConnected) return;
      draw(told, list, about, parameters);
    } while (told.documents_read < told.documents && list.dataset.more !== "asked");
    list.removeAttribute("aria-busy");
    announce(t("nRows", { n: told.total }));
  } catch (trouble) {
    if (location.href === here) troubleView(trouble, retry);
  }
}

const addressOf = (parameters) => (parameters.size ? `/timeline?${parameters}` : "/timeline");

function query(parameters, offset) {
  const sent = new URLSearchParams(parameters);
  if (!sent.has("kind")) for (const kind of ["event", "document"]) sent.append("kind", kind);
  sent.set("limit", PAGE);
  if (offset) sent.set("offset", offset);
  return sent;
}

function form(parameters, go) {
  const date = (name, label) =>
    el("label", {}, label, " ",
      el("input", { name, value: parameters.get(name) || "", placeholder: "2021-02-11", size: 10, pattern: PERIOD, title: t("dateHow"), inputmode: "numeric" }));
  const all = el("input", { type: "checkbox", name: "all", checked: parameters.getAll("kind").includes("mentioned") });
  const box = el("form", { class: "row" },
    el("input", { type: "search", name: "q", value: parameters.get("q") || "", placeholder: t("timelineWords"), "aria-label": t("timelineWords"), dir: "auto", maxlength: 2000 }),
    date("since", t("from")), date("until", t("to")), el("label", {}, all, " ", t("alsoMentioned")), el("button", { class: "quiet" }, t("apply")));
  const send = () => {
    const next = new URLSearchParams(parameters);
    for (const name of ["q", "since", "until"]) box.elements[name].value.trim() ? next.set(name, box.elements[name].value.trim()) : next.delete(name);
    next.delete("kind");
    if (all.checked) for (const kind of ["event", "document", "mentioned"]) next.append("kind", kind);
    if (next.get("q") !== parameters.get("q")) next.delete("by_question");
    go(addressOf(next));
  };
  box.addEventListener("submit", (event) => (event.preventDefault(), send()));
  all.addEventListener("change", send);
  return box;
}

function draw(told, list, about, parameters) {
  const bounded = told.dates.length > 0 && !parameters.has("by_question");
  const all = new URLSearchParams(parameters);
  all.set("by_question", "false");
  about.replaceChildren(el("span", {}, t("nRows", { n: told.total })),
    told.documents_read < told.documents ? el("span", {}, t("readSoFar", { read: told.documents_read, all: told.documents })) : "",
    datesRead(told.dates, parameters, bounded && el("p", {}, t("onlyThese"), " ", el("a", { href: addressOf(all) }, t("allDates")))) || "");
  list.replaceChildren();
  if (!told.rows.length) return list.append(el("p", { class: "notice" }, t("noRows")));
  add(list, told.rows);
  further(list, parameters, told.rows.length, told.total);
}

const yearOf = (row) => (row.yearless ? t("yearUnknown") : (row.date || row.date_end).slice(0, 4).replace(/^0+/, ""));

/** Put rows under the heading of their year. */
function add(list, rows) {
  for (const row of rows) {
    const year = yearOf(row);
    let section = list.querySelector(":scope > section:last-of-type");
    if (section?.dataset.year !== year) {
      section = el("section", { "data-year": year }, el("h2", {}, year), el("ol", {}));
      list.append(section);
    }
    section.lastElementChild.append(statement(row));
  }
}

function statement(row) {
  const { document, citation } = row;
  return el("li", { class: `told ${row.kind}`, "data-place": true },
    el("p", { class: "when" }, el("b", {}, row.yearless ? row.text : timeName(row.date, row.date_end)), el("span", { class: "badge" }, t(`kind_${row.kind}`))),
    el("div", {},
      el("p", { class: "words", dir: "auto", lang: document.language }, marked(row.quote, row.span ? [row.span] : [])),
      el("footer", {},
        el("a", { class: "where", href: addressOfPlace(document, citation), dir: "auto", lang: document.language }, document.title),
        el("span", { class: "badge" }, placeName(citation)), actions(document, citation, row.quote))));
}

function further(list, parameters, offset, total) {
  if (offset >= total) return;
  const button = control({ class: "more" }, t("moreRows"));
  button.addEventListener("click", async () => {
    list.dataset.more = "asked";
    button.disabled = true;
    try {
      const next = await wire.timeline(query(parameters, offset));
      button.remove();
      const before = list.querySelectorAll(".told").length;
      add(list, next.rows);
      list.querySelectorAll(".told .where")[before]?.focus();
      further(list, parameters, offset + next.rows.length, next.rows.length ? next.total : 0);
    } catch (trouble) {
      button.disabled = false;
      button.textContent = `${trouble.message} ${t("again")}`;
    }
  });
  list.append(button);
}

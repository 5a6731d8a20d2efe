// What narrows a search: facets with counts, a range of dates, and chips that take a filter off again.
import { control, el } from "./dom.js";
import { FIELDS, addressOf, changed, toggled } from "./state.js";
import { languageName, t } from "./words.js";

const NAMES = { source: "fSource", publisher: "fPublisher", language: "fLanguage", media_type: "fMedia" };
const KINDS = [[/pdf$/, () => "PDF"], [/wordprocessing|msword/, () => t("word")], [/opendocument/, () => "OpenDocument"], [/rtf$/, () => "RTF"],
  [/html/, () => t("web")], [/markdown/, () => "Markdown"], [/^message\/|ms-outlook/, () => t("mail")], [/^text\/plain/, () => t("text")]];
const SHOWN = 8;
const WIDE = "(min-width: 62rem)";

const kindName = (type) => KINDS.find(([like]) => like.test(type))?.[1]() || type;

function shown(field, value) {
  if (field === "language") return languageName(value);
  return field === "media_type" ? kindName(value) : value;
}

function facet(field, counted, parameters, go) {
  const chosen = parameters.getAll(field);
  const missing = chosen.filter((value) => !counted.some((c) => c.value === value)).map((value) => ({ value, count: 0 }));
  const values = [...missing, ...counted];
  if (values.length < 2 && !chosen.length) return null;
  const rows = values.map(({ value, count }) =>
    el("label", {},
      el("input", { type: "checkbox", checked: chosen.includes(value), name: field, value, onchange: () => go(toggled(parameters, field, value)) }),
      el("span", { dir: "auto", title: value }, shown(field, value)),
      el("small", {}, count || "")));
  const more = rows.splice(SHOWN);
  return el("fieldset", {}, el("legend", {}, t(NAMES[field])), rows,
    more.length > 0 && el("details", {}, el("summary", {}, t("more", { n: more.length })), more));
}

function dates(years, parameters, go) {
  const box = (name, label) =>
    el("label", {}, label,
      el("input", { name, value: parameters.get(name) || "", placeholder: "2021-02-11", inputmode: "numeric", size: 10, pattern: "\\d{4}(-\\d{2}(-\\d{2})?)?", title: t("dateHow") }));
  const form = el("form", { class: "dates" }, box("date_from", t("from")), box("date_to", t("to")), el("button", { class: "quiet" }, t("apply")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(changed(parameters, Object.fromEntries(new FormData(form))));
  });
  const links = years.slice(0, 12).sort((a, b) => (a.value < b.value ? 1 : -1)).map(({ value, count }) => {
    const on = parameters.get("date_from") === value && parameters.get("date_to") === value;
    const next = changed(parameters, { date_from: on ? "" : value, date_to: on ? "" : value });
    return el("a", { class: "year", href: addressOf(next), "aria-current": on && "true" }, value, " ", el("small", {}, count));
  });
  return el("fieldset", {}, el("legend", {}, t("fDate")), links.length ? el("p", { class: "years" }, links) : "", form);
}

export function filterPanel(facets, parameters, go) {
  return el("details", { class: "filters", open: matchMedia(WIDE).matches },
    el("summary", {}, t("filters")),
    FIELDS.map((field) => facet(field, facets[field] || [], parameters, go)),
    dates(facets.year || [], parameters, go));
}

export function chips(parameters, go) {
  const chip = (text, next) =>
    control({ class: "chip", "aria-label": t("removeFilter", { name: text }), onclick: () => go(next) },
      el("span", { dir: "auto" }, text), el("span", { "aria-hidden": "true" }, "×"));
  const made = FIELDS.flatMap((field) => parameters.getAll(field).map((value) => chip(shown(field, value), toggled(parameters, field, value))));
  const [from, to] = ["date_from", "date_to"].map((name) => parameters.get(name));
  if (from || to) {
    const text = from === to ? from : t(from && to ? "range" : from ? "since" : "until", { from, to });
    made.push(chip(text, changed(parameters, { date_from: "", date_to: "" })));
  }
  return made.length ? el("p", { class: "chips" }, made) : null;
}

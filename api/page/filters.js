// What narrows a search: facets with counts, a range of dates, and chips that take a filter off again.
import { el, languageName } from "./dom.js";
import { FIELDS, addressOf, changed, toggled } from "./state.js";

const NAMES = { source: "Document", publisher: "Publisher", language: "Language", year: "Year" };
const SHOWN = 8;

const shown = (field, value) => (field === "language" ? languageName(value) : value);

function facet(field, counted, parameters, go) {
  const chosen = parameters.getAll(field);
  const missing = chosen.filter((value) => !counted.some((c) => c.value === value)).map((value) => ({ value, count: 0 }));
  const values = [...missing, ...counted];
  if (values.length < 2 && !chosen.length) return null;
  const rows = values.map(({ value, count }) =>
    el("label", {},
      el("input", { type: "checkbox", checked: chosen.includes(value), onchange: () => go(toggled(parameters, field, value)) }),
      el("span", { dir: "auto", title: value }, shown(field, value)),
      el("small", {}, count || "")));
  const more = rows.splice(SHOWN);
  return el("fieldset", {}, el("legend", {}, NAMES[field]), rows,
    more.length > 0 && el("details", {}, el("summary", {}, `${more.length} more`), more));
}

function dates(years, parameters, go) {
  const box = (name, label) =>
    el("label", {}, label,
      el("input", { name, value: parameters.get(name) || "", placeholder: "YYYY-MM-DD", inputmode: "numeric", size: 10, pattern: "\\d{4}(-\\d{2}(-\\d{2})?)?", title: "2021, 2021-02 or 2021-02-11" }));
  const form = el("form", { class: "dates" }, box("date_from", "From"), box("date_to", "To"), el("button", { class: "quiet" }, "Apply"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(changed(parameters, Object.fromEntries(new FormData(form))));
  });
  const links = years.slice(0, 12).sort((a, b) => (a.value < b.value ? 1 : -1)).map(({ value, count }) =>
    el("a", { class: "year", href: addressOf(changed(parameters, { date_from: value, date_to: value })) }, value, el("small", {}, count)));
  return el("fieldset", {}, el("legend", {}, "Date"), links.length ? el("p", { class: "years" }, links) : "", form);
}

export function filterPanel(facets, parameters, go) {
  const wide = matchMedia("(min-width: 62rem)").matches;
  return el("details", { class: "filters", open: wide },
    el("summary", {}, "Filters"),
    FIELDS.map((field) => facet(field, facets[field] || [], parameters, go)),
    dates(facets.year || [], parameters, go));
}

export function chips(parameters, go) {
  const chip = (text, next) =>
    el("button", { type: "button", class: "chip", "aria-label": `Remove filter ${text}`, onclick: () => go(next) }, text, el("span", { "aria-hidden": "true" }, "×"));
  const made = FIELDS.flatMap((field) => parameters.getAll(field).map((value) => chip(shown(field, value), toggled(parameters, field, value))));
  const [from, to] = ["date_from", "date_to"].map((name) => parameters.get(name));
  if (from || to) {
    const text = from === to ? from : from && to ? `${from} to ${to}` : from ? `since ${from}` : `until ${to}`;
    made.push(chip(text, changed(parameters, { date_from: "", date_to: "" })));
  }
  return made.length ? el("p", { class: "chips" }, made) : null;
}

// Dates in a question: how they were read, and where the timeline of them is.
import { el } from "./dom.js";
import { FIELDS } from "./state.js";
import { dateName, t } from "./words.js";

/** The address of the timeline of a search, with its filters; `values` are added. */
export function timelineAddress(parameters, values = {}) {
  const next = new URLSearchParams();
  for (const name of ["q", ...FIELDS, "date_from", "date_to"]) for (const value of parameters.getAll(name)) next.append(name, value);
  for (const [name, value] of Object.entries(values)) next.set(name, value);
  return `/timeline?${next}`;
}

export const timelineLink = (parameters) => el("a", { class: "to-timeline", href: timelineAddress(parameters) }, t("timeline"));

/** A time from ISO dates, as people write it; open where one end is not known. */
export function timeName(from, to) {
  if (from && to) return from === to ? dateName(from) : `${dateName(from)} – ${dateName(to)}`;
  return t(from ? "since" : "until", { from: dateName(from), to: dateName(to) });
}

function readAs(reading) {
  const what = reading.any_year ? t("anyYear") : timeName(reading.from, reading.to);
  return reading.counted_from ? t("fromToday", { what, date: dateName(reading.counted_from) }) : what;
}

function matches(reading, parameters) {
  const links = reading.matches.map(({ from, to, passages }) => [
    ", ", el("a", { href: timelineAddress(parameters, { since: from, until: to }) }, timeName(from, to)), ` (${passages})`]);
  return links.length ? [` ${t("mentionedIn")} `, links.flat().slice(1), "."] : null;
}

/** One line for each date in a question; null if there is none. `after` stands at its end. */
export function datesRead(dates = [], parameters, after = null) {
  const lines = dates.map((reading) => [reading.text, readAs(reading), matches(reading, parameters)]).filter(([text, what, found]) => found || text !== what);
  if (!lines.length && !after) return null;
  return el("div", { class: "dates-read meta" }, lines.map(([text, what, found]) => el("p", {}, t("dateRead", { text, what }), found)), after);
}

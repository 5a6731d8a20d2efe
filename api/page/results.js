// The view of a search: the answer on top, the ranked passages below, what narrows them beside.
import { AnswerCard } from "./answer.js";
import { citedPart } from "./best.js";
import { passageCard } from "./cards.js";
import { announce, control, el, show, skeleton } from "./dom.js";
import { datesRead, timelineLink } from "./dates.js";
import { chips, filterPanel } from "./filters.js";
import { SORTS, changed, filtersOf } from "./state.js";
import { troubleView } from "./trouble.js";
import { t } from "./words.js";
import * as wire from "./wire.js";

const PAGE = 10;
const HELD = 5000; // milliseconds that passages wait for the answer above them, so that nothing moves under the reader's eyes
let running = new AbortController();

/** Show the results for `parameters`; with `asked`, the answer too. A newer call cancels an older one. */
export async function resultsView(parameters, { asked, go, retry }) {
  const { signal } = (running = new AbortController());
  const card = asked ? new AnswerCard() : null;
  const waiting = el("ol", { class: "cards" }, Array.from({ length: 3 }, () => el("li", { class: "card" }, skeleton(4))));
  const aside = el("aside", { "aria-label": t("filters") }, skeleton(9));
  const column = el("div", { class: "column" }, card?.node, waiting);
  const view = el("div", { class: "results" }, aside, column);
  if (asked || !document.querySelector("#view ol.passages")) show(view);
  const answered = card ? answer(card, waiting, parameters, signal) : null;
  try {
    const found = await wire.search(query(parameters, 0, asked), signal);
    const given = answered && (await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, HELD))]));
    if (signal.aborted) return;
    waiting.remove();
    aside.replaceChildren(filterPanel(found.facets, parameters, go));
    column.append(...passages(found, parameters, given?.citations || [], go));
    if (!view.isConnected) show(view);
    if (!asked) announce(`${t("nPassages", { n: found.total })}. ${t("enter")}`);
  } catch (trouble) {
    if (trouble.name === "AbortError") return;
    running.abort();
    troubleView(trouble, retry);
  }
}

export const stop = () => running.abort();

function passages(found, parameters, citations, go) {
  const head = el("div", { class: "count meta" }, found.total > 0 && el("span", {}, counted(found.total, parameters)), chips(parameters, go), timelineLink(parameters), sorting(parameters, go));
  const read = datesRead(found.dates, parameters);
  if (!found.hits.length) return [head, read, nothing(parameters)].filter(Boolean);
  const list = el("ol", { class: "cards passages", "aria-label": t("passages") }, found.hits.map((hit) => passageCard(hit, citedPart(hit, citations))));
  return [head, read, list, more(list, found, parameters, found.hits.length)].filter(Boolean);
}

const counted = (total, parameters) => (parameters.has("sort") && total >= 100 ? t("ofBest", { n: total }) : t("nPassages", { n: total }));

function sorting(parameters, go) {
  const choice = el("select", { name: "sort", onchange: () => go(changed(parameters, { sort: choice.value === SORTS[0] ? "" : choice.value })) },
    SORTS.map((sort) => el("option", { value: sort, selected: (parameters.get("sort") || SORTS[0]) === sort }, t(sort))));
  return el("label", { class: "sort" }, el("span", { class: "hidden" }, t("sort")), choice);
}

function query(parameters, offset, asked = true) {
  const sent = new URLSearchParams(parameters);
  sent.set("limit", PAGE);
  sent.set("explain", "true");
  if (!asked) sent.set("rerank", "false"); // while typing, an order that comes at once
  if (offset) sent.set("offset", offset);
  return sent;
}

async function answer(card, waiting, parameters, signal) {
  const on = card.on;
  const delta = (sentence) => {
    waiting.remove(); // nothing below that the growing answer would push
    on.delta(sentence);
  };
  try {
    const given = await wire.ask({ question: parameters.get("q"), ...filtersOf(parameters) }, { ...on, delta }, signal);
    waiting.remove();
    card.done(given);
    announce(given.status === "unanswerable" ? `${t("nothing")}.` : t("answeredWith", { n: given.citations.length }));
    return given;
  } catch (trouble) {
    if (trouble.name !== "AbortError") card.fail(trouble);
    return null;
  }
}

function more(list, found, parameters, offset) {
  if (offset >= found.total || !found.hits.length || offset >= 1000) return null;
  const button = control({ class: "more" }, t("morePassages"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const next = await wire.search(query(parameters, offset));
      const cards = next.hits.map((hit) => passageCard(hit));
      list.append(...cards);
      cards[0]?.querySelector("a").focus();
      button.replaceWith(more(list, next, parameters, offset + next.hits.length) || "");
    } catch (trouble) {
      button.disabled = false;
      button.textContent = `${trouble.message} ${t("again")}`;
    }
  });
  return button;
}

function nothing(parameters) {
  const filtered = [...parameters.keys()].some((name) => name !== "q");
  return el("p", { class: "notice" }, `${t("noPassage")} ${t(filtered ? "takeOff" : "otherWords")}`);
}

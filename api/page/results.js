// The view of a search: the answer on top, the ranked passages below, what narrows them beside.
import { AnswerCard } from "./answer.js";
import { passageCard } from "./cards.js";
import { announce, el, plural, show, skeleton } from "./dom.js";
import { chips, filterPanel } from "./filters.js";
import { filtersOf } from "./state.js";
import { troubleView } from "./trouble.js";
import * as wire from "./wire.js";

const PAGE = 10;
let running = new AbortController();

/** Show the results for `parameters`; with `asked`, the answer too. A newer call cancels an older one. */
export async function resultsView(parameters, { asked, go, retry }) {
  running.abort();
  const { signal } = (running = new AbortController());
  const card = asked ? new AnswerCard() : null;
  const list = el("ol", { class: "passages", "aria-label": "Passages" });
  const aside = el("aside", { "aria-label": "Filters" });
  const head = el("p", { class: "count meta" });
  const stale = document.querySelector("#view ol.passages");
  if (asked || !stale) {
    list.append(...Array.from({ length: 3 }, () => el("li", { class: "card" }, skeleton(4))));
    show(el("div", { class: "results" }, aside, el("div", { class: "column" }, card?.node, head, list)));
  }
  if (card) answer(card, parameters, signal);
  try {
    const found = await wire.search(query(parameters, 0), signal);
    if (!list.isConnected) show(el("div", { class: "results" }, aside, el("div", { class: "column" }, head, list)));
    aside.replaceChildren(filterPanel(found.facets, parameters, go));
    head.replaceChildren(found.total ? `${plural(found.total, "passage", "passages")}, best first` : "", chips(parameters, go) || "");
    list.replaceChildren(...found.hits.map(passageCard));
    if (!found.hits.length) list.replaceWith(nothing(parameters));
    more(list, found, parameters, found.hits.length);
    if (!asked) announce(plural(found.total, "passage", "passages"));
  } catch (trouble) {
    if (trouble.name !== "AbortError") {
      running.abort();
      troubleView(trouble, retry);
    }
  }
}

export const stop = () => running.abort();

function query(parameters, offset) {
  const asked = new URLSearchParams(parameters);
  asked.set("limit", PAGE);
  asked.set("explain", "true");
  if (offset) asked.set("offset", offset);
  return asked;
}

async function answer(card, parameters, signal) {
  try {
    const given = await wire.ask({ question: parameters.get("q"), ...filtersOf(parameters) }, card.on, signal);
    card.done(given);
    announce(given.status === "unanswerable" ? "Nothing in these documents answers this." : `Answer with ${plural(given.citations.length, "citation", "citations")}.`);
  } catch (trouble) {
    if (trouble.name !== "AbortError") card.fail(trouble);
  }
}

function more(list, found, parameters, offset) {
  if (offset >= found.total || !found.hits.length || offset >= 1000) return;
  const button = el("button", { type: "button", class: "more" }, "More passages");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const next = await wire.search(query(parameters, offset));
      const cards = next.hits.map(passageCard);
      list.append(...cards);
      cards[0]?.querySelector("a").focus();
      button.remove();
      more(list, next, parameters, offset + next.hits.length);
    } catch (trouble) {
      button.disabled = false;
      button.textContent = `${trouble.message} Try again`;
    }
  });
  list.after(button);
}

function nothing(parameters) {
  const filtered = [...parameters.keys()].some((name) => name !== "q");
  const hint = filtered ? "Take a filter off, or use other words." : "Use other words, or ask in another way.";
  return el("p", { class: "notice" }, `No passage fits. ${hint}`);
}

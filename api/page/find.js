// Finding words in the document that is shown, and going from one place to the next.
import { announce, control, el, icon, tell } from "./dom.js";
import { t } from "./words.js";
import * as wire from "./wire.js";

const AROUND = 500; // places before the wanted one, of the thousand that are fetched at a time
const NONE = { total: 0, offset: 0, matches: [] };

/** Return `{node, focus, step}`: a box with a count and buttons, over the text in `reading`. */
export function findBar(id, reading) {
  const box = el("input", { type: "search", placeholder: t("findHere"), "aria-label": t("findHere"), "aria-keyshortcuts": "f", dir: "auto", maxlength: 200 });
  const count = el("span", { class: "meta", role: "status" });
  const button = (name, by) => control({ class: "quiet", disabled: true, "aria-label": t(name), title: t(name), onclick: () => step(by) }, icon(name));
  const buttons = [button("previous", -1), button("next", 1)];
  let found = NONE; // the part of the places that was fetched: `offset` of `total` stand before it
  let words = "";
  let at = -1;
  let looking = new AbortController();
  let rest = 0;

  function mark() {
    const touched = new Set(reading.found.keys());
    reading.found = new Map();
    found.matches.forEach((m, i) => {
      touched.add(m.paragraph);
      reading.found.set(m.paragraph, [...(reading.found.get(m.paragraph) || []), { ...m, at: found.offset + i === at }]);
    });
    reading.redraw(touched);
  }

  /** Fetch a part of the places, and go to the one that `which` chooses of it. */
  async function fetched(where, which) {
    looking.abort();
    const { signal } = (looking = new AbortController());
    try {
      found = words ? await wire.find(id, words, where, signal) : NONE;
      for (const b of buttons) b.disabled = !found.total;
      if (found.matches.length) return await goTo(which());
      at = -1;
      mark();
      count.textContent = words ? t("noMatch") : "";
    } catch (trouble) {
      if (trouble.name !== "AbortError") announce((count.textContent = trouble.message));
    }
  }

  function look() {
    words = box.value.trim();
    const near = Math.max(reading.place(), 1);
    return fetched({ near }, () => {
      const next = found.matches.findIndex((m) => m.paragraph >= near);
      return found.offset + (next < 0 ? found.matches.length - 1 : next); // behind the last one, that is the nearest
    });
  }

  async function goTo(index) {
    at = index;
    mark();
    count.textContent = t("matchOf", { at: at + 1, n: found.total });
    reading.mark = null;
    if (await reading.goTo(found.matches[at - found.offset].paragraph)) reading.node.dispatchEvent(new CustomEvent("paragraph", { detail: reading.citedText() }));
    announce(count.textContent);
  }

  function step(by) {
    if (!found.total) return;
    const to = (at + by + found.total) % found.total;
    if (to !== at + by) tell(t(by > 0 ? "fromStart" : "fromEnd"));
    looking.abort();
    if (found.matches[to - found.offset]) return goTo(to);
    return fetched({ offset: Math.max(0, to - AROUND) }, () => Math.min(to, found.offset + found.matches.length - 1));
  }

  box.addEventListener("input", () => {
    clearTimeout(rest);
    rest = setTimeout(look, 200);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") {
      box.value = "";
      look();
      box.blur();
    } else return;
    event.preventDefault();
  });
  const node = el("form", { class: "find", role: "search", onsubmit: (event) => event.preventDefault() }, icon("search"), box, count, buttons);
  return { node, step, focus: () => (box.focus(), box.select()) };
}

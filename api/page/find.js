// Finding words in the document that is shown, and going from one place to the next.
import { announce, control, el, icon } from "./dom.js";
import { t } from "./words.js";
import * as wire from "./wire.js";

/** Return `{node, focus, step}`: a box with a count and buttons, over the text in `reading`. */
export function findBar(id, reading) {
  const box = el("input", { type: "search", placeholder: t("findHere"), "aria-label": t("findHere"), "aria-keyshortcuts": "f", dir: "auto", maxlength: 200 });
  const count = el("span", { class: "meta", role: "status" });
  const button = (name, by) => control({ class: "quiet", disabled: true, "aria-label": t(name), title: t(name), onclick: () => step(by) }, icon(name));
  const buttons = [button("previous", -1), button("next", 1)];
  let matches = [];
  let at = -1;
  let looking = new AbortController();
  let rest = 0;

  function mark(found, now) {
    const touched = new Set(reading.found.keys());
    reading.found = new Map();
    found.forEach((m, i) => {
      touched.add(m.paragraph);
      reading.found.set(m.paragraph, [...(reading.found.get(m.paragraph) || []), { ...m, at: i === now }]);
    });
    reading.redraw(touched);
  }

  async function look() {
    looking.abort();
    const { signal } = (looking = new AbortController());
    const q = box.value.trim();
    try {
      const found = q ? await wire.find(id, q, signal) : { total: 0, matches: [] };
      [matches, at] = [found.matches, -1];
      for (const b of buttons) b.disabled = !matches.length;
      if (matches.length) return await goTo(nearest());
      mark([], -1);
      count.textContent = q ? t("noMatch") : "";
    } catch (trouble) {
      if (trouble.name !== "AbortError") count.textContent = trouble.message;
    }
  }

  const nearest = () => Math.max(0, matches.findIndex((m) => m.paragraph >= Math.max(reading.current, 1)));

  async function goTo(index) {
    at = index;
    mark(matches, at);
    count.textContent = t("matchOf", { at: at + 1, n: matches.length });
    reading.mark = null;
    if (await reading.goTo(matches[at].paragraph)) reading.node.dispatchEvent(new CustomEvent("paragraph", { detail: reading.citedText() }));
    announce(count.textContent);
  }

  function step(by) {
    if (matches.length) goTo((at + by + matches.length) % matches.length);
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

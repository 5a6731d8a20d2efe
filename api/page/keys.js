// The keyboard: every key that the page knows, in one place.
import { shownDocument } from "./document.js";
import { el } from "./dom.js";
import { t } from "./words.js";

const box = document.getElementById("q");
const STEPS = ".passage h2 a, .documents a, .told .where";
const HELP = [["/ · Ctrl K", "kBox"], ["j · k", "kSteps"], ["Enter", "kOpen"], ["c", "kCopy"], ["t", "kKeep"], ["f", "kFind"], ["Esc", "kLeave"], ["?", "kHelp"]];

/** Go one passage, document or paragraph on, or back. */
function step(by) {
  const shown = shownDocument();
  if (shown) return shown.reading.step(by);
  const links = [...document.querySelectorAll(STEPS)];
  const current = document.activeElement.closest?.("li")?.querySelector(STEPS);
  const at = links.indexOf(current) + by;
  links[Math.min(Math.max(at, 0), links.length - 1)]?.focus();
}

/** Press a button of the passage at hand: where the focus is, else the first one that is cited or listed. */
function press(name) {
  const focused = document.activeElement.closest?.("[data-place]");
  if (focused?.matches(".paragraph")) shownDocument()?.reading.carry(focused); // the buttons may hang where the pointer is
  const at = focused || document.querySelector(".paragraph:has(.tools)") || document.querySelector("[data-place]");
  at?.querySelector(`button.to-${name}`)?.click();
}

export function help() {
  const box = el("dialog", { class: "dialog help", "aria-labelledby": "help-head" },
    el("form", { method: "dialog" }, el("h2", { id: "help-head" }, t("helpHead")),
      el("dl", {}, HELP.map(([keys, what]) => [el("dt", {}, keys.split(" · ").map((key) => el("kbd", {}, key))), el("dd", {}, t(what))])),
      el("p", { class: "row" }, el("button", { class: "quiet" }, t("close")))));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

const PLAIN = {
  "/": () => (box.focus(), box.select()),
  j: () => step(1),
  k: () => step(-1),
  c: () => press("copy"),
  t: () => press("keep"),
  f: () => shownDocument()?.find.focus(),
  "?": help,
};

let latin = false; // whether the letter typed last was a Latin one

/** The key that is meant: its letter, or in a layout of other letters (Cyrillic, Greek, Arabic …) the Latin one of its place. */
function meant({ key, code, shiftKey }) {
  const letter = /^\p{L}$/u.test(key);
  if (letter) latin = /^\p{Script=Latin}$/u.test(key);
  if (latin) return key;
  if (code === "Slash" && (letter || key === "." || key === ",")) return shiftKey ? "?" : "/";
  const [, there] = (letter && /^Key([A-Z])$/.exec(code)) || [];
  return there ? (key === key.toLowerCase() ? there.toLowerCase() : there) : key;
}

addEventListener("keydown", (event) => {
  const { target } = event;
  const key = meant(event);
  const with_ = event.ctrlKey || event.metaKey;
  if (document.querySelector("dialog[open]")) return;
  if (with_ && !event.altKey && key.toLowerCase() === "k") {
    event.preventDefault();
    return PLAIN["/"]();
  }
  if (key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (target === box) box.blur();
    return;
  }
  if (with_ || event.altKey || target.closest?.("input, textarea, select") || !Object.hasOwn(PLAIN, key)) return;
  if (key === "f" && !shownDocument()) return;
  event.preventDefault();
  PLAIN[key]();
});

// The contents of a document: its headings, and which of them the reader is under.
import { el } from "./dom.js";
import { t } from "./words.js";

export function outlineList(headings, reading) {
  if (headings.length < 2) return null;
  const top = Math.min(...headings.map((h) => h.level));
  const links = headings.map((h) =>
    el("li", { class: `level-${Math.min(h.level - top + 1, 4)}` },
      el("a", { href: `#p${h.number}`, dir: "auto" }, h.text, h.page && el("small", {}, ` ${h.page}`))));
  const wide = matchMedia("(min-width: 75rem)").matches;
  const node = el("details", { class: "outline", open: wide },
    el("summary", {}, t("outline")), el("nav", { "aria-label": t("outline"), lang: reading.node.lang }, el("ol", {}, links)));
  follow(headings, links, reading);
  return node;
}

/** Mark the heading that stands above what is in the window. */
function follow(headings, links, reading) {
  let waiting = false;
  const paint = () => {
    waiting = false;
    if (!reading.node.isConnected) return removeEventListener("scroll", later);
    const row = [...reading.node.querySelectorAll(".paragraph")].find((node) => node.getBoundingClientRect().bottom > 140);
    const number = row ? Number(row.id.slice(1)) : 0;
    const now = headings.findLastIndex((h) => h.number <= number);
    links.forEach((link, i) => (i === now ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
  };
  const later = () => {
    if (!waiting) requestAnimationFrame(paint);
    waiting = true;
  };
  addEventListener("scroll", later, { passive: true });
}

// The pages of a PDF as they look, with the cited passage marked. pdf.js is loaded when a PDF is opened, and only then.
import { el, skeleton } from "./dom.js";
import { t } from "./words.js";
import * as wire from "./wire.js";

const HOME = "/page/pdfjs";
const DRAWN = 8; // pages that stay drawn
const SHORTEST = 24; // letters of a passage that must be found for it to be marked
const COARSE = 1.25; // times as wide as it was drawn: then a page is drawn anew
const RESTED = 200; // milliseconds without a change of width, before that

await new Promise((resolve) => document.head.append(el("link", { rel: "stylesheet", href: "/page/pages.css", onload: resolve, onerror: resolve })));

export class Pages {
  constructor(document) {
    this.document = document;
    this.list = el("div", { class: "sheets", tabindex: 0, role: "region", "aria-label": t("pdfBeside") }, skeleton(12));
    this.note = el("p", { class: "meta note", role: "status" });
    this.node = el("aside", { class: "pane-pages", "aria-label": t("pdfPages") }, this.note, this.list);
    this.sheets = [];
    this.wanted = null;
    this.opening = null;
  }

  open() {
    this.opening ||= this.load().catch((error) => {
      this.list.replaceChildren();
      this.note.textContent = t("pdfFails", { why: error.message });
    });
    return this.opening;
  }

  async load() {
    const pdfjs = await import(`${HOME}/pdf.min.mjs`);
    pdfjs.GlobalWorkerOptions.workerSrc = `${HOME}/pdf.worker.min.mjs`;
    this.pdfjs = pdfjs;
    const data = await wire.original(this.document.id);
    this.pdf = await pdfjs.getDocument({
      data, standardFontDataUrl: `${HOME}/standard_fonts/`, wasmUrl: `${HOME}/wasm/`, useWasm: false, useSystemFonts: true, isEvalSupported: false, enableXfa: false, stopAtErrors: false,
    }).promise;
    const first = (await this.pdf.getPage(1)).getViewport({ scale: 1 });
    this.sheets = Array.from({ length: this.pdf.numPages }, (_, i) => ({ n: i + 1, width: first.width, height: first.height, drawn: null, node: el("div", { class: "sheet", "aria-label": t("pageHead", { n: i + 1 }) }) }));
    for (const sheet of this.sheets) sheet.node.style.aspectRatio = `${sheet.width} / ${sheet.height}`;
    this.list.replaceChildren(...this.sheets.map((sheet) => sheet.node));
    this.watch = new IntersectionObserver((entries) => this.seen(entries), { root: this.list, rootMargin: "60% 0px" });
    this.sizes = new ResizeObserver((entries) => this.resized(entries));
    for (const sheet of this.sheets) for (const watch of [this.watch, this.sizes]) watch.observe(sheet.node);
  }

  sheetOf(node) {
    return this.sheets.find((sheet) => sheet.node === node);
  }

  seen(entries) {
    for (const { target, isIntersecting } of entries) {
      const sheet = this.sheetOf(target);
      sheet.near = isIntersecting;
      if (isIntersecting) this.draw(sheet);
    }
    const far = this.sheets.filter((sheet) => sheet.drawn && !sheet.near);
    for (const sheet of far.slice(0, Math.max(0, far.length - DRAWN))) {
      sheet.node.replaceChildren();
      sheet.drawn = null;
    }
  }

  /** Keep letters and boxes on the words while the window changes, and come to the passage when the pages are shown. */
  resized(entries) {
    const shown = entries.filter(({ target }) => target.clientWidth);
    const before = this.hidden;
    this.hidden = !shown.length;
    for (const { target } of shown) this.fit(this.sheetOf(target));
    if (before !== false && shown.length) this.settle();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      for (const sheet of this.sheets.filter(({ node, drawn, sharpTo }) => drawn && node.clientWidth > sharpTo * COARSE)) {
        sheet.drawn = null;
        this.draw(sheet);
      }
    }, RESTED);
  }

  /** Make the letters as large as the sheet is now, and mark the words where they stand now. */
  fit(sheet) {
    const width = sheet.node.clientWidth;
    const letters = sheet.node.querySelector(".letters");
    if (!width || !letters) return;
    letters.style.setProperty("--total-scale-factor", width / sheet.width);
    if (this.wanted) this.box(sheet);
  }

  /** A sheet that has no width yet is not drawn: it would be drawn for a width that it will not have. */
  draw(sheet) {
    if (sheet.node.clientWidth) sheet.drawn ||= this.paint(sheet).catch(() => (sheet.drawn = null));
    return sheet.drawn;
  }

  async paint(sheet) {
    const page = await this.pdf.getPage(sheet.n);
    const { width, height } = page.getViewport({ scale: 1 });
    const sharpTo = sheet.node.clientWidth;
    if (!sharpTo) return (sheet.drawn = null); // hidden meanwhile
    Object.assign(sheet, { width, height, sharpTo });
    sheet.node.style.aspectRatio = `${width} / ${height}`;
    const viewport = page.getViewport({ scale: sharpTo / width });
    const sharp = Math.min(devicePixelRatio || 1, 2);
    const canvas = el("canvas", { width: Math.floor(viewport.width * sharp), height: Math.floor(viewport.height * sharp), "aria-hidden": "true" });
    const text = el("div", { class: "letters" });
    await page.render({ canvas, viewport, transform: sharp === 1 ? null : [sharp, 0, 0, sharp, 0, 0] }).promise;
    const layer = new this.pdfjs.TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport });
    await layer.render();
    sheet.node.replaceChildren(canvas, text);
    this.fit(sheet);
  }

  /** Bring a passage, `{page, text}`, into view and mark its words on the page. */
  async showPassage(passage) {
    if (!passage?.page) return;
    this.wanted = passage;
    await this.open();
    const sheet = this.sheets[passage.page - 1];
    if (!sheet?.node.clientWidth) return; // `resized` comes back to it
    for (const node of this.list.querySelectorAll(".boxed")) node.remove();
    this.scrollTo(sheet.node, 0);
    await this.draw(sheet);
    if (this.wanted !== passage) return;
    const box = this.box(sheet);
    if (this.sheets[passage.page]?.drawn) this.box(this.sheets[passage.page]);
    this.note.textContent = box || passage.text.trim().length < SHORTEST ? "" : t("pdfNoMark");
    if (box) this.scrollTo(sheet.node, box.offsetTop - this.list.clientHeight / 3);
  }

  /** Show the marked passage again, when the pages come to the front. */
  settle() {
    if (this.wanted) this.showPassage(this.wanted);
  }

  scrollTo(node, further) {
    this.list.scrollTop = node.offsetTop - this.list.offsetTop + Math.max(further, 0);
  }

  /** Mark the part of the passage that stands on a sheet; return the first box, or undefined if there is none. */
  box(sheet) {
    for (const node of sheet.node.querySelectorAll(".boxed")) node.remove();
    const letters = sheet.node.querySelector(".letters");
    const { page, text } = this.wanted;
    if (!letters || sheet.n < page || sheet.n > page + 1) return undefined;
    const range = rangeOf(letters, text, sheet.n > page);
    const frame = sheet.node.getBoundingClientRect();
    const boxes = range ? lines([...range.getClientRects()]) : [];
    const nodes = boxes.map((r) => {
      const node = el("div", { class: "boxed" });
      Object.assign(node.style, { left: `${(100 * (r.left - frame.left)) / frame.width}%`, top: `${(100 * (r.top - frame.top)) / frame.height}%`,
        width: `${(100 * (r.right - r.left)) / frame.width}%`, height: `${(100 * (r.bottom - r.top)) / frame.height}%` });
      return node;
    });
    sheet.node.append(...nodes);
    return nodes[0];
  }
}

/** One box for each line of text, so that pieces of it do not overlap. */
function lines(rects) {
  const made = [];
  for (const r of rects.filter(({ width, height }) => width > 1 && height > 1)) {
    const line = made.find((other) => Math.min(other.bottom, r.bottom) - Math.max(other.top, r.top) > 0.5 * Math.min(other.bottom - other.top, r.height) && r.left - other.right < 40 && other.left - r.right < 40);
    if (!line) made.push({ left: r.left, right: r.right, top: r.top, bottom: r.bottom });
    else Object.assign(line, { left: Math.min(line.left, r.left), right: Math.max(line.right, r.right), top: Math.min(line.top, r.top), bottom: Math.max(line.bottom, r.bottom) });
  }
  return made;
}

/** Find the words among the letters of a page, whatever the spaces, hyphens and line ends; `tail`: they began a page before. */
function rangeOf(letters, text, tail) {
  const nodes = [];
  const walker = document.createTreeWalker(letters, NodeFilter.SHOW_TEXT);
  let page = "";
  const origin = []; // for each letter of `page`: node and offset
  while (walker.nextNode()) {
    const node = walker.currentNode;
    nodes.push(node);
    for (let i = 0; i < node.data.length; i++) {
      for (const c of plain(node.data[i])) {
        page += c;
        origin.push([node, i]);
      }
    }
  }
  const wanted = plain(text);
  const [at, length] = tail ? longestEnd(page, wanted) : longestStart(page, wanted);
  if (length < Math.min(SHORTEST, wanted.length) || !length) return null;
  const range = document.createRange();
  range.setStart(...origin[at]);
  const [node, offset] = origin[at + length - 1];
  range.setEnd(node, offset + 1);
  return range;
}

const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** Where the beginning of `wanted` stands in `page`, and how much of it. */
function longestStart(page, wanted) {
  const whole = page.indexOf(wanted);
  if (whole >= 0) return [whole, wanted.length];
  for (const length of [120, 60, SHORTEST]) {
    const at = wanted.length >= length ? page.indexOf(wanted.slice(0, length)) : -1;
    if (at < 0) continue;
    let more = length;
    while (more < wanted.length && page[at + more] === wanted[more]) more++;
    return [at, more];
  }
  return [0, 0];
}

/** The same for its end, which stands on the next page. */
function longestEnd(page, wanted) {
  for (const length of [120, 60, SHORTEST]) {
    const at = wanted.length > length ? page.indexOf(wanted.slice(-length)) : -1;
    if (at < 0) continue;
    let more = 0;
    while (at - more > 0 && more < wanted.length - length && page[at - more - 1] === wanted[wanted.length - length - more - 1]) more++;
    return [at - more, length + more];
  }
  return [0, 0];
}

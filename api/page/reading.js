// The text of a document of any length: only what is near the window is fetched and drawn; the rest keeps its place.
import { announce, control, el, icon, marked } from "./dom.js";
import { unseen } from "./places.js";
import { t } from "./words.js";
import * as wire from "./wire.js";

const BLOCK = 100; // paragraphs in one block, as the outline counts them
const WHOLE = 40; // blocks up to which a document is drawn whole, when there is time
const KEPT = 16; // blocks of a longer one that stay drawn
const NEAR = "150%"; // of the window, above and below it
const LINKING = 300; // milliseconds that a text waits for its links, so that nothing moves when they come
const [SOONEST, LATEST] = [1000, 10_000]; // milliseconds until what could not be fetched is asked for again
const RESTED = 300; // milliseconds after a sign that it may be there now
const HEAD = 140; // pixels at the top of the window that the bars cover

export class Reading {
  /** `outline` is the server's; `tools` makes the buttons of a paragraph. */
  constructor(outline, tools) {
    Object.assign(this, { id: outline.document.id, total: outline.total, tools, mark: null, found: new Map(), links: new Map(), cited: 0, current: 0, turn: 0, unreached: 0, pause: SOONEST });
    const { starts, characters } = outline;
    this.blocks = starts.map((start, i) => ({ i, characters: (starts[i + 1] ?? characters) - start, rows: null, loading: null, node: el("div", { class: "block" }) }));
    this.node = el("div", { class: "paragraphs", lang: outline.document.language }, this.blocks.map((block) => block.node));
    this.near = new Set();
    this.watch = new IntersectionObserver((entries) => this.seen(entries), { rootMargin: `${NEAR} 0px` });
    this.holder = el("span", { class: "tools" });
    for (const kind of ["pointermove", "pointerdown", "focusin"]) this.node.addEventListener(kind, (event) => this.hold(event));
    queueMicrotask(() => this.lay());
  }

  /** Give every block the height that it will about have. */
  lay() {
    const width = Math.max(this.node.clientWidth - (innerWidth > 640 ? 150 : 0), 200);
    const perLine = width / 8.3; // characters of the text face in a line, on average
    for (const block of this.blocks) {
      const paragraphs = Math.min(BLOCK, this.total - block.i * BLOCK);
      if (!block.rows) block.node.style.height = `${Math.round((block.characters / perLine + paragraphs * 0.5) * 28.5 + paragraphs * 15)}px`;
      this.watch.observe(block.node);
    }
  }

  seen(entries) {
    for (const entry of entries) {
      const block = this.blocks.find(({ node }) => node === entry.target);
      if (entry.isIntersecting) this.near.add(block);
      else this.near.delete(block);
    }
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.settle(), 40); // a scroll bar that is dragged passes by many blocks
  }

  async settle() {
    const drawn = await Promise.allSettled([...this.near].map((block) => this.load(block)));
    if (!this.node.isConnected) return;
    let failures = drawn.flatMap(({ reason }) => reason ?? []);
    if (!failures.length && this.near.has(this.blockOf(this.unreached))) await this.goTo(this.unreached);
    if (this.blocks.length > WHOLE) this.forgetFar();
    else if (!failures.length) failures = await this.fillUp();
    if (!failures.length) this.pause = SOONEST;
    else if (failures.some(({ status }) => status !== 404)) this.tryLater();
  }

  /** Draw the rest of a short document when there is time, so that printing and the browser's own search have it all. */
  async fillUp() {
    const failures = [];
    if (this.filling) return failures;
    this.filling = true;
    for (const block of this.blocks) {
      if (!this.node.isConnected || failures.length) break;
      if (!block.rows) await this.load(block).catch((trouble) => failures.push(trouble));
    }
    this.filling = false;
    return failures;
  }

  /** Ask again after a while, each time a longer one, and soon after a sign that the server or the reader is back. */
  tryLater() {
    if (this.waiting) return;
    const signs = (this.waiting = new AbortController());
    const again = () => {
      signs.abort();
      this.waiting = null;
      if (this.node.isConnected) this.settle();
    };
    let timer = setTimeout(again, this.pause);
    this.pause = Math.min(2 * this.pause, LATEST);
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(again, RESTED);
    };
    for (const sign of ["online", "focus", "scroll"]) addEventListener(sign, soon, { signal: signs.signal, passive: true });
  }

  forgetFar() {
    const drawn = this.blocks.filter((block) => block.rows && !this.near.has(block));
    const centre = [...this.near][0]?.i ?? 0;
    drawn.sort((a, b) => Math.abs(b.i - centre) - Math.abs(a.i - centre));
    for (const block of drawn.slice(0, Math.max(0, drawn.length + this.near.size - KEPT))) {
      if (block.node.contains(document.activeElement)) continue;
      block.node.style.height = `${block.node.getBoundingClientRect().height}px`;
      block.node.replaceChildren();
      block.rows = block.loading = null;
    }
  }

  async load(block) {
    block.loading ||= this.fetch(block).catch((trouble) => {
      block.loading = null;
      this.fail(block, trouble);
      throw trouble;
    });
    return block.loading;
  }

  /** Say in the place of the text why it is not there. */
  fail(block, { message, hint }) {
    if (block.trouble === message) return; // said there already; its button may have the focus
    block.trouble = message;
    announce(message);
    block.node.replaceChildren(el("section", { class: "notice" }, el("p", {}, `${message} ${hint || ""}`), control({ onclick: () => this.settle() }, t("again"))));
  }

  async fetch(block) {
    const before = block.i ? 1 : 0; // the last paragraph before the block says whether a page turns
    const found = wire.references(this.id, block.i * BLOCK, BLOCK).catch(() => ({ references: [] })); // the text stands without its links
    const part = await wire.paragraphs(this.id, block.i * BLOCK - before, BLOCK + before);
    block.rows = part.paragraphs.slice(before);
    let page = before ? part.paragraphs[0]?.page : null;
    const nodes = block.rows.flatMap((p) => {
      const turned = p.page !== null && p.page !== page;
      page = p.page;
      return turned ? [pageMark(p.page), this.row(p)] : [this.row(p)];
    });
    const linked = found.then(({ references }) => this.link(references, nodes));
    await Promise.race([linked, new Promise((resolve) => setTimeout(resolve, LINKING))]);
    const held = block.trouble && block.node.contains(document.activeElement);
    block.node.style.height = block.trouble = "";
    block.node.replaceChildren(...nodes);
    if (held) block.node.querySelector(".place").focus({ preventScroll: true });
  }

  row(p) {
    const heading = p.kind === "heading";
    return el("section", { id: `p${p.number}`, class: `paragraph ${p.kind.replace(" ", "-")}${p.number === this.cited ? " cited" : ""}`, "data-place": true, "aria-label": p.label || t("paragraphHead", { n: p.number }) },
      el("a", { class: "place", href: `#p${p.number}`, title: t("linkTo", { n: p.number }) },
        el("span", { class: "number" }, p.number), p.label && el("span", { class: "label", dir: "auto" }, p.label)),
      el(heading ? "h2" : "p", { class: "said", dir: "auto" }, this.words(p)), unseen(p) && el("p", { class: "meta" }, unseen(p)));
  }

  /** Mark the references in paragraphs, and say in the margin where each leads. */
  link(references, nodes) {
    const places = references.map(({ paragraph }) => paragraph);
    for (const number of new Set(places)) {
      const links = references.filter((_, i) => places[i] === number);
      const row = nodes.find(({ id }) => id === `p${number}`);
      this.links.set(number, links);
      row?.querySelector(".place").after(el("ul", { class: "links" }, [...new Map(links.map((link) => [link.permalink, link])).values()].map((link) => this.pointer(link))));
      row?.querySelector(".said").replaceChildren(...this.words(this.paragraph(number)));
    }
  }

  pointer({ document, words, permalink }) {
    const name = document.id === this.id ? words : `${words}, ${document.title}`;
    return el("li", {}, el("a", { href: permalink, dir: "auto", title: name, "aria-label": t("refersTo", { name }) }, `→ ${name}`));
  }

  /** The text of a paragraph, with the words found or cited marked, and the references in it as links. */
  words(p) {
    const marks = this.marksOf(p);
    const links = (this.links.get(p.number) || []).map(({ start, end, permalink }) => [start, end, "ref", permalink]);
    return marked(p.text, [...marks, ...links.filter(([start, end]) => !marks.some(([a, b]) => a < end && b > start))]);
  }

  /** The words that were found, or the words that are cited if they are only a part of the paragraph. */
  marksOf(p) {
    const length = p.char_end - p.char_start;
    const within = ([start, end]) => [Math.max(start, p.char_start) - p.char_start, Math.min(end, p.char_end) - p.char_start];
    const found = (this.found.get(p.number) || []).map((m) => [...within([m.char_start, m.char_end]), m.at ? "found at" : "found"]);
    if (found.length || !this.mark) return found;
    const [start, end] = within(this.mark);
    return end > start && end - start < 0.95 * length ? [[start, end]] : []; // a frame says it of a whole paragraph
  }

  blockOf(number) {
    return this.blocks[Math.floor((number - 1) / BLOCK)];
  }

  paragraph(number) {
    return this.blockOf(number)?.rows?.[(number - 1) % BLOCK];
  }

  rowNode(number) {
    return this.node.querySelector(`#p${number}`);
  }

  /** Draw these paragraphs again, where they are drawn. */
  redraw(numbers) {
    for (const number of numbers) {
      const [p, node] = [this.paragraph(number), this.rowNode(number)];
      if (p && node) node.querySelector(".said").replaceChildren(...this.words(p));
    }
  }

  begin() {
    return this.load(this.blocks[0] || { loading: true });
  }

  /** The paragraph that the reader is at: the one gone to last while the window shows it, else the first that it shows. */
  place() {
    const shown = (row) => row.getBoundingClientRect().bottom > HEAD && row.getBoundingClientRect().top < innerHeight;
    const row = this.rowNode(this.current);
    const first = row && shown(row) ? row : [...this.node.querySelectorAll(".paragraph")].find(shown);
    return first ? Number(first.id.slice(1)) : this.current;
  }

  /** Go one paragraph on, or back. */
  step(by) {
    const at = this.place();
    const to = at === this.current ? at + by : at;
    return this.goTo(Math.min(Math.max(to, 1), this.total), { focus: true });
  }

  /** Highlight a paragraph and bring it into view; resolves with it, or with null if there is none, or it cannot be had now. */
  async goTo(number, { focus = false } = {}) {
    const at = Math.floor((number - 1) / BLOCK);
    if (number < 1 || number > this.total) return null;
    const turn = ++this.turn;
    const around = [at - 1, at, at + 1].filter((i) => this.blocks[i]).map((i) => this.load(this.blocks[i]));
    await Promise.allSettled(around);
    if (turn !== this.turn) return null; // another paragraph is wanted by now
    this.unreached = this.blocks[at].rows ? 0 : number;
    if (this.unreached) {
      this.blocks[at].node.scrollIntoView(); // it says what the trouble is, and is drawn as soon as it can be
      return null;
    }
    for (const node of this.node.querySelectorAll(".cited, .also")) node.classList.remove("cited", "also");
    this.cited = this.current = number;
    const row = this.rowNode(number);
    if (!row) return null;
    row.classList.add("cited");
    for (const p of this.citedParagraphs()) if (p.number !== number) this.rowNode(p.number)?.classList.add("also");
    this.redraw([number]);
    this.carry(row);
    (row.querySelector("mark.at") || row.querySelector("mark") || row).scrollIntoView({ block: "center" });
    if (focus) row.querySelector(".place").focus({ preventScroll: true });
    return this.paragraph(number);
  }

  /** The paragraph that is highlighted, and those after it that the cited words reach into. */
  citedParagraphs() {
    const found = [];
    for (let p = this.paragraph(this.cited); p && (!found.length || this.touches(p)); p = this.paragraph(p.number + 1)) found.push(p);
    return found;
  }

  touches = (p) => this.mark !== null && this.mark[0] < p.char_end && this.mark[1] > p.char_start;

  /** The passage that is highlighted: its page, and the words to look for on it. */
  citedText() {
    const paragraphs = this.citedParagraphs();
    const text = paragraphs.map((p) => {
      const [start, end] = this.touches(p) ? this.mark : [p.char_start, p.char_end];
      return Array.from(p.text).slice(Math.max(start - p.char_start, 0), end - p.char_start).join("");
    });
    return { page: paragraphs[0]?.page, text: text.join(" ") };
  }

  /** Let the buttons follow pointer and focus. A pointer over which the text is scrolled has not moved, and the reader's place is not where it rests. */
  hold(event) {
    const row = event.target.closest(".paragraph");
    if (event.type === "pointermove") {
      const rests = this.pointed === `${event.screenX} ${event.screenY}`;
      this.pointed = `${event.screenX} ${event.screenY}`;
      if (rests || this.holder.querySelector("details[open], :focus-visible")) return;
    } else if (row) this.current = Number(row.id.slice(1));
    if (row) this.carry(row);
  }

  /** Hang the buttons into a row. */
  carry(row) {
    const p = this.paragraph(Number(row.id.slice(1)));
    if (!p || row.contains(this.holder)) return;
    this.holder.replaceChildren(this.tools(p));
    row.append(this.holder);
  }
}

const pageMark = (page) => el("p", { class: "page", role: "separator", "aria-label": t("pageHead", { n: page }) }, icon("page"), t("pageHead", { n: page }));

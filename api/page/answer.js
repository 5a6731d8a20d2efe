// The answer on top: sentences with their citations, what sources disagree about, or that nothing answers.
import { about, citationText, copyButton, placeName, placeOf } from "./cards.js";
import { el, icon, marked, plural, skeleton } from "./dom.js";

/** The answer card: it fills as events come, and `done` settles it. */
export class AnswerCard {
  constructor() {
    this.citations = new Map();
    this.body = el("div", { class: "sentences" });
    this.node = el("section", { class: "card answer", "aria-label": "Answer", "aria-busy": "true" }, skeleton(3));
  }

  get on() {
    return { citation: (c) => this.citations.set(c.n, c), delta: (sentence) => this.add(sentence) };
  }

  add(sentence) {
    if (!this.body.isConnected) this.node.replaceChildren(el("h2", {}, "Answer"), this.body);
    const language = this.citations.get(sentence.citations[0])?.document.language;
    this.body.append(
      el("p", { dir: "auto", lang: language }, marked(sentence.text, sentence.names, "strong"), " ",
        sentence.citations.map((n) => this.bracket(n))));
  }

  bracket(n) {
    const citation = this.citations.get(n);
    if (!citation) return null;
    const name = `${citation.document.title}, ${placeName(citation)}`;
    return el("a", { class: "cite", href: placeOf(citation.document, citation), title: name, "aria-label": `Source ${n}: ${name}` }, `[${n}]`);
  }

  done(answer) {
    this.node.removeAttribute("aria-busy");
    for (const citation of answer.citations) this.citations.set(citation.n, citation);
    if (answer.status === "unanswerable") return this.refuse(answer);
    this.body.replaceChildren();
    for (const sentence of answer.sentences) this.add(sentence);
    this.node.replaceChildren(el("h2", {}, "Answer"), ...this.conflicts(answer.conflicts), this.body, this.sources(answer.citations));
  }

  refuse(answer) {
    this.node.classList.add("none");
    const nearest = answer.passages.length ? "The nearest passages are below." : "";
    this.node.replaceChildren(
      el("h2", {}, "Nothing in these documents answers this"),
      answer.reasons.length ? el("ul", {}, answer.reasons.map((reason) => el("li", {}, sentenceCase(reason)))) : "",
      el("p", { class: "meta" }, nearest));
  }

  fail(trouble) {
    this.node.removeAttribute("aria-busy");
    this.node.classList.add("none");
    this.node.replaceChildren(el("h2", {}, "No answer"), el("p", {}, `${trouble.message} ${trouble.hint || ""}`));
  }

  conflicts(conflicts) {
    return conflicts.map((conflict) =>
      el("div", { class: "conflict", role: "note" },
        el("h3", {}, icon("differ"), `Sources disagree: ${conflict.about}`),
        el("ul", {}, conflict.values.map(({ value, citations }) =>
          el("li", {}, el("q", { dir: "auto" }, value), " ", citations.map((n) => this.bracket(n)))))));
  }

  sources(citations) {
    const rows = citations.map((c) =>
      el("li", {},
        el("span", { class: "n", "aria-hidden": "true" }, `[${c.n}]`),
        el("div", {},
          el("a", { href: placeOf(c.document, c), dir: "auto", lang: c.document.language }, c.document.title),
          el("p", { class: "meta" }, el("span", { class: "badge" }, placeName(c)), about(c.document) || c.document.source)),
        copyButton(() => citationText(c), `citation ${c.n}`)));
    const note = `${plural(citations.length, "quote", "quotes")}, word for word as in the source`;
    return el("div", { class: "sources" }, el("ol", {}, rows), el("p", { class: "meta verified" }, note));
  }
}

const sentenceCase = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// The answer on top: sentences with their citations, what sources disagree about, or that nothing answers.
import { el, icon, marked, skeleton } from "./dom.js";
import { about, actions, addressOfPlace, placeName } from "./places.js";
import { said, t } from "./words.js";

const EXTRACTIVE = "extractive"; // the writer of answers in the words of the sources
const UNMENTIONED = /^no passage mentions "(.+)"$/s; // as the server says it, word by word
const AROUND = 80; // characters of a quote on each side of what differs in it

/** The answer card: it fills as events come, and `done` settles it. */
export class AnswerCard {
  constructor() {
    this.citations = new Map();
    this.body = el("div", { class: "sentences" });
    this.node = el("section", { class: "card answer", "aria-label": t("answer"), "aria-busy": "true" },
      el("h2", {}, t("answering")), skeleton(3));
  }

  get on() {
    return {
      citation: (c) => this.citations.set(c.n, c),
      delta: (sentence) => this.add(sentence),
      withdrawn: () => { this.citations.clear(); this.body.replaceChildren(); },
    };
  }

  add(sentence) {
    if (!this.body.isConnected) this.node.replaceChildren(el("h2", {}, t("answer")), this.body);
    const language = this.citations.get(sentence.citations[0])?.document.language;
    this.body.append(
      el("p", { dir: "auto", lang: language }, marked(sentence.text, sentence.names, { tag: "strong" }), " ",
        sentence.citations.map((n) => this.bracket(n))));
  }

  bracket(n) {
    const citation = this.citations.get(n);
    if (!citation) return null;
    const name = `${citation.document.title}, ${placeName(citation)}`;
    return el("a", { class: "cite", href: addressOfPlace(citation.document, citation), title: name, "aria-label": t("source", { n, name }) }, `[${n}]`);
  }

  done(answer) {
    this.node.removeAttribute("aria-busy");
    for (const citation of answer.citations) this.citations.set(citation.n, citation);
    if (answer.status === "unanswerable") return this.refuse(answer);
    this.body.replaceChildren();
    for (const sentence of answer.sentences) this.add(sentence);
    const list = this.members(answer), quoted = answer.sentences.flatMap((s) => s.citations);
    const named = answer.members?.some((m) => m.citations.some((n) => quoted.includes(n))); // if not, the list answers
    this.node.replaceChildren(el("h2", {}, t("answer")), named ? "" : list, this.body, ...this.writing(answer), named ? list : "",
      ...answer.conflicts.map((c) => this.conflict(c)), this.sources(answer.citations, answer.writer));
  }

  refuse(answer) {
    this.node.classList.add("none");
    this.node.replaceChildren(
      el("h2", {}, t("nothing")),
      el("ul", { dir: "auto" }, reasonsOf(answer).map((reason) => el("li", {}, sentenceCase(reason)))),
      answer.passages.length ? el("p", { class: "meta" }, t("nearest")) : "");
  }

  fail(trouble) {
    this.node.removeAttribute("aria-busy");
    this.node.classList.add("none");
    this.node.replaceChildren(el("h2", {}, t("noAnswer")), el("p", {}, `${trouble.message} ${trouble.hint || ""}`));
  }

  /** What sources disagree about: each value with the quotes that give it, side by side. */
  conflict({ about: subject, aspect, kind = "conflict", values }) {
    const side = ({ value, citations, years = [] }) =>
      el("li", {}, el("b", { dir: "auto" }, value), years.length ? el("span", { class: "meta" }, " ", t("canBe", { years: years.slice(0, 3).join(", ") + (years.length > 3 ? ", …" : "") })) : "",
        citations.map((n) => this.citations.get(n)).filter(Boolean).map((citation) =>
          el("figure", {},
            el("blockquote", { dir: "auto", lang: citation.document.language, title: citation.quote }, excerpt(citation.quote, value)),
            el("figcaption", {}, this.bracket(citation.n), " ", el("span", { dir: "auto" }, citation.document.title), ` · ${placeName(citation)}`))));
    const about = aspect ? `${t(`aspect_${aspect}`)} (“${subject}”)` : subject;
    return el("div", { class: kind === "conflict" ? "conflict" : "conflict soft", role: "note" },
      el("h3", {}, icon("differ"), t(HEADINGS[kind], { about })), el("ul", {}, values.map(side)));
  }

  /** Who or what was asked for, each with its spellings and sources, and how far it was looked for. */
  members({ members = [], looked_at: looked }) {
    if (!members.length) return "";
    return el("section", { class: "members" },
      el("h3", {}, t("members")),
      el("ul", {}, members.map(({ name, variants, citations }) =>
        el("li", {}, el("b", { dir: "auto" }, name), " ",
          variants.length > 1 ? el("span", { class: "meta", dir: "auto" }, `(${variants.filter((v) => v !== name).join("; ")}) `) : "",
          citations.map((n) => this.bracket(n))))),
      el("p", { class: "meta" }, t("lookedAt", { passages: t("nPassages", { n: looked.passages }), documents: t("nDocuments", { n: looked.documents }) })));
  }

  /** Who says a quote and how, in the words of its document, and whether it repeats another source. */
  attribution({ said: told, repeats }) {
    const who = inOrder([told?.speaker, told?.verb].filter(Boolean));
    const parts = [who && `“${who}”`, told?.quoted && t("quotedSpeech"), told?.standing && t(`standing_${told.standing}`) + (told.author ? ` – ${told.author.text}` : ""), repeats && t("repeats", { n: repeats })];
    const line = parts.filter(Boolean).join(" · ");
    return line ? el("p", { class: "meta speaker", dir: "auto" }, line) : "";
  }

  /** Who put it into words, if a writer is on, and what of that was dropped. */
  writing({ writer = EXTRACTIVE, writer_failure: why, dropped = [] }) {
    const lines = [
      why ? el("p", { class: "meta", role: "note" }, t("unwritten", { why: said(why) })) : "",
      writer !== EXTRACTIVE ? el("p", { class: "meta" }, t("writtenBy", { writer })) : "",
      dropped.length ? el("details", { class: "dropped" }, el("summary", {}, t("droppedN", { n: dropped.length })),
        el("ul", {}, dropped.map(({ text, reason }) => el("li", {}, el("s", { dir: "auto" }, text), el("p", { class: "meta" }, said(reason)))))) : "",
    ];
    return lines.filter(Boolean);
  }

  sources(citations, writer = EXTRACTIVE) {
    return el("footer", { class: "sources" },
      el("ol", { "aria-label": t("sources") }, citations.map((c) =>
        el("li", { "data-place": true },
          el("span", { class: "n", "aria-hidden": "true" }, `[${c.n}]`),
          el("div", {},
            el("a", { href: addressOfPlace(c.document, c), dir: "auto", lang: c.document.language }, c.document.title),
            el("p", { class: "meta" }, el("span", { class: "badge" }, placeName(c)), about(c.document)),
            writer !== EXTRACTIVE ? el("blockquote", { dir: "auto", lang: c.document.language }, c.quote) : "",
            this.attribution(c)),
          actions(c.document, c, c.quote)))),
      el("p", { class: "meta verified" }, icon("check"), t("citedQuotes", { n: citations.length })));
  }
}

const HEADINGS = { conflict: "disagree", "later development": "later", "different scope": "scope" };

/** Words of a document in its order, with an ellipsis for what stands between them. */
function inOrder(words) {
  const [first, last = first] = words.sort((a, b) => a.char_start - b.char_start);
  if (first === last) return first?.text ?? "";
  return first.text + (last.char_start - first.char_end > 1 ? " … " : " ") + last.text;
}

/** Why nothing answers: words that no passage has in one line. */
function reasonsOf({ reasons }) {
  const gone = reasons.map((reason) => UNMENTIONED.exec(reason)?.[1]).filter(Boolean);
  const names = gone.map((word) => t("quoted", { word })).join(", ");
  return [gone.length && t("noMention", { names }), ...reasons.filter((reason) => !UNMENTIONED.test(reason)).map(said)].filter(Boolean);
}

/** The part of a quote around what differs in it, which is marked; the whole quote if that does not stand in it. */
function excerpt(quote, value) {
  const at = quote.indexOf(value);
  if (at < 0) return quote;
  const [before, after] = [quote.slice(0, at), quote.slice(at + value.length)];
  const from = before.length > 1.4 * AROUND ? before.lastIndexOf(" ", before.length - AROUND) + 1 : 0;
  const to = after.length > 1.4 * AROUND ? after.indexOf(" ", AROUND) : -1;
  return [from ? "… " : "", before.slice(from), el("mark", {}, value), to < 0 ? after : `${after.slice(0, to)} …`];
}

const sentenceCase = (text) => text.charAt(0).toUpperCase() + text.slice(1);

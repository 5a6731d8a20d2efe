"""Questions with and without an answer, made from other data sets, to fit and measure `search.answerability`.

Each data set is cut into many small and large collections. A question is *answerable* where its gold passage is in
the collection; *near* where a name, country or year in it was replaced by another; *far* where it is about another
collection; *removed* where its gold passages were taken out; *native* where the data set itself says so.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from babel import Locale

from eval.perturb import misspelt, names_in, swapped
from search.countries import countries, country_codes


@dataclass(frozen=True, slots=True)
class Source:
    """A passage of a data set: ``covers`` are the gold ids that it answers for, ``group`` its document."""

    covers: tuple[str, ...]
    group: str
    context: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A question over a collection (indices of sources); ``wrong`` is what was put in to make it unanswerable."""

    dataset: str
    question: str
    kind: str
    passages: tuple[int, ...]
    gold: frozenset[int] = frozenset()
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A data set made ready: its passages and the questions about parts of them."""

    name: str
    sources: list[Source]
    examples: list[Example]


def make(data: Path, seed: int = 0) -> list[Made]:
    """Read the data sets below `data` that are there and make their questions, always the same for one seed."""
    makers: dict[str, Callable[[Path, random.Random], Made]] = {
        "wikiqa_test": articles, "xquad_ru": articles, "xquad_ru2en": articles, "hotpotqa_500": articles,
        "hrdsattack": attacks, "upr": reviews,
    }  # fmt: skip
    made = [
        maker(data / name, random.Random(f"{seed} {name}")) for name, maker in makers.items() if (data / name).is_dir()
    ]
    foreign = [
        e.question for m in made if m.name not in ("hrdsattack", "upr") for e in m.examples if e.kind == "answerable"
    ]
    for m in made:
        if m.name in ("hrdsattack", "upr"):
            _add_foreign(m, foreign, random.Random(f"{seed} {m.name} foreign"))
        noise = random.Random(f"{seed} {m.name} noise")
        m.examples[:] = [_as_typed(example, noise) for example in m.examples]
    return made


def _add_foreign(made: Made, questions: Sequence[str], chance: random.Random) -> None:
    collections = dict.fromkeys(example.passages for example in made.examples)
    for passages in collections:
        some = chance.sample(list(questions), min(6, len(questions)))
        made.examples.extend(Example(made.name, q, "far", passages) for q in some)


def _as_typed(example: Example, chance: random.Random) -> Example:
    """One question in eight with a slip of the finger, one in eight all small, as people type."""
    draw = chance.random()
    if draw < 0.12:
        return replace(example, question=misspelt(example.question, chance))
    return replace(example, question=example.question.lower()) if draw < 0.25 else example


def read(path: Path) -> list[dict[str, Any]]:
    """Read a JSON-lines file, plain or compressed, whichever is there."""
    packed = path.with_name(path.name + ".gz")
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    return [json.loads(line) for line in data.split(b"\n") if line]


# -- data sets of articles: wikiqa, xquad, hotpot


def articles(folder: Path, chance: random.Random) -> Made:
    """Collections of 3 to all articles; a hotpot passage is an article of its own."""
    sources = _article_sources(folder)
    questions = {q["_id"]: str(q["text"]) for q in read(folder / "queries.jsonl")}
    at = {gold: i for i, source in enumerate(sources) for gold in source.covers}
    groups: dict[str, list[int]] = {}
    for i, source in enumerate(sources):
        groups.setdefault(source.group, []).append(i)
    asked: list[_Asked] = []
    for answer in read(folder / "answers.jsonl"):
        gold = answer["gold_passages"]
        own = "D" + answer["_id"][1:]  # wikiqa names a question's article by the question
        if all(g in at for g in gold) and (gold or own in groups):
            about = frozenset(sources[at[g]].group for g in gold) or frozenset([own])
            short = [a.lower() for a in answer["answers"] if 3 < len(a) < 60]
            asked.append(_Asked(questions[answer["_id"]], about, frozenset(at[g] for g in gold), short))
    names = [name for question in questions.values() for _, name in names_in(question)]
    sizes = (20, 60, 150, 300, 500) if "hotpot" in folder.name else (3, 5, 10, 20, 48, 165)
    made = Made(folder.name, sources, [])
    for turn in range(26):
        made.examples.extend(_collection(made, groups, asked, names, sizes[turn % len(sizes)], chance))
    return made


@dataclass(frozen=True, slots=True)
class _Asked:
    question: str
    groups: frozenset[str]
    gold: frozenset[int]
    answers: list[str]


def _article_sources(folder: Path) -> list[Source]:
    rows = read(folder / "corpus.jsonl")
    if "hotpot" in folder.name:
        return [Source((r["_id"],), r["_id"], r["title"], r["text"]) for r in rows[:500]]
    if "wikiqa" not in folder.name:
        return [Source((r["_id"],), r["_id"].split("-")[0], r["title"], r["text"]) for r in rows]
    wanted = {"D" + q["_id"][1:] for q in read(folder / "queries.jsonl")}
    by_article: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_article.setdefault(row["_id"].split("-")[0], []).append(row)
    three = [  # its rows are single sentences: three make a passage
        (article, some[i : i + 3])
        for article, some in by_article.items()
        if article in wanted
        for i in (0, 3, 6, 9, 12)
    ]
    return [
        Source(tuple(r["_id"] for r in some), article, some[0]["title"], " ".join(r["text"] for r in some))
        for article, some in three
        if some
    ]


def _collection(
    made: Made,
    groups: dict[str, list[int]],
    asked: Sequence[_Asked],
    names: Sequence[str],
    size: int,
    chance: random.Random,
) -> Iterator[Example]:
    """Yield the questions of one collection of `size` articles, at most 12 of a kind."""
    order = list(groups)
    start = chance.randrange(max(1, len(order) - size + 1))
    # hotpot's passages lie beside their distractors: a run of them is a natural collection
    chosen = set(order[start : start + size] if "hotpot" in made.name else chance.sample(order, min(size, len(order))))
    passages = tuple(i for group in order if group in chosen for i in groups[group])
    text = " ".join(made.sources[i].context + " " + made.sources[i].text for i in passages).lower()
    inside = [a for a in asked if a.groups <= chosen]
    outside = [a for a in asked if not a.groups & chosen]
    chance.shuffle(inside)
    answerable = [a for a in inside if a.gold]
    for a in answerable[:12]:
        yield Example(made.name, a.question, "answerable", passages, a.gold)
    for a in [a for a in inside if not a.gold][:12]:
        yield Example(made.name, a.question, "native", passages)
    near = ((a, swapped(a.question, names, text, chance)) for a in answerable[:40])
    for a, swap in islice(((a, swap) for a, swap in near if swap), 12):
        yield Example(made.name, swap[0], "near", passages, a.gold, swap[1])
    for a in chance.sample(outside, min(6, len(outside))):
        yield Example(made.name, a.question, "far", passages)
    for a in answerable[-4:] if "wikiqa" not in made.name else []:
        rest = tuple(i for i in passages if i not in a.gold and not _says(made.sources[i].text, a.answers))
        if len(rest) >= 8:
            yield Example(made.name, a.question, "removed", rest)


def _says(text: str, answers: Sequence[str]) -> bool:
    return any(answer in text.lower() for answer in answers)


# -- news on attacks against rights defenders

_ABOUT_VICTIM = (
    "What happened to {}?", "Who attacked {}?", "Where was {} arrested?", "why was {} detained",
    "Which organisation does {} work for?", "What do the authorities accuse {} of?", "When was {} killed or arrested?",
    "what did the lawyer of {} say about the case?", "Who called for the release of {}?", "Что случилось с {c}?",
    "Кто преследует {c}?", "За что задержали {c}?", "{c} туралы не белгілі?",
)  # fmt: skip
_ABOUT_COUNTRY = (
    "{v} of human rights defenders in {}", "Which journalists were attacked in {}?", "Who was arrested in {} and why?",
    "What did the police do to activists in {}?", "What do human rights groups say about the killing in {}?",
    "Were any protesters detained in {}?", "Which rights defenders face charges in {}?",
    "Кого задержали в стране {r}?", "Какие нападения на журналистов произошли в {r}?",
    "{k} елінде қандай белсенділер тұтқындалды?",
)  # fmt: skip
_CYRILLIC = dict(
    zip(
        "sch sh ch zh kh ts ya yu a b c d e f g h i j k l m n o p q r s t u v w x y z".split(),
        "щ ш ч ж х ц я ю а б к д е ф г х и дж к л м н о п к р с т у в в кс й з".split(),
        strict=True,
    )
)


def in_cyrillic(name: str) -> str:
    """`name` as a Russian text might spell it."""
    return re.sub("|".join(_CYRILLIC), lambda m: _CYRILLIC[m[0]], name.lower()).title()


def country_name(code: str, language: str) -> str:
    """CLDR's name of a country."""
    return str(Locale.parse(language).territories.get(code, code))


def attacks(folder: Path, chance: random.Random) -> Made:
    """Collections of 5 to 80 articles; questions about victims and countries that are in them or in none of them."""
    rows = read(folder / "corpus.jsonl")
    chance.shuffle(rows)
    sources = [
        Source((r["_id"],), r["_id"], f"{r['title']} {str(r['metadata'].get('date') or '')[:10]}", text)
        for r in rows[:80]
        for text in _paragraphs(r["text"])[:6]
    ]
    groups: dict[str, list[int]] = {}
    for i, source in enumerate(sources):
        groups.setdefault(source.group, []).append(i)
    texts = {g: " ".join(sources[i].context + " " + sources[i].text for i in some) for g, some in groups.items()}
    questions = {q["_id"]: str(q["text"]) for q in read(folder / "queries.jsonl")}
    victims, places = [], []
    for answer in read(folder / "answers.jsonl"):
        gold = [g for g in answer["gold_passages"] if g in groups]
        question = questions[answer["_id"]]
        name, place = question[len("What happened to ") : -1], question.rpartition(" in ")[2]
        if answer["_id"].startswith("v"):
            victims += [(name, gold)] if gold and len(name) > 4 and name in texts[gold[0]] else []
        else:
            places += [(question.partition(" of ")[0], code, gold) for code in country_codes(place) if gold]
    made = Made(folder.name, sources, [])
    for turn in range(34):
        chosen = set(chance.sample(list(groups), (5, 10, 20, 40, 80)[turn % 5]))
        here = _News(made.name, groups, {g: t for g, t in texts.items() if g in chosen}, chance)
        made.examples.extend([*here.victims(victims), *here.places(places)])
    return made


def _paragraphs(text: str) -> list[str]:
    """Neighbouring paragraphs joined to about 110 words."""
    joined: list[str] = []
    for paragraph in filter(None, (" ".join(p.split()[:120]) for p in re.split(r"\n\s*\n", text))):
        if joined and len(joined[-1].split()) + len(paragraph.split()) <= 110:
            joined[-1] += "\n" + paragraph
        else:
            joined.append(paragraph)
    return joined


@dataclass(frozen=True, slots=True)
class _News:
    name: str
    groups: dict[str, list[int]]
    texts: dict[str, str]
    chance: random.Random

    @property
    def passages(self) -> tuple[int, ...]:
        return tuple(i for g in self.groups if g in self.texts for i in self.groups[g])

    def _gold(self, groups: Sequence[str]) -> frozenset[int]:
        return frozenset(i for g in groups if g in self.texts for i in self.groups[g])

    def victims(self, victims: Sequence[tuple[str, list[str]]]) -> Iterator[Example]:
        text = " ".join(self.texts.values())
        inside = [v for v in victims if set(v[1]) & self.texts.keys()]
        outside = [v for v in victims if not any(part in text for part in v[0].split())]
        for kind, some in (("answerable", inside), ("near", outside)):
            for name, gold in self.chance.sample(some, min(7, len(some))):
                question = self.chance.choice(_ABOUT_VICTIM).format(name, c=in_cyrillic(name))
                wrong = "" if kind == "answerable" else f"{name} {in_cyrillic(name)}"
                yield Example(self.name, question, kind, self.passages, self._gold(gold), wrong)

    def places(self, places: Sequence[tuple[str, str, list[str]]]) -> Iterator[Example]:
        named = frozenset(code for text in self.texts.values() for code in country_codes(text))
        inside = [p for p in places if any(p[1] in country_codes(self.texts[g]) for g in p[2] if g in self.texts)]
        outside = [p for p in places if p[1] not in named]
        for kind, some in (("answerable", inside), ("near", outside)):
            for what, code, gold in self.chance.sample(some, min(6, len(some))):
                r, k = country_name(code, "ru"), country_name(code, "kk")
                question = self.chance.choice(_ABOUT_COUNTRY).format(country_name(code, "en"), v=what, r=r, k=k)
                yield Example(
                    self.name, question, kind, self.passages, self._gold(gold), "" if kind == "answerable" else code
                )


# -- United Nations reviews


def reviews(folder: Path, chance: random.Random) -> Made:
    """Collections of 1 to 16 reports; questions of the set, and the same of another country or year."""
    asked = read(folder / "queries.jsonl")
    gold = {a["_id"]: a["gold_passages"] for a in read(folder / "answers.jsonl")}
    reports = sorted({q["metadata"]["doc"] for q in asked})
    kept = set(chance.sample(reports, 16))
    wanted = {g for some in gold.values() for g in some}
    rows = [r for r in read(folder / "corpus.jsonl") if r["metadata"]["doc"] in kept]
    chance.shuffle(rows)
    sources: list[Source] = []
    for report in sorted(kept):
        own = sorted((r for r in rows if r["metadata"]["doc"] == report), key=lambda r: r["_id"] not in wanted)
        found = sum(r["_id"] in wanted for r in own)
        sources += [Source((r["_id"],), report, r["title"], r["text"]) for r in own[: min(found, 30) + 20]]
    at = {s.covers[0]: i for i, s in enumerate(sources)}
    made = Made(folder.name, sources, [])
    for turn in range(30):
        chosen = set(chance.sample(sorted(kept), (1, 2, 4, 8, 16)[turn % 5]))
        passages = tuple(i for i, s in enumerate(sources) if s.group in chosen)
        of_these = [q for q in asked if q["metadata"]["doc"] in chosen]
        for q in chance.sample(of_these, min(9, len(of_these))):
            found_at = frozenset(at[g] for g in gold[q["_id"]] if g in at)
            made.examples.extend(_review_questions(made, q, passages, found_at, chance))
    return made


def _review_questions(
    made: Made, asked: dict[str, Any], passages: tuple[int, ...], gold: frozenset[int], chance: random.Random
) -> Iterator[Example]:
    question, report = str(asked["text"]), asked["metadata"]["doc"]
    year = report[-4:]
    titles = {made.sources[i].context for i in passages}
    under_review = {code for title in titles for code in country_codes(title)}
    own = next(
        iter(country_codes(next(made.sources[i].context for i in passages if made.sources[i].group == report))), ""
    )
    spans = [span for span in countries(question) if span[0] == own]
    if gold:
        yield Example(made.name, question, "answerable", passages, gold)
    other = chance.choice("UZ KG TM TJ RU CN FR BR EG IQ VN PL MX TR TH UA NG PE ET GH IT ES JP AM AZ BY".split())
    if spans and other not in under_review:
        _, start, end = spans[-1]
        name = country_name(other, "en")
        yield Example(made.name, question[:start] + name + question[end:], "near", passages, wrong=other)
    later = str(int(year) + chance.choice((-6, -5, -3, 3, 5, 6, 7, 8)))
    if year in question and not any(later in title for title in titles):
        yield Example(made.name, question.replace(year, later), "near", passages, wrong=later)

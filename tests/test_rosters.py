"""Names that stand one a line are members of a list where the question asks for just them, and of none elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.lists import HERE, matched
from eval.rosters import measure, outcome
from indexer.document import Kind, Paragraph
from indexer.folder import read_folder
from search.asked import what_is_asked
from search.engine import Engine
from search.enrolled import enrolled
from search.results import Member
from search.rosters import rosters_of

LINES = HERE / "lists" / "lines"


def paragraphs(*texts: str) -> list[Paragraph]:
    """Texts as the paragraphs of one document; one that begins with "# " is a heading."""
    found, at, heading = [], 0, ()
    for n, text in enumerate(texts, 1):
        kind = Kind.HEADING if text.startswith("# ") else Kind.LIST_ITEM if text.startswith("• ") else Kind.BODY
        words = text.removeprefix("# ")
        path = () if kind is Kind.HEADING else heading
        found.append(Paragraph("d", n, None, None, path, None, kind, at, at + len(words), words))
        heading = (words,) if kind is Kind.HEADING else heading
        at += len(words) + 1
    return found


def names(*texts: str) -> list[list[str]]:
    return [[entry.name for entry in roster.entries] for roster in rosters_of(paragraphs(*texts))]


def test_who_signed_the_sample_statement_is_listed_each_in_its_own_line(engine: Engine) -> None:
    answer = engine.ask("Who signed the joint statement of 2024 about Feminita?")
    assert [member.name for member in answer.members] == [
        "ILGA-Europe", "Outright International", "LSVD⁺ – Verband Queere Vielfalt", "Hirschfeld Eddy Foundation",
        "FRI – The Norwegian Organisation for Sexual and Gender Diversity", "The Council for Global Equality",
        "LGBT+ Denmark",
    ]  # fmt: skip
    quotes = {quote.n: quote.citation.text for quote in answer.quotes}
    assert all([quotes[n] for n in member.citations] == [member.name] for member in answer.members)


def test_a_list_without_members_is_not_shown_as_one(engine: Engine) -> None:
    answer = engine.ask("Who signed the joint statement of 2019 about Feminita?", insist=True)
    assert answer.sentences
    assert (answer.members, answer.looked_at) == ((), None)


@pytest.mark.parametrize(
    ("question", "source", "expected"),
    [
        ("Which members of the working group on prisons were excused?", "oster", ["Dana Petrov", "Samuel Oduya"]),
        ("Which experts were heard on the water law?", "marnia-h", ["Leona Darvish", "Tomas Aguilar", "Rosa Minelli"]),
        ("Кто входил в состав делегации?", "ru-d", ["Мария Котова", "Алексей Громов", "Рустам Юнусов"]),
        ("Who took part in the agenda?", "oster", []),
        ("Which members of the football club were present?", "oster", []),
        ("Who signed the news on the trial in Vessia?", "vessia-n", []),
        ("Which organisations signed the minutes?", "oster", []),
    ],
)
def test_only_the_lines_that_are_asked_for_are_given(question: str, source: str, expected: list[str]) -> None:
    asked = what_is_asked(question)
    assert asked is not None
    with read_folder([file for file in LINES.iterdir() if file.name.startswith(source)]) as catalogue:
        [document] = catalogue.documents()[1]
        found = enrolled(question, asked, [document], lambda d: catalogue.paragraphs(d.id))
    assert [mention.name.words for mention in found] == expected
    assert all(m.sentence.text[m.name.start : m.name.end] == m.name.words for m in found)


def test_a_title_a_post_and_a_stop_are_no_part_of_a_name() -> None:
    lead = "The delegation was composed of:"
    assert names(
        lead, "• H.E. Ms. Ana P. Costa, Minister;", "• Mr Rui Melo, Counsellor;", "• Dr Eva Lind, Adviser."
    ) == [["Ana P. Costa", "Rui Melo", "Eva Lind"]]
    assert names(lead, "• Mr. Rui Melo Judge of the Supreme Court", "• Ms. Eva Lind (retired)") == [
        ["Rui Melo", "Eva Lind"]
    ]


def test_one_odd_item_does_not_end_a_list() -> None:
    items = [
        "• Ana Costa, Chair",
        "• a person who did not give her name to us;",
        "• Rui Melo, Member",
        "• Eva Lind, Member",
    ]
    assert names("Members:", *items) == [["Ana Costa", "Rui Melo", "Eva Lind"]]


def test_sentences_labels_and_short_runs_are_no_names() -> None:
    assert names("We met the mayor.", "He was out.", "They said so to us all.", "Nothing came of it in the end.") == []
    assert names("101.1 Ratify the Convention", "101.2 Sign the Protocol", "101.3 Adopt the Law") == []
    assert names("Alba Watch", "Nova Party") == []


def test_names_at_the_end_are_of_who_signed_only_where_the_text_says_we() -> None:
    said = "The government of Vessia must release the lawyers at once and must let their families visit them in prison."
    ending = ("Alba Watch", "Human Rights House", "Legal Forum East")
    [plain] = rosters_of(paragraphs(said, *ending))
    [speaking] = rosters_of(paragraphs(f"We believe that {said}", *ending))
    [quoting] = rosters_of(paragraphs(f"“We are afraid of it,” a relative told the reporters there. {said}", *ending))
    assert (plain.signed, speaking.signed, quoting.signed) == (False, True, False)


def test_delegations_in_reports_of_the_un_are_found(shared_data: Path) -> None:
    with read_folder(
        [shared_data / "upr" / "pdfs" / f"{name}.pdf" for name in ("andorra2011", "benin2012")]
    ) as catalogue:
        outcomes = [o for d in catalogue.documents()[1] if (o := outcome(catalogue, d))]
    assert measure(outcomes) == {"reports": 2, "members": 16, "recall": 1.0, "precision": 1.0, "wholly_right": 2}


def test_a_member_counts_once_and_one_that_is_not_wanted_counts_against() -> None:
    given = [Member("Alba", ("Alba",), (1,)), Member("Nova", ("Nova",), (1,))]
    assert matched(given, [["Alba"], ["Sol"]]) == (["Alba"], ["Sol"], ["Nova"])

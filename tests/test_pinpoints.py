"""Paragraphs cited as Pincite cites them: in questions, and where no document has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from making import CORPUS

from api.report_checks import ReportCheck
from indexer.catalogue import Catalogue, Filters
from indexer.folder import read_folder
from search.addresses import Addresses
from search.engine import Engine
from search.named import Named, cited_in_full, named_in, named_passages
from search.results import Status

RESOLUTION = "ep-resolution-2021-02-11.txt"
ARTICLE = "odf-on-the-2021-resolution.txt"
NEWS = "commonspace-eu-condemns-pressure.txt"
DIALOGUE = "ngos-eu-human-rights-dialogue-2016.txt"
JOINT = "joint-statement-lgbti-group-2024.txt"
SUSPENDED = "At least three organisations have been suspended for at least three months as of 25 January"
NOT_FOR_SALE = "Human Rights are not for sale"


@pytest.fixture(scope="module")
def catalogue() -> Iterator[Catalogue]:
    with read_folder([CORPUS]) as read:
        yield read


@pytest.fixture(scope="module")
def addresses(catalogue: Catalogue) -> Addresses:
    return Addresses(catalogue)


@pytest.fixture(scope="module")
def checking(catalogue: Catalogue) -> ReportCheck:
    return ReportCheck(catalogue)


def asked(question: str, addresses: Addresses) -> list[tuple[str, int]]:
    """The paragraphs that a question names, as source and number."""
    found = [
        (addresses.catalogue.document(id), number) for id, number in sorted(named_in(question, addresses).paragraphs)
    ]
    return [(document.source, number) for document, number in found if document]


# -- names of files


def test_a_file_is_named_by_its_whole_name_and_a_path_by_where_it_leads(tmp_path: Path) -> None:
    for name in ("report-a.txt", "old-report-a.txt", "sub/report-b.txt", "part2.txt", "My notes (new).txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(
            f"About {name}\n\nThe first court of {name} sat.\n\nThe second of {name} did not.\n"
        )
    with read_folder([tmp_path]) as catalogue:
        addresses = Addresses(catalogue)

        def named(text: str) -> list[tuple[str, str]]:
            found = addresses.citings(text)
            return [(text[c.start : c.end], d.source) for c in found if not c.pinpoint for d in c.documents or ()]

        assert named("see old-report-a.txt.") == [("old-report-a.txt", "old-report-a.txt")]
        assert named("see REPORT-A.TXT, and part2.txt") == [
            ("REPORT-A.TXT", "report-a.txt"),
            ("part2.txt", "part2.txt"),
        ]
        assert named("report-b.txt") == [("report-b.txt", "sub/report-b.txt")]
        assert named("sub/report-b.txt") == [("sub/report-b.txt", "sub/report-b.txt")]
        assert named(f"{tmp_path}/report-a.txt") == [(f"{tmp_path}/report-a.txt", "report-a.txt")]
        assert named("My notes (new).txt") == [("My notes (new).txt", "My notes (new).txt")]
        assert named("elsewhere/\nreport-a.txt") == [("report-a.txt", "report-a.txt")]
        assert named("elsewhere/report-a.txt, report-a.txt.bak, report-a") == []
        assert not [c for c in addresses.citings("part2.txt says so") if c.pinpoint]
        assert asked("report-a.txt, paragraph 2", addresses) == [("report-a.txt", 2)]


def test_two_documents_with_one_title_are_both_meant_by_it(tmp_path: Path) -> None:
    for name in ("first.txt", "second.txt"):
        (tmp_path / name).write_text(f"Annual review of the courts\n\nThe courts of {name} sat.\n")
    with read_folder([tmp_path]) as catalogue:
        [citing] = Addresses(catalogue).citings("Annual review of the courts")
        assert [d.source for d in citing.documents or ()] == ["first.txt", "second.txt"]


def test_of_two_files_the_one_that_a_paragraph_is_said_to_be_of_counts(addresses: Addresses) -> None:
    text = f"paragraph 3 of {ARTICLE}, paragraph 4 of {RESOLUTION}"
    cited = [[d.source for d in c.documents or ()] for c in addresses.citings(text) if c.pinpoint]
    assert cited == [[ARTICLE], [RESOLUTION]]


# -- questions


@pytest.mark.parametrize(
    ("question", "source", "number"),
    [
        (f"What does {NEWS}, paragraph 4 say?", NEWS, 4),
        (f"{ARTICLE}, paragraph 8", ARTICLE, 8),
        (f"In {NEWS}, what does paragraph 4 say?", NEWS, 4),
        (f"What does {NEWS} say in paragraph 4?", NEWS, 4),
        ("What does commonspace.eu, paragraph 4 say?", NEWS, 4),
        ("paragraph 4 of commonspace.eu", NEWS, 4),
        (
            'paragraph 3 of "EU urged to insist on concrete measures to address pressing human rights issues"',
            DIALOGUE, 3,
        ),
        ("what does paragraph 3 of the joint statement say", JOINT, 3),
        ("what does paragraph 3 of the joint statement say about Zaitov?", JOINT, 3),
        ("ODF, paragraph 8", ARTICLE, 8),
        ("what does the resolution say in paragraph 15 about torture", RESOLUTION, 51),
        ("Explain paragraph 8", RESOLUTION, 44),
        ("What does the report say in paragraph 8?", RESOLUTION, 44),
        ("What does recital O of the document say?", RESOLUTION, 28),
        ("Does the EU support recital O?", RESOLUTION, 28),
        (f"Compare {NEWS} with recital O", RESOLUTION, 28),
    ],
)  # fmt: skip
def test_a_question_names_the_paragraph_of_the_document_that_it_says(
    addresses: Addresses, question: str, source: str, number: int
) -> None:
    assert asked(question, addresses) == [(source, number)]


TITLE = "European Parliament resolution of 11 February 2021 on the human rights situation in Kazakhstan"


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What does recital ZZ say?", 'nothing here is called "recital ZZ"'),
        ("what does paragraph 99 say", 'nothing here is called "paragraph 99"'),
        ("О чём говорится в пункте 99?", 'nothing here is called "пункте 99"'),
        (
            "What does recital Z of the resolution of 11 February 2021 say?",
            f'nothing in "{TITLE}" is called "recital Z"',
        ),
        ("О чём говорит пункт 99 резолюции 2021 года?", f'nothing in "{TITLE}" is called "пункт 99"'),
        (
            "What does recital B of the 2012 resolution say?",
            'nothing here is called "recital B of the 2012 resolution"',
        ),
        (
            "What does recital B of the resolution of 5 May 2012 say?",
            'nothing here is called "recital B of the resolution of 5 May 2012"',
        ),
        ("What does the 2012 resolution say in recital B?", 'nothing here is called "the 2012 resolution, recital B"'),
        ("In the 2012 resolution, what does recital B say?", 'nothing here is called "2012 resolution, recital B"'),
        (
            "What does recital O of the Open Dialogue Foundation article say?",
            'nothing here is called "recital O of the Open Dialogue Foundation article"',
        ),
        ('paragraph 3 of "Annual report"', "nothing here is called \"paragraph 3 of 'Annual report'\""),
        ("nosuch.txt, paragraph 4", 'nothing here is called "nosuch.txt, paragraph 4"'),
        (
            "what does paragraph 45 say",
            'nothing here is labelled "paragraph 45"; to go by its number, name the document, too',
        ),
    ],
)
def test_a_paragraph_that_is_nowhere_is_not_answered_with_another(engine: Engine, question: str, reason: str) -> None:
    answer = engine.ask(question)
    assert (answer.status, answer.sentences, answer.reasons) == (Status.UNANSWERABLE, (), (reason,))


@pytest.mark.parametrize(
    "question",
    [
        "Which NGOs were fined, as paragraph 99 says?",
        "What does recital ZZ say about torture?",
        "the paragraph about 99 prisoners",
        "What does article 7 say about people who praise a group?",
    ],
)
def test_a_question_that_asks_for_more_than_a_paragraph_goes_on_without_it(addresses: Addresses, question: str) -> None:
    named = named_in(question, addresses)
    assert not named
    assert named.nowhere(()) == ()


def test_a_paragraph_that_the_passages_found_speak_of_is_asked_about(addresses: Addresses) -> None:
    named = named_in("What does article 9 of the Covenant say?", addresses)
    assert named.nowhere(["The mission asked for reasons."]) == ('nothing here is called "article 9 of the Covenant"',)
    assert named.nowhere(["In accordance with article 9, paragraph 2, of the Covenant it asked for reasons."]) == ()


def test_one_who_insists_gets_an_answer_all_the_same(engine: Engine) -> None:
    assert engine.ask("what does paragraph 99 say", insist=True).sentences


def test_a_heading_that_is_named_is_quoted_unless_its_document_is_filtered_out(engine: Engine) -> None:
    question = f"What does {DIALOGUE}, paragraph 3 say?"
    [quote] = engine.ask(question).quotes
    assert (quote.document.source, quote.citation.paragraph) == (DIALOGUE, 3)
    others = engine.ask(question, filters=Filters(source=(RESOLUTION,)))
    assert {q.document.source for q in others.quotes} <= {RESOLUTION}


def test_the_only_document_needs_no_name(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Of the courts\n\nThe first court sat.\n\nThe second court did not sit.\n")
    with read_folder([tmp_path]) as catalogue:
        addresses = Addresses(catalogue)
        assert asked("what does paragraph 3 say", addresses) == [("one.txt", 3)]
        assert [p.number for place in addresses.resolve("paragraph 3").places for p in place.paragraphs] == [3]


# -- whose document a paragraph is of


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("In the Parliament's resolution, what does recital O say?", 28),
        ("What does recital O of the European Parliament’s resolution say?", 28),
        ("What does recital O of the Parliament's 2021 resolution say?", 28),
        ("What does recital O of Parliament's resolution on Kazakhstan say?", 28),
        ("What does paragraph 8 of the EP’s resolution say?", 44),
        ("What does the EU's resolution say in paragraph 8?", 44),
        ("What does recital O of the EU's resolution on Kazakhstan say?", 28),
        ("What does recital O of the EU's 2021 resolution say?", 28),
        ("What does recital O of the resolution by MEPs say?", 28),
        ("О чём говорится в пункте 8 резолюции Европарламента?", 44),
        ("О чём говорится в пункте 8 резолюции Европейского парламента?", 44),
    ],
)
def test_a_document_may_be_called_by_whose_it_is(addresses: Addresses, question: str, number: int) -> None:
    assert asked(question, addresses) == [(RESOLUTION, number)]


@pytest.mark.parametrize(
    ("question", "called"),
    [
        ("What does recital ZZ of the EU's resolution say?", "recital ZZ of the EU's resolution"),
        ("What does recital B of the EU's 2012 resolution say?", "recital B of the EU's 2012 resolution"),
        ("What does the 2012 EU's resolution say in recital B?", "the 2012 EU's resolution, recital B"),
        (
            "What does recital O of the EU's resolution on Uzbekistan say?",
            "recital O of the EU's resolution on Uzbekistan",
        ),
        ("recital O of the resolution by MEPs on Uzbekistan", "recital O of the resolution by MEPs on Uzbekistan"),
        ("What does recital O of the Foundation's report say?", "recital O of the Foundation's report"),
        ("О чём говорит пункт 99 резолюции Европарламента?", "пункт 99 резолюции Европарламента"),
        ("О чём говорит пункт 8 резолюции Европарламента 2012 года?", "пункт 8 резолюции Европарламента 2012 года"),
    ],
)
def test_whose_a_document_is_makes_it_no_other_one(addresses: Addresses, question: str, called: str) -> None:
    named = named_in(question, addresses)
    assert not named.paragraphs
    assert named.nowhere(()) == (f'nothing here is called "{called}"',)


def test_where_several_may_be_meant_none_is_quoted_and_none_is_denied(tmp_path: Path) -> None:
    for place in ("Almaty", "Shymkent", "Aktau", "Taraz"):
        lines = "".join(f"\n\n{n}. The court of {place} heard witness {n}." for n in range(1, 5))
        (tmp_path / f"{place}.txt").write_text(f"Judgment on the case from {place}{lines}\n")
    with read_folder([tmp_path]) as catalogue:
        named = named_in("What does the Tribunal's judgment say in paragraph 2?", Addresses(catalogue))
        assert (named.paragraphs, named.nowhere(())) == (frozenset(), ())


# -- time


@pytest.mark.parametrize("repeated", ["notes.txt:", "a/notes.txt:", "a/notes.txt "])
def test_a_text_full_of_file_names_is_read_in_good_time(tmp_path: Path, repeated: str) -> None:
    (tmp_path / "notes.txt").write_text("Of the courts\n\nThe first court sat.\n")
    with read_folder([tmp_path]) as catalogue:
        addresses = Addresses(catalogue)
        begun = monotonic()
        assert addresses.links(repeated * 3000, catalogue.documents()[1][0].id) == []
        assert monotonic() - begun < 10


def test_paths_are_looked_up_among_the_files_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notes.txt").write_text("Of the courts\n\nThe first court sat.\n")
    with read_folder([tmp_path]) as catalogue:
        addresses = Addresses(catalogue)
        monkeypatch.setattr(Catalogue, "named", lambda *_: pytest.fail("reads every document"))
        assert addresses.citings("a/notes.txt, b/notes.txt") == []
        assert len(addresses.citings(f"{tmp_path}/notes.txt")) == 1


def test_a_filter_has_no_documents_read_but_those_named(
    catalogue: Catalogue, addresses: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    for reads_all in ("matching", "allowed"):
        monkeypatch.setattr(Catalogue, reads_all, lambda *_: pytest.fail("reads every document"))
    english = Filters(language=("en",))
    for question, cited in (("Who was fined?", []), (f"What does {NEWS}, paragraph 4 say?", [4])):
        named = named_in(question, addresses)
        assert [c.paragraph for _, c in cited_in_full(named, catalogue, english)] == cited
        assert named_passages(named, catalogue, english) == []  # a folder without an index has none


DATES = ["2020", "2021", "2022", "2021-01", "2021-02", "2021-03", "2021-02-10", "2021-02-11", "2021-02-12"]


def test_a_paragraph_named_passes_the_filters_that_its_document_passes(tmp_path: Path) -> None:
    dates = ["", "2021", "2021-02", "2021-02-11"]
    rows = "".join(f"{date or 'none'}.txt,Of the courts,The Court,{date},en\n" for date in dates)
    (tmp_path / "manifest.csv").write_text(f"source,title,publisher,date,language\n{rows}")
    for date in dates:
        (tmp_path / f"{date or 'none'}.txt").write_text("Of the courts\n\nThe first court sat.\n")
    of_dates = [Filters(date_from=a, date_to=b) for a in (None, *DATES) for b in (None, *DATES)]
    of_fields = [
        Filters(publisher=("The Court",)), Filters(publisher=("A Court",)), Filters(media_type=("text/plain",)),
        Filters(source=("2021.txt", "2021-02.txt")), Filters(source=("2021.txt",), language=("ru",)),
        Filters(language=("en", "ru"), date_to="2021"),
    ]  # fmt: skip
    with read_folder([tmp_path]) as catalogue:
        documents = catalogue.documents()[1]
        assert sorted(d.date or "" for d in documents) == dates
        named = Named(frozenset((d.id, 2) for d in documents))
        for filters in (*of_dates, *of_fields):
            cited = {document.source for document, _ in cited_in_full(named, catalogue, filters)}
            assert cited == {document.source for document in catalogue.matching(filters)}, filters

"""Where a report says that a quotation stands: read as Pincite writes it, undecided where it names nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from making import CORPUS
from test_pinpoints import asked

from api.report_checks import ReportCheck
from api.reports import read_text
from indexer.catalogue import Catalogue
from indexer.folder import read_folder
from search.addresses import Addresses
from search.attribution import claim_of
from search.citations import pinpoint
from search.verification import Verdict

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


def checked(checking: ReportCheck, line: str) -> tuple[Verdict, list[str] | None]:
    """The verdict on the one quotation of a report, and the sources that it is said to be of."""
    [one] = checking.check(read_text(line)).quotations
    places = one.claim.places if one.claim else None
    return one.check.verdict, None if places is None else [place.document.source for place in places]


@pytest.mark.parametrize(
    ("line", "source"),
    [
        (f'"{NOT_FOR_SALE}" ({ARTICLE}, paragraph 23).', ARTICLE),
        (f'"{NOT_FOR_SALE}" [{ARTICLE}, paragraph 23].', ARTICLE),
        (f'"{NOT_FOR_SALE}" (`{ARTICLE}`, paragraph 23).', ARTICLE),
        (f'In {ARTICLE}, paragraph 23, it says "{NOT_FOR_SALE}".', ARTICLE),
        (f'"{NOT_FOR_SALE}"[^1]\n\n[^1]: {ARTICLE}, paragraph 23', ARTICLE),
        (f'"{SUSPENDED}" ({NEWS}, paragraph 4)', NEWS),
        (f'"{SUSPENDED}" (commonspace.eu, paragraph 4)', NEWS),
        (f'"{SUSPENDED}" (paragraph 4 of commonspace.eu)', NEWS),
    ],
)
def test_a_citation_as_pincite_prints_it_is_no_misattribution(checking: ReportCheck, line: str, source: str) -> None:
    assert checked(checking, line) == (Verdict.EXACT, [source])


def test_every_paragraph_may_be_cited_by_file_and_pinpoint(catalogue: Catalogue, addresses: Addresses) -> None:
    for document in catalogue.documents()[1]:
        paragraphs = catalogue.paragraphs(document.id)
        labels = {p.label for p in paragraphs}
        for p in paragraphs:
            cited = f"{document.source}, {pinpoint(p.label, None, p.number)}"
            claim = claim_of(addresses, [], cited, "", (0, 0))
            assert claim
            assert claim.places
            assert {(place.document.id, p in place.paragraphs) for place in claim.places} == {(document.id, True)}
            if f"para {p.number}" not in labels or p.label:  # what is labelled so is asked for, before what is counted
                assert asked(f"What does {cited} say?", addresses) == [(document.source, p.number)]


def test_a_wrong_paragraph_of_a_file_is_a_misattribution(checking: ReportCheck) -> None:
    assert checked(checking, f'"{NOT_FOR_SALE}" ({ARTICLE}, paragraph 8).') == (Verdict.MISATTRIBUTED, [ARTICLE])
    assert checked(checking, f'"{NOT_FOR_SALE}" ({RESOLUTION}, recital G).') == (Verdict.MISATTRIBUTED, [RESOLUTION])


@pytest.mark.parametrize(
    "where", ["The Guardian, paragraph 4", "nosuch.txt, paragraph 8", "elsewhere/odf.txt, para. 8"]
)
def test_words_beside_a_paragraph_that_name_nothing_here_leave_it_undecided(checking: ReportCheck, where: str) -> None:
    assert checked(checking, f'"{NOT_FOR_SALE}" ({where}).') == (Verdict.EXACT, None)
    assert checked(checking, f'{where}, says that "{NOT_FOR_SALE}".') == (Verdict.EXACT, None)


def test_a_paragraph_without_a_document_may_be_counted_or_labelled(checking: ReportCheck) -> None:
    assert checked(checking, f'"{NOT_FOR_SALE}" (paragraph 23).')[0] is Verdict.EXACT
    assert checked(checking, f'"{NOT_FOR_SALE}" (paragraph 22).')[0] is Verdict.MISATTRIBUTED
    assert checked(checking, f'"{NOT_FOR_SALE}" (recital G).')[0] is Verdict.MISATTRIBUTED


def test_a_note_may_say_more_in_other_sentences(checking: ReportCheck) -> None:
    line = f'The resolution of 11 February 2021 says "{NOT_FOR_SALE}" (see para. 8. Its authors abstained).'
    assert checked(checking, line) == (Verdict.MISATTRIBUTED, [RESOLUTION])


@pytest.mark.parametrize(
    "note",
    [
        "See recital O",
        "recital O (emphasis in original)",
        "recital O, emphasis mine",
        "recital O (translation ours)",
    ],
)
def test_what_a_note_says_of_how_it_quotes_names_no_other_document(note: str, addresses: Addresses) -> None:
    claim = claim_of(addresses, [note], "", "Parliament said so.", (0, 0))
    assert claim is not None
    assert claim.places is not None
    assert [place.document.source for place in claim.places] == [RESOLUTION]


def test_a_word_that_opens_a_sentence_is_no_name(checking: ReportCheck) -> None:
    assert checked(checking, f'Under recital O, "{SUSPENDED}".')[1] == [RESOLUTION]

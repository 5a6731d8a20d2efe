"""Written references: what is read as one, what it names, and what it must never be taken for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import CORPUS

from eval.references import mutated
from indexer.catalogue import Catalogue
from indexer.folder import read_folder
from search.addresses import Addresses
from search.mentions import mentions
from search.named import named_in
from search.references import pinpoints

RESOLUTION = "ep-resolution-2021-02-11.txt"
OTHER = """Report of the mission

A/HRC/99/7

1. The mission met judges in the capital and was told that trials were open to everyone who asked.

2. It was given the files that are listed in paragraph 1 above, and those named in paragraph 1 of the annex.

3. The resolution of 11 February 2021 (recital O) names four organisations, and A/HRC/99/7, para. 2, names none.

4. It recalls the resolution of 11 February 2021, in particular paragraph 18, and A/HRC/99/7 and its paragraph 2.

5. In accordance with article 9, paragraph 2, of the Covenant the mission asked for the reasons of each arrest.
"""


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    folder = tmp_path_factory.mktemp("more")
    (folder / "mission.txt").write_text(OTHER)
    with read_folder([CORPUS, folder]) as read:
        yield read


@pytest.fixture(scope="module")
def addresses(catalogue: Catalogue) -> Addresses:
    return Addresses(catalogue)


def named(addresses: Addresses, reference: str) -> list[tuple[str, list[str | None]]]:
    """The places a reference fits, as source and labels."""
    places = addresses.resolve(reference).places
    return [(place.document.source, [p.label for p in place.paragraphs]) for place in places]


@pytest.mark.parametrize(
    ("text", "unit", "items"),
    [
        ("recital O", "recital", (("O", None),)),
        ("para. 8", "para", (("8", None),)),
        ("§ 124.40", "para", (("124.40", None),)),
        ("paragraphs 3 to 5", "para", (("3", "5"),)),
        ("paragraphs 3–5 and 9", "para", (("3", "5"), ("9", None))),
        ("paragraph 3 (a) and (b)", "para", (("3 (a)", None), ("3(b)", None))),
        ("paragraph 8, 15 organisations", "para", (("8", None),)),
        ("п. 8", "para", (("8", None),)),
        ("пункты 3 и 5", "para", (("3", None), ("5", None))),
        ("преамбула O", "recital", (("O", None),)),
        ("8-тармақ", "para", (("8", None),)),
        ("pp. 4-6", "page", (("4", "6"),)),
        ("section II.A", "section", (("II.A", None),)),
    ],
)
def test_a_reference_is_read_as_unit_and_numbers(text: str, unit: str, items: tuple[object, ...]) -> None:
    [found] = pinpoints(f"See {text}.")
    assert (found.unit, found.items) == (unit, items)
    assert f"See {text}."[found.start : found.end].startswith(text[:6])


@pytest.mark.parametrize(
    "text", ["in the past 5 years", "paralysed 5 times", "part a of it", "the 8 members", "resolution 5/1"]
)
def test_words_that_only_look_like_a_reference_are_none(text: str) -> None:
    assert pinpoints(text) == []


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_searched_for_references(text: str) -> None:
    for found in [*pinpoints(text), *pinpoints(text, typed=True), *mentions(text)]:
        assert 0 <= found.start < found.end <= len(text)


def test_documents_are_mentioned_by_symbol_kind_and_date() -> None:
    text = "its resolution of 14 March 2019(1), those of 18 April 2013(2), 15 March 2012, A/HRC/28/10, resolution 5/1"
    found = [(m.symbol or m.date, text[m.start : m.end]) for m in mentions(text)]
    assert [what for what, _ in found] == ["2019-03-14", "2013-04-18", "2012-03-15", "A/HRC/28/10", "5/1"]
    assert found[0][1] == "resolution of 14 March 2019"


@pytest.mark.parametrize(
    ("reference", "labels"),
    [
        ("resolution 2021 recital O", ["recital O"]),
        ("European Parliament resolution of 11 February 2021, para. 8", ["para 8"]),
        ("EP resolution, recitals A to C", ["recital A", "recital B", "recital C"]),
        ("paragraphs 3–5 and 9 of the resolution of 11 February 2021", ["para 3", "para 4", "para 5", "para 9"]),
        ("резолюция 2021 преамбула О", ["recital O"]),
        (f"{RESOLUTION} п. 8", ["para 8"]),
        ("footnote 3", ["footnote 3"]),
        ("resolution O", ["recital O"]),
    ],
)
def test_a_reference_leads_to_its_paragraphs(addresses: Addresses, reference: str, labels: list[str]) -> None:
    assert named(addresses, reference) == [(RESOLUTION, labels)]


def test_a_document_is_named_by_symbol_title_date_or_file(addresses: Addresses) -> None:
    assert named(addresses, "a/hrc/99/7") == [("mission.txt", [])]
    assert named(addresses, "Report of the mission") == [("mission.txt", [])]
    assert named(addresses, "2021 resolution") == [(RESOLUTION, [])]
    assert named(addresses, "mission.txt") == [("mission.txt", [])]


def test_what_fits_several_documents_gives_them_all(addresses: Addresses) -> None:
    assert named(addresses, "paragraph 2") == [(RESOLUTION, ["para 2"]), ("mission.txt", ["2"])]


@pytest.mark.parametrize(
    "reference", ["recital ZZ", "its resolution of 14 March 2019", "A/HRC/28/10, para. 124.40", "", "?"]
)
def test_what_is_not_there_gives_nothing(addresses: Addresses, reference: str) -> None:
    assert named(addresses, reference) == []


def test_a_range_with_a_missing_end_gives_nothing(addresses: Addresses) -> None:
    assert named(addresses, "resolution 2021 paragraphs 20 to 99") == []


def test_references_inside_a_text_lead_to_its_own_and_to_other_documents(addresses: Addresses) -> None:
    catalogue = addresses.catalogue
    own = next(d for d in catalogue.documents()[1] if d.source == "mission.txt")
    text = catalogue.text(own.id)
    links = [
        (text[link.start : link.end], link.place.document.source, [p.label for p in link.place.paragraphs])
        for link in addresses.links(text, own.id)
    ]
    assert ("paragraph 1", "mission.txt", ["1"]) in links
    assert ("recital O", RESOLUTION, ["recital O"]) in links
    assert ("para. 2", "mission.txt", ["2"]) in links
    assert ("paragraph 18", RESOLUTION, ["para 18"]) in links
    assert ("paragraph 2", "mission.txt", ["2"]) in links
    assert (
        sum(words.startswith("paragraph") for words, _, _ in links) == 3
    )  # of the annex, of the Covenant: not its own


def test_a_question_names_paragraphs_outright_or_not_at_all(addresses: Addresses) -> None:
    asked = named_in("What does recital O of the resolution of 11 February 2021 say?", addresses)
    assert {addresses.catalogue.paragraphs(*place, place[1])[0].label for place in asked.paragraphs} == {"recital O"}
    assert not named_in("Which NGOs were suspended in January?", addresses)


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("what does paragraph 26 of the 2021 Kazakhstan resolution ask for", "para 26"),
        ("What is recital O of the EP resolution about?", "recital O"),
        ("О чём говорит пункт 8 резолюции 2021 года?", "para 8"),
        ("what does paragraph 7 of the February 2021 resolution ask of the Kazakh authorities", "para 7"),
        ("what does paragraph 7 of the resolution ask for", "para 7"),
        ("Что сказано во втором пункте резолюции?", "para 2"),
        ("which rules does the first operative paragraph of the resolution name", "para 1"),
        ("footnote three of the 2021 resolution", "footnote 3"),
    ],
)
def test_a_question_may_describe_the_document_of_a_paragraph(addresses: Addresses, question: str, label: str) -> None:
    [(document, number)] = named_in(question, addresses).paragraphs
    assert addresses.catalogue.paragraphs(document, number, number)[0].label == label


@pytest.mark.parametrize(
    "question",
    [
        "paragraph 5 of the annex to resolution 16/21",
        "what is in paragraph 3 of the report on Uzbekistan?",
        "what is in paragraph 3 of the 2021 resolution on human rights in Uzbekistan?",
        "what is in paragraph 3 of the March 2021 resolution?",
        "what is in paragraph 3 of the resolution on trade",
    ],
)
def test_a_document_that_is_not_there_is_not_exchanged_for_another(addresses: Addresses, question: str) -> None:
    assert not named_in(question, addresses)


def test_a_reference_inside_a_text_never_becomes_a_label(catalogue: Catalogue) -> None:
    found = mutated(catalogue, 60, random.Random(7))
    assert found == {"inserted": 60, "became_labels": 0, "labels_moved": 0}


def test_gold_paragraphs_of_un_reports_are_found_by_symbol_and_number(shared_data: Path) -> None:
    pdf = shared_data / "upr/pdfs/kazakhstan2010.pdf"
    with read_folder([pdf]) as catalogue:
        addresses = Addresses(catalogue)
        [place] = addresses.resolve("A/HRC/14/10, para. 95.52").places
        assert place.paragraphs[0].text.startswith("52. To continue to combat human trafficking")
        assert [p.label for p in addresses.resolve("пункты 95.3–95.5, A/HRC/14/10").places[0].paragraphs] == (
            ["95.3", "95.4", "95.5"]
        )

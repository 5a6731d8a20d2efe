"""What a document calls its paragraphs, and what only looks like it."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_paragraphs import extract_of, plain_text

from eval.labels import measure
from indexer.document import Kind
from indexer.paragraphs import paragraphs
from indexer.readers.pdf import read

LONG = "The delegation noted that the law had been adopted and that it was being applied throughout the country."


def labels_of(*texts: str, kinds: dict[int, Kind] | None = None) -> list[str | None]:
    """The label of each paragraph of a document with these blocks."""
    return [p.label for p in paragraphs(extract_of(*texts, kinds=kinds), "d")]


def test_a_resolution_has_citations_recitals_paragraphs_and_footnotes() -> None:
    found = [p.label for p in paragraphs(plain_text("ep-resolution-2021-02-11.txt"), "ep") if p.label]
    assert found == (
        [f"citation {number}" for number in range(1, 12)]
        + [f"recital {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVW"]
        + [f"para {number}" for number in range(1, 28)]
        + [f"footnote {number}" for number in range(1, 6)]
    )


def test_recitals_go_on_after_z() -> None:
    letters = [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "AA", "AB", "AC"]
    texts = [
        "– having regard to its rules,",
        *(f"{letter}. whereas {LONG}" for letter in letters),
        "1. Urges;",
        "2. Calls;",
    ]
    assert labels_of(*texts) == ["citation 1", *(f"recital {letter}" for letter in letters), "para 1", "para 2"]


def test_letters_are_chapters_in_a_report() -> None:
    texts = [
        "I. Summary",
        "1. " + LONG,
        "A. Presentation",
        "2. " + LONG,
        "B. Dialogue",
        "3. " + LONG,
        "II. Conclusions",
    ]
    found = paragraphs(extract_of(*texts, "4. " + LONG, kinds=dict.fromkeys((0, 2, 4, 6), Kind.HEADING)), "d")
    assert [p.label for p in found if p.kind is Kind.BODY] == ["1", "2", "3", "4"]
    assert [p.heading_path for p in found if p.kind is Kind.BODY] == [
        ("I. Summary",),
        ("I. Summary", "A. Presentation"),
        ("I. Summary", "B. Dialogue"),
        ("II. Conclusions",),
    ]
    assert [p.label for p in found if p.kind is Kind.HEADING] == [
        "section I", "section I.A", "section I.B", "section II",
    ]  # fmt: skip


def test_recommendations_keep_their_dotted_numbers() -> None:
    texts = [
        "123. " + LONG,
        "124. The following were examined:",
        "124.1. Ratify;",
        "124.2. Sign;",
        "124.3 Adopt;",
        "125. " + LONG,
    ]
    assert labels_of(*texts) == ["123", "124", "124.1", "124.2", "124.3", "125"]


def test_a_list_that_counts_anew_below_a_paragraph_is_numbered_after_it() -> None:
    texts = ["94. " + LONG, "95. Kazakhstan supports:", "1. To ratify;", "2. To sign;", "3. To adopt;", "96. " + LONG]
    assert labels_of("93. " + LONG, *texts) == ["93", "94", "95", "95.1", "95.2", "95.3", "96"]


def test_a_long_list_may_count_past_the_paragraph_it_stands_in() -> None:
    items = [f"{number}. To do {number};" for number in range(1, 6)]
    assert labels_of("1. One.", "2. These:", *items, "3. Three.") == (
        ["1", "2", "2.1", "2.2", "2.3", "2.4", "2.5", "3"]
    )


def test_letters_below_a_paragraph_are_named_with_it() -> None:
    texts = ["1. One.", "2. Documents:", "(a) A report;", "(b) A summary:", "(i) short;", "(ii) long.", "3. Three."]
    assert labels_of(*texts) == ["1", "2", "2 (a)", "2 (b)", "2 (b) (i)", "2 (b) (ii)", "3"]


def test_a_cross_reference_in_the_text_is_not_a_label() -> None:
    texts = ["1. " + LONG, "2. See paragraph\n8. The rest stands.", "Article 5. Liberty is\n2010. a year", "3. " + LONG]
    assert [p.label for p in paragraphs(extract_of(*texts), "d")] == ["1", "2", None, "3"]


@pytest.mark.parametrize(
    "text", ["2010. The session ended.", "18. April was the day.", "3.5 million people fled.", "144(5) applies."]
)
def test_a_number_out_of_order_is_text(text: str) -> None:
    assert labels_of("1. " + LONG, "2. " + LONG, text, "3. " + LONG) == ["1", "2", None, "3"]


def test_a_few_numbers_may_be_missing() -> None:
    assert labels_of("1. " + LONG, "2. " + LONG, "5. " + LONG, "6. " + LONG) == ["1", "2", "5", "6"]


def test_a_document_may_begin_in_the_middle() -> None:
    assert labels_of(*(f"{number}. {LONG}" for number in range(28, 33))) == ["28", "29", "30", "31", "32"]


def test_a_missing_point_is_forgiven_where_the_number_is_due() -> None:
    assert labels_of("72. " + LONG, "73 " + LONG, "74. " + LONG, "75. " + LONG, "76. " + LONG)[1] is None
    assert labels_of(*(f"{n}. {LONG}" for n in range(1, 4)), "4 " + LONG, "5. " + LONG) == ["1", "2", "3", "4", "5"]


def test_bare_numbers_count_only_in_a_long_row_of_paragraphs() -> None:
    assert labels_of(*(f"{n}  {LONG}" for n in range(1, 7))) == ["1", "2", "3", "4", "5", "6"]
    assert labels_of("1 Apples", "2 Pears", "3 Plums", "4 Figs", "5 Nuts") == [None] * 5


def test_numbered_sections_are_named_and_nest() -> None:
    texts = ["1. Introduction", LONG, "2. Method", LONG, "2.1 Sources", LONG, "2.2 Limits", LONG]
    found = paragraphs(extract_of(*texts, kinds=dict.fromkeys((0, 2, 4, 6), Kind.HEADING)), "d")
    assert [p.label for p in found if p.label] == ["section 1", "section 2", "section 2.1", "section 2.2"]
    assert found[-1].heading_path == ("2. Method", "2.2 Limits")


def test_a_paragraph_that_looks_like_a_heading_is_one_of_its_series() -> None:
    texts = ["1. " + LONG, "2. Examined:", "2.1. Ratify soon;", "2.2. Consider signing (Slovenia)", "2.3. Facilitate;"]
    found = paragraphs(extract_of(*texts, "3. Considered", "3.1. Do;", "3.2. Go;", kinds={3: Kind.HEADING}), "d")
    assert [p.label for p in found] == ["1", "2", "2.1", "2.2", "2.3", "3", "3.1", "3.2"]
    assert {p.kind for p in found} == {Kind.BODY}


def test_a_table_of_contents_bears_no_labels() -> None:
    texts = ["I. Summary............ 5-94 3", "II. Conclusions............ 95-98 14", "1. " + LONG, "2. " + LONG]
    assert labels_of(*texts) == [None, None, "1", "2"]


def test_a_label_that_comes_again_is_qualified_by_its_annex() -> None:
    texts = ["1. " + LONG, "2. " + LONG, "Annex I", "1. " + LONG, "2. " + LONG]
    assert labels_of(*texts, kinds={2: Kind.HEADING}) == ["1", "2", None, "Annex I, 1", "Annex I, 2"]


@pytest.mark.parametrize(
    ("document", "label", "start"),
    [
        ("kazakhstan2010", "95.52", "52. To continue to combat human trafficking"),
        ("kazakhstan2010", "96", "96. Kazakhstan considers that recommendations"),
        ("kazakhstan2010", "97.10", "10. To abolish requirements for the registration"),
        ("kazakhstan2010", "3 (b)", "(b) A compilation prepared by the Office"),
        ("portugal2014", "126.2", "126.2 Consider ratifying the ILO Domestic Workers Convention, 2011 (No. 189)"),
        ("cambodia2010", "82.73", "73 Promote and protect the rights of vulnerable peoples"),
    ],
)
def test_paragraphs_of_un_reports_have_their_numbers(shared_data: Path, document: str, label: str, start: str) -> None:
    extract = read((shared_data / "upr/pdfs" / f"{document}.pdf").read_bytes(), document)
    assert next(p for p in paragraphs(extract, document) if p.label == label).text.startswith(start)


@pytest.mark.slow
def test_gold_paragraphs_of_80_un_reports_are_found_under_their_labels(shared_data: Path) -> None:
    assert measure(shared_data / "upr")["share"] >= 0.95

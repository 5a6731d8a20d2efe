"""What a document calls its paragraphs, and what only looks like it."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_paragraphs import extract_of, plain_text
from test_readers import WORD, word_file

from eval.labels import measure
from indexer import readers
from indexer.document import Kind, Paragraph
from indexer.folder import read_folder
from indexer.paragraphs import paragraphs
from indexer.readers.pdf import read
from search.addresses import Addresses

LONG = "The delegation noted that the law had been adopted and that it was being applied throughout the country."


RECOMMENDATIONS = """Recommendations of the mission

To the Government of Kazakhstan:

1. Release all political prisoners.

2. Investigate torture.

3. Repeal article 405.

To the European Union:

1. Adopt targeted sanctions.

2. Raise individual cases.

To the United Nations:

1. Send a special rapporteur.

2. Publish the communications.

3. Ask for a visit.

4. Report on it.
"""
FACTS = """THE FACTS

1.  The applicant was born in 1970 and lives in Almaty.

2.  On 12 May 2009 she was arrested.

3.  The applicant appealed.

4.  Article 405 of the Criminal Code provides:

(a) participation is punished;

(b) organisation is punished.
"""
POINTS = """1.  Declares the application admissible;

2.  Holds that there has been a violation of Article 11 of the Convention;

3.  Holds

(a)  that the respondent State is to pay the applicant EUR 5,000;

(b)  that simple interest shall be payable.
"""
RUSSIAN = """Резолюция о положении прав человека

А. поскольку 10 января 2021 года в Казахстане состоялись выборы;

Б. поскольку власти усилили давление на организации;

В. поскольку полиция применяла силу;

1. призывает правительство освободить заключенных;

2. призывает власти:

"""


def plain(text: str) -> list[Paragraph]:
    """The paragraphs of a plain text file with these words."""
    return paragraphs(readers.read(text.encode(), "a.txt"), "d")


def labelled(text: str) -> list[str]:
    """The labels of a plain text file, without the gaps."""
    return [p.label for p in plain(text) if p.label]


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


@pytest.mark.parametrize("blank", ["\n\n", "\n"])
def test_lists_side_by_side_are_named_by_the_line_that_announces_each(blank: str) -> None:
    assert labelled(RECOMMENDATIONS.replace("\n\n", blank)) == [
        "1", "2", "3", "To the European Union, 1", "To the European Union, 2",
        *(f"To the United Nations, {number}" for number in range(1, 5)),
    ]  # fmt: skip


def test_lists_side_by_side_in_a_word_file_are_not_inside_each_other() -> None:
    item = (
        "<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='{}'/></w:numPr></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>"
    )
    line = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    level = "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.'/></w:lvl>"
    again = "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='1'/></w:lvlOverride>"
    data = word_file(
        line.format("To the Government:")
        + "".join(item.format(1, text) for text in ("Release them.", "Investigate.", "Repeal it."))
        + line.format("To the European Union:")
        + "".join(item.format(2, text) for text in ("Adopt sanctions.", "Raise cases.")),
        word__numbering=f"<w:numbering {WORD}><w:abstractNum w:abstractNumId='0'>{level}</w:abstractNum>"
        "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>"
        f"<w:num w:numId='2'><w:abstractNumId w:val='0'/>{again}</w:num></w:numbering>",
    )
    found = [p.label for p in paragraphs(readers.read(data, "a.docx"), "d") if p.label]
    assert found == ["1", "2", "3", "To the European Union, 1", "To the European Union, 2"]


def test_a_longer_list_beside_a_shorter_one_does_not_stand_inside_it() -> None:
    texts = ["To A:", "1. One.", "2. Two.", "To B:", "1. Do;", "2. Go;", "3. See;", "4. Say."]
    assert labels_of(*texts) == [None, "1", "2", None, "To B, 1", "To B, 2", "To B, 3", "To B, 4"]


def test_a_list_announced_by_a_whole_sentence_has_no_name_to_be_told_apart_by() -> None:
    announced = "The mission, having heard all of those whom it asked about this, recommends to the Union:"
    assert labels_of("1. One.", "2. Two.", announced, "1. Do;", "2. Go;") == ["1", "2", None, None, None]


def test_a_colon_at_the_end_of_an_item_below_announces_a_list_inside() -> None:
    texts = ["1. One.", "2. Two:", "(a) here;", "(b) there:", "1. Do;", "2. Go;", "3. See."]
    assert labels_of(*texts) == ["1", "2", "2 (a)", "2 (b)", "2.1", "2.2", "2.3"]


@pytest.mark.parametrize(
    "opening",
    [
        "FOR THESE REASONS, THE COURT, UNANIMOUSLY,",
        "For these reasons, the Court unanimously",
        "On those grounds, THE COURT hereby rules:",
        "PAR CES MOTIFS, LA COUR, À L’UNANIMITÉ,",
        "Руководствуясь ст. 405 ч. 2 УК РК, суд\nПРИГОВОРИЛ:",
        "П Р И Г О В О Р И Л :",
        "На основании изложенного суд ПОСТАНОВИЛ:",
        "РЕШИЛ:",
        "ҮКІМ ЕТТІ:",
    ],
)
def test_operative_points_of_a_judgment_are_not_called_by_the_labels_of_its_facts(opening: str) -> None:
    assert labelled(f"{FACTS}\n{opening}\n\n{POINTS}") == [
        "1", "2", "3", "4", "4 (a)", "4 (b)",
        "operative 1", "operative 2", "operative 3", "operative 3 (a)", "operative 3 (b)",
    ]  # fmt: skip


@pytest.mark.parametrize("sentence", ["For these reasons he left the city.", "Позже он решил: надо ехать, и уехал."])
def test_a_sentence_with_the_words_of_a_judgment_opens_no_operative_part(sentence: str) -> None:
    assert not any("operative" in label for label in labelled(f"{FACTS}\n{sentence}\n\n{POINTS}"))


def test_an_operative_part_in_brackets_is_not_below_the_last_fact() -> None:
    points = "(1) Finds a breach;\n\n(2) Orders a payment."
    found = labelled(f"{FACTS}\nFOR THESE REASONS, THE COURT\n\n{points}")
    assert found[-2:] == ["operative (1)", "operative (2)"]


def test_the_points_of_an_opinion_after_the_operative_part_are_not_part_of_it() -> None:
    opinion = "I regret that I cannot agree with the others.\n\n1. One.\n\n2. Two.\n\n3. Three.\n\n4. Four."
    found = labelled(f"{FACTS}\nFOR THESE REASONS, THE COURT\n\n{POINTS}\n{opinion}")
    assert found[-1] == "operative 3 (b)"


def test_what_stands_below_a_paragraph_that_lost_its_label_has_none() -> None:
    again = ["Interlude", "1. Once more.", "2. Again:", "(a) here;", "(b) there."]
    assert labels_of("1. One.", "2. Two.", *again) == ["1", "2", None, None, None, None, None]


def test_what_stands_below_a_paragraph_of_an_annex_is_named_with_it() -> None:
    texts = ["1. One.", "2. Two:", "(a) x;", "(b) y.", "Annex I", "1. A.", "2. B:", "(a) z;", "(b) w.", "(c) v."]
    assert labels_of(*texts, kinds={4: Kind.HEADING})[5:] == [
        "Annex I, 1", "Annex I, 2", "Annex I, 2 (a)", "Annex I, 2 (b)", "Annex I, 2 (c)",
    ]  # fmt: skip


def test_labels_that_were_qualified_lead_to_their_paragraphs(tmp_path: Path) -> None:
    (tmp_path / "judgment.txt").write_text(f"{FACTS}\nFOR THESE REASONS, THE COURT\n\n{POINTS}", "utf-8")
    (tmp_path / "mission.txt").write_text(RECOMMENDATIONS, "utf-8")
    with read_folder([tmp_path]) as catalogue:
        ids = {document.source.rpartition("/")[2]: document.id for document in catalogue.documents()[1]}
        for file, label in [
            ("judgment.txt", "operative 3"),
            ("judgment.txt", "operative 3 (a)"),
            ("mission.txt", "To the European Union, 1"),
        ]:
            (place,) = Addresses(catalogue).resolve(label, ids[file]).places
            assert [p.label for p in place.paragraphs] == [label]


def test_russian_recitals_and_letters_below_a_paragraph_have_labels() -> None:
    items = "а) прекратить давление;\n\nб) расследовать пытки;\n\nв) отменить статью 405;\n\n"
    assert labelled(f"{RUSSIAN}{items}3. поручает своему Председателю направить эту резолюцию.") == [
        "recital А", "recital Б", "recital В", "1", "2", "2 (а)", "2 (б)", "2 (в)", "3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "letters",
    ["абвгдежзийклмнопрст", "абвгдежзиклмнопрст", "абвгдеёжзийкл", "абвгдежиклмнпрст", "абвгдежзийклмнопрстуфхцчшщэюя"],
)
def test_russian_letters_may_leave_out_those_that_are_taken_for_others(letters: str) -> None:
    texts = ["1. Первое.", "2. Второе:", *(f"{letter}) пункт списка;" for letter in letters), "3. Третье."]
    assert labels_of(*texts) == ["1", "2", *(f"2 ({letter})" for letter in letters), "3"]


@pytest.mark.parametrize(
    "text",
    [
        "Суд указал, что а) обвинение не доказано и б) свидетели не опрошены, в) протокол не подписан.",
        "Об этом говорится в статье (пункты\nа) и\nв) закона), которую приняли тогда.",
        "в) этот пункт идет не по порядку.",
        "г. Алматы, 12 марта 2021 года.",
    ],
)
def test_russian_text_with_a_letter_and_a_bracket_in_it_has_no_label(text: str) -> None:
    assert labels_of("1. " + LONG, "2. " + LONG, text, "3. " + LONG) == ["1", "2", None, "3"]


def test_a_list_of_russian_names_is_no_list_of_recitals() -> None:
    assert labels_of("А. Иванов", "Б. Петров", "В. Сидоров", "1. " + LONG, "2. " + LONG) == [None] * 3 + ["1", "2"]


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

"""What the store holds, read back: documents, paragraphs and passages by name, number, label and filter."""

from __future__ import annotations

from pathlib import Path

import pytest
from making import ROOT, document, put

from indexer.catalogue import Filters
from indexer.index import Index
from search.engine import Engine


@pytest.fixture
def index(tmp_path: Path) -> Index:
    made = Index(tmp_path / "index", create=True)
    put(made, document("a.txt", publisher="One", date="2021-02-11"), ["alpha", "beta \U0001f600 after", "gamma"])
    put(made, document("sub/b.txt", publisher="Two", date="2021-03"), ["delta"])
    put(made, document("sub/c.txt", language="ru", date="2020"), ["epsilon"])
    put(made, document("subway.txt"), ["undated"])
    return made


def sources(index: Index, **filters: object) -> set[str]:
    """The sources that pass the filters."""
    keys = index.catalogue.allowed(Filters(**filters))  # type: ignore[arg-type]
    assert keys is not None
    assert keys == sorted(keys)
    ids = {p.document_id for p in index.catalogue.passages(keys).values()}
    return {d.source for d in index.catalogue.documents_by_id(ids).values()}


def test_every_passage_and_paragraph_is_the_text_at_its_offsets(index: Index) -> None:
    _, documents = index.catalogue.documents()
    for about in documents:
        text = index.catalogue.text_of(about.id)
        for paragraph in index.catalogue.paragraphs(about.id):
            assert text[paragraph.char_start : paragraph.char_end] == paragraph.text
    for passage in index.catalogue.passages(index.store.vectors()[0].tolist()).values():
        text = index.catalogue.text_of(passage.document_id)
        assert text[passage.char_start : passage.char_end] == passage.text
    assert index.catalogue.misplaced() == []


def test_a_document_is_found_by_title_or_source_a_page_at_a_time(index: Index) -> None:
    total, page = index.catalogue.documents("sub", limit=2)
    assert (total, [d.source for d in page]) == (3, ["sub/b.txt", "sub/c.txt"])
    assert [d.source for d in index.catalogue.documents("sub", limit=2, offset=2)[1]] == ["subway.txt"]
    assert index.catalogue.documents("100%")[0] == 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", ["a.txt"]),
        ("sub", ["sub/b.txt", "sub/c.txt"]),
        ("sub/", ["sub/b.txt", "sub/c.txt"]),
        (f"{ROOT}/sub/b.txt", ["sub/b.txt"]),
        (f"{ROOT}/sub", ["sub/b.txt", "sub/c.txt"]),
        ("su", []),
        ("%", []),
    ],
)
def test_a_name_is_an_id_a_file_or_a_folder(index: Index, name: str, expected: list[str]) -> None:
    assert [d.source for d in index.catalogue.named(name)] == expected
    for source in expected:
        assert [d.source for d in index.catalogue.named(document(source).id)] == [source]


def test_what_is_not_there_is_none_or_empty(index: Index) -> None:
    assert index.catalogue.document("no") is None
    assert index.catalogue.original("no") is None
    assert index.catalogue.paragraphs("no") == []
    assert index.catalogue.paragraph("no", "1") is None
    assert index.catalogue.passages([10**9]) == {}
    with pytest.raises(KeyError):
        index.catalogue.text_of("no")


def test_paragraphs_can_be_asked_for_by_range(index: Index) -> None:
    name = document("a.txt").id
    assert [p.text for p in index.catalogue.paragraphs(name, 2, 3)] == ["beta \U0001f600 after", "gamma"]
    assert [p.text for p in index.catalogue.paragraphs(name, 1, 1)] == ["alpha"]


def test_the_original_lies_below_its_root(index: Index) -> None:
    assert index.catalogue.original(document("sub/b.txt").id) == Path(ROOT) / "sub" / "b.txt"


def test_no_filter_allows_everything(index: Index) -> None:
    assert index.catalogue.allowed(Filters()) is None


def test_values_of_one_field_add_up_and_fields_cut(index: Index) -> None:
    assert sources(index, publisher=("One", "Two")) == {"a.txt", "sub/b.txt"}
    assert sources(index, publisher=("One", "Two"), date_from="2021-03-01") == {"sub/b.txt"}
    assert sources(index, language=("ru",)) == {"sub/c.txt"}
    assert sources(index, source=("nothing",)) == set()


@pytest.mark.parametrize(
    ("date_from", "date_to", "expected"),
    [
        ("2021", None, {"a.txt", "sub/b.txt"}),
        ("2021-02-12", None, {"sub/b.txt"}),
        ("2021-03-15", None, {"sub/b.txt"}),
        ("2021-04-01", None, set()),
        (None, "2020-06-30", {"sub/c.txt"}),
        (None, "2021-02-11", {"a.txt", "sub/c.txt"}),
        (None, "2021-02", {"a.txt", "sub/c.txt"}),
        (None, "2021", {"a.txt", "sub/b.txt", "sub/c.txt"}),
        ("2021-02-11", "2021-02-11", {"a.txt"}),
        ("2020-12-31", "2021-01-01", {"sub/c.txt"}),
        ("2022", "2020", set()),
    ],
)
def test_a_date_known_to_the_month_or_year_passes_if_its_period_touches_the_range(
    index: Index, date_from: str | None, date_to: str | None, expected: set[str]
) -> None:
    assert sources(index, date_from=date_from, date_to=date_to) == expected


def test_a_quote_in_a_filter_is_a_value_and_no_language_of_queries(index: Index) -> None:
    assert sources(index, source=("' OR 1=1 --",)) == set()


def test_a_paragraph_of_a_real_document_is_found_by_label_letter_and_number(engine: Engine) -> None:
    [resolution] = engine.catalogue.named("ep-resolution-2021-02-11.txt")
    by_label = engine.catalogue.paragraph(resolution.id, "recital O")
    assert by_label is not None
    assert by_label.label == "recital O"
    assert engine.catalogue.paragraph(resolution.id, "  RECITAL  o ") == by_label
    assert engine.catalogue.paragraph(resolution.id, "O") == by_label
    assert engine.catalogue.paragraph(resolution.id, str(by_label.number)) == by_label
    assert engine.catalogue.paragraph(resolution.id, "recital ZZ") is None


def test_no_passage_of_the_sample_is_out_of_place(engine: Engine) -> None:
    assert engine.catalogue.misplaced() == []


def test_a_text_with_a_nul_in_it_is_given_back_whole(index: Index) -> None:
    put(index, document("nul.txt"), ["before\0after", "the second"])
    name = document("nul.txt").id
    keys = index.catalogue.allowed(Filters(source=("nul.txt",))) or []
    assert [p.text for p in index.catalogue.passages(keys).values()] == ["before\0after", "the second"]
    assert [p.text for p in index.catalogue.paragraphs(name)] == ["before\0after", "the second"]
    assert index.catalogue.misplaced() == []

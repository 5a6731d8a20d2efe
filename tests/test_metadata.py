from pathlib import Path

import pytest

from indexer.boilerplate import mark
from indexer.dates import dates_in
from indexer.document import Block, Extract, Kind
from indexer.metadata import describe
from indexer.readers import read
from indexer.readers.text import read as read_text

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
BODY = (
    "The court found that the applicant had been held without any contact with a lawyer for eleven days in a row. " * 2
)


def described(*lines: str) -> tuple[str, str | None, str | None, str | None]:
    return describe(read_text("\n\n".join(lines).encode(), "a_file.txt"), "folder/a_file.txt")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("12 марта 2020 года", "2020-03-12"),
        ("Brussels/Almaty, 23 November 2016.", "2016-11-23"),
        ("February 11, 2021", "2021-02-11"),
        ("2020 жылғы 12 наурыз", "2020-03-12"),
        ("12 березня 2020 року", "2020-03-12"),
        ("1er mars 2019", "2019-03-01"),
        ("11 de febrero de 2021", "2021-02-11"),
        ("3. März 2020", "2020-03-03"),
        ("Sept. 4, 2020", "2020-09-04"),
        ("21.01.2021", "2021-01-21"),
        ("2021-02-11", "2021-02-11"),
    ],
)
def test_full_dates_are_found_as_people_write_them(text: str, iso: str) -> None:
    assert [date.iso for date in dates_in(text)] == [iso]


@pytest.mark.parametrize("text", ["1 February", "in 2021", "February 2021", "31 February 2021", "§ 12.11.20", "A/1/2"])
def test_what_is_not_a_full_date_is_none(text: str) -> None:
    assert dates_in(text) == []


def test_the_sample_documents_are_described_by_what_they_say() -> None:
    found = {
        path.name: describe(mark(read(path.read_bytes(), path.name)), path.name)[::2]
        for path in sorted(CORPUS.glob("*.txt"))
    }
    assert found["commonspace-eu-condemns-pressure.txt"] == (
        "EU condemns increasing pressure on human rights NGOs in Kazakhstan",
        None,
    )
    assert found["ep-resolution-2021-02-11.txt"][1] == "2021-02-11"
    assert found["joint-statement-lgbti-group-2024.txt"] == ("joint statement lgbti group 2024", None)
    assert found["ngos-eu-human-rights-dialogue-2016.txt"][1] == "2016-11-23"
    assert found["odf-on-the-2021-resolution.txt"][1] is None


def test_a_date_in_a_sentence_is_not_the_documents() -> None:
    assert described("A title without a date", f"On 9 October 2024, the party said so. {BODY}")[2] is None


def test_a_dateline_is_the_documents_date() -> None:
    assert described("A title", f"(Berlin, May 4, 2021) – {BODY}")[2] == "2021-05-04"
    assert described("Заявление для прессы", "12 марта 2020 года", BODY)[2] == "2020-03-12"
    assert described("A title", "Published: 3 May 2019", BODY)[2] == "2019-05-03"


def test_two_dates_in_a_title_decide_nothing() -> None:
    assert described("Events between 1 May 2020 and 3 June 2020", BODY)[2] is None


def test_a_file_without_a_title_is_called_by_its_name() -> None:
    assert described(BODY)[0] == "a file"
    assert describe(Extract("", (), "text/plain"), "x/.txt")[0]


def test_a_declared_title_that_is_a_file_name_is_not_used() -> None:
    text = "Report on detention\n\n" + BODY
    blocks = (Block(0, 19, Kind.HEADING, 1), Block(21, len(text)))
    for declared in ("Microsoft Word - draft7.doc", "untitled", "report_final.pdf", "", "A/HRC/14/10"):
        extract = Extract(text, blocks, "application/pdf", title=declared)
        assert describe(extract, "a.pdf")[0] == "Report on detention"


def test_the_date_a_pdf_was_made_is_not_the_documents() -> None:
    extract = Extract(BODY, (Block(0, len(BODY)),), "application/pdf", date="2019-01-01")
    assert describe(extract, "a.pdf")[2] is None
    html = Extract(BODY, (Block(0, len(BODY)),), "text/html", date="2019-01-01")
    assert describe(html, "a.html")[2] == "2019-01-01"


def test_the_language_is_that_of_the_words_not_of_the_template() -> None:
    text = "Суд признал заявителя виновным, несмотря на отсутствие доказательств и жалобы на пытки."
    extract = Extract(text, (Block(0, len(text)),), "text/html", language="en-US")
    assert describe(extract, "a.html")[3] == "ru"


def test_a_report_with_a_cover_page_is_called_by_its_title_and_dated_by_its_distribution(
    shared_data: Path,
) -> None:
    for name, country, date in (
        ("kazakhstan2010", "Kazakhstan", "2010-03-23"),
        ("bahrain2012", "Bahrain", "2012-07-06"),
    ):
        path = shared_data / "upr" / "pdfs" / f"{name}.pdf"
        title, _, found, language = describe(read(path.read_bytes(), path.name), path.name)
        assert title == f"Report of the Working Group on the Universal Periodic Review: {country}"
        assert found == date
        assert (language or "").startswith("en")

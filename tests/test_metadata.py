import time
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


def dated_page(body: str, head: str = "") -> str | None:
    page = f"<html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"
    return describe(read(page.encode(), "a.html"), "a.html")[2]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("بيروت، 12 مارس 2021", "2021-03-12"),
        ("12 آذار/مارس 2021", "2021-03-12"),
        ("4 تشرين الثاني 2020", "2020-11-04"),
        ("3 جويلية 2019", "2019-07-03"),
        ("١٢ مارس ٢٠٢١", "2021-03-12"),
    ],
)
def test_arabic_dates_are_found_by_the_months_of_each_tradition(text: str, iso: str) -> None:
    assert [date.iso for date in dates_in(text)] == [iso]


def test_a_date_between_two_months_is_none() -> None:
    assert dates_in("12 March/April 2021") == []


@pytest.mark.parametrize(
    "line",
    [
        "12 марта 2021 года                                      город Алматы",
        "г. Алматы                                    12 марта 2021 года",
        "12 марта 2021 г. г. Алматы",
        "2021 жылғы 12 наурыз          Алматы қаласы",
        "Алматы қаласы\t2021 жылғы 12 наурыз",
        "м. Київ          12 березня 2021 року",
        "12 марта 2021, 10:00",
        "March 12, 2021 10:00 am",
        "March 12, 2021 at 10:00 a.m.",
    ],
)
def test_the_line_that_courts_and_the_press_set_below_a_title_is_the_date(line: str) -> None:
    title, _, date, _ = described("A TITLE", line, BODY)
    assert (title, date) == ("A TITLE", "2021-03-12")
    assert described(line, BODY)[::2] == ("a file", "2021-03-12")


def test_an_arabic_dateline_is_the_documents_date() -> None:
    assert described("بيان بشأن الاعتقالات", "بيروت، 12 مارس 2021", BODY)[2] == "2021-03-12"


@pytest.mark.parametrize(
    "lines",
    [
        ("12 марта 2021 года в городе Алматы прошёл митинг.",),
        ("12 марта 2021, 10:00 полиция вошла в дом.",),
        ("12 марта 2021 года город Алматы\nпроснулся от выстрелов.",),
        ("Дата рождения      12 марта 1980 года",),
        ("Арестован          12 марта 2021 года",),
        ("12 March 2021      Arrest of the lawyer",),
        ("The law on the mass media of the Republic was adopted by its Parliament on\n"
         "12 March 2021. It entered into force on the day of its publication, and it has\nnot been changed since.",),
        ("5 May 2015 – She is arrested.", "10 January 2021 – She is beaten."),
        ("Суд 12 марта 2021 года, 10:00, город Алматы, не пустил адвоката.",),
        ("في 12 مارس 2021 اعتقلت الشرطة المتظاهرين.",),
    ],
)  # fmt: skip
def test_a_date_that_is_only_mentioned_is_not_the_documents(lines: tuple[str, ...]) -> None:
    assert described("A title without a date", *lines, BODY)[2] is None


def test_one_line_that_opens_with_a_date_is_a_dateline_beside_a_date_on_a_line_of_its_own() -> None:
    entries = ("5 May 2015 – She is arrested.", "10 January 2021 – She is beaten.")
    assert described("A chronicle", "20 April 2021", *entries)[2] == "2021-04-20"


def test_a_line_of_many_places_takes_no_time_to_tell_from_a_dateline() -> None:
    began = time.process_time()
    for filling in ("ab-" * 180, "ab , " * 110, "г. Алматы" + " " * 550):
        assert described("A title", f"{filling}x 12 March 2021{' ' * 20}x", BODY)[2] is None
    assert time.process_time() - began < 5


STAMP = "<time datetime='2021-03-12T10:00'>Yesterday</time>"
WORDS = "<p>A court sentenced the activist to seven years in prison, her lawyer said.</p>"


def test_a_page_is_dated_by_the_first_key_that_can_be_read() -> None:
    assert dated_page(WORDS, "<meta name='date' content='12.03.2021'>") == "2021-03-12"
    assert (
        dated_page(WORDS, "<meta name='dc.date' content='soon'><meta name='date' content='2021-03-12'>") == "2021-03-12"
    )
    assert dated_page(WORDS, "<meta name='date' content='Fri, 12 Mar 2021 10:00:00 GMT'>") == "2021-03-12"
    assert dated_page(WORDS, "<meta name='date' content='03/12/2021'>") is None
    assert dated_page(WORDS, "<meta name='date' content='from 3 May 2020 to 12 March 2021'>") is None


@pytest.mark.parametrize(
    "below",
    [
        STAMP,
        f"<div><span>By A. B.</span> | {STAMP}</div>",
        f"<p>Опубликовано {STAMP}</p>",
        f"<p>Published: {STAMP} by A. B.</p><p>Updated: <time datetime='2021-03-14'>today</time></p>",
    ],
)
def test_the_time_below_the_headline_of_an_article_is_its_date(below: str) -> None:
    assert dated_page(f"<main><h1>Activist sentenced</h1>{below}{WORDS}</main>") == "2021-03-12"


@pytest.mark.parametrize(
    "body",
    [
        f"<main><h1>Activist sentenced</h1><p>The court on {STAMP} sentenced her.</p></main>",
        f"<main><h1>Activist sentenced</h1><p>{STAMP}, the court sentenced her.</p></main>",
        f"<main><h1>Activist sentenced</h1><span>{STAMP}</span> the court sentenced her.</main>",
        f"<main><h1>Activist sentenced</h1><p>Updated: {STAMP}</p>{WORDS}</main>",
        f"<main><h1>Activist sentenced</h1>{WORDS}<ul><li>{STAMP} <a href='/2'>Another</a></li></ul></main>",
        f"<main><h1>Activist sentenced</h1>{WORDS}<h2>Read more</h2><div>{STAMP}</div></main>",
        f"<main><h1>Activist sentenced</h1>{WORDS * 6}<div>{STAMP}</div></main>",
        f"<main><h1>News</h1><article><h2>Activist sentenced</h2>{STAMP}</article></main>",
        f"<main><h1>News</h1><div>{STAMP} Sentence</div><div><time datetime='2021-03-11'>x</time> Fine</div></main>",
        f"<h1>Activist sentenced</h1><div>{STAMP}</div>",
    ],
)  # fmt: skip
def test_a_time_of_something_else_is_not_the_date_of_the_page(body: str) -> None:
    assert dated_page(body) is None


@pytest.mark.parametrize(
    ("above", "title"),
    [
        (("FIFTH SECTION",), "CASE OF SADYKOVA v. KAZAKHSTAN"),
        (("EUROPEAN COURT OF HUMAN RIGHTS", "FIFTH SECTION"), "CASE OF SADYKOVA v. KAZAKHSTAN"),
        (("CINQUIÈME SECTION",), "AFFAIRE SADYKOVA c. KAZAKHSTAN"),
        (("ЕВРОПЕЙСКИЙ СУД ПО ПРАВАМ ЧЕЛОВЕКА", "ПЯТАЯ СЕКЦИЯ"), "ДЕЛО «САДЫКОВА ПРОТИВ КАЗАХСТАНА»"),
    ],
)
def test_a_judgment_is_called_by_its_case(above: tuple[str, ...], title: str) -> None:
    number = "(Application no. 12345/10)"
    assert described(*above, title, number, "JUDGMENT", "STRASBOURG", "15 March 2012", BODY)[0] == title


@pytest.mark.parametrize(
    "above",
    [
        ("PALAIS DES NATIONS • 1211 GENEVA 10, SWITZERLAND",),
        ("HRDN, Rue de la Loi 20, 1040 Brussels, Belgium",),
        ("050000, г. Алматы, ул. Абая, 10", "тел.: +7 727 250 00 00"),
        ("Tel. +41 22 917 90 00 • E-mail: office@example.org", "www.example.org"),
        ("REFERENCE:",),
    ],
)
def test_a_letterhead_is_no_title(above: tuple[str, ...]) -> None:
    assert described(*above, "Mandates of the Special Rapporteur", BODY)[0] == "Mandates of the Special Rapporteur"


@pytest.mark.parametrize(
    "title",
    [
        "Protests in Almaty, 1500 people detained",
        "Statement on the trial • Almaty, 2021 report",
        "The reference to the Constitutional Court",
        "Section of the bar suspended",
        "Lawyers phone in from prison",
    ],
)
def test_a_headline_that_holds_a_number_or_a_word_of_letterheads_stays_the_title(title: str) -> None:
    assert described(title, "Another line", BODY)[0] == title


def test_the_mark_of_a_note_behind_a_date_is_no_part_of_its_line() -> None:
    page = b"<html><body><h1>On the arrests</h1><p>Published on 14 March 2021<sup>1</sup></p><p>Words.</body></html>"
    assert describe(read(page, "report.html"), "report.html")[2] == "2021-03-14"


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("Judgment of 14 March 2022", "2022-03-14"),
        ("Decree No. 17 of 20 January 2022", "2022-01-20"),
        ("NOTE VERBALE OF 20 JUNE 2022", "2022-06-20"),
        ("Joint statement of 3 February 2022", "2022-02-03"),
        ("Report published on 4 May 2023", "2023-05-04"),
        ("Minutes of the meeting of 30 June 2022", "2022-06-30"),
        ("Заявление от 15 февраля 2022 года", "2022-02-15"),
        ("Указ Президента Республики Казахстан от 5 января 2022 года № 725", "2022-01-05"),
        ("Заява від 12 березня 2020 року", "2020-03-12"),
        ("Comunicado del 9 de agosto de 2022", "2022-08-09"),
        ("Communiqué du 1er mars 2022", "2022-03-01"),
        ("Urteil vom 14. März 2022", "2022-03-14"),
        ("2022 жылғы 20 ақпандағы мәлімдеме", "2022-02-20"),
        ("Үкіметтің 2022 жылғы 20 ақпандағы № 7 қаулысы", "2022-02-20"),
        ("30 June 2022, Lomsk, office of the Legal Aid Centre", "2022-06-30"),
    ],
)
def test_a_line_of_the_head_that_says_what_the_document_is_dates_it(line: str, iso: str) -> None:
    assert described("The people of the town", line, BODY)[2] == iso


@pytest.mark.parametrize(
    "line",
    [
        "Judgment of 14 March 2022 was quashed",
        "The judgment of 14 March 2022",
        "Under Decree No. 17 of 3 May 2022",
        "Decree of 3 May 2022 on the repeal of Decree No. 17",
        "Appeal against the judgment of 14 March 2022",
        "Summary of the decree of 14 March 2022",
        "Обжалование приговора от 14 марта 2022 года",
        "По решению от 14 марта 2022 года",
        "2022 жылғы 20 ақпандағы мәлімдемеге жауап",
        "Arrests of 14 March 2022",
        "30 June 2022, Arrest of the lawyer",
    ],
)
def test_a_line_that_names_another_document_or_an_event_dates_nothing(line: str) -> None:
    assert described("The people of the town", line, BODY)[2] is None


def test_a_line_that_says_what_the_document_is_counts_only_in_the_head_and_alone() -> None:
    assert described("The people of the town", BODY, "Judgment of 14 March 2022", BODY)[2] is None
    assert described("Documents", "Judgment of 14 March 2022", "Decree of 3 May 2022", BODY)[2] is None
    assert described("Documents", "Judgment of 14 March 2022\nas amended later", BODY)[2] is None
    page = "# Statements\n\n## Statement of 3 May 2022\n\nWords.\n\n## Statement of 9 May 2022\n\nWords."
    assert describe(read(page.encode(), "a.md"), "a.md")[2] is None


@pytest.mark.parametrize("case", ["20 ақпан", "20 ақпанда", "20 ақпандағы", "20 ақпанынан"])
def test_kazakh_dates_are_found_in_every_case(case: str) -> None:
    assert [date.iso for date in dates_in(f"2022 жылғы {case} өткен жиын")] == ["2022-02-20"]

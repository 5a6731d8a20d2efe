"""Dates in texts: what they mean, where they stand, and what they are the date of."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.dates import HALVES, lines, placed, right
from search.askeddates import dates_asked, with_matches
from search.calendar import DAY, MONTH, of_iso
from search.datekinds import DateKind, kind_of
from search.dates import date_expressions
from search.datewords import lexicon

TODAY = date(2021, 2, 11)


def read(text: str, written: str | None = "2021-02-11") -> list[tuple[str, str | None, str | None]]:
    """Each date in a text: as it is written, from, to."""
    return [(text[e.start : e.end], e.period.start, e.period.end) for e in date_expressions(text, of_iso(written))]


@pytest.mark.parametrize("half", HALVES)
def test_nine_in_ten_labelled_dates_are_read_right_in_each_language(half: str) -> None:
    for language in ("en", "ru"):
        labelled = [x for x in lines() if x["half"] == half and x["language"] == language]
        assert sum(map(right, labelled)) >= 0.95 * len(labelled)
        dated = [x for x in labelled if x["expression"]]
        assert sum(map(placed, dated)) >= 0.95 * len(dated)


def test_at_least_150_dates_are_labelled_in_two_languages() -> None:
    dated = [x for x in lines() if x["expression"]]
    assert len(dated) >= 150
    assert min(sum(x["language"] == language for x in dated) for language in ("en", "ru")) >= 75


def test_a_wrong_label_would_be_seen() -> None:
    line = next(x for x in lines() if x["expression"])
    assert right(line)
    assert not right(line | {"precision": "year"})
    assert not right(line | {"from": "1999"})


def test_a_date_told_from_the_present_is_counted_from_the_documents_date() -> None:
    assert read("Detained last autumn.") == [("last autumn", "2020-09", "2020-11")]
    assert read("Detained last autumn.", "2016-12-01") == [("last autumn", "2016-09", "2016-11")]


def test_what_cannot_be_counted_is_not_guessed() -> None:
    assert read("Detained last week, on Monday, two years ago.", None) == []
    assert read("Detained last week.", "2021") == []  # a year says nothing of weeks


def test_a_month_or_day_without_a_year_stays_so_where_the_document_has_no_date() -> None:
    assert read("Suspended as of 25 January.", None) == [("25 January", "--01-25", "--01-25")]
    assert read("Suspended as of 25 January.", "2021-02-02") == [("25 January", "2021-01-25", "2021-01-25")]


def test_what_is_still_to_come_is_looked_for_ahead() -> None:
    assert read("The hearing is scheduled for 16 March.") == [("16 March", "2021-03-16", "2021-03-16")]
    assert read("The hearing was held on 16 March.") == [("16 March", "2020-03-16", "2020-03-16")]


def test_a_year_said_once_holds_for_both_ends() -> None:
    assert read("between December and February 2021") == [("between December and February 2021", "2020-12", "2021-02")]
    assert read("в апреле–мае 2016 года") == [("апреле–мае 2016 года", "2016-04", "2016-05")]


def test_kazakh_dates_are_read() -> None:
    assert read("2021 жылғы 11 ақпанда қабылданды") == [("2021 жылғы 11 ақпанда", "2021-02-11", "2021-02-11")]


@pytest.mark.parametrize(
    "text",
    [
        "He may march on.", "Resolution 1325 (A/HRC/28/10)", "2 020 people and 1,950 more", "on 31 February 2021",
        "Article 2005 of the code", "call 2020-555-0143", "Марта сказала", "Bloody Sunday", "4/5/2021",
    ],
)  # fmt: skip
def test_what_is_no_date_or_may_be_two_is_not_read(text: str) -> None:
    assert [words for words, _, _ in read(text) if words != "February 2021"] == []


def test_no_day_lies_outside_of_the_calendar() -> None:
    assert (
        read("9999 years ago, in 9999, on 0000-00-00, 400 decades ago, in the past 399 centuries", "0300-01-01") == []
    )


_WORDS = st.sampled_from(
    [*sorted(lexicon())[::40], "May", "1", "2021", "января", "between", "and", "from", "last", "ago"]
)
_MARKS = st.sampled_from([" ", ", ", "-", "–", "\n", "\n\n", ".", "/", " (", ") ", "’s "])


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(_WORDS, _MARKS), max_size=30), st.sampled_from([None, "2021", "2021-02", "2021-02-11"]))
def test_dates_stand_in_order_within_the_text_and_never_overlap(
    parts: list[tuple[str, str]], written: str | None
) -> None:
    text = "".join(word + mark for word, mark in parts)
    at = 0
    for found in date_expressions(text, of_iso(written)):
        assert at <= found.start < found.end <= len(text)
        assert text[found.start].isalnum()
        assert found.period.first is None or found.period.last is None or found.period.first <= found.period.last
        kind_of(text, found)
        at = found.end


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    for found in date_expressions(text, of_iso("2021-02-11"), typed=True):
        assert text[found.start : found.end].strip()


@pytest.mark.parametrize(
    "piece", ["1 ", "12 and ", "the end of ", "May ", "1-", "between ", "2020–", "last ", "Monday ("]
)
def test_a_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    def seconds(times: int) -> float:
        began = time.process_time()
        date_expressions(piece * times, of_iso("2021-02-11"))
        return time.process_time() - began

    seconds(10)
    long = min(seconds(12_000) for _ in range(3))  # the quickest: other work on the machine only makes it longer
    assert long < 10 * max(seconds(3_000), 0.02)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Seven were attacked in May 2020.", DateKind.EVENT),
        ("having regard to its resolution of 14 March 2019 on Kazakhstan", DateKind.MENTIONED),
        ("the parliamentary elections of 10 January 2021 were described", DateKind.EVENT),
        ("the 2021 parliamentary elections", DateKind.MENTIONED),
        ("the Constitution of 2001", DateKind.MENTIONED),
        ("резолюция от 14 марта 2019 года", DateKind.MENTIONED),
        ("Суд 11 марта 2020 года оставил приговор в силе", DateKind.EVENT),
        ("Almaty, 11 February 2021", DateKind.DOCUMENT),
    ],
)
def test_the_document_what_it_tells_and_what_it_mentions_are_kept_apart(text: str, kind: DateKind) -> None:
    [found] = date_expressions(text, of_iso("2021-02-11"))
    assert kind_of(text, found, of_iso("2021-02-11")) is kind


def test_a_month_asked_for_without_a_year_is_that_of_any_year() -> None:
    [reading] = dates_asked("who was suspended in january", TODAY)
    assert (reading.text, reading.read_as, reading.counted_from) == ("january", "January of any year", None)
    fitting = [of_iso("2020-01-25"), of_iso("2021-01"), of_iso("2021"), of_iso("2021-03")]
    matched = with_matches(reading, [[p for p in fitting if p]])
    assert [(p.start, n) for p, n in matched.matches] == [("2020-01", 1), ("2021-01", 1)]


def test_a_question_that_counts_from_the_present_says_from_when() -> None:
    [reading] = dates_asked("arrests in the past two years", TODAY)
    assert reading.read_as == "2019 to 2021, counted from today, 2021-02-11"
    [reading] = dates_asked("кого задержали прошлой осенью", TODAY)
    assert (reading.period.start, reading.period.end) == ("2020-09", "2020-11")


def test_a_question_names_the_time_before_something_not_before_a_year() -> None:
    [reading] = dates_asked("what was said before the 2016 meeting", TODAY)
    assert (reading.period.start, reading.period.end) == ("2016", "2016")


def test_an_open_period_is_placed_where_it_begins_or_ends() -> None:
    periods = [e.period for e in date_expressions("since 2016 and until May 2019")]
    assert [(p.named.start, p.named.end) for p in periods] == [("2016", "2016"), ("2019-05", "2019-05")]
    assert periods[0].touches(date_expressions("in 2020")[0].period)


def test_a_period_without_a_year_is_held_against_each_year() -> None:
    [winter] = [e.period for e in date_expressions("between December and February")]
    assert winter.yearless
    assert winter.precision is MONTH
    for day, lies_in in (("2020-01-05", True), ("2020-12-31", True), ("2020-02-29", True), ("2020-06-01", False)):
        other = of_iso(day)
        assert other is not None
        assert other.precision is DAY
        assert winter.touches(other) is lies_in


@pytest.mark.parametrize(
    ("text", "written", "start", "end"),
    [
        ("The meeting has been moved to 2 June at 2 p.m.", "2022-05-20", "2022-06-02", "2022-06-02"),
        ("The witness has been summoned for 20 May.", "2023-05-08", "2023-05-20", "2023-05-20"),
        ("The trial was postponed to the end of July.", "2023-05-08", "2023-07", "2023-07"),
        ("The trial was adjourned until 3 July.", "2023-05-04", None, "2023-07-03"),
        ("Заседание перенесли на 20 марта.", "2023-03-12", "2023-03-20", "2023-03-20"),
        ("Слушание отложено до 3 апреля.", "2023-03-12", None, "2023-04-03"),
        ("Сот отырысы 20 ақпанға ауыстырылды.", "2023-02-12", "2023-02-20", "2023-02-20"),
        ("The trial was adjourned to Monday.", "2023-05-20", "2023-05-22", "2023-05-22"),
    ],
)
def test_a_date_that_a_verb_sets_is_still_to_come(text: str, written: str, start: str | None, end: str) -> None:
    assert [found[1:] for found in read(text, written)] == [(start, end)]


def test_a_date_that_was_set_long_before_the_document_is_past() -> None:
    assert read("It was adjourned until 3 July.", "2023-12-12") == [("until 3 July", None, "2023-07-03")]
    assert read("He was moved to the colony on 2 March.", "2023-05-20") == [("2 March", "2023-03-02", "2023-03-02")]


def test_a_day_a_few_weeks_ahead_keeps_no_year_where_nothing_says_which() -> None:
    assert read("The union has announced a strike on 1 June.", "2023-05-08") == [("1 June", "--06-01", "--06-01")]
    assert read("Held until 30 May.", "2023-05-20") == [("until 30 May", None, "--05-30")]
    assert read("Held since 25 May.", "2023-05-20") == [("since 25 May", "2022-05-25", None)]
    assert read("Held on 20 May.", "2023-05-20") == [("20 May", "2023-05-20", "2023-05-20")]
    assert read("Held on 5 January.", "2023") == [("5 January", "2023-01-05", "2023-01-05")]


def test_the_weekday_of_a_date_says_its_year() -> None:
    assert read("We meet on Thursday, 26 May.", "2022-05-16") == [("Thursday, 26 May", "2022-05-26", "2022-05-26")]
    assert read("We met on Wednesday, 26 May.", "2022-05-16") == [("Wednesday, 26 May", "2021-05-26", "2021-05-26")]


@pytest.mark.parametrize(
    ("text", "words", "iso"),
    [
        ("survenue le 28 janvier 2022 à Lyon", "28 janvier 2022", "2022-01-28"),
        ("Le 1er mars 2022, la police", "1er mars 2022", "2022-03-01"),
        ("El 5 de agosto de 2022 la policía", "5 de agosto de 2022", "2022-08-05"),
        ("am 4. August 2022 verhaftet", "4. August 2022", "2022-08-04"),
        ("12 березня 2020", "12 березня 2020", "2020-03-12"),
        ("2022 жылғы 20 ақпандағы жиын", "2022 жылғы 20 ақпандағы", "2022-02-20"),
        ("2021 жылдың 5 қыркүйегінде ұстады", "2021 жылдың 5 қыркүйегінде", "2021-09-05"),
        ("en agosto de 2022 fueron", "agosto de 2022", "2022-08"),
        ("Signé en 2020, le contrat", "2020", "2020"),
        ("the Mars 2020 rover", "2020", "2020"),
    ],
)
def test_a_whole_date_of_another_language_keeps_its_day_and_month(text: str, words: str, iso: str) -> None:
    assert read(text) == [(words, iso, iso)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("La mort est survenue le 11 février 2021 à Lyon.", DateKind.EVENT),
        ("El 11 de febrero de 2021 la policía llegó.", DateKind.EVENT),
        ("2021 жылғы 11 ақпанда полиция келді.", DateKind.EVENT),
        ("Paris, le 11 février 2021", DateKind.DOCUMENT),
        ("Communiqué du 11 février 2021", DateKind.DOCUMENT),
        ("Decree No. 17 of 11 February 2021", DateKind.DOCUMENT),
        ("Report published on 11 February 2021", DateKind.DOCUMENT),
        ("11 февраля 2021 года", DateKind.DOCUMENT),
        ("2021 жылғы 11 ақпандағы мәлімдеме", DateKind.DOCUMENT),
        ("On 11 February 2021 police came.", DateKind.EVENT),
    ],
)
def test_a_line_that_dates_its_document_is_told_apart_from_events_in_every_language(text: str, kind: DateKind) -> None:
    [found] = date_expressions(text, of_iso("2021-02-11"))
    assert kind_of(text, found, of_iso("2021-02-11")) is kind

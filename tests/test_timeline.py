"""The timeline: dated statements in the order of time, each cited, over HTTP and on the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from making import document, put

from api.app import create_app
from api.cli import main
from api.timeline_command import timeline_line
from indexer.catalogue import Filters
from indexer.index import Index
from search.datekinds import DateKind
from search.engine import Engine
from search.query import Query
from search.results import Results
from search.timeline import Timeline, TimelineQuery

TODAY = date(2026, 11, 27)


@pytest.fixture(scope="module")
def timeline(engine: Engine) -> Timeline:
    """The timeline of the sample corpus."""
    return Timeline(engine.catalogue, engine.search)


@pytest.fixture(scope="module")
def client(sample_index: Path) -> Iterator[TestClient]:
    """A client of a server over the sample corpus."""
    with TestClient(create_app(sample_index), base_url="http://127.0.0.1") as opened:
        yield opened


def no_search(_: Query) -> Results:
    raise AssertionError("all documents are told without a search")


def test_every_row_stands_in_its_source_and_holds_its_date(timeline: Timeline, engine: Engine) -> None:
    told = timeline.rows(TimelineQuery(limit=1000), TODAY)
    assert told.total == len(told.rows) > 50
    assert told.documents == told.read == 5
    for row in told.rows:
        c = row.citation
        assert engine.catalogue.text_of(row.document.id)[c.char_start : c.char_end] == c.text
        assert not row.date or any(character.isalnum() for character in c.text[slice(*row.date)])


def test_rows_come_in_the_order_of_time_those_without_a_year_last(timeline: Timeline) -> None:
    rows = timeline.rows(TimelineQuery(limit=1000), TODAY).rows
    dated = [row.period.named.first for row in rows if not row.period.yearless]
    assert dated == sorted(d for d in dated if d)
    assert [row.period.yearless for row in rows] == sorted(row.period.yearless for row in rows)
    assert rows[-1].period.yearless


def test_a_documents_own_date_is_one_row_where_it_is_written(timeline: Timeline) -> None:
    rows = timeline.rows(TimelineQuery(kinds=(DateKind.DOCUMENT,)), TODAY).rows
    assert [(r.document.source, r.citation.text[slice(*r.date)]) for r in rows] == [
        ("ngos-eu-human-rights-dialogue-2016.txt", "23 November 2016"),
        ("ep-resolution-2021-02-11.txt", "11 February 2021"),
    ]


def test_dates_of_cited_texts_are_no_events(timeline: Timeline) -> None:
    rows = timeline.rows(TimelineQuery(kinds=(DateKind.EVENT,), limit=1000), TODAY).rows
    assert not [r for r in rows if r.period.start in ("2019-03-14", "2013-04-18", "2021-01-11")]
    assert next(r for r in rows if r.citation.label == "recital S").period.start == "2020-02"


def test_pages_join_without_a_gap(timeline: Timeline) -> None:
    whole = timeline.rows(TimelineQuery(limit=1000), TODAY).rows
    pages = [timeline.rows(TimelineQuery(limit=7, offset=at), TODAY).rows for at in range(0, len(whole), 7)]
    assert tuple(row for page in pages for row in page) == whole


def test_times_bound_the_rows_and_filters_the_documents(timeline: Timeline) -> None:
    rows = timeline.rows(TimelineQuery(since="2020-09", until="2020-11", limit=1000), TODAY).rows
    assert rows
    for row in rows:
        assert row.period.named.start is not None
        assert "2020" in row.period.named.start
    filters = Filters(source=("joint-statement-lgbti-group-2024.txt",))
    [row] = timeline.rows(TimelineQuery(filters=filters), TODAY).rows
    assert row.period.start == "2024-10-09"


def test_a_question_is_told_from_its_passages_within_the_dates_it_names(timeline: Timeline) -> None:
    told = timeline.rows(TimelineQuery("which NGOs were suspended in January", limit=200), TODAY)
    assert [d.read_as for d in told.dates] == ["January of any year"]
    assert {row.period.start for row in told.rows} >= {"2020-01-25", "--01-25"}
    assert not [row for row in told.rows if row.period.start == "2020-09-29"]
    free = timeline.rows(TimelineQuery("which NGOs were suspended in January", by_question=False, limit=200), TODAY)
    assert free.total > told.total


def test_what_cannot_be_read_in_time_is_told_at_the_next_call(tmp_path: Path) -> None:
    index = Index(tmp_path / "index", create=True)
    for n in range(5):
        put(index, document(f"{n}.txt", date="2021-02-11"), [f"It happened in May 200{n}.", "And last year."])
    timeline = Timeline(index.catalogue, no_search)
    first = timeline.rows(TimelineQuery(), TODAY, seconds=-1)
    assert (first.documents, first.read, first.total) == (5, 0, 0)
    last = timeline.rows(TimelineQuery(), TODAY)
    assert (last.read, last.total) == (5, 15)
    assert timeline.rows(TimelineQuery(), TODAY, seconds=-1).total == 15
    index.close()


def test_a_document_that_says_no_date_still_has_its_own(tmp_path: Path) -> None:
    index = Index(tmp_path / "index", create=True)
    put(index, document("a.txt", date="2021-02"), ["Nothing dated here. Nor here."])
    [row] = Timeline(index.catalogue, no_search).rows(TimelineQuery(), TODAY).rows
    assert (row.period.start, row.kind, row.date, row.citation.text) == (
        "2021-02", DateKind.DOCUMENT, (), "Nothing dated here.",
    )  # fmt: skip
    index.close()


def test_a_changed_document_is_read_again(tmp_path: Path) -> None:
    index = Index(tmp_path / "index", create=True)
    put(index, document("a.txt"), ["It happened in May 2001."])
    timeline = Timeline(index.catalogue, no_search)
    assert [r.period.start for r in timeline.rows(TimelineQuery(), TODAY).rows] == ["2001-05"]
    with index.store.writing():
        index.store.db.execute("DELETE FROM documents")
    assert timeline.rows(TimelineQuery(), TODAY).total == 0
    index.close()


def test_over_http_each_row_has_its_quote_place_and_span(client: TestClient) -> None:
    body = client.get("/v1/timeline", params={"kind": "event", "since": "2021", "limit": 3}).json()
    assert body["total"] > 3 == len(body["rows"])
    for row in body["rows"]:
        assert row["quote"][slice(*row["span"])] == row["text"]
        assert row["citation"]["text"] == row["quote"]
        assert row["date"] >= "2021"
        assert row["citation"]["permalink"].startswith(f"/documents/{row['document']['id']}#p")


@pytest.mark.parametrize("parameters", [{"x": "1"}, {"kind": "party"}, {"since": "May"}, {"limit": "1000"}])
def test_what_is_not_known_is_refused(client: TestClient, parameters: dict[str, str]) -> None:
    answer = client.get("/v1/timeline", params=parameters)
    assert answer.status_code == 422
    assert answer.json()["hint"]


def test_search_and_answer_say_how_the_dates_of_a_question_were_read(client: TestClient) -> None:
    question = "which NGOs were suspended in January"
    for body in (
        client.get("/v1/search", params={"q": question}).json(),
        client.post("/v1/ask", json={"question": question}).json(),
    ):
        [reading] = body["dates"]
        assert (reading["text"], reading["read_as"], reading["any_year"]) == ("January", "January of any year", True)
        assert (reading["from"], reading["to"], reading["precision"]) == (None, None, "month")
        assert {match["from"] for match in reading["matches"]} >= {"2020-01", "2021-01"}
    assert client.get("/v1/search", params={"q": "prisoners"}).json()["dates"] == []


def test_the_command_prints_rows_and_json(sample_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["timeline", "--index", str(sample_index), "--kind", "document"]) == 0
    assert "2021-02-11" in capsys.readouterr().out
    assert main(["timeline", "arrests in May 1903", "--index", str(sample_index), "--json"]) == 1
    body = json.loads(capsys.readouterr().out)
    assert body["rows"] == []
    assert body["dates"][0]["from"] == "1903-05"


def test_the_date_filters_of_the_command_line_keep_documents_of_that_time(
    sample_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["search", "rights", "--index", str(sample_index), "--date-from", "2021", "--date-to", "2021", "--json"])
        == 0
    )
    hits = json.loads(capsys.readouterr().out)["hits"]
    assert {hit["document"]["date"] for hit in hits} == {"2021-02-11"}


def test_an_open_period_without_a_year_is_printed_as_until_or_since(tmp_path: Path) -> None:
    index = Index(tmp_path / "index", create=True)
    put(index, document("a.txt"), ["The trial was adjourned until 3 July.", "She was held from 2 May to 9 May."])
    rows = Timeline(index.catalogue, no_search).rows(TimelineQuery(), TODAY).rows
    printed = sorted(timeline_line(row).plain.split(" event  ")[0].strip() for row in rows)
    assert printed == ["--05-02 to --05-09 (year not known)", "until --07-03 (year not known)"]
    index.close()


def test_days_told_in_french_and_spanish_lie_in_the_order_of_time_and_in_their_range_only(tmp_path: Path) -> None:
    index = Index(tmp_path / "index", create=True)
    put(index, document("a.txt", date="2022-09-01"), ["Il est mort le 28 janvier 2022.", "Held on 3 January 2022."])
    put(index, document("b.txt", date="2022-09-01"), ["El 5 de agosto de 2022 la policía llegó."])
    timeline, events = Timeline(index.catalogue, no_search), (DateKind.EVENT,)
    told = [row.period.start for row in timeline.rows(TimelineQuery(kinds=events), TODAY).rows]
    assert told == ["2022-01-03", "2022-01-28", "2022-08-05"]
    [row] = timeline.rows(TimelineQuery(kinds=events, since="2022-08", until="2022-08"), TODAY).rows
    assert row.citation.text == "El 5 de agosto de 2022 la policía llegó."
    index.close()

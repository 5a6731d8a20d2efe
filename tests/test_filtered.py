"""Filters find what they name in whatever letter case, and an answer that they kept away is told as that."""

from __future__ import annotations

from pathlib import Path

import pytest

from api import cli
from indexer.catalogue import Filters
from search.engine import Engine
from search.filtered import as_spelled, let_through
from search.query import BadQuery, Query
from search.results import Status

QUESTION = "how many MEPs abstained"


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        (Filters(publisher=("open dialogue foundation",)), Filters(publisher=("Open Dialogue Foundation",))),
        (Filters(language=("EN", "en")), Filters(language=("en",))),
        (Filters(source=("EP-Resolution-2021-02-11.TXT",)), Filters(source=("ep-resolution-2021-02-11.txt",))),
        (Filters(publisher=("Nobody", "commonspace.eu")), Filters(publisher=("Nobody", "commonspace.eu"))),
        (Filters(date_from="2021-02", date_to="2021"), Filters(date_from="2021-02", date_to="2021")),
        (Filters(), Filters()),
    ],
)
def test_values_are_spelled_as_in_the_documents(given: Filters, spelled: Filters, engine: Engine) -> None:
    assert as_spelled(given, engine.catalogue) == spelled


@pytest.mark.parametrize(("first", "last"), [("2022", "2020"), ("2021-03", "2021-02"), ("2021-03", "2021-02-28")])
def test_dates_the_wrong_way_round_are_refused(first: str, last: str, engine: Engine) -> None:
    with pytest.raises(BadQuery, match=f"between {first} and {last}"):
        engine.search(Query(QUESTION, filters=Filters(date_from=first, date_to=last)))


def test_an_answer_is_found_whatever_the_letter_case_of_a_filter(engine: Engine) -> None:
    answer = engine.ask(QUESTION, filters=Filters(publisher=("OPEN DIALOGUE FOUNDATION",)))
    assert answer.status is not Status.UNANSWERABLE


@pytest.mark.parametrize(
    ("filters", "reason"),
    [
        (Filters(publisher=("Nobody",)), "the filters let 0 of 5 documents through"),
        (Filters(date_from="2022"), "the filters let 0 of 5 documents through, none without a date"),
    ],
)
def test_an_answer_that_filters_kept_away_says_so_first(filters: Filters, reason: str, engine: Engine) -> None:
    answer = engine.ask(QUESTION, filters=filters)
    assert answer.status is Status.UNANSWERABLE
    assert answer.reasons[0] == reason
    assert let_through(filters, engine.catalogue) == reason


def test_the_command_line_says_what_the_filters_let_through(
    sample_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["search", "MEPs", "--language", "kk", "--index", str(sample_index)]) == 1
    assert "Nothing found: the filters let 0 of 5 documents through." in capsys.readouterr().out
    assert cli.main(["ask", "MEPs", "--date-from", "2022", "--date-to", "2020", "--index", str(sample_index)]) == 2
    assert "Give the earlier date as the first." in capsys.readouterr().err

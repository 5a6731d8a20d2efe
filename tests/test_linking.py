"""Sources are linked where one names the other by its title."""

from __future__ import annotations

import pytest

from search.engine import Engine
from search.linking import linked_to, spoken, titles_in
from search.query import Query
from search.rankingcache import KEPT, RankingCache

KNOWN = {spoken(title): [title] for title in ("Shirley Temple", "Kiss and Tell (1945 film)", "Kansas", "Boots")}


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("It stars Shirley Temple.", "Who was in it?", ["Shirley Temple"]),
        ("It stars Shirley Temple.", "Was Shirley Temple in it?", []),
        ("Kiss and Tell was shot in Kansas.", "Where?", ["Kiss and Tell (1945 film)", "Kansas"]),
        ("Her Boots and her kansas hat.", "Where?", []),
    ],
)
def test_titles_are_found_where_a_sentence_names_them(text: str, question: str, expected: list[str]) -> None:
    assert list(titles_in(text, KNOWN, question)) == expected


def test_a_source_is_linked_by_its_title_or_by_that_of_the_other() -> None:
    heads = [("Kiss and Tell (1945 film)", "A comedy with Shirley Temple.")]
    assert linked_to(heads, "Shirley Temple", "She was an ambassador.", "Who held a post?")
    assert linked_to(heads, "Janet Waldo", "She was not in Kiss and Tell.", "Who held a post?")
    assert linked_to(heads, "Boots (EP)", "A record.", "Who made Boots?")
    assert not linked_to(heads, "Janet Waldo", "She was an actress.", "Who held a post?")


def test_a_question_is_ranked_once_for_one_state_of_the_index(engine: Engine) -> None:
    ranked: list[str] = []
    rankings = RankingCache()

    def asked(generation: int, text: str) -> None:
        rankings.of(generation, 500, text, Query(text), lambda: ranked.append(text) or [])

    for generation, text in ((1, "a"), (1, "a"), (2, "a"), (2, "b"), (2, "a")):
        asked(generation, text)
    assert ranked == ["a", "a", "b"]
    for n in range(KEPT):
        asked(2, str(n))
    asked(2, "a")
    assert ranked[-1] == "a"
    first, again = (engine.search(Query("Who was fined?")).hits for _ in range(2))
    assert first == again

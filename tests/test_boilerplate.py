from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.boilerplate import mark
from indexer.document import Extract, Kind
from indexer.paragraphs import paragraphs
from indexer.readers import read
from indexer.readers.text import read as read_text

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
LONG = (
    "The organisation said on Monday that at least three of its members had been detained without a warrant, "
    "that their lawyers were not told, and that number {} was still held."
)


def marked(extract: Extract) -> list[str]:
    return [extract.text[b.start : b.end] for b in mark(extract).blocks if b.kind is Kind.BOILERPLATE]


def marked_in(*lines: str) -> list[str]:
    return marked(read_text("\n\n".join(lines).encode(), "page.txt"))


def test_everything_after_related_articles_is_furniture_when_only_teasers_follow() -> None:
    name = "commonspace-eu-condemns-pressure.txt"
    extract = read((CORPUS / name).read_bytes(), name)
    found = marked(extract)
    assert found[0] == "Related articles"
    assert any(block.startswith("Borrell underlined") for block in found)
    assert sum(block.startswith("Twenty-five years ago") for block in found) == 2
    assert not any(block.startswith(("As a firm supporter", "Source:", "Photo:")) for block in found)


def test_teasers_above_a_title_that_comes_twice_are_furniture() -> None:
    name = "ngos-eu-human-rights-dialogue-2016.txt"
    assert [block[:20] for block in marked(read((CORPUS / name).read_bytes(), name))] == [
        "Alert: Torture survi",
        "Urgent Interventions",
        "Sign up now",
        "Subscribe to our lat",
    ]


def test_a_resolution_keeps_all_but_a_picture_name_and_an_empty_heading() -> None:
    name = "ep-resolution-2021-02-11.txt"
    assert marked(read((CORPUS / name).read_bytes(), name)) == [
        "csm_S.3_EN_logo_smaller_01_c8ce50b44a",
        "Related Posts",
    ]


def test_an_insert_in_an_article_costs_its_own_lines_only() -> None:
    lines = ["A title", LONG.format(1), LONG.format(2), "READ ALSO:", "Another story of the day", "A last title"]
    assert marked_in(*lines, LONG.format(3), LONG.format(4)) == ["READ ALSO:", "Another story of the day"]


def test_ordinary_headings_of_documents_are_not_furniture() -> None:
    assert marked_in("Report", LONG.format(1), "Comments", LONG.format(2), "News", LONG.format(3), "Search") == []


def test_menu_words_beside_furniture_are_furniture() -> None:
    assert marked_in("A title of a page", LONG.format(1), "Share this", "Facebook", "Twitter") == [
        "Share this",
        "Facebook",
        "Twitter",
    ]


def test_notices_in_several_languages_are_furniture() -> None:
    notices = [
        "We use cookies to improve this site.",
        "Сайт использует файлы cookie.",
        "Подпишитесь на нашу рассылку",
        "Ce site utilise des cookies.",
        "Utilizamos cookies propias y de terceros.",
        "Diese Website verwendet Cookies.",
        "Толығырақ",
        "Lire la suite",
        "Jetzt abonnieren",
    ]
    assert marked_in(LONG.format(1), LONG.format(2), *notices) == notices


def test_a_paragraph_about_cookies_is_not_a_notice() -> None:
    text = "The authority found that the site uses cookies. " * 4 + LONG.format(1) + " " + LONG.format(2)
    assert marked_in(LONG.format(3), text) == []


def test_photo_credits_stay_content() -> None:
    assert marked_in(LONG.format(1), "Photo: A protest in Almaty, June 2019 (Reuters)", "Source: the ministry") == []


def test_a_run_of_teasers_that_comes_again_is_furniture_the_second_time() -> None:
    run = ["A teaser with a title of some length here", "By a writer", "Short"]
    found = marked_in(*run, LONG.format(1), LONG.format(2), *run)
    assert found == run


def test_a_document_of_furniture_only_is_left_as_it_is() -> None:
    assert marked_in("Sign up now", "Share this") == []


@pytest.mark.parametrize(
    "item",
    [
        "(c) Restrictions on the press;",
        "(c) Отказ в доступе к адвокату;",
        "(c) 2021 parliamentary elections, which observers did not call free;",
    ],
)
def test_a_short_item_c_is_no_copyright_line(item: str) -> None:
    above = ["1. Recalls its resolution of 2020;", "2. Expresses serious concern at:", "(a) Arrests;", "(b) Torture;"]
    text = "\n\n".join([*above, item, "3. Calls upon the Government to release prisoners;"])
    extract = read_text(text.encode(), "page.txt")
    assert marked(extract) == []
    assert [p.label for p in paragraphs(mark(extract), "d")] == ["1", "2", "2 (a)", "2 (b)", "2 (c)", "3"]


def test_a_capital_c_in_brackets_is_no_copyright_line() -> None:
    item = "(C) In the case of refusal, the court shall decide within five days."
    assert marked_in("Article 5", LONG.format(1), item, LONG.format(2)) == []


def test_an_item_c_that_begins_with_a_year_is_an_item_between_b_and_d() -> None:
    c = "(c) 2021 elections were neither free nor fair"
    assert marked_in("1. Recalls that:", "(a) One", "(b) Two:", "(i) of this kind", c, "(d) Four", LONG.format(1)) == []
    assert marked_in("1. Recalls that:", "(a) One", "(b) Two", c, LONG.format(1)) == []


@pytest.mark.parametrize(
    "notice",
    [
        "© 2021 Freedom Watch",
        "© Freedom Watch",
        "(c) 2019–2021 Freedom Watch. All rights reserved.",
        "(C) 2021 Вести",
        "(c) Freedom Watch 2021",
        "(c) Freedom Watch. All rights reserved.",
        "Copyright 2021 Freedom Watch",
        "Copyright © 2021 Freedom Watch",
        "Copyright (c) 2021 Freedom Watch",
        "Copyright © Freedom Watch",
    ],
)
def test_copyright_lines_are_furniture(notice: str) -> None:
    assert marked_in("A title", LONG.format(1), LONG.format(2), notice) == [notice]


def test_a_copyright_line_below_item_b_is_furniture_where_the_item_still_comes() -> None:
    assert marked_in("1. Asks:", "(a) One", "(b) Two", "(c) 2021 Freedom Watch", "(c) Three", "(d) Four") == [
        "(c) 2021 Freedom Watch"
    ]


def test_a_sentence_on_copyright_is_not_a_copyright_line() -> None:
    assert marked_in("A title", LONG.format(1), "Copyright law was amended without public debate.") == []


@given(st.lists(st.sampled_from(["Related articles", "News", LONG, "A title", "Sign up now", "x", LONG + "!"])))
def test_marking_changes_kinds_and_nothing_else(lines: list[str]) -> None:
    before = read_text("\n\n".join(lines).encode(), "page.txt")
    after = mark(before)
    assert after.text == before.text
    assert [(b.start, b.end, b.page) for b in after.blocks] == [(b.start, b.end, b.page) for b in before.blocks]

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from indexer.boilerplate import mark
from indexer.document import Extract, Kind
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


@given(st.lists(st.sampled_from(["Related articles", "News", LONG, "A title", "Sign up now", "x", LONG + "!"])))
def test_marking_changes_kinds_and_nothing_else(lines: list[str]) -> None:
    before = read_text("\n\n".join(lines).encode(), "page.txt")
    after = mark(before)
    assert after.text == before.text
    assert [(b.start, b.end, b.page) for b in after.blocks] == [(b.start, b.end, b.page) for b in before.blocks]

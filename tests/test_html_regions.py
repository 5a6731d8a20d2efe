import pytest

from indexer.boilerplate import mark
from indexer.document import Kind
from indexer.readers import read

BODY = (
    "<p>The court in Almaty heard the case behind closed doors, and the lawyers of the accused were not let in until "
    "the second day, when the prosecutor had already asked for a sentence of ten years.</p>"
    "<p>The organisation said that it would appeal, and asked for an independent inquiry into the death in custody.</p>"
)
SIGNED = "".join(
    f"<li><a href='https://example.org/{name}'>{name}</a></li>"
    for name in ("Freedom Watch", "Open Almaty", "The Bar", "FIDH", "Article 19")
)


def furniture_in(body: str) -> list[str]:
    extract = mark(read(f"<html><body>{body}</body></html>".encode(), "page.html"))
    return [extract.text[b.start : b.end] for b in extract.blocks if b.kind is Kind.BOILERPLATE]


def elementor(kind: str, inside: str) -> str:
    return f"<div class='elementor-element elementor-widget elementor-widget-{kind}'><div>{inside}</div></div>"


def test_the_parts_that_a_page_builder_calls_widgets_are_the_text_of_the_page() -> None:
    page = (
        elementor("heading", "<h1>Release the activists</h1>")
        + elementor("text-editor", "<p>Aigul Sadykova died in custody on 20 March.</p>")
        + elementor("heading", "<h2>Recommendations</h2>")
        + elementor("text-editor", BODY)
    )
    assert furniture_in(page) == []


def test_menus_and_share_bars_of_a_page_builder_stay_furniture() -> None:
    page = (
        elementor("nav-menu", "<p><a href=/>Home</a> <a href=/n>News</a></p>")
        + elementor("text-editor", BODY)
        + elementor("share-buttons", "<p>Tell your friends</p>")
    )
    assert furniture_in(page) == ["Home News", "Tell your friends"]


@pytest.mark.parametrize(
    "part",
    [
        "<p class='lead teaser'>The court sentenced Aigul Sadykova to seven years.</p>",
        "<p class='teaser'>The <a href=/court>court</a> sentenced Aigul Sadykova to seven years.</p>",
        "<div class='popup-content'><p>Footnote: the law of 2015.</p></div>",
        "<div class='widget widget_text'><p>The ministry has not replied to our letter.</p></div>",
    ],
)
def test_a_short_text_of_the_page_is_kept_whatever_its_class(part: str) -> None:
    assert furniture_in(f"<main><h1>Seven years</h1>{part}{BODY}</main>") == []
    assert furniture_in(f"<div><h1>Seven years</h1>{part}{BODY}</div>") == []


def test_a_heading_called_a_widget_is_kept_within_an_article() -> None:
    assert furniture_in(f"<article><h1>Report</h1><div class=widget><h2>Findings</h2></div>{BODY}</article>") == []


TEASERS = "".join(
    f"<div><h3><a href=/{n}>The story of day {n}</a></h3><p class=teaser>The police said: day {n} was calm.</p></div>"
    for n in range(3)
)


@pytest.mark.parametrize(
    ("part", "first"),
    [
        (TEASERS, "The police said: day 0 was calm."),
        ("<div><h3><a href=/1>A story</a></h3><p class=teaser>The police said so.</p></div>", "The police said so."),
        ("<a href=/1><p class=teaser>The police said that all was calm.</p></a>", "The police said that all was calm."),
        ("<div class=teaser><p>The police said so.</p><a href=/1>A story</a></div>", "The police said so."),
        ("<div class=popup><p>Never miss a story.</p><form><input></form></div>", "Never miss a story."),
        ("<div class='widget'><h3>Recent</h3><a href=/1>A story</a></div>", "Recent"),
        ("<div class=sidebar><p class=widget>We are a small team.</p></div>", "We are a small team."),
        ("<div class=cookie-notice><p>Cookies keep this page going.</p></div>", "Cookies keep this page going."),
        ("<div class=newsletter><p>Our news comes by mail.</p></div>", "Our news comes by mail."),
        ("<div class=related><p>Another story of the day</p></div>", "Another story of the day"),
    ],
)
@pytest.mark.parametrize("around", ["main", "div"])
def test_teasers_forms_and_sidebars_stay_furniture(part: str, first: str, around: str) -> None:
    found = furniture_in(f"<{around}><h1>Seven years</h1>{BODY}{part}</{around}>")
    assert found[:1] == [first]


@pytest.mark.parametrize(
    "part",
    [
        f"<p>Signatories:</p><ul>{SIGNED}</ul>",
        f"<p><strong>Signatories</strong>:</p><hr><div class=list><ul>{SIGNED}</ul></div>",
        f"<h3>Signatories:</h3><ol>{SIGNED}</ol><p>Almaty</p>",
        f"<p>These organisations signed the letter to the minister.</p><ul>{SIGNED}</ul>{BODY}",
        "<p>Signatories:</p><p>" + SIGNED.replace("<li>", "").replace("</li>", ", ") + "</p>",
    ],
)
@pytest.mark.parametrize("around", ["article", "div"])
def test_linked_signatories_in_the_text_are_no_menu(part: str, around: str) -> None:
    assert furniture_in(f"<{around}><h1>Joint statement</h1>{BODY}{part}</{around}>") == []


def test_linked_signatories_are_kept_in_a_part_of_their_own_of_an_article() -> None:
    page = f"<article><h1>Joint statement</h1>{BODY}<div><p>Signatories:</p><ul>{SIGNED}</ul></div></article>"
    assert furniture_in(page) == []


@pytest.mark.parametrize(
    "part",
    [
        f"<ul>{SIGNED}</ul>",
        f"<p>See also:</p><ul>{SIGNED}</ul>",
        f"<p>Читайте также:</p><ul>{SIGNED}</ul>",
        f"<p>Tags:</p><ul>{SIGNED}</ul>",
        f"<p>Signatories:</p><ul class=menu>{SIGNED}</ul>",
        f"<h3>Latest of our work</h3><ul>{SIGNED}</ul>",
        "<p>In short:</p><ul>" + "".join(f"<li><a href='#{n}'>Part {n}</a></li>" for n in range(5)) + "</ul>",
    ],
)
@pytest.mark.parametrize("around", ["article", "div"])
def test_menus_link_lists_and_tables_of_contents_stay_furniture(part: str, around: str) -> None:
    found = furniture_in(f"<{around}><h1>Joint statement</h1>{BODY}{part}</{around}>")
    assert found[-1] in ("Article 19", "Part 4")


def test_a_list_of_links_outside_the_text_stays_furniture_below_a_colon() -> None:
    page = f"<div><h1>Seven years</h1>{BODY}</div><div><p>Our partners:</p><ul>{SIGNED}</ul></div>"
    assert "FIDH" in furniture_in(page)

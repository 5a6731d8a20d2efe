"""Asking and searching in a real Chromium, over a real server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from serving import served, wait_until_ready

from api.app import create_app

QUESTION = "which NGOs were suspended in January"
SIGNED = "Who signed the joint statement of 2024 about Feminita?"


def ask(page: Page, question: str = QUESTION) -> None:
    page.locator("#q").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer:not([aria-busy])")
    page.wait_for_selector(".passage .words, p.notice")


def stream(page: Page, events: list[tuple[str, Any]]) -> None:
    """Answer every question with these events."""
    body = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
    page.route("**/v1/ask", lambda route: route.fulfill(body=body, content_type="text/event-stream"))


def test_the_box_has_the_focus_and_keys_bring_it_back(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#q")).not_to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#q")).to_have_value("")


def test_the_start_shows_the_documents_and_the_promise(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".documents li")).to_have_count(5)
    expect(page.get_by_text("Nothing leaves this machine.")).to_be_visible()


def test_a_question_is_answered_with_citations_above_the_passages(page: Page, address: str) -> None:
    page.goto(address)
    ask(page)
    expect(page.locator(".answer .cite").first).to_have_text("[1]")
    assert page.locator(".answer .sources li").count() >= 1
    assert page.locator(".passages .passage").count() >= 3
    expect(page.locator(".passage mark").first).to_be_visible()
    expect(page.locator("#status")).to_contain_text("Answer with")
    assert page.url.endswith("/?q=which+NGOs+were+suspended+in+January")


def test_each_sentence_of_an_answer_shows_as_it_comes(page: Page, address: str) -> None:
    page.add_init_script(
        """const plain = window.fetch;
        window.fetch = async (path, options) => {
          const response = await plain(path, options);
          if (!String(path).endsWith("/v1/ask")) return response;
          const text = await response.text();
          const events = text.split(/(?<=\\n\\n)/);
          const body = new ReadableStream({async start(out) {
            for (const event of events) {
              if (event.startsWith("event: done")) await new Promise((go) => (window.finish = go));
              out.enqueue(new TextEncoder().encode(event));
            }
            out.close();
          }});
          return new Response(body, {status: response.status});
        };"""
    )
    page.goto(address)
    page.locator("#q").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".answer[aria-busy] .sentences .cite").first).to_have_text("[1]")
    expect(page.locator(".answer .sources")).to_have_count(0)
    page.evaluate("window.finish()")
    expect(page.locator(".answer .sources")).to_have_count(1)


def test_the_sentence_that_the_answer_quotes_is_framed_in_its_passage(page: Page, address: str) -> None:
    page.goto(address)
    ask(page)
    framed = page.locator(".passage .best").all_inner_texts()
    quoted = page.locator(".answer .sentences p").all_inner_texts()
    assert any(re.sub(r"\W+", "", text) in re.sub(r"\W+", "", "".join(quoted)) for text in framed)


def test_results_come_while_typing_and_the_answer_only_on_enter(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#q").press_sequentially("prisoners", delay=20)
    page.wait_for_selector(".passage")
    assert page.locator(".answer").count() == 0
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer:not([aria-busy])")


def test_a_search_that_is_typed_over_is_cancelled(page: Page, address: str) -> None:
    page.goto(address)
    failed: list[str] = []
    page.on("requestfailed", lambda r: failed.append(r.url))
    page.route("**/v1/search?q=prison&**", lambda _: None)  # never answered
    page.locator("#q").fill("prison")
    page.wait_for_timeout(300)
    page.locator("#q").fill("prisoners")
    page.wait_for_selector(".passage .words")
    assert len(failed) == 1
    assert "q=prison&" in failed[0]


def test_back_and_forward_walk_through_searches_and_filters(page: Page, address: str) -> None:
    page.goto(address)
    ask(page)
    page.locator("aside input[type=checkbox]").first.check()
    page.wait_for_selector(".chip")
    assert "source=" in page.url
    page.go_back()
    expect(page.locator(".chip")).to_have_count(0)
    page.go_forward()
    expect(page.locator(".chip")).to_have_count(1)
    page.locator(".chip").click()
    expect(page.locator(".chip")).to_have_count(0)
    assert "source=" not in page.url


def test_going_back_shows_the_results_at_once_where_the_reader_was(page: Page, address: str) -> None:
    page.goto(address)
    ask(page)
    page.locator(".passage h2 a").nth(4).scroll_into_view_if_needed()
    at = page.evaluate("scrollY")
    assert at > 0
    asked: list[str] = []
    page.locator(".passage h2 a").nth(4).evaluate("link => link.click()")
    page.wait_for_selector(".paragraph.cited")
    page.on("request", lambda r: asked.append(r.url) if "/v1/" in r.url else None)
    page.go_back()
    expect(page.locator(".answer .cite").first).to_be_attached()
    assert page.evaluate("scrollY") == at
    assert [url for url in asked if "search" in url or "ask" in url] == []


def test_every_facet_narrows_and_the_address_says_so(page: Page, address: str) -> None:
    page.goto(f"{address}/?q=human+rights+in+Kazakhstan")
    legends = page.locator("aside legend")
    expect(legends.first).to_be_visible()
    assert {"Document", "Publisher", "Date"} <= set(legends.all_inner_texts())
    count = int(page.locator("aside fieldset", has_text="Publisher").locator("small").first.inner_text())
    page.get_by_role("checkbox", name="European Parliament").check()
    expect(page.locator(".count > span")).to_have_text(f"{count} passages")
    assert "publisher=European+Parliament" in page.url
    page.locator(".year", has_text="2021").click()
    page.wait_for_selector(".chip >> nth=1")
    assert "date_from=2021" in page.url
    page.reload()
    expect(page.locator(".chip")).to_have_count(2)


def test_passages_are_sorted_by_date_and_the_address_says_so(page: Page, address: str) -> None:
    page.goto(f"{address}/?q=human+rights+in+Kazakhstan")
    page.get_by_label("Sort").select_option("oldest")
    page.wait_for_url("**sort=oldest**")
    expect(page.locator(".passage").first).to_contain_text("2016")
    page.reload()
    expect(page.get_by_label("Sort")).to_have_value("oldest")
    page.get_by_label("Sort").select_option("relevance")
    page.wait_for_url(lambda url: "sort" not in url)


def test_a_question_that_nothing_answers_says_so(page: Page, address: str) -> None:
    page.goto(address)
    ask(page, "who won the football world cup of 2018 in Peru")
    expect(page.locator(".answer h2")).to_have_text("Nothing in these documents answers this")
    assert page.locator(".answer li").count() >= 1
    expect(page.locator(".answer li").first).to_have_text(re.compile(r"^No passage mentions “.+”, “.+”$"))
    expect(page.locator(".answer .meta")).to_have_text("The nearest passages are below.")
    assert page.locator(".passage").count() >= 1


def test_sources_that_disagree_are_shown_side_by_side_each_with_its_quote(page: Page, address: str) -> None:
    answer = page.request.post(f"{address}/v1/ask", data={"question": QUESTION}).json()
    first, second = answer["citations"][:2]
    values = [
        {"value": "three months", "citations": [first["n"]]},
        {"value": "up to three", "citations": [second["n"]]},
    ]
    answer |= {"status": "conflicting", "conflicts": [{"about": "for how long", "values": values}]}
    stream(page, [("done", answer)])
    page.goto(address)
    ask(page)
    expect(page.locator(".conflict h3")).to_contain_text("Sources disagree: for how long")
    expect(page.locator(".conflict b")).to_have_text(["three months", "up to three"])
    quotes = page.locator(".conflict blockquote").evaluate_all("nodes => nodes.map((node) => node.title)")
    assert quotes == [first["quote"], second["quote"]]
    for shown, quote in zip(page.locator(".conflict blockquote").all_text_contents(), quotes, strict=True):
        assert shown.strip("… ") in quote
    page.locator(".conflict .cite").nth(1).click()
    expect(page.locator(".paragraph.cited")).to_have_id(f"p{second['paragraph']}")


def test_folded_near_duplicates_open(page: Page, address: str) -> None:
    found = page.request.get(f"{address}/v1/search", params={"q": "human rights"}).json()
    found["hits"][0]["duplicates"] = [found["hits"][1] | {"score": 0.5}]
    page.route("**/v1/search?*", lambda route: route.fulfill(json=found))
    page.goto(f"{address}/?q=human+rights")
    twins = page.locator(".passage").first.locator(".twins")
    expect(twins.locator(".words")).to_be_hidden()
    twins.locator("summary").click()
    expect(twins.locator(".words")).to_be_visible()


def test_why_a_passage_ranks_is_told_on_demand(page: Page, address: str) -> None:
    page.goto(f"{address}/?q=suspended+NGOs")
    why = page.locator(".passage").first.locator(".why")
    expect(why.locator("dl")).to_be_hidden()
    why.locator("summary").click()
    expect(why.locator("dt").first).to_have_text("Score")


def test_a_server_that_went_away_is_told_and_comes_back(page: Page, sample_index: Path) -> None:
    with served(create_app(sample_index)) as at:
        wait_until_ready(at)
        page.goto(at)
        page.wait_for_selector(".documents")
    page.locator("#q").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer")
    with served(create_app(sample_index), port=int(at.rpartition(":")[2])):
        page.get_by_role("button", name="Try again").click()
        page.wait_for_selector(".passage")


def test_two_tabs_do_not_disturb_each_other(page: Page, address: str) -> None:
    other = page.context.new_page()
    page.goto(address)
    other.goto(address)
    ask(page)
    ask(other, "prisoners")
    expect(page.locator("#q")).to_have_value(QUESTION)
    page.locator(".passage h2 a").first.click()
    page.wait_for_selector(".paragraph.cited")
    page.get_by_role("link", name="Results", exact=True).click()
    expect(page.locator("#q")).to_have_value(QUESTION)


def test_the_page_speaks_russian_to_who_reads_it(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.get_by_text("Ничто не покидает этот компьютер.")).to_be_visible()
    expect(page.locator("section.home h2")).to_have_text("5 документов")
    ask(page)
    expect(page.locator(".answer h2")).to_have_text("Ответ")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ru")


def test_a_passage_written_from_right_to_left_is_shown_so(page: Page, address: str) -> None:
    found = page.request.get(f"{address}/v1/search", params={"q": "human rights"}).json()
    hit = found["hits"][0]
    hit |= {"text": "حقوق الإنسان في كازاخستان", "highlights": [[0, 4]]}
    hit["document"] |= {"language": "ar", "title": "تقرير"}
    page.route("**/v1/search?*", lambda route: route.fulfill(json=found))
    page.goto(f"{address}/?q=human+rights")
    words = page.locator(".passage .words").first
    expect(words).to_have_text("حقوق الإنسان في كازاخستان")
    assert words.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert page.locator(".passage .words").nth(1).evaluate("e => getComputedStyle(e).direction") == "ltr"


def test_the_reference_is_drawn_without_another_host(page: Page, address: str) -> None:
    page.goto(f"{address}/docs")
    described = page.request.get(f"{address}/openapi.json").json()["paths"]
    expect(page.locator(".operation")).to_have_count(sum(len(methods) for methods in described.values()))


def test_a_list_shows_its_members_and_each_source_says_who_speaks(page: Page, address: str) -> None:
    page.goto(address)
    ask(page)
    names = page.locator(".members li b").all_text_contents()
    assert {"ECHO", "Erkindik Kanaty", "International Legal Initiative"} <= set(names)
    expect(page.locator(".members .meta").last).to_contain_text("Looked for in")
    expect(page.locator(".sources .speaker").first).to_contain_text("recital – European Parliament")
    assert page.locator(".conflict").count() >= 2, "what differs is shown unasked"
    expect(page.locator(".conflict.soft h3").first).to_contain_text("Later development: how it ended (“fined”)")


def test_a_list_of_which_no_sentence_names_anybody_stands_above_the_sentences(page: Page, address: str) -> None:
    page.goto(address)
    above = ".members + .sentences"
    ask(page)
    assert page.locator(above).count() == 0
    ask(page, SIGNED)
    expect(page.locator(".members li")).to_have_count(7)
    assert page.locator(above).count() == 1


def test_what_differs_is_marked_in_a_quote_that_is_shortened_openly(page: Page, address: str) -> None:
    answer = page.request.post(f"{address}/v1/ask", data={"question": QUESTION}).json()
    long = max(answer["citations"], key=lambda c: len(c["quote"]))
    value = next(
        v["value"]
        for c in answer["conflicts"]
        for v in c["values"]
        if long["n"] in v["citations"] and len(v["value"]) < 40
    )
    page.goto(address)
    ask(page)
    shown = page.locator(".conflict blockquote", has=page.locator("mark", has_text=re.compile(f"^{re.escape(value)}$")))
    expect(shown.first).to_contain_text("…")
    said = shown.first.inner_text().strip("… ")
    assert said in long["quote"], "no word is shown that the source does not have"
    assert len(said) < len(long["quote"])
    expect(shown.first).to_have_attribute("title", long["quote"])


def test_what_the_server_says_is_said_in_russian_too(page: Page, address: str) -> None:
    page.add_init_script("localStorage.setItem('language', 'ru')")
    page.goto(address)
    ask(page, "who won the football world cup of 2018 in Peru")
    expect(page.locator(".answer li").first).to_have_text(re.compile(r"^Ни один отрывок не упоминает: «.+», «.+»$"))
    page.goto(f"{address}/?q=%3F%3F%3F")
    expect(page.get_by_role("alert")).to_contain_text("В запросе нет слов.")
    expect(page.get_by_role("alert")).to_contain_text("Напишите вопрос")

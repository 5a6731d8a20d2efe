"""Who says a quote, as the page shows it: quotation marks stand only around what the document says."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

QUESTION = "which NGOs were suspended in January"


def test_speaker_and_verb_stand_in_the_order_of_the_source(page: Page, address: str) -> None:
    answer = page.request.post(f"{address}/v1/ask", data={"question": QUESTION}).json()

    def told(speaker: str, verb: str, text: str) -> dict[str, object]:
        words = {
            name: {"text": part, "char_start": text.index(part), "char_end": text.index(part) + len(part)}
            for name, part in (("speaker", speaker), ("verb", verb))
        }
        return {**words, "author": None, "standing": None, "quoted": False}

    first, second = answer["citations"][:2]
    first |= {"said": told("the port's critics", "According to", "According to the port's critics"), "repeats": None}
    second |= {"said": told("The port", "denied", "The port has repeatedly denied"), "repeats": None}
    body = f"event: done\ndata: {json.dumps(answer)}\n\n"
    page.route("**/v1/ask", lambda route: route.fulfill(body=body, content_type="text/event-stream"))
    page.goto(f"{address}/?q={QUESTION.replace(' ', '+')}")
    expect(page.locator(".sources .speaker").nth(0)).to_have_text("“According to the port's critics”")
    expect(page.locator(".sources .speaker").nth(1)).to_have_text("“The port … denied”")

"""Whose words an e-mail quotes: named above the quotation, in words of the message, or nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from making import ROOT, document

from indexer.index import Index
from indexer.paragraphs import paragraphs
from indexer.readers import read
from search.quotes import Quotes
from search.results import Said

HEAD = "From: Una Berg <una@example.org>\nTo: Ivo Hale <ivo@example.org>\nSubject: Re: Ferry\n\n"
SUNK = "The ferry sank off Orla on 4 May."


def said(folder: Path, body: str, words: str = SUNK, head: str = HEAD, name: str = "a.eml") -> Said | None:
    """Who says some words of a message, as an answer that quotes them tells it."""
    extract = read((head + body).encode(), name)
    about = replace(document(name), media_type=extract.media_type)
    index = Index(folder / "index", create=True)
    with index.store.writing():
        found = paragraphs(extract, about.id)
        index.store.add(about, ROOT, (1, 1), "described", extract.text, found, [])
    quotes = Quotes(index.catalogue)
    at = extract.text.rindex(words)
    assert quotes.add(about, words, at, at + len(words))
    [quote] = quotes.all()
    index.close()
    for part in (quote.said and quote.said.speaker, quote.said and quote.said.verb):
        assert not part or extract.text[part.char_start : part.char_end] == part.text
    return quote.said


def named(found: Said | None) -> tuple[str | None, str | None]:
    """Speaker and verb of quoted speech."""
    assert found is not None
    assert found.quoted
    return found.speaker and found.speaker.text, found.verb and found.verb.text  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("On Tue, 9 May 2023 at 18:00, Ivo Hale <ivo@example.org> wrote:", ("Ivo Hale", "wrote")),
        ("On Tue, May 9, 2023 at 6:00 PM Ivo Hale <ivo@example.org> wrote:", ("Ivo Hale", "wrote")),
        ("On Tue, May 9, 2023 at 6:00 PM Ivo van Hale <ivo@example.org>\nwrote:", ("Ivo van Hale", "wrote")),
        ("On Tue, 9 May 2023 at 18:00, A. B. C. D. E. F. Ivo\nHale <ivo@example.org> wrote:", None),
        ("On 09.05.2023 18:00, ivo7@example.org wrote:", ("ivo7@example.org", "wrote")),
        ("Ivo Hale wrote:", ("Ivo Hale", "wrote")),
        ("09.05.2023 18:00, Иво Хейл пишет:", ("Иво Хейл", "пишет")),
        ("вт, 9 мая 2023 г. в 18:00, Иво Хейл <ivo@example.org>:", ("Иво Хейл", None)),
        ("Le mar. 9 mai 2023 à 18:00, Ivo Hale <ivo@example.org> a écrit :", ("Ivo Hale", "a écrit")),
        ("Am Di., 9. Mai 2023 um 18:00 Uhr schrieb Ivo Hale <ivo@example.org>:", ("Ivo Hale", "schrieb")),
        ("As I once wrote:", (None, None)),
        ("On Tue, 9 May 2023 at 18:00, he wrote:", (None, None)),
        ("I see.", (None, None)),
    ],
)
def test_who_wrote_what_a_reply_quotes_is_named_above_it(
    tmp_path: Path, line: str, expected: tuple[str | None, str | None] | None
) -> None:
    speaker, verb = named(said(tmp_path, f"No.\n\n{line}\n> {SUNK}\n"))
    if expected is None:  # a name that is wrapped is whole
        assert (" ".join((speaker or "").split()), verb) == ("A. B. C. D. E. F. Ivo Hale", "wrote")
    else:
        assert (speaker, verb) == expected


def test_a_message_is_of_the_writer_named_at_its_own_depth(tmp_path: Path) -> None:
    body = "On 9 May 2023, Ivo Hale wrote:\n> Really?\n>\n> On 8 May 2023, Eda Moss wrote:\n>> {}\n>\n> {}\n"
    assert named(said(tmp_path / "a", body.format(SUNK, "No."))) == ("Eda Moss", "wrote")
    assert named(said(tmp_path / "b", body.format("No.", SUNK))) == ("Ivo Hale", "wrote")


def test_a_reply_between_quoted_lines_is_its_own_and_the_lines_go_on(tmp_path: Path) -> None:
    body = "On 9 May 2023, Ivo Hale wrote:\n> Was it late?\n\n{}\n\n> {}\n"
    assert said(tmp_path / "a", body.format(SUNK, "Who was it?")) is None
    assert named(said(tmp_path / "b", body.format("Yes.", SUNK))) == ("Ivo Hale", "wrote")


@pytest.mark.parametrize(
    "headers",
    [
        "-----Original Message-----\nFrom: Ivo Hale [mailto:ivo@example.org]\nTo: Una Berg\nSubject: Ferry",
        "---------- Forwarded message ---------\nFrom: Ivo Hale <ivo@example.org>\nDate: Tue, 9 May 2023",
        "-------- Forwarded Message --------\nSubject: Ferry\nDate: Tue, 9 May 2023\nFrom: Ivo Hale <ivo@example.org>",
        "From: Ivo Hale\nSent: Tuesday, 9 May 2023 18:00\nTo: Una Berg",
        "> -----Original Message-----\n> From: Ivo Hale\n> To: Una Berg",
    ],
)
def test_the_sender_in_the_headers_of_the_original_wrote_what_stands_below(tmp_path: Path, headers: str) -> None:
    mark = "> " if headers.startswith(">") else ""
    assert named(said(tmp_path, f"See below.\n\n{headers}\n{mark}\n{mark}Dear Una,\n{mark}\n{mark}{SUNK}\n")) == (
        "Ivo Hale",
        None,
    )


def test_the_next_message_of_a_mailbox_is_not_of_who_is_quoted_in_the_one_before(tmp_path: Path) -> None:
    line = "From a@example.org Fri Mar 12 10:00:00 2021\n"
    first = (
        f"{line}{HEAD}On 9 May 2023, Ivo Hale wrote:\n> Was it late?\n\n-----Original Message-----\nFrom: Eda Moss\n\n"
    )
    for subject in ("Subject: Ferry\n", ""):
        second = f"\n{line}From: Una Berg <una@example.org>\n{subject}\n"
        folder = tmp_path / (subject.strip(": \n") or "none")
        assert said(folder / "own", SUNK, head=first + second, name="a.mbox") is None
        assert named(said(folder / "quoted", f"> {SUNK}", head=first + second, name="a.mbox")) == (None, None)


def test_who_speaks_in_a_quoted_message_is_named_with_its_writer(tmp_path: Path) -> None:
    words = "The port denied that the ferry sank."
    found = said(tmp_path, f"On 9 May 2023, Ivo Hale wrote:\n> {words}\n", words)
    assert named(found) == ("The port", "denied")
    assert found is not None
    assert found.author is not None
    assert found.author.text == "Ivo Hale"


def test_a_mark_in_another_kind_of_document_tells_nothing_without_a_writer(tmp_path: Path) -> None:
    assert said(tmp_path / "a", f"> {SUNK}", head="", name="a.txt") is None
    assert said(tmp_path / "b", SUNK) is None
    line = "From a@example.org Fri Mar 12 10:00:00 2021\n"
    assert said(tmp_path / "c", f">From the pier we saw it. {SUNK}", head=line + HEAD, name="a.mbox") is None

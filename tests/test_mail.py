"""Tests of the reader of e-mail: every part that is shown, what is forwarded, and what is left out by name."""

from __future__ import annotations

import base64

import pytest

from indexer.document import ASIDE, Extract, Kind, Refused
from indexer.paragraphs import paragraphs
from indexer.readers import media_type_of, read

OUTER = "From: a@example.org\nSubject: Visit\nDate: Fri, 12 Mar 2021 10:00:00 +0500\n"
BEATEN = "He was beaten on 3 March by the guard."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def multipart(kind: str, *parts: str, boundary: str = "edge") -> str:
    return (
        f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'
        + "".join(f"--{boundary}\n{part}\n" for part in parts)
        + f"--{boundary}--\n"
    )


def plain(words: str) -> str:
    return f"Content-Type: text/plain; charset=utf-8\n\n{words}\n"


def html(words: str) -> str:
    return f"Content-Type: text/html; charset=utf-8\n\n<html><body>{words}</body></html>\n"


def file(kind: str, name: str, disposition: str = "attachment", data: str = "AAAA") -> str:
    return f'Content-Type: {kind}\nContent-Disposition: {disposition}; filename="{name}"\n\n{data}\n'


def mail(body: str, name: str = "a.eml") -> Extract:
    return read((OUTER + body).encode(), name)


def body_of(extract: Extract) -> list[str]:
    """The blocks after the subject and the headers that are not set aside."""
    return [extract.text[block.start : block.end] for block in extract.blocks[2:] if block.kind not in ASIDE]


def aside_of(extract: Extract) -> str:
    return "\n".join(extract.text[block.start : block.end] for block in extract.blocks if block.kind in ASIDE)


# All that is shown


def test_the_text_after_an_inline_picture_is_read() -> None:
    extract = mail(multipart("mixed", plain("See the cell."), file("image/jpeg", "a.jpg", "inline"), plain(BEATEN)))
    assert body_of(extract) == ["See the cell.", BEATEN]
    assert aside_of(extract) == "Attachments, not read: a.jpg"


def test_every_shown_part_is_read_whatever_its_multipart() -> None:
    related = multipart("related", html("<p>one</p>"), file("image/png", "b.png", "inline"), html("<p>two</p>"))
    signed = multipart("signed", plain("three"), "Content-Type: application/pgp-signature\n\nAAAA\n", boundary="s")
    strange = multipart("x-strange", plain("four"), boundary="t")
    extract = mail(multipart("mixed", related, signed, strange, boundary="all"))
    assert body_of(extract) == ["one", "two", "three", "four"]
    assert aside_of(extract) == "Attachments, not read: b.png"


def test_a_text_shown_inline_under_a_file_name_is_read_and_an_attached_one_is_named() -> None:
    shown, attached = file("text/plain", "a.txt", "inline", BEATEN), file("text/plain", "b.txt", data="away")
    extract = mail(multipart("mixed", shown, attached))
    assert body_of(extract) == [BEATEN]
    assert aside_of(extract) == "Attachments, not read: b.txt"


def test_a_message_that_is_one_attached_text_is_read() -> None:
    assert body_of(mail(file("text/plain", "a.txt", data=BEATEN))) == [BEATEN]


def test_a_multipart_without_a_boundary_is_read_as_text() -> None:
    assert body_of(mail(f"Content-Type: multipart/mixed\n\n{BEATEN}\n")) == [BEATEN]


# Two forms of one text


@pytest.mark.parametrize("blank", ["", " \n", "\u00a0", "-- \n"])
def test_a_blank_plain_form_does_not_stand_for_the_page(blank: str) -> None:
    assert body_of(mail(multipart("alternative", plain(blank), html(f"<p>{BEATEN}</p>")))) == [BEATEN]


def test_a_plain_form_that_only_asks_for_another_program_does_not_stand_for_the_page() -> None:
    stub = "This message is in HTML. Please use a mail program that shows HTML."
    assert body_of(mail(multipart("alternative", plain(stub), html(f"<p>{BEATEN}</p>")))) == [stub, BEATEN]


def test_a_plain_form_that_is_cut_short_gives_way_to_the_page() -> None:
    page = f"<p>{BEATEN}</p><p>His lawyer was not admitted, and nobody wrote it down.</p>"
    extract = mail(multipart("alternative", plain(BEATEN), html(page)))
    assert body_of(extract) == [BEATEN, "His lawyer was not admitted, and nobody wrote it down."]


@pytest.mark.parametrize("page", ["", "<img src='a.png'>", "<p>&nbsp;</p>", f"<p>{BEATEN}</p>"])
def test_a_plain_form_that_tells_all_is_taken_alone(page: str) -> None:
    text = f"{BEATEN}\n\n<https://example.org/a/very/long?link=1>"
    assert body_of(mail(multipart("alternative", plain(text), html(page)))) == text.split("\n\n")


def test_lines_of_a_script_without_spaces_may_be_wrapped_anywhere() -> None:
    words = "他于三月三日被看守殴打律师未获准进入"
    extract = mail(multipart("alternative", plain(f"{words[:7]}\n{words[7:]}"), html(f"<p>{words}</p>")))
    assert words not in extract.text
    assert "".join(body_of(extract)).replace("\n", "") == words


def test_a_page_cut_in_two_by_an_attachment_is_one_form_of_the_text() -> None:
    rest = "His lawyer was not admitted."
    parts = (html(f"<p>{BEATEN}</p>"), file("application/pdf", "order.pdf"), html(f"<p>{rest}</p>"))
    page = multipart("mixed", *parts, boundary="page")
    for first in (f"{BEATEN}\n\n{rest}", ""):
        extract = mail(multipart("alternative", plain(first), page))
        assert body_of(extract) == [BEATEN, rest]
        assert aside_of(extract) == "Attachments, not read: order.pdf"


def test_what_the_page_of_a_message_hides_is_hidden() -> None:
    hidden = "<p style='display:none'>Nobody sees this.</p>"
    extract = mail(multipart("alternative", plain(""), html(f"{hidden}<p>{BEATEN}</p>")))
    assert body_of(extract) == [BEATEN]
    assert [block.kind for block in extract.blocks][-1] is Kind.HIDDEN
    assert extract.text.endswith("Nobody sees this.")


# Forwarded messages

INNER = (
    "From: victim@example.org\nTo: a@example.org\nSubject: Testimony\nDate: Thu, 11 Mar 2021 09:00:00 +0500\n"
    + plain(BEATEN)
)


@pytest.mark.parametrize("disposition", ["", 'Content-Disposition: attachment; filename="x.eml"\n'])
def test_a_forwarded_message_follows_the_one_it_came_in(disposition: str) -> None:
    forward = f"Content-Type: message/rfc822\n{disposition}\n{INNER}"
    extract = mail(multipart("mixed", plain("See below."), forward, file("application/pdf", "b.pdf"), plain("Yours.")))
    headers = "From: victim@example.org\nTo: a@example.org\nDate: Thu, 11 Mar 2021 09:00:00 +0500"
    assert body_of(extract) == ["See below.", "Yours.", "Testimony", headers, BEATEN]
    assert (extract.title, extract.date) == ("Visit", "2021-03-12")
    assert [block.level for block in extract.blocks if block.kind is Kind.HEADING] == [1, 2]


def test_a_forwarded_message_that_is_encoded_as_a_file_is_read() -> None:
    encoded = base64.encodebytes(INNER.encode()).decode()
    forward = f"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{encoded}"
    assert body_of(mail(multipart("mixed", plain("See below."), forward)))[-1] == BEATEN


def test_messages_forwarded_in_the_form_that_is_not_taken_are_read() -> None:
    page = multipart("mixed", html("<p>See.</p>"), f"Content-Type: message/rfc822\n\n{INNER}", boundary="page")
    assert body_of(mail(multipart("alternative", plain("See."), page)))[-1] == BEATEN


def test_the_message_that_a_delivery_report_returns_is_read() -> None:
    status = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; example.org\n\nAction: failed\n"
    returned = f"Content-Type: message/rfc822\n\n{INNER}"
    extract = mail(multipart("report", plain("It could not be delivered."), status, returned))
    assert (body_of(extract)[0], body_of(extract)[-1]) == ("It could not be delivered.", BEATEN)
    assert aside_of(extract) == "Attachments, not read: message/delivery-status"


# What is left out


def test_an_encrypted_message_is_refused_and_an_encrypted_part_is_told_of() -> None:
    parts = "Content-Type: application/pgp-encrypted\n\nVersion: 1\n", file("application/octet-stream", "e.asc")
    sealed = multipart("encrypted", *parts, boundary="sealed")
    with pytest.raises(Refused, match=r"^no text but an encrypted part: open it in a mail program and save its text$"):
        mail(sealed)
    extract = mail(multipart("mixed", plain(BEATEN), sealed))
    assert (body_of(extract), aside_of(extract)) == ([BEATEN], "Not read: an encrypted part")


def test_other_ways_to_seal_a_message_are_refused() -> None:
    with pytest.raises(Refused, match="S/MIME"):
        mail(file("application/pkcs7-mime; smime-type=enveloped-data", "smime.p7m"))
    with pytest.raises(Refused, match="encrypted"):
        mail(plain("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"))


def test_a_part_that_is_not_what_it_says_costs_that_part_only() -> None:
    binary = "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nAAECAwQFBgcICQ==\n"
    empty = "Content-Type: text/html\n\n<!-- -->\n"
    extract = mail(multipart("mixed", binary, empty, plain(BEATEN)))
    assert body_of(extract) == [BEATEN]
    assert aside_of(extract) == "Not read: a part that is not the text it is said to be"


def test_what_programs_read_is_no_text_of_a_message() -> None:
    calendar, card = "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n", "Content-Type: text/vcard\n\nBEGIN:VCARD\n"
    extract = mail(multipart("mixed", multipart("alternative", plain(BEATEN), calendar, boundary="x"), card))
    assert (body_of(extract), aside_of(extract)) == ([BEATEN], "Attachments, not read: text/vcard")


def test_a_saved_page_names_none_of_the_files_that_it_is_made_of() -> None:
    style = "Content-Type: text/css\nContent-Location: http://example.org/a.css\n\np { color: red }\n"
    picture = "Content-Type: image/png\nContent-Location: http://example.org/a.png\n\nAAAA\n"
    extract = mail(multipart("related", html(f"<p>{BEATEN}</p>"), style, picture), "a.mht")
    assert (body_of(extract), aside_of(extract)) == ([BEATEN], "")


# Encodings


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-8"])
def test_headers_in_an_encoding_that_is_not_declared_are_read(encoding: str) -> None:
    letter = "From: Пётр Иванов <a@example.org>\nSubject: Посещение колонии\n\nЕго избили третьего марта.\n"
    extract = read(letter.encode(encoding), "a.eml")
    assert extract.title == "Посещение колонии"
    assert body_of(extract) == ["Его избили третьего марта."]
    assert "From: Пётр Иванов <a@example.org>" in extract.text


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "no-such-charset", '"', "utf-7"])
def test_a_charset_that_is_misdeclared_costs_no_word(charset: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: quoted-printable\n\n"
    words = "Его избили третьего марта."
    encoded = "".join(f"={byte:02X}" for byte in words.encode("cp1251"))
    assert body_of(mail(multipart("mixed", head + encoded + "\n", plain("End.")))) == [words, "End."]


def test_the_name_of_an_attachment_is_read_in_either_way_of_encoding_it() -> None:
    old = file("application/pdf", "=?utf-8?b?0JDQutGCLnBkZg==?=")
    new = "Content-Type: image/png\nContent-Disposition: attachment; filename*=utf-8''%D0%A4%D0%BE%D1%82%D0%BE.png\n\n"
    assert aside_of(mail(multipart("mixed", plain("x"), old, new))) == "Attachments, not read: Акт.pdf, Фото.png"


# Made to harm


def test_parts_nested_deep_and_parts_by_the_thousand_are_bounded() -> None:
    deep = plain("deep")
    for at in range(60):
        deep = multipart("mixed", deep, boundary=f"b{at}")
    extract = mail(multipart("mixed", plain(BEATEN), deep))
    assert (body_of(extract), aside_of(extract)) == ([BEATEN], "Not read: parts nested more than 30 deep")
    forwards = "Content-Type: message/rfc822\n\n" * 60 + INNER
    extract = mail(multipart("mixed", plain(BEATEN), forwards))
    assert "parts nested more than 30 deep" in aside_of(extract)
    extract = mail(multipart("mixed", *(plain(f"part {at}") for at in range(5_000))))
    assert (len(body_of(extract)), aside_of(extract)) == (1_999, "Not read: parts after the first 2,000")


def test_the_bounds_hold_across_all_that_is_forwarded() -> None:
    many = multipart("mixed", *(plain("x") for _ in range(400)), boundary="inner")
    forwards = (f"Content-Type: message/rfc822\n\nSubject: {at}\n{many}" for at in range(10))
    extract = mail(multipart("mixed", plain(BEATEN), *forwards))
    assert body_of(extract).count("x") < 2_000
    assert "parts after the first 2,000" in aside_of(extract)


def test_many_attachments_are_named_in_one_line_of_bounded_length() -> None:
    extract = mail(multipart("mixed", plain("x"), *(file("image/png", f"{at}{'n' * 900}.png") for at in range(300))))
    assert aside_of(extract).endswith(", 250 more")
    assert len(aside_of(extract)) < 11_000


# Kinds of file


def directory(*streams: str) -> bytes:
    return OLE + b"".join(f"{name}\0".encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *streams))


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.msg", directory("__properties_version1.0"), "application/vnd.ms-outlook"),
        ("a.msg", directory("WordDocument", "__properties_version1.0"), "application/vnd.ms-outlook"),
        ("a.bin", directory("__nameid_version1.0", "__properties_version1.0"), "application/vnd.ms-outlook"),
        ("a.docx", directory("WordDocument"), "application/msword"),
        ("a.docx", directory("DataSpaces", "EncryptionInfo", "EncryptedPackage"), "application/x-ole-encrypted"),
        ("a.doc", directory("EncryptionInfo"), "application/x-ole-encrypted"),
        ("a.docx", directory("Workbook"), "application/x-ole-storage"),
        ("a.doc", directory("WordDocument"), "application/msword"),
    ],
)
def test_a_container_of_streams_is_known_by_their_names(name: str, data: bytes, expected: str) -> None:
    assert media_type_of(name, data) == expected


def test_the_end_of_a_date_or_of_a_sentence_is_no_extension() -> None:
    for name in ("Statement 12.03.2021", "Interview No. 5", "Statement of Mr. Ivanov"):
        assert read(b"Words of the statement.", name).text == "Words of the statement."
    assert media_type_of("a.7z", b"words") == "application/x-archive"
    assert media_type_of("a.xyz", b"words") == "application/octet-stream"


# What a reply quotes


def test_lines_that_a_reply_quotes_are_one_paragraph_up_to_a_blank_one() -> None:
    quoted = "> The ferry at Orla was stopped by the navy on 4 May and\n> nobody crossed for a week."
    after = "> The captain wrote a letter."
    extract = mail(plain(f"I doubt it.\n\nOn Tue, 9 May 2023, Ivo Hale wrote:\n{quoted}\n>\n{after}\n\nYours"))
    lead = "On Tue, 9 May 2023, Ivo Hale wrote:"
    assert body_of(extract) == ["I doubt it.", lead, quoted, after, "Yours"]
    assert [p.text for p in paragraphs(extract, "d")][2:] == ["I doubt it.", lead, quoted, after, "Yours"]


def test_a_reply_within_a_reply_is_a_paragraph_of_its_own() -> None:
    lines = ["> No.", "> On 8 May Una Berg wrote:", "> > Was it the navy", "> > that stopped it?", ">> Or the port?"]
    extract = mail(plain("\n".join(lines)))
    assert body_of(extract) == ["\n".join(lines[:2]), "\n".join(lines[2:])]


def test_quoted_lines_do_not_decide_how_the_lines_of_the_reply_are_wrapped() -> None:
    own = ["Ferry tickets.", "Two adults.", "One child."]
    quoted = [f"> and then the navy came back to the ferry, which lay at the pier {n}," for n in range(9)]
    assert body_of(mail(plain("\n".join([*own, *quoted])))) == [*own, "\n".join(quoted)]


def test_a_line_that_a_mailbox_marks_for_its_first_word_is_not_quoted() -> None:
    box = f"From a@example.org Fri Mar 12 10:00:00 2021\n{OUTER}\n> Who saw it?\n>From the pier I saw the navy.\n"
    assert body_of(read(box.encode(), "a.mbox")) == ["> Who saw it?", ">From the pier I saw the navy."]


def test_quoted_lines_of_a_message_with_carriage_returns_are_joined() -> None:
    extract = read((OUTER + plain("Yes.\n\n> The navy\n> \n> came\n> back.")).replace("\n", "\r\n").encode(), "a.eml")
    assert [" ".join(words.split()) for words in body_of(extract)] == ["Yes.", "> The navy", "> came > back."]


@pytest.mark.timeout(30)
def test_an_alternative_of_very_many_forms_is_read_quickly() -> None:
    parts = "".join(
        f"--b\r\nContent-Type: text/plain\r\n\r\n{' '.join(f'w{n}x{m}' for m in range(150))}\r\n" for n in range(1500)
    )
    data = f"Subject: x\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n{parts}--b--\r\n"
    assert "w1499x149" in read(data.encode(), "a.eml").text

"""Reports: their quotations are found, with what is said of where they stand, and each is checked."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import CORPUS

from api.report_checks import CheckedReport, ReportCheck
from api.reports import read_report, read_text
from eval.planting import one_character
from indexer.catalogue import Catalogue
from indexer.folder import read_folder
from search.certificates import BadCertificate, certificate, files_of, opened, replay
from search.quoted import quoted
from search.saved import State, compared, saved_in
from search.verification import Verdict, Verification

REPORT = """# Pressure on civil society

In its resolution of 11 February 2021 it “[w]elcomes the Kazakh authorities’ decision to cancel fines” (para. 8).

A party “was … allowed to participate in these elections”.[^1] The EU says "At least three organisations have been
suspended for at least three months as of 25 January".[^2] It was said that “Human Rights are not for sale” [3].

As Parliament puts it:

> whereas the Kazakh authorities continue to target **independent** trade unions
> — European Parliament resolution of 11 February 2021, recital U

The resolution of 11 February 2021 notes that “independent trade unions” exist (recital A), see A/HRC/28/10, para. 5,
and para. 99 of the resolution of 11 February 2021.

[^1]: European Parliament, resolution 2021, recital G.
[^2]: EU condemns increasing pressure on human rights NGOs in Kazakhstan, 2021.
[3] Open Dialogue Foundation, odf-on-the-2021-resolution.txt
"""
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture(scope="module")
def catalogue() -> Iterator[Catalogue]:
    with read_folder([CORPUS]) as read:
        yield read


@pytest.fixture(scope="module")
def checking(catalogue: Catalogue) -> ReportCheck:
    return ReportCheck(catalogue)


@pytest.fixture(scope="module")
def checked(checking: ReportCheck) -> CheckedReport:
    return checking.check(read_text(REPORT, "report.md"))


def docx(folder: Path) -> Path:
    """A Word file with a quotation in a sentence, one set off by style, a footnote, and the mark of one set by hand."""

    def p(text: str, style: str = "") -> str:
        named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        return f'<w:p>{named}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'

    note = '<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    first = p("MEPs held that “Human Rights are not for sale”").replace("</w:p>", note)
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>3</w:t></w:r></w:p>'
    set_off = p("whereas during the campaign period mass arrests were carried out", "Zitat1").replace("</w:p>", raised)
    body = first + p("Parliament adds:") + set_off
    parts = {
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        "word/footnotes.xml": f'<w:footnotes xmlns:w="{WORD}"><w:footnote w:id="2">'
        + p("European Parliament resolution of 11 February 2021, recital O.")
        + "</w:footnote></w:footnotes>",
        "word/styles.xml": f'<w:styles xmlns:w="{WORD}"><w:style w:styleId="Zitat1"><w:name w:val="Quote"/>'
        "</w:style></w:styles>",
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            package.writestr(name, content)
    path = folder / "report.docx"
    path.write_bytes(made.getvalue())
    return path


def test_quotation_marks_of_every_shape_are_read_outermost_first() -> None:
    text = 'He said “one ‘inner’ more”, "two", «три „внутри“ ещё», „vier“ and ‘five’; the NGOs’ rights don\'t count.'
    assert [text[a:b] for a, b in quoted(text)] == ["one ‘inner’ more", "two", "три „внутри“ ещё", "vier", "five"]


@settings(deadline=None)
@given(st.text(alphabet="ab “”\"'’‘«»\n„(", max_size=120))
def test_any_marks_can_be_read(text: str) -> None:
    last = 0
    for start, end in quoted(text):
        assert last <= start < end <= len(text)
        last = end


def test_each_quotation_of_a_report_gets_its_verdict(checked: CheckedReport) -> None:
    assert [one.check.verdict for one in checked.quotations] == [
        Verdict.SHORTENED, Verdict.ELLIPSIS, Verdict.TYPOGRAPHIC, Verdict.EXACT, Verdict.EXACT, Verdict.MISATTRIBUTED,
    ]  # fmt: skip
    assert not checked.good


def test_notes_brackets_and_sentences_say_where_a_quotation_stands(checked: CheckedReport) -> None:
    claimed = [
        [
            (p.document.source[:3], [x.label for x in p.paragraphs])
            for p in (one.claim.places or () if one.claim else ())
        ]
        for one in checked.quotations
    ]
    assert claimed == [
        [("ep-", ["para 8"])], [("ep-", ["recital G"])], [("com", [])], [("odf", [])], [("ep-", ["recital U"])],
        [("ep-", ["recital A"])],
    ]  # fmt: skip


def test_quotations_are_where_they_are_said_to_be_in_the_report(checked: CheckedReport) -> None:
    text = checked.report.text
    assert text[checked.quotations[3].start : checked.quotations[3].end] == "Human Rights are not for sale"
    assert "> " not in checked.quotations[4].check.quote
    assert "**" not in checked.quotations[4].check.quote


def test_references_to_paragraphs_that_are_not_there_are_told_from_documents_that_are_not(
    checked: CheckedReport,
) -> None:
    by_words = {reference.words: reference for reference in checked.references}
    assert by_words["para. 99"].missing
    assert not by_words["A/HRC/28/10"].missing
    assert not by_words["A/HRC/28/10"].places
    assert [p.label for p in by_words["recital A"].places[0].paragraphs] == ["recital A"]


def test_a_word_file_is_read_with_its_footnotes_and_set_off_quotations(tmp_path: Path, checking: ReportCheck) -> None:
    found = checking.check(read_report(docx(tmp_path))).quotations
    assert [one.check.quote[:12] for one in found] == ["Human Rights", "whereas duri"]
    assert [one.check.verdict for one in found] == [Verdict.MISATTRIBUTED, Verdict.EXACT]


@pytest.mark.parametrize("raised", ["57 m|2|of land", "They left.|3, 4|", "5|1|/2 years", "They left.|7|"])
def test_a_set_off_quotation_is_found_whatever_stands_raised_in_it(raised: str, tmp_path: Path) -> None:
    before, number, after = raised.split("|")
    run = f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{number}</w:t></w:r>'
    words = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    style = '<w:pPr><w:pStyle w:val="Quote"/></w:pPr>'
    body = f"<w:p>{style}{words.format(before)}{run}{words.format(after)}</w:p>"
    path = tmp_path / "report.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')
    assert len(read_report(path).quotations) == 1


def test_a_good_report_passes(checking: ReportCheck) -> None:
    good = "“Human Rights are not for sale” (odf-on-the-2021-resolution.txt), he said."
    assert checking.check(read_text(good)).good


# -- certificates


def certified(checked: CheckedReport, catalogue: Catalogue) -> str:
    return certificate(("report.md", checked.report.sha256), checked.quotations, checked.references, catalogue)


def test_a_certificate_replays_from_the_files_alone(
    checked: CheckedReport, catalogue: Catalogue, tmp_path: Path
) -> None:
    content = opened(certified(checked, catalogue))
    (tmp_path / "renamed").mkdir()
    for n, file in enumerate(sorted(CORPUS.glob("*.txt"))):
        (tmp_path / "renamed" / f"{n}.txt").write_bytes(file.read_bytes())
    with read_folder([tmp_path], only=files_of(content)) as elsewhere:
        replayed = replay(content, elsewhere)
    assert len(replayed) == 6
    assert all(one.same for one in replayed), replayed


def test_a_certificate_does_not_replay_on_a_file_that_was_changed(
    checked: CheckedReport, catalogue: Catalogue, tmp_path: Path
) -> None:
    file = CORPUS / "odf-on-the-2021-resolution.txt"
    (tmp_path / file.name).write_text(file.read_text("utf-8").replace("not for sale", "for sale"), "utf-8")
    with read_folder([tmp_path]) as elsewhere:
        replayed = replay(opened(certified(checked, catalogue)), elsewhere)
    assert not any(one.same for one in replayed)
    assert "not the same" in replayed[3].why


def test_words_not_found_replay_with_the_whole_corpus_only(checking: ReportCheck, catalogue: Catalogue) -> None:
    nowhere = checking.check(read_text("“The moon is made of green cheese and mice dance on it”"))
    content = opened(certified(nowhere, catalogue))
    assert files_of(content) is None
    assert replay(content, catalogue)[0].same
    with read_folder([CORPUS / "odf-on-the-2021-resolution.txt"]) as part:
        assert not replay(content, part)[0].same


def test_a_certificate_with_one_character_changed_is_refused(checked: CheckedReport, catalogue: Catalogue) -> None:
    text = certified(checked, catalogue)
    assert opened(text)
    chance = random.Random(5)
    for _ in range(500):
        changed = one_character(text, chance)
        if changed != text:
            with pytest.raises(BadCertificate):
                opened(changed)


# -- saved citations


def test_saved_citations_that_moved_changed_or_vanished_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Opening words of a statement\n\nThe court released three prisoners on 4 May 2020.\n"
    )
    (tmp_path / "b.txt").write_text("Another\n\nNobody was told about the hearing in the capital before it began.\n")
    (tmp_path / "c.txt").write_text("Third\n\nThe prison was closed by order of the ministry in the same summer.\n")
    saved = []
    with read_folder([tmp_path]) as before:
        for document in before.documents()[1]:
            p = before.paragraphs(document.id)[-1]
            saved.append({
                "document": {"source": document.source}, "paragraph": p.number, "label": p.label,
                "char_start": p.char_start, "char_end": p.char_end, "text": p.text,
            })  # fmt: skip
        same = verification_of(before)
        assert [compared(one, same).state for one in saved_in({"citations": saved})] == [State.UNCHANGED] * 3
    (tmp_path / "a.txt").write_text("Opening words\n\nNew here.\n\nThe court released three prisoners on 4 May 2020.\n")
    (tmp_path / "b.txt").write_text("Another\n\nNobody was told about the hearing in the city before it began.\n")
    (tmp_path / "c.txt").unlink()
    with read_folder([tmp_path]) as after:
        found = [compared(one, verification_of(after)) for one in saved_in(json.loads(json.dumps([saved])))]
    assert [one.state for one in found] == [State.MOVED, State.CHANGED, State.VANISHED]
    assert found[0].now is not None
    assert found[0].now.first.number == 3
    assert [(d.source, d.quote) for d in found[1].differences] == [("city", "capital")]


def verification_of(catalogue: Catalogue) -> Verification:
    from search.concordance import Concordance

    return Verification(Concordance(catalogue))

"""What documents are called: by the lines at their head, too; and what is said of a name that leads to none of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from test_cli import one_line, run
from test_labels import FACTS, POINTS, RECOMMENDATIONS

from api.report_checks import ReportCheck
from api.reports import read_text
from indexer.catalogue import Catalogue
from indexer.folder import read_folder
from search.addresses import Addresses
from search.mentions import mentions
from search.verification import Verdict

DOCUMENTS = {
    "a.txt": "District Court of Marn\nCase No. 3-77/2021\n\nJudgment of 4 May 2021\n\n1. The court hears Ivo Lenk.\n\n"
    "2. The court finds Ivo Lenk guilty of trespass.\n",
    "b.txt": "Court of Appeal of the Republic\n\nRuling of 8 June 2021\n\n"
    "On the appeal against the judgment of 4 May 2021\n\n1. The court hears the appeal.\n\n"
    "2. The judgment of the court of first instance is quashed.\n",
    "c.txt": "Governor of Marn\nDecree No. 31 of 2 March 2021\nOn the closing of the bridge\n\n"
    "Article 1. The bridge is shut.\n\nArticle 2. Boats may pass below it at night.\n",
    "d.txt": "Governor of Marn\nDecree No. 45 of 9 April 2021\nOn the repeal of Decree No. 31\n\n"
    "Article 1. The earlier decree is repealed.\n\nArticle 2. The bridge is open again.\n",
    "e.txt": "Mandates of two Special Rapporteurs\nRef.: AL MRN 5/2021\n1 July 2021\n\n"
    "We have heard that Ivo Lenk was beaten.\n",
    "f.txt": "Permanent Mission of the Republic\nNote verbale of 20 July 2021\nReply to communication AL MRN 5/2021\n\n"
    "The Mission has the honour to say that nobody was beaten.\n",
    "g.txt": "Minutes of the meeting of the Friends of Marn\n14 July 2021, Marn, in the town hall\n\n"
    "Present: Ana Roth\n\n1. The fund is closed.\n\n2. The letter is sent.\n",
    "h.txt": "Объединение «Матери Марна»\nЗаявление от 15 февраля 2021 года\n\n"
    "Мы просим освободить наших детей из тюрьмы.\n",
    "i.txt": "Collectif pour Marn\nCommuniqué du 1er mars 2021\n\n"
    "Le Collectif demande la vérité sur la mort du jeune homme.\n",
    "j.md": "# Marn Watch: Annual report 2021\n\nPublished 15 January 2022\n\n1.1 The bridge was shut for six weeks.\n"
    "\n1.2 The market was shut for two.\n",
}  # fmt: skip
SHUT = "The bridge was shut for six weeks"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("named")
    for name, text in DOCUMENTS.items():
        (made / name).write_text(text, "utf-8")
    return made


@pytest.fixture(scope="module")
def catalogue(folder: Path) -> Iterator[Catalogue]:
    with read_folder([folder]) as read:
        yield read


def opened(catalogue: Catalogue, reference: str) -> list[tuple[str, list[str]]]:
    """The places of a reference: sources and how their paragraphs begin."""
    places = Addresses(catalogue).resolve(reference).places
    return [(place.document.source, [p.text[:12] for p in place.paragraphs]) for place in places]


@pytest.mark.parametrize(
    ("reference", "source", "begins"),
    [
        ("judgment of 4 May 2021, para 2", "a.txt", "2. The court"),
        ("Case No. 3-77/2021", "a.txt", None),
        ("ruling of 8 June 2021, para 2", "b.txt", "2. The judgm"),
        ("Court of Appeal, ruling of 8 June 2021", "b.txt", None),
        ("Decree No. 31, Article 2", "c.txt", "Article 2. B"),
        ("Decree No. 45 of 9 April 2021, Article 2", "d.txt", "Article 2. T"),
        ("AL MRN 5/2021", "e.txt", None),
        ("note verbale of 20 July 2021", "f.txt", None),
        ("minutes of 14 July 2021, para 1", "g.txt", "1. The fund "),
        ("Заявление от 15 февраля 2021 года", "h.txt", None),
        ("Communiqué du 1er mars 2021", "i.txt", None),
        ("Annual report 2021, para 1.2", "j.md", "1.2 The mark"),
    ],
)
def test_a_document_is_called_what_the_lines_at_its_head_say(
    catalogue: Catalogue, reference: str, source: str, begins: str | None
) -> None:
    assert opened(catalogue, reference) == [(source, [begins] if begins else [])]


def test_a_document_is_not_called_what_it_is_about(catalogue: Catalogue) -> None:
    assert opened(catalogue, "Decree No. 31") == [("c.txt", [])]
    assert opened(catalogue, "judgment of 4 May 2021") == [("a.txt", [])]


def test_a_number_and_a_date_are_of_one_document_and_minutes_may_be_a_time() -> None:
    text = (
        "He was beaten for ten minutes on 5 May 2021 (see Decree No. 45 of 9 April 2021, and minutes of 14 July 2021)."
    )
    assert [text[m.start : m.end] for m in mentions(text)] == [
        "Decree No. 45 of 9 April 2021", "minutes of 14 July 2021",
    ]  # fmt: skip


# -- in reports


@pytest.mark.parametrize(
    ("line", "verdict", "source"),
    [
        (f'"{SHUT}" (Annual report 2021, para 1.1).', Verdict.EXACT, "j.md"),
        (f'"{SHUT}" (Annual report 2021, para 1.2).', Verdict.MISATTRIBUTED, "j.md"),
        (f'The Annual report 2021, para 1.2: "{SHUT}" (Annual report 2021, para 1.2).', Verdict.MISATTRIBUTED, "j.md"),
        ('"finds Ivo Lenk guilty" (judgment of 4 May 2021, para 1).', Verdict.MISATTRIBUTED, "a.txt"),
        ('"nobody was beaten" (Court of Appeal ruling of 8 June 2021).', Verdict.MISATTRIBUTED, "b.txt"),
        ('"nobody was beaten" (AL MRN 5/2021).', Verdict.MISATTRIBUTED, "e.txt"),
        ('"The fund is closed" (minutes of 14 July 2021, para 1).', Verdict.EXACT, "g.txt"),
        ('"Boats may pass below it" (Decree No. 31 of 2 March 2021, Article 2).', Verdict.EXACT, "c.txt"),
        ('"Boats may pass below it" (Decree No. 31, Article 1).', Verdict.MISATTRIBUTED, "c.txt"),
    ],
)  # fmt: skip
def test_a_report_may_call_a_document_what_its_head_says(
    catalogue: Catalogue, line: str, verdict: Verdict, source: str
) -> None:
    [one] = ReportCheck(catalogue).check(read_text(line)).quotations
    assert one.check.verdict is verdict
    assert one.claim
    assert {place.document.source for place in one.claim.places or ()} == {source}


@pytest.mark.parametrize(
    ("where", "foreign"),
    [
        ("A/HRC/28/10, para. 5", True), ("The Guardian, paragraph 4", True), ("nosuch.txt, paragraph 8", True),
        ("article 9 of the Covenant", True),
        ("Anual report 2021, para 1.1", False), ("order of 4 May 2021, para 1", False), ("Ibid., para 1.1", False),
        ("District Court, decision of 5 May 2021", False),
    ],
)  # fmt: skip
def test_only_what_surely_is_not_here_is_said_to_be_elsewhere(catalogue: Catalogue, where: str, foreign: bool) -> None:
    [one] = ReportCheck(catalogue).check(read_text(f'"{SHUT}" ({where}).')).quotations
    assert one.claim
    assert (one.claim.places, one.claim.foreign, one.claim.untold) == (None, foreign, not foreign)


def test_a_report_whose_places_could_not_be_told_does_not_pass(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.md"
    report.write_text(f'He says "{SHUT}" (Anual report 2021, para 1.2).\n\nAlso "{SHUT}" (A/HRC/28/10, para. 5).\n')
    code, out, _ = run(capsys, "verify", report, "--folder", folder)
    assert code == 1
    said = " ".join(out.split())
    assert "line 1: could not tell which document “Anual report 2021, para 1.2” is" in said
    assert "A/HRC/28/10, para. 5, which is not in this corpus" in said
    assert "1.2, which is not in this corpus" not in said
    code, out, _ = run(capsys, "verify", report, "--folder", folder, "--json")
    assert code == 1
    untold = one_line(out)["untold"]
    assert isinstance(untold, list)
    assert [one["words"] for one in untold] == ["Anual report 2021, para 1.2"]
    report.write_text(f'Also "{SHUT}" (A/HRC/28/10, para. 5).\n')
    assert run(capsys, "verify", report, "--folder", folder)[0] == 0


def test_a_note_of_the_next_paragraph_is_not_of_the_quotation_before_it() -> None:
    [one] = read_text('The table has "02.03.2021".\n\n[1] Minutes of 14 July 2021.\n').quotations
    assert one.notes == ()


# -- labels that are told apart by words


@pytest.mark.parametrize(
    ("reference", "label"),
    [
        ("judgment.txt, operative 3", "operative 3"),
        ("judgment.txt, operative 3 (a)", "operative 3 (a)"),
        ("judgment.txt, operative paragraph 3", "operative 3"),
        ("operative paragraph 3 of judgment.txt", "operative 3"),
        ("judgment.txt, operative para. 3", "operative 3"),
        ("judgment.txt, paragraph 3", "3"),
        ("judgment.txt, operative paragraph 9", None),
        ("mission.txt, To the European Union, 1", "To the European Union, 1"),
        ("mission.txt, operative paragraph 1", "1"),
    ],
)
def test_a_paragraph_of_the_operative_part_is_found_by_its_label(
    tmp_path: Path, reference: str, label: str | None
) -> None:
    (tmp_path / "judgment.txt").write_text(f"{FACTS}\nFOR THESE REASONS, THE COURT\n\n{POINTS}", "utf-8")
    (tmp_path / "mission.txt").write_text(RECOMMENDATIONS, "utf-8")
    with read_folder([tmp_path]) as catalogue:
        places = Addresses(catalogue).resolve(reference).places
        assert [p.label for place in places for p in place.paragraphs] == ([label] if label else [])

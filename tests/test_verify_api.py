"""Verification and references over HTTP and on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from making import CORPUS
from serving import served, wait_until_ready
from test_cli import one_line, run

from api.app import create_app
from indexer.build import build
from indexer.index import Index

RESOLUTION = "ep-resolution-2021-02-11.txt"
SALE = "Human Rights are not for sale"


@pytest.fixture(scope="module")
def client(sample_index: Path) -> Iterator[httpx.Client]:
    with served(create_app(sample_index)) as address, httpx.Client(base_url=address, timeout=60) as opened:
        wait_until_ready(address)
        yield opened


def verify(client: httpx.Client, quote: str, source: str | None = None) -> dict[str, Any]:
    asked = {"quote": quote} | ({"source": source} if source else {})
    answered = client.post("/v1/verify", json=asked)
    assert answered.status_code == 200, answered.text
    said: dict[str, Any] = answered.json()
    return said


def id_of(client: httpx.Client, source: str) -> str:
    found = client.get("/v1/documents").json()["documents"]
    return str(next(d["id"] for d in found if d["source"] == source))


# -- over HTTP


def test_a_true_quotation_is_verified_with_its_place(client: httpx.Client) -> None:
    said = verify(client, SALE)
    assert (said["verdict"], said["stands"], said["claimed"]) == ("exact", True, None)
    [place] = said["places"]
    assert place["text"] == SALE
    shown = client.get(f"/v1/documents/{place['document']['id']}/paragraphs/{place['paragraph']}").json()["paragraph"]
    at = place["char_start"] - shown["char_start"]
    assert shown["text"][at : at + len(SALE)] == SALE


def test_a_changed_quotation_is_shown_with_what_differs(client: httpx.Client) -> None:
    said = verify(client, SALE.replace(" not", ""))
    assert (said["verdict"], said["stands"]) == ("altered", False)
    assert [(d["source"], d["quote"]) for d in said["differences"]] == [("not", "")]


def test_a_source_in_words_is_held_against_the_quotation(client: httpx.Client) -> None:
    wrong = verify(client, SALE, "resolution 2021 recital O")
    assert wrong["verdict"] == "misattributed"
    assert wrong["claimed"][0]["paragraphs"][0]["label"] == "recital O"
    assert verify(client, SALE, "odf-on-the-2021-resolution.txt")["stands"]
    assert verify(client, SALE, id_of(client, "odf-on-the-2021-resolution.txt"))["stands"]


def test_a_source_that_is_not_there_is_said_to_fit_nothing(client: httpx.Client) -> None:
    said = verify(client, SALE, "A/HRC/28/10, para. 5")
    assert (said["verdict"], said["claimed"]) == ("exact", [])


@pytest.mark.parametrize("body", [{}, {"quote": ""}, {"quote": "x", "model": "y"}, {"quote": "x" * 20_001}])
def test_a_request_that_cannot_be_understood_is_refused(client: httpx.Client, body: dict[str, str]) -> None:
    assert client.post("/v1/verify", json=body).status_code == 422


def test_a_reference_is_resolved_to_all_it_fits(client: httpx.Client) -> None:
    said = client.get("/v1/resolve", params={"q": "resolution 2021 recitals A to C"}).json()
    [place] = said["places"]
    assert place["document"]["source"] == RESOLUTION
    assert [p["label"] for p in place["paragraphs"]] == ["recital A", "recital B", "recital C"]
    assert client.get("/v1/resolve", params={"q": "recital ZZ"}).json()["places"] == []


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("O", ["recital O"]),
        ("recital O", ["recital O"]),
        ("§ 8", ["para 8"]),
        ("paras. 3-5", ["para 3", "para 4", "para 5"]),
    ],
)
def test_a_paragraph_is_addressed_by_a_reference(client: httpx.Client, name: str, labels: list[str]) -> None:
    said = client.get(f"/v1/documents/{id_of(client, RESOLUTION)}/paragraphs/{name}").json()
    assert [p["label"] for p in said["paragraphs"]] == labels
    assert said["paragraph"] == said["paragraphs"][0]


def test_references_in_a_document_are_listed_with_their_spans(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "law.txt").write_text(
        "On the courts\n\n1. The court sits in public on every day of the week.\n\n"
        "2. Exceptions from paragraph 1 are listed in paragraph 7 of the annex.\n\n3. This is all.\n"
    )
    index = Index(tmp_path / "index", create=True)
    build(index, [tmp_path / "files"])
    index.close()
    with served(create_app(tmp_path / "index")) as address, httpx.Client(base_url=address, timeout=60) as opened:
        wait_until_ready(address)
        document = id_of(opened, "law.txt")
        said = opened.get(f"/v1/documents/{document}/references").json()
        paragraphs = {p["number"]: p for p in opened.get(f"/v1/documents/{document}/paragraphs").json()["paragraphs"]}
    [found] = said["references"]
    assert paragraphs[found["paragraph"]]["text"][found["start"] : found["end"]] == found["words"] == "paragraph 1"
    assert [paragraphs[n]["label"] for n in found["paragraphs"]] == ["1"]
    assert found["permalink"].endswith(f"#p{found['paragraphs'][0]}")


def test_a_question_that_names_a_paragraph_is_answered_with_it(client: httpx.Client) -> None:
    said = client.post(
        "/v1/ask", json={"question": "What does recital O of the resolution of 11 February 2021 say?"}
    ).json()
    assert said["status"] == "answered"
    assert [c["label"] for c in said["citations"]] == ["recital O"]
    assert said["passages"][0]["citation"]["label"] == "recital O"


# -- on the command line


def test_get_prints_the_paragraph_that_a_reference_names(
    sample_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "get", "resolution 2021 recital O", "--index", sample_index)
    assert code == 0
    assert RESOLUTION in out
    assert "whereas several independent human rights NGOs" in out
    assert run(capsys, "get", "recital ZZ", "--index", sample_index)[0] == 1


def test_get_lists_every_place_that_fits(sample_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "get", "Kazakhstan", "--index", sample_index)
    assert code == 0
    assert "3 places fit" in out


def test_a_report_is_verified_certified_and_checked_again(
    sample_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report, proof = tmp_path / "report.md", tmp_path / "proof.json"
    report.write_text(
        f"She said “{SALE}” (odf-on-the-2021-resolution.txt). Nobody said “the moon is made of green cheese”.\n"
    )
    code, out, _ = run(capsys, "verify", report, "--index", sample_index, "--save", proof)
    assert code == 1
    assert "2 quotations, 1 exact, 1 not found" in out
    code, out, _ = run(capsys, "verify", "--certificate", proof, "--folder", CORPUS, "--json")
    assert (code, one_line(out)["valid"]) == (0, True)
    proof.write_text(proof.read_text().replace("not for sale", "now for sale", 1))
    code, out, _ = run(capsys, "verify", "--certificate", proof, "--folder", CORPUS)
    assert code == 1
    assert "changed after it was made" in out


def test_saved_citations_are_compared_with_the_documents(
    sample_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(capsys, "ask", "which NGOs were suspended in January", "--index", sample_index, "--json")
    saved = tmp_path / "saved.json"
    saved.write_text(out)
    code, out, _ = run(capsys, "verify", "--citations", saved, "--folder", CORPUS, "--json")
    states = {one["state"] for one in json.loads(out)["citations"]}
    assert (code, states) == (0, {"unchanged"})


@pytest.mark.parametrize("arguments", [[], ["report.md", "--certificate", "x"], ["--certificate", "x", "--save", "y"]])
def test_verify_says_what_it_needs(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "verify", *arguments)
    assert code == 2
    assert err.startswith("pincite: ")

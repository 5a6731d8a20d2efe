"""Reading, citing and exporting over HTTP."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import etree
from making import document, put
from serving import job_when_done, served, served_files, wait_until_ready

from api.app import create_app
from indexer.index import Index
from search.engine import Engine

RESOLUTION = "ep-resolution-2021-02-11.txt"


@pytest.fixture(scope="module")
def client(sample_index: Path) -> Iterator[httpx.Client]:
    with served(create_app(sample_index)) as address, httpx.Client(base_url=address, timeout=60) as opened:
        wait_until_ready(address)
        yield opened


@pytest.fixture(scope="module")
def recital(client: httpx.Client) -> dict[str, Any]:
    """Recital O of the resolution."""
    found = client.get("/v1/documents", params={"q": "ep-resolution"}).json()["documents"][0]
    answer: dict[str, Any] = client.get(f"/v1/documents/{found['id']}/paragraphs/recital O").json()
    return answer


def span(given: dict[str, Any]) -> dict[str, Any]:
    p = given["paragraph"]
    return {"document": given["document"]["id"], "char_start": p["char_start"], "char_end": p["char_end"]}


def collected(given: dict[str, Any]) -> dict[str, Any]:
    return span(given) | {"quote": given["paragraph"]["text"]}


def test_a_paragraph_is_cited_in_every_format_with_quote_label_and_source(
    client: httpx.Client, recital: dict[str, Any]
) -> None:
    cited = client.get("/v1/cite", params=span(recital)).json()
    assert cited["citation"]["text"] == recital["paragraph"]["text"]
    formats = cited["formats"]
    assert list(formats) == ["text", "markdown", "bibtex", "ris", "csl-json", "oscola"]
    for text in formats.values():
        assert "Erkindik Kanaty" in text
        assert "recital O" in text
        assert "European Parliament resolution of 11 February 2021" in text
    assert formats["text"].startswith("“O. whereas")
    assert f"/documents/{recital['document']['id']}#p{recital['paragraph']['number']})" in formats["text"]
    assert formats["bibtex"].startswith("@misc{europeanparliament2021p")
    assert formats["ris"].startswith("TY  - GEN\r\nTI  - European Parliament")
    assert formats["ris"].endswith("ER  - \r\n")
    assert "\r\nDA  - 2021/02/11/\r\n" in formats["ris"]
    [item] = json.loads(formats["csl-json"])
    assert item["issued"] == {"date-parts": [[2021, 2, 11]]}
    assert "(11 February 2021) recital O." in formats["oscola"]


def test_words_that_no_paragraph_holds_are_not_cited(client: httpx.Client, recital: dict[str, Any]) -> None:
    beyond = span(recital) | {"char_start": 10_000_000, "char_end": 10_000_010}
    assert client.get("/v1/cite", params=beyond).status_code == 404
    assert client.get("/v1/cite", params=span(recital) | {"document": "none"}).status_code == 404
    assert client.get("/v1/cite", params=span(recital) | {"char_start": "x"}).status_code == 422


def test_an_export_holds_every_passage_in_the_order_given(client: httpx.Client, recital: dict[str, Any]) -> None:
    first = client.get(f"/v1/documents/{recital['document']['id']}/paragraphs/1").json()
    passages = [collected(recital), collected(first)]

    def export(kind: str) -> httpx.Response:
        return client.post("/v1/export", json={"format": kind, "title": "My passages", "passages": passages})

    markdown = export("markdown").text
    assert markdown.startswith("# My passages\n")
    assert "recital O" in markdown
    rows = list(csv.DictReader(io.StringIO(export("csv").content.decode("utf-8-sig"))))
    assert [row["quote"] for row in rows] == [p["quote"] for p in passages]
    assert rows[0]["place"] == "recital O"
    response = export("docx")
    assert "attachment" in response.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as packed:
        assert packed.testzip() is None
        text = "".join(etree.fromstring(packed.read("word/document.xml")).itertext())
    assert "Erkindik Kanaty" in text
    assert text.index("recital O") > text.index("My passages")


def test_a_quote_with_one_changed_word_is_left_out_of_an_export_by_name(
    client: httpx.Client, recital: dict[str, Any]
) -> None:
    altered = collected(recital)
    altered["quote"] = altered["quote"].replace("heavily", "lightly")
    for kind in ("markdown", "csv"):
        text = client.post("/v1/export", json={"format": kind, "passages": [altered, collected(recital)]}).text
        assert "lightly" not in text
        assert "heavily" in text
        assert "Left out" in text
        assert "ep" in text.partition("Left out")[2]


def test_a_quote_that_moved_within_its_document_is_found_again(client: httpx.Client, recital: dict[str, Any]) -> None:
    moved = collected(recital) | {"char_start": 3, "char_end": 9}
    text = client.post("/v1/export", json={"format": "csv", "passages": [moved]}).text
    assert "recital O" in text


def test_an_outline_has_the_headings_and_where_each_hundredth_paragraph_starts(
    client: httpx.Client, recital: dict[str, Any]
) -> None:
    base = f"/v1/documents/{recital['document']['id']}"
    outline = client.get(f"{base}/outline").json()
    paragraphs = client.get(f"{base}/paragraphs").json()["paragraphs"]
    assert outline["total"] == len(paragraphs)
    assert outline["starts"] == [p["char_start"] for p in paragraphs[::100]]
    assert [h["number"] for h in outline["headings"]] == [p["number"] for p in paragraphs if p["kind"] == "heading"]


def test_words_are_found_in_a_document_whatever_their_case_and_line_ends(
    client: httpx.Client, recital: dict[str, Any]
) -> None:
    base = f"/v1/documents/{recital['document']['id']}"
    found = client.get(f"{base}/find", params={"q": "ERKINDIK   kanaty"}).json()
    assert found["total"] == len(found["matches"]) > 0
    paragraphs = {p["number"]: p for p in client.get(f"{base}/paragraphs").json()["paragraphs"]}
    for m in found["matches"]:
        p = paragraphs[m["paragraph"]]
        words = p["text"][m["char_start"] - p["char_start"] : m["char_end"] - p["char_start"]]
        assert re.sub(r"\s+", " ", words).lower() == "erkindik kanaty"
    assert client.get(f"{base}/find", params={"q": "(.*"}).json()["total"] == 0
    assert client.get(f"{base}/find", params={"q": " "}).json()["total"] == 0


def test_each_place_of_a_common_word_can_be_had_a_thousand_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    text = "\n\n".join(f"{n}. The giraffe of herd {n} was seen, and a second giraffe." for n in range(1, 1_301))
    (tmp_path / "files" / "long.txt").write_text(text)
    with served_files(tmp_path) as at, httpx.Client(base_url=at) as client:
        (listed,) = client.get("/v1/documents").json()["documents"]

        def find(**where: int) -> dict[str, Any]:
            asked = {"q": "giraffe", **where}
            return dict(client.get(f"/v1/documents/{listed['id']}/find", params=asked).json())

        first = find()
        assert (first["total"], first["offset"], len(first["matches"])) == (2_600, 0, 1_000)
        parts = [find(offset=offset)["matches"] for offset in (0, 1_000, 2_000)]
        places = [m for part in parts for m in part]
        assert [text[m["char_start"] : m["char_end"]] for m in places] == ["giraffe"] * 2_600
        assert [m["char_start"] for m in places] == sorted({m["char_start"] for m in places})
        around = find(near=700)
        assert around["matches"][0] == places[around["offset"]]
        assert around["matches"][500]["paragraph"] == 700
        assert around["matches"][499]["paragraph"] == 699
        assert find(near=1)["offset"] == 0
        for behind in (find(near=1_300), find(near=9_999)):
            assert behind["offset"] == 1_600, "the last thousand, with those before it"
        assert find(offset=9_999) == {"total": 2_600, "offset": 2_600, "matches": []}
        for wrong in ({"offset": -1}, {"near": 0}, {"near": 1 << 60}):
            assert client.get(f"/v1/documents/{listed['id']}/find", params={"q": "a", **wrong}).status_code == 422


def test_results_by_date_are_the_best_ones_in_another_order(client: httpx.Client) -> None:
    def found(sort: str) -> list[dict[str, Any]]:
        asked = {"q": "human rights in Kazakhstan", "sort": sort, "limit": 100}
        return list(client.get("/v1/search", params=asked).json()["hits"])

    best, newest, oldest = found("relevance"), found("newest"), found("oldest")
    assert {h["id"] for h in newest} == {h["id"] for h in best} == {h["id"] for h in oldest}
    for hits, reverse in ((newest, True), (oldest, False)):
        dates = [h["document"]["date"] for h in hits]
        known = [d for d in dates if d]
        assert known == sorted(known, reverse=reverse)
        assert dates[len(known) :] == [None] * (len(dates) - len(known)), "those without a date come last"
    assert client.get("/v1/search", params={"q": "rights", "sort": "magic"}).status_code == 422


def test_a_search_is_narrowed_by_kind_of_file(client: httpx.Client) -> None:
    every = client.get("/v1/search", params={"q": "human rights"}).json()
    assert every["facets"]["media_type"] == [{"value": "text/plain", "count": every["total"]}]
    none = client.get("/v1/search", params={"q": "human rights", "media_type": "application/pdf"}).json()
    assert none["hits"] == []


def test_the_sample_documents_are_added_on_request(tmp_path: Path) -> None:
    with served(create_app(tmp_path / "index")) as address, httpx.Client(base_url=address, timeout=60) as client:
        job = job_when_done(client, client.post("/v1/documents/sample").json()["id"])
        assert {f["state"] for f in job["files"]} == {"indexed"}
        assert client.get("/v1/documents").json()["total"] == len(job["files"]) == 5
        assert client.get("/v1/documents", params={"q": "ep-"}).json()["documents"][0]["publisher"]


def test_files_that_could_not_be_read_are_listed_with_their_reason(tmp_path: Path) -> None:
    with served(create_app(tmp_path / "index")) as address, httpx.Client(base_url=address, timeout=60) as client:
        files = [("files", ("broken.pdf", b"%PDF-1.4 nothing", "application/pdf"))]
        job_when_done(client, client.post("/v1/documents", files=files).json()["id"])
        [refusal] = client.get("/v1/refusals").json()["refusals"]
        assert refusal["source"] == "broken.pdf"
        assert refusal["reason"]


HOSTILE = '=cmd|"/c calc"!A1\n\n<b>]]></w:t>&amp;\x07} \\end{quote} `x` [a](javascript:b) \ud83d\ude00'


def test_hostile_words_stay_words_in_every_format(tmp_path: Path) -> None:
    text = HOSTILE.encode("utf-16", "surrogatepass").decode("utf-16")
    index = Index(tmp_path / "index", create=True)
    about = document("h.txt", title=f"{text}", publisher="{}\nER  - \nTY  - BOOK", language="ar", date="13th of May")
    put(index, about, [text])
    index.close()
    app = create_app(tmp_path / "index", open_engine=lambda: Engine.open(tmp_path / "index"))
    with served(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        at = {"document": about.id, "char_start": 0, "char_end": len(text)}
        formats = client.get("/v1/cite", params=at).json()["formats"]
        assert len(re.findall(r"^ER  - ", formats["ris"], flags=re.M)) == 1
        assert json.loads(formats["csl-json"])[0]["note"]
        plain = re.sub(r"\\.", "", formats["bibtex"])
        assert plain.count("{") == plain.count("}")
        assert r"\<b\>" in formats["markdown"]
        passages = [at | {"quote": text}]
        exported = client.post("/v1/export", json={"format": "csv", "passages": passages}).content
        row = next(csv.DictReader(io.StringIO(exported.decode("utf-8-sig"))))
        assert row["quote"] == "'" + text
        packed = client.post("/v1/export", json={"format": "docx", "passages": passages}).content
        with zipfile.ZipFile(io.BytesIO(packed)) as file:
            root = etree.fromstring(file.read("word/document.xml"))
        assert "</w:t>&amp;" in "".join(root.itertext())
        assert root.find(".//{*}bidi") is not None

"""The HTTP interface, asked over a real connection."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import job_when_done, served, wait_until_ready

from api.app import create_app
from indexer.build import build
from indexer.index import Index

QUESTION = "which NGOs were suspended in January"
RESOLUTION = "ep-resolution-2021-02-11.txt"
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def client(sample_index: Path) -> Iterator[httpx.Client]:
    with served(create_app(sample_index)) as address, httpx.Client(base_url=address, timeout=60) as opened:
        wait_until_ready(address)
        yield opened


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[httpx.Client]:
    """A server whose index does not exist yet."""
    with served(create_app(tmp_path / "index")) as address, httpx.Client(base_url=address, timeout=60) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[tuple[httpx.Client, Path]]:
    """A server over a folder of one file that a test may change."""
    file = tmp_path / "files" / "statement.txt"
    file.parent.mkdir()
    file.write_text("Statement on the courts\n\nThe court in Almaty released three prisoners on 4 May 2020.\n")
    index = Index(tmp_path / "index", create=True)
    build(index, [file.parent])
    index.close()
    with served(create_app(tmp_path / "index")) as address, httpx.Client(base_url=address, timeout=60) as opened:
        yield opened, file


def id_of(client: httpx.Client, source: str) -> str:
    documents = client.get("/v1/documents").json()["documents"]
    return next(d["id"] for d in documents if d["source"] == source)


def words_at(client: httpx.Client, document_id: str, place: dict[str, Any]) -> str:
    """The words of the paragraphs of a citation, from which its text must be cut."""
    paragraphs = client.get(f"/v1/documents/{document_id}/paragraphs").json()["paragraphs"]
    inside = [p for p in paragraphs if place["paragraph"] <= p["number"] <= place["paragraph_end"]]
    if len(inside) > 1:
        return place["text"] if all(p["text"] in place["text"] for p in inside[1:-1]) else ""
    start = place["char_start"] - inside[0]["char_start"]
    return inside[0]["text"][start : start + place["char_end"] - place["char_start"]]


def events_of(body: str) -> list[tuple[str, Any]]:
    events = []
    for block in body.strip().split("\n\n"):
        name, data = block.split("\n", 1)
        events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return events


def assert_problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    problem: dict[str, Any] = response.json()
    assert set(problem) == {"type", "title", "status", "detail", "hint"}
    assert problem["status"] == status
    assert problem["hint"]
    return problem


# -- search and ask


def test_a_search_returns_ranked_passages_with_their_place(client: httpx.Client) -> None:
    found = client.get("/v1/search", params={"q": QUESTION, "limit": 3}).json()
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    assert found["total"] >= 3
    assert {f["value"] for f in found["facets"]["source"]} >= {RESOLUTION}
    for hit in found["hits"]:
        place = hit["citation"]
        assert place["permalink"] == f"/documents/{hit['document']['id']}#p{place['paragraph']}"
        assert words_at(client, hit["document"]["id"], place) == place["text"]
        assert all(0 <= start < end <= len(hit["text"]) for start, end in hit["highlights"])


def test_the_second_page_goes_on_where_the_first_ends(client: httpx.Client) -> None:
    both = client.get("/v1/search", params={"q": "human rights", "limit": 4}).json()["hits"]
    second = client.get("/v1/search", params={"q": "human rights", "limit": 2, "offset": 2}).json()["hits"]
    assert [hit["id"] for hit in second] == [hit["id"] for hit in both[2:]]


def test_filters_keep_only_what_they_name(client: httpx.Client) -> None:
    found = client.get("/v1/search", params={"q": "human rights", "source": RESOLUTION}).json()
    assert {hit["document"]["source"] for hit in found["hits"]} == {RESOLUTION}
    none = client.get("/v1/search", params={"q": "human rights", "source": "no such file"}).json()
    assert (none["total"], none["hits"]) == (0, [])


def test_what_each_stage_gave_is_told_only_when_asked(client: httpx.Client) -> None:
    plain = client.get("/v1/search", params={"q": QUESTION}).json()["hits"][0]
    explained = client.get("/v1/search", params={"q": QUESTION, "explain": "true"}).json()["hits"][0]
    assert plain["explain"] is None
    assert explained["explain"]


def test_every_quote_of_an_answer_stands_in_its_source(client: httpx.Client) -> None:
    answer = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert answer["status"] in ("answered", "conflicting")
    assert answer["answer"] == " ".join(s["text"] for s in answer["sentences"])
    numbers = {c["n"] for c in answer["citations"]}
    assert all(set(s["citations"]) <= numbers and s["citations"] for s in answer["sentences"])
    for citation in answer["citations"]:
        assert citation["verified"] is True
        assert citation["quote"] == citation["text"] == words_at(client, citation["document"]["id"], citation)


def test_a_streamed_answer_is_the_same_answer_in_parts(client: httpx.Client) -> None:
    whole = client.post("/v1/ask", json={"question": QUESTION}).json()
    response = client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.text)
    names = [name for name, _ in events]
    assert names[0] == "passages"
    assert names[-1] == "done"
    assert [data for name, data in events if name == "delta"] == whole["sentences"]
    assert [data for name, data in events if name == "citation"] == whole["citations"]
    assert events[-1][1] | {"took_ms": 0} == whole | {"took_ms": 0}
    seen: set[int] = set()
    for name, data in events:
        if name == "citation":
            seen.add(data["n"])
        if name == "delta":
            assert set(data["citations"]) <= seen, "a citation comes before the sentence that uses it"


def test_a_question_that_cannot_be_asked_is_a_problem_even_when_streamed(client: httpx.Client) -> None:
    assert_problem(client.post("/v1/ask", json={"question": " ?! ", "stream": True}), 422)


# -- bad input


@pytest.mark.parametrize(
    "query",
    ["", "   ", "?!,", "\x00\x01", "a" * 2001, "x " * 5_000],
    ids=["empty", "blank", "punctuation", "controls", "too long", "far too long"],
)
def test_a_query_that_cannot_be_asked_says_why(client: httpx.Client, query: str) -> None:
    assert_problem(client.get("/v1/search", params={"q": query}), 422)
    assert_problem(client.post("/v1/ask", json={"question": query}), 422)


@pytest.mark.parametrize(
    "query",
    [
        'NEAR("a" AND NOT b*) OR ^c:d -e {f}',
        "SELECT * FROM documents; --",
        'NGOs "',
        "\x00NGOs\x07 suspended",
        "какие НПО были приостановлены",
        "қандай үкіметтік емес ұйымдар",
        "منظمات حقوق الإنسان",
        "人权组织",
        "🙂 NGOs",
        "a\u202eb\u200bc",
        "<script>alert(1)</script>",
    ],
)
def test_operators_controls_and_other_scripts_are_only_words(client: httpx.Client, query: str) -> None:
    for mode in ("hybrid", "dense", "lexical"):
        assert client.get("/v1/search", params={"q": query, "mode": mode}).status_code == 200
    assert client.post("/v1/ask", json={"question": query}).status_code == 200


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=60), other=st.text(max_size=20))
def test_no_text_is_a_fault_of_the_server(client: httpx.Client, query: str, other: str) -> None:
    assert client.get("/v1/search", params={"q": query, "mode": "lexical"}).status_code in (200, 422)
    assert client.get("/v1/search", params={"q": "NGOs", "source": other, "mode": "lexical"}).status_code in (200, 422)
    assert client.get("/v1/documents", params={"q": other}).status_code == 200


def test_a_lone_surrogate_is_refused_or_read_as_an_unknown_character(client: httpx.Client) -> None:
    assert client.get("/v1/search?q=NGOs%ED%A0%80%FF").status_code == 200
    headers = {"content-type": "application/json"}
    response = client.post("/v1/ask", content=b'{"question": "NGOs \\ud800 suspended"}', headers=headers)
    assert response.status_code in (200, 422)
    assert client.post("/v1/ask", content=b'{"question": "\xff"}', headers=headers).status_code in (400, 422)


def test_an_address_of_a_hundred_kilobytes_is_refused(client: httpx.Client) -> None:
    connection = HTTPConnection(client.base_url.host, client.base_url.port)
    connection.request("GET", f"/v1/search?q={'a' * 100_000}")
    assert 400 <= connection.getresponse().status < 500
    connection.close()


def test_a_question_of_a_hundred_kilobytes_is_refused(client: httpx.Client) -> None:
    assert_problem(client.post("/v1/ask", json={"question": "word " * 20_000}), 422)


def test_a_body_that_is_too_large_is_refused_whether_its_length_is_told_or_not(client: httpx.Client) -> None:
    large = b'{"question": "' + b"a" * (3 << 20) + b'"}'
    headers = {"content-type": "application/json"}
    assert_problem(client.post("/v1/ask", content=large, headers=headers), 413)
    parts = iter([large[:1000], large[1000:]])
    assert_problem(client.post("/v1/ask", content=parts, headers=headers), 413)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/v1/search?q=a&lmit=3", "lmit"),
        ("/v1/documents?page=2", "page"),
        ("/health?x=1", "x"),
        ("/v1/jobs/1?verbose=1", "verbose"),
        ("/v1/documents/1/paragraphs?from=2", "from"),
    ],
)
def test_an_unknown_parameter_is_refused_by_name(client: httpx.Client, path: str, named: str) -> None:
    problem = assert_problem(client.get(path), 422)
    assert f"'{named}'" in problem["detail"]


@pytest.mark.parametrize("wrong", [{"limit": True}, {"limit": 5.0}, {"writer": 0.0}, {"stream": "no"}])
def test_a_value_of_another_type_in_a_body_is_refused(client: httpx.Client, wrong: dict[str, object]) -> None:
    problem = assert_problem(client.post("/v1/ask", json={"question": "NGOs", **wrong}), 422)
    assert next(iter(wrong)) in json.dumps(problem)


def test_an_unknown_field_is_refused_by_name(client: httpx.Client) -> None:
    problem = assert_problem(client.post("/v1/ask", json={"question": "NGOs", "langauge": "en"}), 422)
    assert "'langauge'" in problem["detail"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"offset": "-1"},
        {"offset": "1001"},
        {"mode": "magic"},
        {"date_from": "2021-13"},
        {"date_to": "2021-02-30"},
        {"date_from": "last week"},
        {"rerank": "perhaps"},
        {"limit": "9" * 5000},
    ],
)
def test_a_value_out_of_range_is_refused(client: httpx.Client, parameters: dict[str, str]) -> None:
    problem = assert_problem(client.get("/v1/search", params={"q": "NGOs"} | parameters), 422)
    assert next(iter(parameters)) in problem["detail"]


@pytest.mark.parametrize("date", ["2021", "2021-02", "2021-02-11"])
def test_a_date_may_be_a_day_a_month_or_a_year(client: httpx.Client, date: str) -> None:
    parameters = {"q": "human rights", "date_from": date, "date_to": date}
    assert client.get("/v1/search", params=parameters).status_code == 200


def test_an_address_that_is_not_there_is_a_problem_with_a_hint(client: httpx.Client) -> None:
    assert_problem(client.get("/v1/nothing"), 404)
    assert_problem(client.put("/v1/search"), 405)


# -- documents


def test_documents_are_listed_and_found_by_their_words(client: httpx.Client) -> None:
    every = client.get("/v1/documents").json()
    assert every["total"] == len(every["documents"]) == 5
    page = client.get("/v1/documents", params={"limit": 2, "offset": 1}).json()
    assert page["documents"] == every["documents"][1:3]
    some = client.get("/v1/documents", params={"q": "ep-resolution"}).json()
    assert [d["source"] for d in some["documents"]] == [RESOLUTION]


def test_a_paragraph_has_one_address_by_number_and_by_label(client: httpx.Client) -> None:
    document_id = id_of(client, RESOLUTION)
    base = f"/v1/documents/{document_id}/paragraphs"
    by_label = client.get(f"{base}/recital O").json()["paragraph"]
    assert by_label["text"].startswith("O.")
    assert client.get(f"{base}/{by_label['number']}").json()["paragraph"] == by_label
    assert client.get(f"{base}/recital%20o").json()["paragraph"] == by_label
    for missing in ("recital ZZ", "0", "999999", "9" * 150, "a/b"):
        assert_problem(client.get(f"{base}/{missing}"), 404)
    assert_problem(client.get(f"{base}/{'9' * 5000}"), 422)


def test_paragraphs_come_in_pages(client: httpx.Client) -> None:
    base = f"/v1/documents/{id_of(client, RESOLUTION)}"
    every = client.get(f"{base}/paragraphs").json()
    page = client.get(f"{base}/paragraphs", params={"limit": 3, "offset": 2}).json()
    assert page["paragraphs"] == every["paragraphs"][2:5]
    assert [p["number"] for p in every["paragraphs"]] == list(range(1, every["total"] + 1))
    assert client.get(base).json()["paragraphs"] == every["total"]


def test_the_original_is_an_attachment_with_its_bytes(client: httpx.Client, sample_index: Path) -> None:
    response = client.get(f"/v1/documents/{id_of(client, RESOLUTION)}/original")
    corpus = Path(__file__).parent.parent / "corpus"
    assert response.content == (corpus / RESOLUTION).read_bytes()
    assert response.headers["content-disposition"].startswith("attachment")
    assert RESOLUTION in response.headers["content-disposition"]
    assert response.headers["content-type"].startswith("text/plain")
    assert response.headers["x-content-type-options"] == "nosniff"


def test_an_original_that_changed_or_went_is_not_given_out(folder: tuple[httpx.Client, Path]) -> None:
    client, file = folder
    address = f"/v1/documents/{id_of(client, 'statement.txt')}/original"
    assert client.get(address).status_code == 200
    file.write_text("Something else.")
    assert_problem(client.get(address), 410)
    file.unlink()
    assert_problem(client.get(address), 410)


def test_a_document_that_is_not_there_is_a_problem(client: httpx.Client) -> None:
    for path in ("", "/paragraphs", "/paragraphs/1", "/original"):
        assert_problem(client.get(f"/v1/documents/none{path}"), 404)
    assert_problem(client.delete("/v1/documents/none"), 404)
    assert_problem(client.get("/v1/jobs/none"), 404)


def test_a_removed_document_no_longer_answers_and_its_file_stays(folder: tuple[httpx.Client, Path]) -> None:
    client, file = folder
    document_id = id_of(client, "statement.txt")
    assert client.get("/v1/search", params={"q": "Almaty prisoners"}).json()["hits"]
    removed = client.delete(f"/v1/documents/{document_id}").json()
    assert (removed["document"]["id"], removed["file_deleted"]) == (document_id, False)
    assert file.exists()
    assert client.get("/v1/search", params={"q": "Almaty prisoners"}).json()["hits"] == []
    assert client.get("/v1/documents").json()["total"] == 0


# -- without an index, and uploads


def test_without_an_index_the_server_lives_and_says_what_to_do(empty: httpx.Client) -> None:
    assert empty.get("/health").json() == {"status": "ok"}
    assert_problem(empty.get("/ready"), 503)
    for response in (
        empty.get("/v1/search", params={"q": "NGOs"}),
        empty.post("/v1/ask", json={"question": "NGOs"}),
        empty.post("/v1/ask", json={"question": "NGOs", "stream": True}),
        empty.get("/v1/documents"),
    ):
        assert "pincite index FOLDER" in assert_problem(response, 503)["hint"]


def test_uploaded_files_make_an_index_and_answer(empty: httpx.Client) -> None:
    words = b"Report\n\nThe committee met in Oslo on 3 June 2019 and heard twelve witnesses.\n"
    files = [("files", ("report.txt", words)), ("files", ("noise.bin", b"\x00\x01\x02" * 100))]
    response = empty.post("/v1/documents", files=files)
    assert response.status_code == 202
    assert response.headers["location"] == f"/v1/jobs/{response.json()['id']}"
    job = job_when_done(empty, response.json()["id"])
    by_name = {file["source"]: file for file in job["files"]}
    assert by_name["report.txt"]["state"] == "indexed"
    assert by_name["noise.bin"]["state"] == "refused"
    assert by_name["noise.bin"]["reason"]
    wait_until_ready(str(empty.base_url).rstrip("/"))
    found = empty.get("/v1/search", params={"q": "witnesses in Oslo"}).json()
    assert found["hits"][0]["document"]["id"] == by_name["report.txt"]["document"]
    assert empty.get(f"/v1/documents/{by_name['report.txt']['document']}/original").content == words
    removed = empty.delete(f"/v1/documents/{by_name['report.txt']['document']}").json()
    assert removed["file_deleted"] is True


def test_an_upload_without_files_or_with_other_fields_is_refused(empty: httpx.Client) -> None:
    assert_problem(empty.post("/v1/documents"), 422)
    assert_problem(empty.post("/v1/documents", json={"files": []}), 422)
    files = [("files", ("a.txt", b"a")), ("folder", (None, b"x"))]
    assert "'folder'" in assert_problem(empty.post("/v1/documents", files=files), 422)["detail"]


# -- other sites, other hosts


def test_only_this_machine_s_names_are_answered(client: httpx.Client) -> None:
    for name in ("localhost", "127.0.0.1:1234", "[::1]:80", "LOCALHOST"):
        assert client.get("/health", headers={"host": name}).status_code == 200
    for name in ("evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "", "[::1"):
        assert_problem(client.get("/health", headers={"host": name}), 421)


def test_a_server_that_listens_everywhere_answers_to_addresses_but_not_to_other_names(tmp_path: Path) -> None:
    with served(create_app(tmp_path / "index", hosts=["0.0.0.0"])) as address:
        assert httpx.get(f"{address}/health", headers={"host": "192.168.1.7:8765"}).status_code == 200
        assert httpx.get(f"{address}/health", headers={"host": "evil.example"}).status_code == 421


def test_a_page_of_another_site_may_not_post_or_delete(client: httpx.Client) -> None:
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        assert_problem(client.post("/v1/ask", json={"question": "NGOs"}, headers=headers), 403)
        assert_problem(client.delete("/v1/documents/none", headers=headers), 403)
        assert_problem(client.post("/v1/documents", files=[("files", ("a.txt", b"a"))], headers=headers), 403)
    own = {"origin": str(client.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    assert client.post("/v1/ask", json={"question": "NGOs"}, headers=own).status_code == 200


@pytest.mark.parametrize("path", ["/", "/docs", "/page/app.js", "/health", "/v1/search?q=", "/nothing"])
def test_every_answer_carries_the_strict_policy(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_no_trace_is_exported_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    exporter = socket.create_server(("127.0.0.1", 0))
    exporter.settimeout(0.5)
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{exporter.getsockname()[1]}")
    with served(create_app(tmp_path / "index")) as address:
        assert httpx.get(f"{address}/health").status_code == 200
    with exporter, pytest.raises(TimeoutError):
        exporter.accept()


# -- how the server is


def test_a_ready_server_says_how_large_its_index_is(client: httpx.Client) -> None:
    ready = client.get("/ready").json()
    assert (ready["status"], ready["documents"]) == ("ready", 5)
    assert ready["passages"] > 0


def test_metrics_count_requests_by_operation_and_hold_no_words_of_the_user(client: httpx.Client) -> None:
    client.get("/v1/search", params={"q": "unmistakable"})
    text = client.get("/metrics").text
    assert 'pincite_requests_total{method="GET",operation="search",status="200"}' in text
    assert "pincite_quotes_dropped_total 0.0" in text
    assert 'pincite_index_size{what="documents"} 5.0' in text
    assert "unmistakable" not in text


def test_the_page_names_no_other_host_and_is_served_file_by_file(client: httpx.Client) -> None:
    page = Path(__file__).parent.parent / "api" / "page"
    files = [f for f in page.rglob("*") if f.is_file() and "pdfjs" not in f.parts]  # vendored: loaded for a PDF only
    assert len(files) > 10
    for file in files:
        text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text, file.name
        assert "innerHTML" not in text, file.name
        assert client.get(f"/page/{file.relative_to(page).as_posix()}").status_code == 200, file.name


def test_the_page_is_served_for_every_address_it_makes(client: httpx.Client) -> None:
    start = client.get("/").text
    assert client.get("/documents/abc").text == start
    assert client.get("/?q=NGOs&publisher=x").text == start

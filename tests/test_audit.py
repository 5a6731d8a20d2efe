"""The audit log has a line for each write and each act of administration, and whatever is done to it shows."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from killing import PlainParser, QuickEmbedder

import indexer.embedding
from api.cli import main
from indexer.audit import Audit, _sealed
from indexer.build import build, remove
from indexer.index import Index


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = QuickEmbedder()  # the model writes no entries
    monkeypatch.setattr(indexer.embedding, "load", lambda *_, **__: quick)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    files = tmp_path / "files"
    files.mkdir()
    for n in range(3):
        (files / f"secret {n}.txt").write_text(f"The quixotic harvest of {n} failed.")
    made = Index(tmp_path / "index", create=True)
    build(made, [files], parser=PlainParser())
    (files / "secret 0.txt").unlink()
    build(made, [files], parser=PlainParser())
    remove(made, [made.store.files()[0].document_id])
    return made


def acts(index: Index) -> list[str]:
    return [json.loads(line)["act"] for line in index.audit.path.read_text().splitlines()]


def test_each_write_and_each_act_of_administration_has_its_line(index: Index, tmp_path: Path) -> None:
    build(index, [tmp_path / "files"], parser=PlainParser())  # what was removed comes back
    build(index, [tmp_path / "files"], parser=PlainParser())  # nothing to do
    at = ["--index", str(index.folder)]
    assert main(["token", "create", "ann", *at]) == 0
    assert main(["token", "revoke", "ann", *at]) == 0
    assert main(["backup", str(tmp_path / "b.zip"), *at]) == 0
    index.empty()
    said = ["index", "index", "remove", "index", "token created", "token revoked", "backup", "empty"]
    assert acts(index) == said
    assert index.audit.check().fault == ""
    assert index.audit.check().entries == len(said)
    assert main(["restore", str(tmp_path / "b.zip"), "--index", str(tmp_path / "again")]) == 0
    again = Index(tmp_path / "again")
    assert acts(again) == ["restore"]
    assert again.audit.check().fault == ""


def test_no_word_and_no_name_of_a_file_is_in_it(index: Index) -> None:
    said = index.audit.path.read_bytes()
    assert b"secret" not in said
    assert b"quixotic" not in said
    assert b"harvest" not in said


def test_no_byte_of_it_can_be_changed_unseen(index: Index) -> None:
    whole, draw = index.audit.path.read_bytes(), random.Random(2)
    for at in range(len(whole)):
        data = bytearray(whole)
        data[at] ^= draw.randrange(1, 256)
        index.audit.path.write_bytes(data)
        assert index.audit.check().fault, (at, whole[at], data[at])
    index.audit.path.write_bytes(whole)
    assert not index.audit.check().fault


def test_a_log_that_believes_its_lines_is_found(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.audit._follows", lambda *_: True)
    with pytest.raises(AssertionError):
        test_no_byte_of_it_can_be_changed_unseen(index)


def test_no_line_can_be_taken_out_moved_doubled_or_put_in_unseen(index: Index, tmp_path: Path) -> None:
    lines = index.audit.path.read_bytes().splitlines(keepends=True)
    forger = Audit(tmp_path / "forged")
    for _ in range(5):
        forger.append("index", indexed=["nothing"])
    forged = forger.path.read_bytes().splitlines(keepends=True)
    first, second, third = lines
    for said in (
        [], [first], [first, second], [second, third], [first, third], [second, first, third],
        [first, first, second, third], [first, second, third, third], forged[:3], forged,
        [*lines, forged[3]], [*lines, b"{}\n"],
    ):  # fmt: skip
        index.audit.path.write_bytes(b"".join(said))
        assert index.audit.check().fault, said
    index.audit.path.unlink()
    assert "cut off" in index.audit.check().fault


def test_a_line_that_is_written_anew_with_a_hash_that_fits_it_breaks_the_chain(index: Index) -> None:
    first, *rest = index.audit.path.read_bytes().splitlines(keepends=True)
    told = {key: value for key, value in json.loads(first).items() if key not in ("hash", "before")}
    forged = _sealed({**told, "act": "nothing"}, "0" * 64)
    index.audit.path.write_bytes(b"".join([forged, *rest]))
    assert "entry 2" in index.audit.check().fault


def test_half_a_line_of_a_killed_process_is_no_edit_and_is_taken_away(index: Index) -> None:
    with index.audit.path.open("ab") as log:
        log.write(b'{"act": "ind')
    assert index.audit.check().fault == ""
    index.audit.append("index")
    assert (index.audit.check().fault, index.audit.check().entries) == ("", 4)


def test_a_process_killed_before_it_noted_the_end_is_no_edit(index: Index) -> None:
    noted = index.store.meta("audit")
    index.audit.append("index")
    index.store.set_meta("audit", noted or "")
    assert index.audit.check().fault == ""


def test_the_doctor_says_so(index: Index, capsys: pytest.CaptureFixture[str]) -> None:
    index.audit.path.write_bytes(index.audit.path.read_bytes().replace(b'"removed": 1', b'"removed": 2'))
    index.close()
    main(["doctor", "--json", "--index", str(index.folder)])
    findings = {f["about"]: f for f in json.loads(capsys.readouterr().out)["findings"]}
    assert (findings["audit"]["ok"], findings["seals"]["ok"]) == (False, True)
    assert "entry 3" in findings["audit"]["detail"]

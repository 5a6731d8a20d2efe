"""The command line as a user or another program runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api import cli

ROOT = Path(__file__).parent.parent
HEAVY = ("torch", "numpy", "faiss", "fastapi", "onnxruntime", "sentence_transformers", "pydantic", "rich", "sqlite3")
COMMANDS = ("index", "search", "ask", "serve", "doctor", "remove")
NGOS = "which NGOs were suspended in January"


def pincite(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    command = [sys.executable, "-m", "api.cli", *map(str, arguments)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PINCITE_INDEX")} | variables
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Run a command in this process, which is quicker: exit code, stdout, stderr."""
    capsys.readouterr()
    code = cli.main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def one_line(out: str) -> dict[str, object]:
    """The one line of JSON that was printed."""
    assert out.count("\n") == 1
    value = json.loads(out)
    assert isinstance(value, dict)
    return value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    (made / "tea.txt").write_text("Tea is grown on the slopes above the lake.\n\nIt is picked by hand in April.\n")
    (made / "empty.txt").write_text("")
    return made


def test_help_is_immediate_and_loads_nothing_heavy() -> None:
    best = 9.0
    for _ in range(5):
        began = time.perf_counter()
        assert pincite("--help").returncode == 0
        best = min(best, time.perf_counter() - began)
    assert best < 0.3
    check = f"import sys, api.cli; api.cli.parser(); print([m for m in {HEAVY} if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", check], cwd=ROOT, text=True) == "[]\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main([command, "--help"])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    assert "Exit codes" in said
    assert "--json" in said


def test_indexing_says_what_was_done_on_one_line_of_json(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "index", folder, "--index", tmp_path / "i", "--json")
    said = one_line(out)
    assert (code, err) == (0, "")
    assert set(said) == {
        "indexed", "unchanged", "removed", "refused", "skipped", "warnings", "passages", "seconds", "index",
    }  # fmt: skip
    assert said["indexed"] == ["tea.txt"]
    assert said["refused"] == [{"source": "empty.txt", "reason": "empty file"}]
    code, out, _ = run(capsys, "index", folder, "--index", tmp_path / "i", "--json")
    assert (code, one_line(out)["unchanged"]) == (0, ["tea.txt"])


def test_indexing_lists_each_refused_file_with_its_reason(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "index", folder, "--index", tmp_path / "i")
    assert code == 0
    assert "1  indexed" in out
    assert "empty.txt" in out
    assert "empty file" in out


def test_searching_prints_hits_or_json(sample_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "search", NGOS, "--index", sample_index, "--limit", "2")
    assert code == 0
    assert out.startswith("“January” was read as January of any year; passages mention ")
    assert "ep-resolution-2021-02-11.txt, recital O" in out
    code, out, _ = run(capsys, "search", NGOS, "--index", sample_index, "--limit", "2", "--json")
    said = one_line(out)
    assert set(said) == {"query", "mode", "total", "took_ms", "index_version", "facets", "hits", "dates"}
    assert len(said["hits"]) == 2  # type: ignore[arg-type]
    code, out, _ = run(capsys, "search", NGOS, "--index", sample_index, "--publisher", "Nobody")
    assert (code, out) == (
        1,
        "“January” was read as January of any year.\nNothing found: the filters let 0 of 5 documents through.\n",
    )
    code, out, _ = run(capsys, "search", NGOS, "--index", sample_index, "--explain", "--limit", "1")
    assert "lexical_rank" in out


def test_asking_prints_an_answer_with_its_sources_or_json(
    sample_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "ask", NGOS, "--index", sample_index)
    assert code == 0
    assert "Erkindik Kanaty" in out
    assert "] ep-resolution-2021-02-11.txt, recital O" in out
    code, out, _ = run(capsys, "ask", NGOS, "--index", sample_index, "--json")
    said = one_line(out)
    assert {"question", "status", "answer", "sentences", "citations", "conflicts", "passages", "reasons"} <= set(said)
    assert said["status"] == "conflicting"


def test_a_list_stands_above_the_sentences_if_none_of_them_names_its_members(
    sample_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for question, above in ((NGOS, False), ("who signed the joint statement of 2024 about Feminita", True)):
        code, out, _ = run(capsys, "ask", question, "--index", sample_index)
        assert code == 0
        assert (out.index("Named in the sources") < out.index("[1]\n")) is above


@pytest.mark.parametrize("question", ["what is the capital of Peru [/bold] [red", "who wrote [link=x]Hamlet[/link]"])
def test_a_question_that_nothing_answers_exits_with_1_and_is_no_markup(
    sample_index: Path, capsys: pytest.CaptureFixture[str], question: str
) -> None:
    code, out, _ = run(capsys, "ask", question, "--index", sample_index)
    assert code == 1
    assert out.startswith(question)
    assert "Nothing in these documents answers this" in out


def test_removing_takes_a_document_out_and_names_what_is_not_there(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "i"
    run(capsys, "index", folder, "--index", index)
    code, out, _ = run(capsys, "remove", "tea.txt", "gone.txt", "--index", index, "--json")
    assert (code, one_line(out)) == (1, {"removed": ["tea.txt"], "missing": ["gone.txt"]})
    assert run(capsys, "search", "tea", "--index", index)[0] == 1
    assert (folder / "tea.txt").exists()
    run(capsys, "index", folder, "--index", index)
    assert run(capsys, "remove", folder, "--index", index)[0] == 0


def test_the_doctor_finds_a_whole_index_well_and_a_broken_one_not(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "i"
    run(capsys, "index", folder, "--index", index)
    code, out, _ = run(capsys, "doctor", "--index", index, "--json")
    said = one_line(out)
    assert (code, said["ok"]) == (0, True)
    findings = {f["about"]: f for f in said["findings"]}  # type: ignore[attr-defined]
    looked_at = (
        "Python, model, model for English, writer, sandbox, index, database, seals, audit, vectors, citations, refused"
    )
    assert list(findings) == looked_at.split(", ")
    assert "empty.txt: empty file" in findings["refused"]["detail"]
    (index / "pincite.db").write_bytes(b"broken" * 1000)
    for side in index.glob("pincite.db-*"):
        side.unlink()
    code, out, _ = run(capsys, "doctor", "--index", index)
    assert code == 1
    assert "FAULT" in out


def test_wrong_use_exits_with_2_and_names_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = tmp_path / "none"
    for arguments, hint in (
        (("search", "x", "--index", index), "pincite index FOLDER"),
        (("ask", "x", "--index", index), "pincite index FOLDER"),
        (("remove", "x", "--index", index), "pincite index FOLDER"),
        (("index", tmp_path / "gone", "--index", index), "Check the path"),
    ):
        code, out, err = run(capsys, *arguments)
        assert (code, out) == (2, ""), arguments
        assert err.startswith("pincite: ")
        assert hint in err
        code, out, err = run(capsys, *arguments, "--json")
        assert (code, err) == (2, "")
        assert hint in str(one_line(out)["error"])


@pytest.mark.slow
def test_a_model_that_is_not_there_exits_with_2_and_is_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "index", folder, "--index", tmp_path / "i", "--model", tmp_path / "no-model")
    assert (code, out) == (2, "")
    assert "no-model" in err


def test_a_question_that_cannot_be_asked_exits_with_2(sample_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "ask", "?!", "--index", sample_index)
    assert code == 2
    assert "Type a question" in err


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["words", "json"])
def test_a_reader_that_leaves_before_the_end_is_no_fault(as_json: tuple[str, ...], sample_index: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "api.cli",
        "search",
        "human rights",
        "--limit",
        "100",
        "--index",
        str(sample_index),
    ]
    with subprocess.Popen([*command, *as_json], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("nonsense",), ("search",), ("search", "x", "--mode", "magic"), ("search", "x", "--limit", "ten"),
        ("search", "x", "--limit", "0"), ("search", "x", "--limit", "-1"), ("search", "x", "--offset", "-1"),
        ("ask", "x", "--limit", "0"), ("search", "x", "--date-from", "yesterday"), ("ask", "x", "--date-to", "2021-13"),
        ("search", "x", "--date-from", "2021-1"), ("search", "x", "--date-from", "20210211"),
        ("timeline", "--since", "2021-02-2"), ("ask", "x", "--date-to", "21"),
        ("index", ".", "--max-file-mb", "0"), ("serve", "--port", "99999"),
    ],
)  # fmt: skip
def test_an_option_that_makes_no_sense_exits_with_2(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == 2
    assert "usage: pincite" in capsys.readouterr().err


def test_a_setting_that_makes_no_sense_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINCITE_PORT", "eighty")
    code, _, err = run(capsys, "doctor")
    assert code == 2
    assert "PINCITE_PORT" in err


def test_the_index_may_be_named_by_the_environment(sample_index: Path) -> None:
    done = pincite("search", "sanctions", "--mode", "lexical", "--json", PINCITE_INDEX=str(sample_index))
    assert (done.returncode, done.stderr) == (0, "")
    assert one_line(done.stdout)["query"] == "sanctions"


def test_a_closed_pipe_is_no_error(sample_index: Path) -> None:
    command = (
        f'"{sys.executable}" -m api.cli search rights --mode lexical --limit 50 --index "{sample_index}" | head -1'
    )
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("as_json", [False, True])
def test_no_escape_sequence_of_a_document_reaches_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    folder, index = tmp_path / "files", tmp_path / "i"
    folder.mkdir()
    evil = "\x1b]0;owned\x07 \x1b[2J \x9b31m \u202egnissim"
    (folder / "evil\x1b[31m.txt").write_text(f"The tea{evil} of the lake is grown on slopes.\n", encoding="utf-8")
    (folder / "manifest.csv").write_text("source,title\nnone.txt,x\n")
    option = ["--json"] if as_json else []
    printed = ""
    for command in (
        ["index", folder], ["search", "tea slopes"], ["ask", "Where is the tea of the lake grown?"],
        ["ask", f"Who knows {evil}?"], ["remove", f"gone{evil}"], ["doctor"],
    ):  # fmt: skip
        _, out, err = run(capsys, *command, "--index", index, *option)
        printed += out + err
    assert "slopes" in printed
    for control in ("\x1b", "\x07", "\x9b", "\u202e"):
        assert control not in printed

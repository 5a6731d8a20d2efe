import hashlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from indexer.manifest import MANIFEST, ManifestEntry, _entries, mismatch, read_manifest

CORPUS = Path(__file__).resolve().parents[1] / "corpus"


def written(folder: Path, text: str, encoding: str = "utf-8") -> tuple[dict[str, ManifestEntry], list[str]]:
    (folder / MANIFEST).write_bytes(text.encode(encoding))
    return read_manifest(folder)


def test_the_sample_manifest_is_true_to_its_files() -> None:
    entries, warnings = read_manifest(CORPUS)
    assert warnings == []
    assert set(entries) == {path.name for path in CORPUS.glob("*.txt")}
    for source, entry in entries.items():
        assert mismatch(entry, (CORPUS / source).read_bytes()) is None


def test_a_folder_without_a_manifest_has_no_entries_and_no_warnings(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == ({}, [])


def test_columns_may_be_missing_unknown_and_in_any_order(tmp_path: Path) -> None:
    entries, warnings = written(tmp_path, "\ufefftitle,colour,source\r\nA title,red,sub/a.txt\r\n")
    assert entries == {"sub/a.txt": ManifestEntry("sub/a.txt", title="A title")}
    assert warnings == []


def test_cells_with_commas_and_line_breaks_are_read(tmp_path: Path) -> None:
    entries, _ = written(tmp_path, 'source,title\na.txt,"One, two\nthree"\n')
    assert entries["a.txt"].title == "One, two three"


def test_bad_rows_cost_themselves_and_say_why(tmp_path: Path) -> None:
    rows = [
        ",2020",
        "../x.txt,2020",
        "/x.txt,",
        "a.txt,last week,zz",
        "a.txt,2020,",
        "b.txt,2020,,extra",
        "c.txt,2021-02,",
    ]
    entries, warnings = written(tmp_path, "\n".join(["source,date,sha256", *rows]))
    assert set(entries) == {"a.txt", "c.txt"}
    assert entries["a.txt"] == ManifestEntry("a.txt")
    assert entries["c.txt"].date == "2021-02"
    lines = [int(warning.split(":")[0].removeprefix(f"{MANIFEST} line ")) for warning in warnings]
    assert lines == [2, 3, 4, 5, 5, 6, 7]


def test_a_manifest_that_cannot_be_read_is_a_warning(tmp_path: Path) -> None:
    assert "UTF-8" in written(tmp_path, "source,title\na.txt,имя\n", "cp1251")[1][0]
    assert "columns" in written(tmp_path, "a,b\n1,2\n")[1][0]
    assert "not read" in written(tmp_path, 'source\n"a\n')[1][0]


def test_a_file_that_is_not_the_one_of_the_checksum_is_reported() -> None:
    entry = ManifestEntry("a.txt", sha256=hashlib.sha256(b"one").hexdigest())
    assert mismatch(entry, b"one") is None
    assert "a.txt" in (mismatch(entry, b"two") or "")
    assert mismatch(ManifestEntry("a.txt"), b"two") is None


@given(st.text())
def test_no_text_makes_the_reader_fail(text: str) -> None:
    entries, warnings = _entries(text)
    assert isinstance(entries, dict)
    assert isinstance(warnings, list)

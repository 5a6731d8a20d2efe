import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.document import Refused
from indexer.encoding import decode

RUSSIAN = (
    "Суд признал заявителя виновным. Защита обжаловала приговор, ссылаясь на пытки и отсутствие адвоката "
    "при первом допросе."
)
UKRAINIAN = "Суд визнав заявника винним. Її захисник оскаржив вирок, посилаючись на катування під час першого допиту."
KAZAKH = (
    "Қазақстандағы адам құқықтары туралы мәлімдеме. Полиция бейбіт шеруге қатысушыларды ұстады, олардың бірнешеуін "
    "ұрып, өз үйіне жібермеді. Біз үкіметті тұтқындарды босатуға шақырамыз; сот әділ болуы тиіс."
)
OTHERS_OF_CP1251 = (
    "Свако ко је оптужен за кривично дело има право да буде сматран невиним док се његова кривица не докаже на суђењу.",
    "Секој обвинет има право да се претпоставува дека е невин, додека не се докаже неговата вина; луѓето ќе уживаат.",
    "Суд прызнаў яго вінаватым і асудзіў на сем гадоў пазбаўлення волі, у ізалятары яго трымалі дзесяць дзён.",
    "Всеки човек има право на ефективно възстановяване на правата си от компетентните национални юрисдикции.",
    RUSSIAN,
    UKRAINIAN,
)
TRUE_CODECS = {
    "MacCyrillic": "mac-cyrillic",
    "windows-1251-russian": "cp1251",
    "iso-8859-5-russian": "iso8859-5",
    "windows-1255-hebrew": "cp1255",
    "windows-1254-turkish": "cp1254",
    "utf-8-sig": "utf-8",
}


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic"])
def test_russian_in_every_code_page_is_read(encoding: str) -> None:
    text, found = decode(RUSSIAN.encode(encoding))
    assert text == RUSSIAN
    assert found == encoding


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-u"])
def test_ukrainian_is_read(encoding: str) -> None:
    assert decode(UKRAINIAN.encode(encoding))[0] == UKRAINIAN


@pytest.mark.parametrize("encoding", ["kz1048", "ptcp154"])
def test_kazakh_is_read_in_both_of_its_code_pages(encoding: str) -> None:
    for text in (KAZAKH, KAZAKH[:45], KAZAKH.upper()):
        assert decode(text.encode(encoding)) == (text, encoding)
    assert decode(KAZAKH.encode(encoding), "windows-1251")[0] == KAZAKH


@pytest.mark.parametrize("text", OTHERS_OF_CP1251)
def test_no_language_of_windows_1251_is_taken_for_kazakh(text: str) -> None:
    words = text.split()
    assert decode(text.encode("cp1251")) == (text, "cp1251")
    for cut in (" ".join(words[at : at + 4]) for at in range(len(words) - 4)):
        assert decode(cut.encode("cp1251"))[1] not in ("kz1048", "ptcp154")


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866"])
def test_a_heading_in_capitals_is_read(encoding: str) -> None:
    text = "ПОСТАНОВЛЕНИЕ СУДА\nг. Алматы"
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Le Parlement européen a adopté une résolution sur la liberté d’expression, à Bruxelles.", "cp1252"),
        (
            "Die Menschenrechtslage für Oppositionelle verschlechtert sich; Gerüchte über Übergriffe häufen sich.",
            "cp1252",
        ),
        ("El año pasado la policía detuvo a más de diez activistas según la organización.", "cp1252"),
        ("Sąd uznał oskarżonego za winnego. Obrońca złożył apelację, powołując się na tortury.", "cp1250"),
        ("Mahkeme sanığı suçlu buldu. Avukatı işkence gördüğünü söyleyerek itiraz etti.", "cp1254"),
    ],
)
def test_latin_languages_are_read(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


def test_a_byte_order_mark_decides_and_stays_in_the_text() -> None:
    assert decode("\ufeffПривет".encode("utf-16-le")) == ("\ufeffПривет", "utf-16-le")
    assert decode("\ufeffhello".encode()) == ("\ufeffhello", "utf-8")


def test_utf_16_without_a_mark_is_read() -> None:
    for text in ("The court found him guilty.", RUSSIAN):
        assert decode(text.encode("utf-16-le"))[0] == text
        assert decode(text.encode("utf-16-be"))[0] == text


def test_a_declared_encoding_is_not_believed_against_the_letters() -> None:
    assert decode(RUSSIAN.encode("cp1251"), "iso-8859-1")[0] == RUSSIAN
    assert decode(RUSSIAN.encode("koi8-r"), "windows-1251")[0] == RUSSIAN
    assert decode(RUSSIAN.encode(), "windows-1251")[0] == RUSSIAN


def test_a_declared_encoding_decides_where_letters_cannot() -> None:
    assert decode("Ý".encode("iso8859-2"), "iso-8859-2") == ("Ý", "iso8859-2")
    assert decode("日本語の文章です。".encode("shift_jis"), "shift_jis")[0] == "日本語の文章です。"


def test_an_unknown_declared_encoding_is_passed_over() -> None:
    assert decode("naïve".encode(), "no-such-thing")[0] == "naïve"
    assert decode(b"plain", "base64")[0] == "plain"


def test_a_utf_8_file_with_one_broken_byte_is_still_utf_8() -> None:
    text, encoding = decode(RUSSIAN.encode() + b"\xff")
    assert encoding == "utf-8"
    assert text.startswith(RUSSIAN)


@pytest.mark.parametrize("data", [b"text \x00 more", bytes(range(256)) * 4, b"\x01\x02\x03" * 50])
def test_binary_data_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(Refused, match="not text"):
        decode(data)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_valid_utf_8_always_comes_back_as_it_was(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decode(("a" + text).encode())[0] == "a" + text


@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "cp1251", "ascii", "utf-16", "hex", "idna", "x"]))
def test_any_bytes_are_decoded_or_refused(data: bytes, declared: str | None) -> None:
    try:
        text, encoding = decode(data, declared)
    except Refused:
        return
    assert isinstance(text, str)
    assert "".encode(encoding) is not None


def test_files_of_a_known_encoding_are_read(shared_data: Path) -> None:
    wrong = []
    for path in sorted((shared_data / "messy" / "text_html_encodings").glob("tests__*"))[::3]:
        true = path.name.split("__")[1]
        data = path.read_bytes()
        codec = TRUE_CODECS.get(true, true)
        if true == "UTF-16":
            codec = "utf-16-le" if data[:2] == b"\xff\xfe" else "utf-16-be"
        if re.sub(r"\s", " ", decode(data)[0]) != re.sub(r"\s", " ", data.decode(codec, "replace")):
            wrong.append(path.name)
    assert wrong == []

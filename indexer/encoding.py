"""Decodes bytes whose encoding is unknown or misdeclared.

Order: byte order mark, UTF-8 if it is valid, what the file declares if the result reads as language, then the encoding
under which the letters are likeliest. The Cyrillic code pages differ only in which byte is which letter, so they are
told apart by how often each letter occurs in the languages written in them and by capitals in the middle of words.
"""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from functools import cache
from typing import Final

from indexer.document import Refused

SAMPLE: Final = 3_000
"""Bytes beyond ASCII that are looked at; more do not change the outcome."""

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_RUSSIAN: Final = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_UKRAINIAN: Final = "оаиінтвреслкмдупзягьбчхцжйїєюшщґф"
_KAZAKH: Final = "аеынтрілқдсмбуокғжзпгәйұңишүөяхцвфюэчщёьъһ"
_BELARUSIAN: Final = "анеіросыткулдпямзцўбвгчьхйжшёэюф"
_SERBIAN: Final = "аоеинврстпкудјлмгбзшњчђљхћцжфџ"
_MACEDONIAN: Final = "аоеитнвсдрлпкујбзмгчњќшжѓцхљфџѕ"
_HEBREW: Final = "יוהלארתבמשנעםדקחפטכגזןסצךףץ"
_GREEK: Final = "αοιετσνρκπυμλςάίόηήωέθγύδφχώβξζψϊ"
_ARABIC: Final = "اليمونرتبةعدسفهكقحجشطصخأإذىضغءثئزظآؤ"
_THAI: Final = "านรอก่เง้มยลวดทสตะปบิคีหแจพชขใไ์โผุัูธณึถศซืฟฐญภฉฆษฎ็ำๆ"
_WESTERN: Final = "éàèüäößçêóíáñôûîâúãõùëïœøåæÿ"
_CENTRAL: Final = "áéíłżąęóöőüěščřžýůńśćźțășțđťď"
_TURKISH: Final = "ıüşğçöİâî"

# Letters from the most to the least common in the languages that an encoding is for, and the encoding's names. The
# first of each group is what is met most, and wins where the letters cannot tell. Kazakh code pages put their letters
# where windows-1251 has those of its other languages, so all of these are needed to tell it from them.
_LETTERS_OF: Final = (
    (("cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic", "cp855"), _RUSSIAN),
    (("cp1251", "koi8-u", "iso8859-5", "mac-cyrillic"), _UKRAINIAN),
    (("cp1251", "iso8859-5"), _BELARUSIAN),
    (("cp1251", "iso8859-5"), _SERBIAN),
    (("cp1251", "iso8859-5"), _MACEDONIAN),
    (("kz1048", "ptcp154"), _KAZAKH),
    (("cp1252",), _WESTERN),
    (("cp1250", "iso8859-2"), _CENTRAL),
    (("cp1254",), _TURKISH),
    (("cp1253",), _GREEK),
    (("cp1255",), _HEBREW),
    (("cp1256",), _ARABIC),
    (("tis-620",), _THAI),
)
_LESS_MET: Final = frozenset({_BELARUSIAN, _SERBIAN, _MACEDONIAN, _KAZAKH})
"""Languages that need more than the common ones to be believed: a few Russian words may fit them by chance."""
_LATIN: Final = frozenset({"cp1252", "cp1250", "iso8859-2", "cp1254"})
_QUOTES: Final = frozenset("«»“”„‘’…¡¿\xa0\xad")
_DASHES: Final = frozenset("–—")
_SIGNS: Final = frozenset("№§©®°•·€£±½")
_RARE: Final = frozenset({"mac-cyrillic", "cp855", "iso8859-5"})
"""Encodings that need a little more than the common ones to be believed."""
_SAME_AS: Final = {
    # What browsers take these names to mean: pages that declare Latin-1 or ASCII use the Windows superset.
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "tis-620",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-8": "cp1255",
}
_IMPOSSIBLE: Final = -12.0
_PLAUSIBLE: Final = -4.6
"""Mean log-likelihood a letter; text under the right encoding scores about -3, under a wrong one below -5."""

_MARGIN: Final = 0.7
"""How much less likely than the best guess a declared encoding may be and still be believed."""

_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\f\x0b\x1a\x1b\x08"))
_HIGH_RUN: Final = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """Return the text and the name of its encoding; a byte order mark stays in the text as U+FEFF.

    ``declared`` is what the file or its carrier says, and is not trusted blindly.

    Raises:
        Refused: the bytes are not text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding
    if wide := _wide_encoding(data):
        return data.decode(wide, "replace"), wide
    _refuse_binary(data)
    if _is_utf8(data):
        return data.decode("utf-8", "replace"), "utf-8"
    encoding = _eight_bit_encoding(data, _known(declared))
    return data.decode(encoding, "replace"), encoding


def _known(declared: str | None) -> str | None:
    try:
        name = codecs.lookup(declared.strip()).name if declared else None
    except (LookupError, ValueError):
        return None
    if name is None or name in ("utf-8", "utf-16", "utf-16-le", "utf-16-be") or not _is_text_codec(name):
        return None
    return _SAME_AS.get(name, name)


def _is_text_codec(name: str) -> bool:
    """Python has codecs that are no encodings of files, such as "base64" and "unicode_escape"."""
    if name in ("idna", "punycode", "unicode_escape", "unicode-escape", "raw-unicode-escape", "utf-7", "undefined"):
        return False
    try:
        return isinstance(b"a\xe4\xff".decode(name, "replace"), str)
    except (LookupError, UnicodeError, ValueError, AssertionError):
        return False


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark: one byte of each pair takes few values, the high halves of a script or two."""
    sample = data[:4000]
    if len(sample) < 8 or len(data) % 2:
        return None
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        common = Counter(high).most_common(3)
        few = sum(count for _, count in common) >= 0.9 * len(high)
        if few and any(byte in (0, 4, 5, 6) for byte, _ in common[:1]) and _reads(sample, encoding):
            return encoding
    return None


def _reads(sample: bytes, encoding: str) -> bool:
    """Whether the bytes are mostly letters, digits and spaces under an encoding, with no control characters."""
    text = sample.decode(encoding, "replace")
    good = sum(character.isalnum() or character.isspace() for character in text)
    bad = sum((character < " " and character not in "\t\r\n\f") or character == "\ufffd" for character in text)
    return good > 0.6 * len(text) and bad <= 0.02 * len(text)


def _refuse_binary(data: bytes) -> None:
    sample = data[:100_000]
    if b"\0" in data:
        raise Refused("not text: it holds zero bytes, so it is binary, or damaged, or not what its name says")
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls > 0.01 * len(sample) + 2:
        raise Refused("not text: it holds control codes, so it is binary, or damaged, or not what its name says")


def _is_utf8(data: bytes) -> bool:
    """A few broken sequences in a file that has many good ones do not make it another encoding."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        broken = text.count("\ufffd")
        whole = sum(character > "\x7f" for character in text) - broken
        return whole > 10 * broken
    return True


def _eight_bit_encoding(data: bytes, declared: str | None) -> str:
    sample = _sample(data)
    scores = _scores(sample)
    best = max(scores, key=lambda encoding: scores[encoding])
    doubt = 6.0 / (1 + sum(len(word) * times for word, times in sample))  # a few letters prove little
    if declared in scores:
        if scores[declared] >= max(_PLAUSIBLE - doubt, scores[best] - _MARGIN - doubt):
            return declared
    elif declared and scores[best] < _PLAUSIBLE + _MARGIN + doubt and _decodes(data, declared):
        return declared
    if scores[best] >= _PLAUSIBLE:
        return best
    return _guessed(data) or declared or best


def _scores(words: list[tuple[bytes, int]]) -> dict[str, float]:
    """The likelihood of each encoding, under the language that fits it best."""
    scores: dict[str, float] = {}
    for encodings, letters in _LETTERS_OF:
        for encoding in encodings:
            likelihood = _likelihood(words, encoding, letters) - (0.3 if letters in _LESS_MET else 0.0)
            scores[encoding] = max(likelihood, scores.get(encoding, _IMPOSSIBLE))
    return scores


def _sample(data: bytes) -> list[tuple[bytes, int]]:
    """The words that hold bytes beyond ASCII, with how often each occurs, up to `SAMPLE` bytes."""
    words: Counter[bytes] = Counter()
    total = 0
    for match in _HIGH_RUN.finditer(data):
        words[match.group()[:60]] += 1
        total += match.end() - match.start()
        if total > SAMPLE:
            break
    return list(words.items())


@cache
def _log_frequencies(letters: str) -> dict[str, float]:
    """The log-likelihood of each letter, if frequency falls off with rank as it does in real languages."""
    weights = [math.exp(-rank / (len(letters) / 3.2)) for rank in range(len(letters))]
    total = sum(weights)
    return {letter: math.log(weight / total) for letter, weight in zip(letters, weights, strict=True)}


def _likelihood(words: list[tuple[bytes, int]], encoding: str, letters: str) -> float:
    """Return the mean log-likelihood of the characters beyond ASCII; higher is likelier, `_IMPOSSIBLE` the least."""
    frequencies = _log_frequencies(letters)
    total, count = 0.0, 0
    for raw, times in words:
        try:
            word = raw.decode(encoding)
        except UnicodeDecodeError:
            word = raw.decode(encoding, "replace")
        score, high = _word_likelihood(word, frequencies, encoding in _LATIN)
        total += times * score
        count += times * high
    rare = 0.1 if encoding in _RARE else 0.0
    return total / count - rare if count else _IMPOSSIBLE


def _word_likelihood(word: str, frequencies: dict[str, float], latin: bool) -> tuple[float, int]:
    total, high = 0.0, 0
    shouted = word.isupper()
    for position, character in enumerate(word):
        if character < "\x80":
            continue
        high += 1
        lower = character if character in frequencies else character.lower()
        score = frequencies.get(lower, _IMPOSSIBLE)
        if character in _QUOTES or character in _DASHES or character in _SIGNS:
            score = _sign_likelihood(word, position, latin)
        elif character != lower and not shouted and position and word[position - 1].isalpha():
            score = min(score, _IMPOSSIBLE)  # a capital inside a word
        elif character != lower:
            score -= 1.0
        total += score
    plain = len(word) - high
    mixed = plain and any(character > "\x7f" and character.isalpha() for character in word)
    if latin and high > plain + 1:
        total -= 2.0 * (high - plain)  # Latin languages have few letters beyond ASCII in a row
    elif mixed and not latin:
        total -= 2.0 * min(high, plain)  # other scripts do not mix with Latin letters in a word
    return total, high


def _sign_likelihood(word: str, position: int, latin: bool) -> float:
    """Quotation marks stand at words; dashes and signs between them; under a wrong encoding they stand in words."""
    character = word[position]
    before = position > 0 and word[position - 1].isalpha()
    after = position + 1 < len(word) and word[position + 1].isalpha()
    if character in _QUOTES:
        return -4.0 if before and after else -3.0
    if character in _DASHES:
        return -3.0 if before == after or latin else -8.0
    return -3.5 if latin or not (before or after) else _IMPOSSIBLE


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True


def _guessed(data: bytes) -> str | None:
    """East Asian and rarer encodings, from their byte patterns."""
    from charset_normalizer import from_bytes

    match = from_bytes(data[:200_000]).best()
    return match.encoding if match and _decodes(data, match.encoding) else None

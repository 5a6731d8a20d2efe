"""Lines beside an answer on the terminal: quotation marks stand only around what the document says."""

from __future__ import annotations

import pytest
from making import document

from api.answer_lines import attribution, printable
from search.results import Citation, Quote, Said, Words
from search.speech import speech_in


def shown(text: str) -> str:
    """What the terminal says of a sentence and who says it."""
    speech = speech_in(text)
    assert speech is not None
    speaker, verb = (Words(text[slice(*span)], *span) for span in (speech.speaker, speech.verb))
    citation = Citation("d", 1, 1, None, None, None, 0, len(text), text)
    return attribution(Quote(1, document("a.txt"), citation, said=Said(speaker, verb)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("According to the port's critics, the ferry sank.", "; “According to the port's critics”"),
        ("“It sank,” said Ivo Hale.", "; “said Ivo Hale”"),
        ("The port denied that the ferry sank.", "; “The port denied”"),
        ("The port has repeatedly denied that the ferry sank.", "; “The port … denied”"),
    ],
)
def test_speaker_and_verb_stand_as_in_the_source(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_a_tab_is_printed_as_spaces_and_other_control_characters_are_not() -> None:
    assert printable("Ivo Hale\tfreed") == "Ivo Hale    freed"
    assert printable("a\x1b[2J\u202eb") == "a\ufffd[2J\ufffdb"

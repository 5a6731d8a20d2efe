"""Unigram tokenisation of queries and passages, with the same ids and offsets as ``tokenizer.json`` gives.

The ``tokenizers`` library takes a second to read 250,000 pieces from JSON, most of what one question costs. Here its
own normaliser and word splitter are used, and only the search for the best split of a word (Viterbi) is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from tokenizers import PreTokenizedString, Regex, Token, normalizers, pre_tokenizers

from indexer.pieces import Pieces

SPACE = "\u2581"  # stands for the blank in front of a word
_UNKNOWN_PENALTY = 10.0
_LONGEST = 16  # characters of a piece
_REMEMBERED = 100_000  # words, a few tens of MB


@dataclass(frozen=True, slots=True)
class Tokens:
    """Ids of the pieces of a text, and the characters of the text that each stands for."""

    ids: list[int]
    offsets: list[tuple[int, int]]


class Unigram:
    """A tokeniser over pieces and their log-probabilities; ``unknown`` is the id of what is no piece."""

    def __init__(self, pieces: Pieces, unknown: int) -> None:
        self._find = pieces.find
        self._unknown = unknown
        self._unlikely = pieces.lowest_score - _UNKNOWN_PENALTY
        self._normalizer = normalizers.Sequence(
            [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
        )
        self._words = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always")
        self._seen: dict[str, list[Token]] = {}

    def encode(self, text: str) -> Tokens:
        """Split ``text`` into pieces, without the marks of its beginning and end."""
        splits = PreTokenizedString(text)
        splits.normalize(self._normalizer.normalize)
        self._words.pre_tokenize(splits)
        splits.tokenize(self._word)
        encoding = splits.to_encoding()
        return Tokens(encoding.ids, encoding.offsets)

    def _word(self, word: str) -> list[Token]:
        tokens = self._seen.get(word)
        if tokens is None:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            tokens = self._seen[word] = self._tokens(word)
        return tokens

    def _tokens(self, word: str) -> list[Token]:
        """Name the pieces of a word; neighbours that are no piece become one unknown token. Offsets are in bytes."""
        text = word.encode()
        pieces = self._best_split(text, [0, *accumulate(len(character.encode()) for character in word)])
        tokens: list[Token] = []
        while pieces:
            id_, start, end = pieces.pop()
            while id_ == self._unknown and pieces and pieces[-1][0] == id_:
                end = pieces.pop()[2]
            tokens.append(Token(id_, text[start:end].decode(), (start, end)))
        return tokens

    def _best_split(self, text: bytes, places: list[int]) -> list[tuple[int, int, int]]:
        """Return the likeliest pieces as (id, start, end), the last first; ``places`` are where characters begin."""
        nowhere = float("-inf")
        best = [0.0] + [nowhere] * (len(places) - 1)
        came = [(self._unknown, 0)] * len(places)
        for i, start in enumerate(places[:-1]):
            reach = min(len(places), i + _LONGEST + 1)
            known = False
            for j in range(i + 1, reach):
                found = self._find(text[start : places[j]])
                if found:
                    known = known or j == i + 1
                    if best[i] + found[1] > best[j]:
                        best[j], came[j] = best[i] + found[1], (found[0], i)
            if not known and best[i] + self._unlikely > best[i + 1]:
                best[i + 1], came[i + 1] = best[i] + self._unlikely, (self._unknown, i)
        split, j = [], len(places) - 1
        while j:
            id_, i = came[j]
            split.append((id_, places[i], places[j]))
            j = i
        return split

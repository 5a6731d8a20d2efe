"""The wire of verification and references: what goes in and what comes out. Offsets count characters."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from api.wire import Body, Document, Paragraph, Span
from search.verification import MAX_QUOTE, Verdict


class QuoteToCheck(Body):
    """A quotation, and where it is said to stand."""

    quote: str = Field(min_length=1, max_length=MAX_QUOTE, description="The quotation, without its quotation marks")
    source: str | None = Field(
        default=None, min_length=1, max_length=1_000,
        description="Where it is said to stand: a reference in words, a document's id, or its path",
    )  # fmt: skip


class ReferenceToResolve(BaseModel):
    """A written reference."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(min_length=1, max_length=1_000, description='A reference in words: "resolution 2021 recital O"')


class PlaceFound(BaseModel):
    """Words that stand in a document: `text` is the document's text from `char_start` to `char_end`."""

    document: Document
    paragraph: int
    paragraph_end: int
    label: str | None
    page: int | None
    char_start: int
    char_end: int
    text: str
    permalink: str
    hidden: list[Span] = Field(description="Start and end, in `text`, of what is not visible in the original")


class ReferencePlace(BaseModel):
    """A document and those of its paragraphs that a reference names; none if it names the document as a whole."""

    document: Document
    paragraphs: list[Paragraph]


class Resolved(BaseModel):
    """The places that a reference fits: none, one, or several to choose from."""

    reference: str
    places: list[ReferencePlace]


class DifferenceFound(BaseModel):
    """What the source has as `source` and the quotation as `quote`; one is empty where words were left out or added."""

    source: str
    quote: str
    start: int = Field(description="Start in characters of the quotation")
    end: int


class LeftOutFound(BaseModel):
    """What an ellipsis stands for, and why that turns the meaning; empty if nothing says so."""

    text: str
    turns: str


class Verified(BaseModel):
    """The verdict on a quotation."""

    quote: str
    verdict: Verdict
    wording: Verdict = Field(description="What the words alone are, when the verdict is about where they stand")
    stands: bool = Field(
        description="Whether it may be quoted so: exact, typographic or openly shortened, and in place"
    )
    places: list[PlaceFound]
    more: int = Field(description="How many more places there are than are listed")
    differences: list[DifferenceFound]
    left_out: list[LeftOutFound]
    claimed: list[ReferencePlace] | None = Field(
        description="The places that `source` fits; null if it was not given, empty if it fits none"
    )
    index_version: str


class ReferenceFound(BaseModel):
    """A reference in a paragraph, at `start` to `end` of its text, and the place it leads to."""

    paragraph: int = Field(description="Number of the paragraph it stands in")
    start: int
    end: int
    words: str
    document: Document = Field(description="The document it leads to")
    paragraphs: list[int] = Field(description="The paragraphs it leads to; empty for the document as a whole")
    label: str | None = Field(description="What the first of them is called")
    permalink: str


class References(BaseModel):
    """The references in a run of paragraphs of a document, in reading order."""

    document: Document
    total: int = Field(description="How many paragraphs the document has")
    limit: int
    offset: int
    references: list[ReferenceFound]

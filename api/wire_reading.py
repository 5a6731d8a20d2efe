"""The wire, version 1, for reading and citing: outline, words found in a document, citations, exports, refusals."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.wire import Body, Citation, Document, FullDocument

BLOCK = 100  # paragraphs from one of `Outline.starts` to the next
_OFFSET = 1 << 40

Offset = Annotated[int, Field(ge=0, le=_OFFSET)]


class Heading(BaseModel):
    """A heading of a document."""

    number: int = Field(description="Number of its paragraph")
    level: int = Field(description="1 for the outermost")
    text: str
    page: int | None


class Outline(BaseModel):
    """What a reader needs to find the way in a document of any length."""

    document: FullDocument
    total: int = Field(description="How many paragraphs there are")
    characters: int
    starts: list[int] = Field(description="Character that paragraph 1, 101, 201 … starts at")
    headings: list[Heading]


class FindParameters(BaseModel):
    """What to find in a document."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(min_length=1, max_length=200, description="Words as they stand; case and white space do not matter")
    offset: Offset = Field(default=0, description="How many of the first matches to leave out")
    near: int | None = Field(
        default=None,
        ge=1,
        le=_OFFSET,
        description="Number of a paragraph: the matches around it are returned, and `offset` is not read",
    )


class Match(BaseModel):
    """A place in a document: the text from `char_start` to `char_end`, in this paragraph."""

    paragraph: int
    char_start: int
    char_end: int


class Matches(BaseModel):
    """Where the words stand in a document, in reading order."""

    total: int
    offset: int = Field(description="How many of them stand before the first that is given")
    matches: list[Match] = Field(description="A thousand at most, from there on")


class CiteParameters(BaseModel):
    """Which words to cite."""

    model_config = ConfigDict(extra="forbid")

    document: str = Field(max_length=100, description="Id of the document")
    char_start: Offset
    char_end: Offset


class Cited(BaseModel):
    """A citation, ready to paste."""

    document: Document
    citation: Citation
    formats: dict[str, str] = Field(description="By name: text, markdown, bibtex, ris, csl-json, oscola")


class Collected(Body):
    """A passage that was collected for an export."""

    document: str = Field(max_length=100, description="Id of the document")
    char_start: Offset
    char_end: Offset
    quote: str = Field(
        min_length=1,
        max_length=100_000,
        description="The words, as they stood there when they were collected; exported only if they still stand",
    )


class Export(Body):
    """Passages to export, in the order given."""

    format: Literal["markdown", "docx", "csv"]
    title: str = Field(default="", max_length=300)
    passages: list[Collected] = Field(min_length=1, max_length=1_000)


class Refusal(BaseModel):
    """A file that could not be read."""

    source: str
    reason: str


class Refusals(BaseModel):
    """The files that could not be read when they were last looked at."""

    total: int
    refusals: list[Refusal] = Field(description="The first thousand, by source")

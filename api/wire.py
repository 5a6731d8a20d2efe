"""The wire, version 1: what goes in and what comes out, as pydantic models. Offsets count characters."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from search.calendar import Precision
from search.periods import FORM, period
from search.query import MAX_LIMIT, MAX_OFFSET, Mode
from search.results import Disagreement, Status

MAX_QUESTION = 100_000  # characters that are read at all; a query of more than `MAX_QUERY` is refused with a hint


class _Strict(BaseModel):
    """What a client sends: nothing that is not known."""

    model_config = ConfigDict(extra="forbid")


class Body(_Strict):
    """What a client sends as JSON, which has types: ``true`` is no number there, and 0.0 is not false."""

    model_config = ConfigDict(strict=True)


Period = Annotated[str, AfterValidator(period), Field(description=f"A day, month or year: {FORM}")]
Sort = Literal["relevance", "newest", "oldest"]
Names = Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=100)]


class FilterFields(_Strict):
    """What to keep, before ranking. Several values of one field are alternatives."""

    source: Names = Field(default=[], description="Path of the document below its folder; may be given several times")
    publisher: Names = Field(default=[], description="Publisher; may be given several times")
    language: Names = Field(default=[], description="Language as a BCP 47 tag; may be given several times")
    media_type: Names = Field(default=[], description="Kind of file, as a media type; may be given several times")
    date_from: Period | None = Field(default=None, description="Earliest date of the document")
    date_to: Period | None = Field(default=None, description="Latest date of the document")


class SearchParameters(FilterFields):
    """Parameters of a search."""

    q: str = Field(description="A question, or words to look for", max_length=MAX_QUESTION)
    limit: int = Field(default=10, ge=1, le=MAX_LIMIT, description="The most hits to return")
    offset: int = Field(default=0, ge=0, le=MAX_OFFSET, description="How many of the best hits to leave out")
    mode: Mode = Field(default=Mode.HYBRID, description="Which side ranks: both, the vectors, or the words")
    rerank: bool | None = Field(default=None, description="Rank the best hits again; left to the engine by default")
    sort: Sort = Field(default="relevance", description="Best first; or by date, of the hundred best")
    explain: bool = Field(default=False, description="Say what each stage gave each hit")


class Question(FilterFields, Body):
    """A question to answer from the documents."""

    question: str = Field(description="The question, in any language", max_length=MAX_QUESTION)
    limit: int = Field(default=5, ge=1, le=MAX_LIMIT, description="The most passages to return with the answer")
    stream: bool = Field(default=False, description="Answer as server-sent events")
    writer: bool = Field(default=True, description="Let the writer write the answer, if one is set")


class Page(_Strict):
    """Which part of a list to return."""

    limit: int = Field(default=100, ge=1, le=1_000, description="The most entries to return")
    offset: int = Field(default=0, ge=0, le=1_000_000_000, description="How many entries to leave out")


class DocumentPage(Page):
    """Which documents to list."""

    q: str = Field(default="", max_length=1_000, description="Words in the title or source")


class ParagraphPage(Page):
    """Which paragraphs of a document to list."""

    limit: int = Field(default=1_000, ge=1, le=10_000, description="The most paragraphs to return")


class Document(BaseModel):
    """A document that is indexed."""

    id: str
    title: str
    source: str = Field(description="Its path below the folder that was indexed, with forward slashes")
    publisher: str | None
    date: str | None = Field(description="ISO 8601, as precise as the document is: a day, month or year")
    language: str | None = Field(description="BCP 47")
    sha256: str = Field(description="Hash of the file's bytes")


class FullDocument(Document):
    """A document with what only its own page needs."""

    media_type: str
    address: str | None = Field(description="Where it was published on the web, if its folder's manifest says so")


Span = Annotated[list[int], Field(min_length=2, max_length=2)]


class Citation(BaseModel):
    """Where words stand: `text` is the document's text from `char_start` to `char_end`."""

    paragraph: int = Field(description="Number of the first paragraph, from 1 in reading order")
    paragraph_end: int = Field(description="Number of the last paragraph")
    label: str | None = Field(description='What the document calls the paragraph: "recital O", "para 8", "124.40"')
    label_kind: str | None
    page: int | None = Field(description="Page of the file, from 1")
    char_start: int
    char_end: int
    text: str
    permalink: str = Field(description="Path of the paragraph on this server's page")
    hidden: list[Span] = Field(description="Start and end, in `text`, of what is not visible in the original")


class Duplicate(BaseModel):
    """A passage that says nearly the same as the hit it is folded into."""

    score: float
    id: str
    text: str
    document: Document
    citation: Citation
    heading_path: list[str]


class Hit(BaseModel):
    """A ranked passage, in the words of its source."""

    rank: int
    score: float = Field(description="Higher is better")
    id: str
    text: str
    highlights: list[Span] = Field(description="Start and end of what matched, in characters of `text`")
    document: Document
    citation: Citation
    heading_path: list[str] = Field(description="The headings the passage stands under, outermost first")
    duplicates: list[Duplicate]
    explain: dict[str, float | str | None] | None = Field(
        default=None, description="What each stage gave, if it was asked for"
    )


class FacetValue(BaseModel):
    """A value of a field and how many hits have it."""

    value: str
    count: int


class DateMatch(BaseModel):
    """A time within a date that was asked for, and how many of the hundred best passages mention one."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    start: str = Field(validation_alias="from", serialization_alias="from")
    end: str = Field(validation_alias="to", serialization_alias="to")
    passages: int


class DateReading(BaseModel):
    """How a date in a question was read. It ranks nothing; `from` and `to` can be used as filters."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    text: str = Field(description="The words, as they were asked")
    read_as: str = Field(description='In words: "January of any year"')
    start: str | None = Field(
        validation_alias="from",
        serialization_alias="from",
        description="ISO 8601, as precise as it is; null if open or of any year",
    )
    end: str | None = Field(
        validation_alias="to", serialization_alias="to", description="ISO 8601; null if open or of any year"
    )
    precision: Precision
    any_year: bool = Field(description="No year was said; `matches` lists those that the passages mention")
    counted_from: str | None = Field(description="Today, where the words tell the date from it")
    matches: list[DateMatch]


class SearchResults(BaseModel):
    """The hits of one search."""

    query: str
    mode: Mode
    total: int
    took_ms: float
    index_version: str
    facets: dict[str, list[FacetValue]]
    hits: list[Hit]
    dates: list[DateReading] = Field(description="How dates in the query were read")


class AnswerSentence(BaseModel):
    """One sentence of an answer and the numbers of its citations."""

    text: str
    citations: list[int]
    names: list[Span] = Field(description="Start and end of the names that answer, in characters of `text`")


class Words(BaseModel):
    """Words of the document: `text` is its text from `char_start` to `char_end`."""

    text: str
    char_start: int
    char_end: int


class Said(BaseModel):
    """Who says a quote and how, in words of its document; null where it does not tell."""

    speaker: Words | None
    verb: Words | None = Field(description='How it is said: "Urges", "alleges", "according to"')
    author: Words | None = Field(description="Who adopted the text, or who is quoted as quoting the speaker")
    standing: Literal["citation", "recital", "operative"] | None = Field(description="What part of a resolution it is")
    quoted: bool = Field(description="Whether it stands in speech that the document quotes")


class AnswerCitation(BaseModel):
    """A quote that was found, character by character, in its source before it was sent."""

    n: int
    quote: str
    verified: Literal[True]
    document: Document
    paragraph: int
    paragraph_end: int
    label: str | None
    label_kind: str | None
    page: int | None
    char_start: int
    char_end: int
    text: str
    permalink: str
    hidden: list[Span] = Field(description="Start and end, in `text`, of what is not visible in the original")
    highlights: list[Span]
    said: Said | None = Field(description="Who says it, where the document tells")
    repeats: int | None = Field(description="The citation that it reprints or quotes: both are one source")


class DroppedSentence(BaseModel):
    """A sentence that the writer wrote and that is not part of the answer."""

    text: str
    reason: str = Field(description="Why its citations do not support it")


class ConflictValue(BaseModel):
    """One of the values that sources give, and the citations that give it."""

    value: str
    citations: list[int]
    years: list[int] = Field(default=[], description="Of a date without a year: those it can be of, by its document")


class Conflict(BaseModel):
    """Something on which sources differ."""

    about: str = Field(description="What happened, in a word of the first source")
    aspect: str = Field(description='What differs: "date", "number", "duration", "amount", "place" or "outcome"')
    kind: Disagreement = Field(description="Only a conflict makes the status of an answer `conflicting`")
    values: list[ConflictValue]


class Member(BaseModel):
    """One of those that the question asks for."""

    name: str
    variants: list[str] = Field(description="All its spellings in the sources, the name first")
    citations: list[int]


class LookedAt(BaseModel):
    """How far the members of a list were looked for: the best so many passages."""

    passages: int
    documents: int


class Answer(BaseModel):
    """An answer in the words of the sources, or why there is none."""

    question: str
    status: Status
    answer: str = Field(description="The sentences, one after the other; empty if nothing answers")
    writer: str = Field(description='"extractive" for the words of the sources; else the model that wrote, and where')
    writer_failure: str = Field(description="Why the writer that is set did not write this answer; empty if it did")
    took_ms: float
    index_version: str
    sentences: list[AnswerSentence]
    dropped: list[DroppedSentence] = Field(description="What the writer wrote and its citations do not support")
    citations: list[AnswerCitation]
    members: list[Member] = Field(description="Who or what a question for a list asks for; empty for other questions")
    looked_at: LookedAt | None = Field(description="How far members were looked for; null if there are none")
    conflicts: list[Conflict]
    passages: list[Hit]
    reasons: list[str] = Field(description="Why the documents do not answer")
    dates: list[DateReading] = Field(description="How dates in the question were read")


class Documents(BaseModel):
    """A page of the list of documents."""

    total: int
    limit: int
    offset: int
    documents: list[FullDocument]


class OneDocument(BaseModel):
    """One document and its size."""

    document: FullDocument
    paragraphs: int
    characters: int


class Paragraph(BaseModel):
    """The smallest thing that can be cited: `text` is the document's text from `char_start` to `char_end`."""

    number: int
    label: str | None
    label_kind: str | None
    kind: str
    page: int | None
    heading_path: list[str]
    char_start: int
    char_end: int
    text: str
    hidden: list[Span] = Field(description="Start and end, in `text`, of what is not visible in the original")


class Paragraphs(BaseModel):
    """Paragraphs of a document, in reading order."""

    document: FullDocument
    total: int
    limit: int
    offset: int
    paragraphs: list[Paragraph]


class OneParagraph(BaseModel):
    """One paragraph of a document, or the first of several that a reference names."""

    document: FullDocument
    paragraph: Paragraph
    paragraphs: list[Paragraph] = Field(description="All that the reference names, in its order")


class Removed(BaseModel):
    """A document that was removed from the index."""

    document: FullDocument
    file_deleted: bool = Field(description="Whether its file was an upload, and so was deleted too")


class Problem(BaseModel):
    """What went wrong and what to do, as in RFC 9457."""

    type: str = Field(description="Names the kind of problem")
    title: str
    status: int
    detail: str
    hint: str = Field(description="What to do next")

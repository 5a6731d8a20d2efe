"""The wire of dates: how a question's were read, and the timeline of what the documents date."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from api.wire import MAX_QUESTION, Citation, DateReading, Document, FilterFields, Period, Span
from search.calendar import Precision
from search.datekinds import DateKind

MAX_ROWS = 200


class TimelineParameters(FilterFields):
    """What to tell: the dates in the passages that fit `q`, or in all documents."""

    q: str = Field(default="", description="A question or words; nothing for all documents", max_length=MAX_QUESTION)
    kind: Annotated[list[DateKind], Field(max_length=3)] = Field(
        default=[],
        description="Which dates: of the document itself, of an event told, or only mentioned; all by default",
    )
    since: Period | None = Field(default=None, description="Earliest time told")
    until: Period | None = Field(default=None, description="Latest time told")
    by_question: bool = Field(default=True, description="Whether dates in `q` bound the times told")
    limit: int = Field(default=50, ge=1, le=MAX_ROWS, description="The most rows to return")
    offset: int = Field(default=0, ge=0, le=10_000_000, description="How many rows to leave out")


class TimelineRow(BaseModel):
    """A dated statement: a sentence of a document and the date in it."""

    date: str | None = Field(
        description="When it begins, ISO 8601 as precise as it is known; null if open or without a year"
    )
    date_end: str | None = Field(description="When it ends; null if open (`since 2016`) or without a year")
    precision: Precision
    kind: DateKind = Field(description="Date of the document, of the event told, or only mentioned")
    yearless: bool = Field(description="Neither the text nor the date of its document says the year")
    text: str | None = Field(
        description="The date as it is written; null where the document's own date is not in its text"
    )
    span: Span | None = Field(description="Where it stands, in characters of `quote`")
    quote: str = Field(description="The sentence, word for word")
    document: Document
    citation: Citation


class Timeline(BaseModel):
    """Rows in the order of time, those without a year last."""

    query: str
    total: int
    limit: int
    offset: int
    took_ms: float
    index_version: str
    dates: list[DateReading]
    documents: int = Field(description="How many documents there are to read")
    documents_read: int = Field(description="How many were read; while it is fewer, ask again for all rows")
    rows: list[TimelineRow]

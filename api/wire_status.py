"""The wire of what the server says of itself."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class WriterSet(BaseModel):
    """The writer that is set, and what it is sent."""

    model: str
    host: str = Field(description="Host and port that it is asked at, and no other")
    local: bool = Field(description="Whether that is a program on the machine of this server")
    encrypted: bool
    disclosure: str = Field(description="What is sent where, in a sentence")


class Writing(BaseModel):
    """Who writes answers: null if nobody does and answers are the words of the sources."""

    writer: WriterSet | None


class Health(BaseModel):
    """The server is alive."""

    status: Literal["ok"]


class Ready(BaseModel):
    """An index is loaded."""

    status: Literal["ready"]
    index_version: str
    documents: int
    paragraphs: int
    passages: int

"""The wire of uploads on their way into the index."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class JobFile(BaseModel):
    """One file of an upload."""

    source: str = Field(description="The name it is kept under")
    state: Literal["queued", "indexed", "unchanged", "refused"]
    document: str | None = Field(default=None, description="Id of the document, once it is indexed")
    reason: str | None = Field(default=None, description="Why it was refused")


class JobProgress(BaseModel):
    """How far a running job is."""

    doing: str
    files_done: int
    files: int
    passages_done: int
    passages: int


class Job(BaseModel):
    """An upload on its way into the index."""

    id: str
    sample: bool = Field(default=False, description="Whether the files are the sample documents of this program")
    state: Literal["queued", "running", "done", "failed"]
    created: str = Field(description="ISO 8601, UTC")
    files: list[JobFile]
    progress: JobProgress | None = None
    reason: str | None = Field(default=None, description="Why the job waits or failed, and what to do")

"""The wire of `POST /v1/chat/completions`: what programs made for OpenAI's interface send, and what they get."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from api.wire import MAX_QUESTION, AnswerCitation, Body, DroppedSentence
from search.results import Status


class Part(Body):
    """A part of a message; only text is read."""

    type: Literal["text"]
    text: str = Field(max_length=MAX_QUESTION)


class Message(Body):
    """A message of a conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None
    name: str | None = None
    refusal: str | None = None
    annotations: list[Any] | None = None
    tool_calls: list[Any] | None = None
    tool_call_id: str | None = None

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(Body):
    """How to stream."""

    include_usage: bool = False


class Completion(Body):
    """A conversation; the last message of the user is the question. What steers a language model has no effect here."""

    model: str = Field(default="pincite", description="As `GET /v1/models` lists them")
    messages: list[Message] = Field(min_length=1, max_length=1_000)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: Literal[1] = 1
    temperature: float | None = Field(default=None, description="No effect, as the fields below")
    top_p: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    user: str | None = None


class CompletionMessage(BaseModel):
    """The answer, each sentence followed by the numbers of its citations, and a list of the sources."""

    role: Literal["assistant"] = "assistant"
    content: str


class Choice(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: CompletionMessage
    finish_reason: Literal["stop"] = "stop"


class Usage(BaseModel):
    """No tokens are charged."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class Completed(BaseModel):
    """An answer as programs made for OpenAI's interface read it, and what they do not know of: citations and status."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage = Usage()
    status: Status
    citations: list[AnswerCitation]
    writer: str
    writer_failure: str
    dropped: list[DroppedSentence]
    reasons: list[str]


class Model(BaseModel):
    """Something that answers."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "pincite"


class Models(BaseModel):
    """What answers."""

    object: Literal["list"] = "list"
    data: list[Model]

"""Questions that are asked at the same time, embedded together."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import numpy as np
import numpy.typing as npt

_Vector = npt.NDArray[np.float32]
_Waiting = tuple[str, Future[_Vector]]


class MicroBatcher:
    """Gathers the texts that many threads ask for into calls of at most ``largest`` texts.

    A call takes what is waiting when it starts: one question alone is embedded at once, and those that come
    meanwhile are the next call. ``embed`` maps n texts to (n, d).
    """

    def __init__(self, embed: Callable[[Sequence[str]], _Vector], largest: int = 16) -> None:
        self._embed, self._largest = embed, largest
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._worker = threading.Thread(target=self._work, name="microbatch", daemon=True)
        self._worker.start()

    def __call__(self, text: str) -> _Vector:
        """Return the vector of ``text``, or raise what ``embed`` raised for it."""
        future: Future[_Vector] = Future()
        self._waiting.put((text, future))
        return future.result()

    def close(self) -> None:
        """Stop once what waits is done."""
        self._waiting.put(None)
        self._worker.join()

    def _work(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch, last = [first], False
            while len(batch) < self._largest and not last:
                try:
                    more = self._waiting.get_nowait()
                except queue.Empty:
                    break
                last = more is None
                if more is not None:
                    batch.append(more)
            self._answer(batch)
            if last:
                return

    def _answer(self, batch: list[_Waiting]) -> None:
        try:
            vectors = self._embed([text for text, _ in batch])
        except Exception as problem:
            if len(batch) > 1:  # one bad text must not fail its neighbours
                for one in batch:
                    self._answer([one])
            else:
                batch[0][1].set_exception(problem)
            return
        for (_, future), vector in zip(batch, vectors, strict=True):
            future.set_result(vector)

"""The record of uploads in the index, which outlives a crash; and who of several servers does a job."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager

from api import wire_jobs as wire
from indexer.index import Index

KEPT = 1_000  # finished jobs that are remembered


class JobRecords:
    """The jobs of one index."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def put(self, job: wire.Job) -> None:
        """Write how a job stands, and forget the oldest that are done."""
        detail = json.dumps(job.model_dump(exclude={"progress"}), ensure_ascii=False)
        db = self._index.store.db
        db.execute(
            "INSERT INTO jobs VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET state = excluded.state, detail = excluded.detail",
            (job.id, job.created, job.state, detail),
        )
        db.execute(
            "DELETE FROM jobs WHERE state IN ('done', 'failed') AND id NOT IN"
            " (SELECT id FROM jobs ORDER BY created DESC LIMIT ?)",
            (KEPT,),
        )

    def get(self, job_id: str) -> wire.Job | None:
        """Return a job as it was written last, None if there is no such."""
        row = self._index.store.db.execute("SELECT detail FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return None if row is None else wire.Job.model_validate_json(row[0])

    def unfinished(self) -> list[str]:
        """Return the ids of the jobs that are not done, oldest first."""
        rows = self._index.store.db.execute(
            "SELECT id FROM jobs WHERE state IN ('queued', 'running') ORDER BY created, id"
        )
        return [str(row[0]) for row in rows.fetchall()]

    def claim(self, job_id: str) -> AbstractContextManager[bool]:
        """Be the only one who does a job, if nobody is yet; a server that dies lets go of it."""
        return self._index.claim(f"job {job_id}")

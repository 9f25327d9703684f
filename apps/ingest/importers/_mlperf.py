"""MLPerf's log of events."""

import json
import re
from collections.abc import Iterator
from typing import Any

import attrs

from apps.ingest.importers._figures import between, kept, moment
from apps.ingest.importers._trainers import LONGEST_S, NO_GPUS, gpu_hours
from apps.ingest.reading import figure
from apps.ingest.record import Found, Note, Outcome, Rejected, Run

MLLOG = re.compile(r":::MLLOG\s+(\{.*\})\s*$")

RANKS = Note(
    code="ranks-as-gpus",
    text="GPUs are counted by the ranks that began, of which each drives one.",
)
ABORTED = Note(
    code="no-end",
    text="The run began and never ended in this log; its hours are not known.",
)
PLATFORM = Note(
    code="platform-claimed",
    text="The platform is a name that was typed in; no model of GPU was taken from it.",
)


@attrs.define
class Mlperf:
    """MLPerf's log: runs from ``run_start`` to ``run_stop``, and ranks by how many ``init_start`` come before."""

    line: int = 0
    rows: int = 0
    ranks: int = 0
    start_ms: Any = None
    name: str = ""
    has_platform: bool = False

    def take(self, line: int, text: str) -> Iterator[Found]:
        """Take an event in."""
        found = MLLOG.search(text)
        if not found:
            if ":::MLLOG" in text:
                yield Rejected(
                    line=line, why="The event is cut off.", remedy="Export the log again."
                )
            return
        try:
            event = json.loads(found[1])
        except (ValueError, RecursionError):
            yield Rejected(line=line, why="The event is no JSON.", remedy="Export the log again.")
            return
        self.line = self.line or line
        key, value = event.get("key"), event.get("value")
        if key == "init_start" and self.start_ms is not None:
            yield self._end(None, Outcome.FAILED)
            self.line = line
        self.rows += 1
        self.ranks += key == "init_start"
        self.has_platform = self.has_platform or key == "submission_platform"
        if key == "submission_benchmark" and isinstance(value, str):
            self.name = value[:200]
        yield from self._interval(key, event)

    def _interval(self, key: Any, event: dict[str, Any]) -> Iterator[Found]:
        if key == "run_start":
            if self.start_ms is not None:
                yield self._end(None, Outcome.FAILED)
            self.start_ms = event.get("time_ms", 0)
        elif key == "run_stop" and self.start_ms is not None:
            metadata = event.get("metadata")
            status = metadata.get("status") if isinstance(metadata, dict) else None
            outcome = Outcome.FAILED if status == "aborted" else Outcome.UNKNOWN
            outcome = Outcome.FINISHED if status == "success" else outcome
            yield self._end(event.get("time_ms", 0), outcome)

    def rest(self) -> Iterator[Found]:
        """Give a run that never ended."""
        if self.start_ms is not None:
            yield self._end(None, Outcome.FAILED)

    def _end(self, stop_ms: Any, outcome: Outcome) -> Found:
        start, start_note = moment(figure(self.start_ms))
        stop, stop_note = moment(figure(stop_ms))
        line, rows, ranks = self.line, self.rows, float(self.ranks) or None
        self.line = self.rows = self.ranks = 0
        self.start_ms = None
        seconds = between(start, stop)
        if seconds is not None and not 0 <= seconds <= LONGEST_S:
            why = "The run ends before it begins, or after too long."
            return Rejected(line=line, why=why, rows=rows, remedy="Leave out the run.")
        return Run(
            line=line,
            rows=rows,
            name=self.name,
            started_at=start,
            ended_at=stop,
            duration_s=seconds,
            gpu_count=ranks,
            gpu_hours=gpu_hours(ranks, seconds),
            outcome=outcome,
            tool="mlperf-logging",
            notes=kept(
                start_note,
                stop_note,
                RANKS if ranks else NO_GPUS,
                ABORTED if stop_ms is None else None,
                PLATFORM if self.has_platform else None,
            ),
        )

"""CodeCarbon's file of tasks: one row for each task of a run, whose energies add up."""

from collections.abc import Iterator
from pathlib import Path

import attrs

from apps.ingest.importers._codecarbon import Unusable, run_of
from apps.ingest.reading import Head, records
from apps.ingest.record import Found, Note, Rejected, Run

NAME = "codecarbon_tasks"
TITLE = "CodeCarbon, tasks of a run"
NEEDED = {"task_name", "duration", "emissions", "energy_consumed"}
TOO_MANY = 100_000


def score(head: Head) -> float:
    """By its first column, the task's name."""
    return 0.9 if set(head.columns) >= NEEDED else 0.0


def read(path: Path) -> Iterator[Found]:
    """Sum up the tasks of each run; torn rows are told as they come."""
    runs: dict[str, Run] = {}
    for line, row in records(path):
        try:
            task = run_of(row, line)
        except Unusable as error:
            yield Rejected(
                line=line, why=str(error), remedy="The row is torn or was never finished."
            )
            continue
        known = runs.pop(task.external_id, None)
        runs[task.external_id] = _joined(known, task) if known else task
        if len(runs) > TOO_MANY:
            yield _told(runs.pop(next(iter(runs))))
    for run in runs.values():
        yield _told(run)


def _joined(run: Run, task: Run) -> Run:
    parts = {
        part: run.energy_parts_kwh.get(part, 0.0) + task.energy_parts_kwh.get(part, 0.0)
        for part in {*run.energy_parts_kwh, *task.energy_parts_kwh}
    }
    return attrs.evolve(
        run,
        rows=run.rows + 1,
        ended_at=task.ended_at or run.ended_at,
        duration_s=_sum(run.duration_s, task.duration_s),
        energy_kwh=_sum(run.energy_kwh, task.energy_kwh),
        emissions_kg=_sum(run.emissions_kg, task.emissions_kg),
        gpu_hours=_sum(run.gpu_hours, task.gpu_hours),
        energy_parts_kwh=parts,
    )


def _sum(one: float | None, other: float | None) -> float | None:
    """The sum of what is known; ``None`` where neither is."""
    return None if one is None and other is None else (one or 0.0) + (other or 0.0)


def _told(run: Run) -> Run:
    if run.rows == 1:
        return run
    text = f"The sum of {run.rows:,} tasks."
    return attrs.evolve(run, notes=(*run.notes, Note(code="tasks-added", text=text)))

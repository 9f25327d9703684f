"""Accounts of jobs that Slurm's ``sacct`` prints: hours of GPUs, how jobs ended, and energy where a site records it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from apps.ingest.importers._figures import between, duration, joules, kept, moment
from apps.ingest.importers._sacct_json import Row
from apps.ingest.importers._sacct_rows import dialect, job_id, rows, with_steps
from apps.ingest.reading import Head, figure
from apps.ingest.record import Boundary, Found, Note, Outcome, Rejected, Run
from lca.engine import Provenance

NAME = "slurm_sacct"
TITLE = "Slurm sacct"

FAILED = frozenset(
    [
        "FAILED",
        "CANCELLED",
        "TIMEOUT",
        "OUT_OF_MEMORY",
        "NODE_FAIL",
        "PREEMPTED",
        "BOOT_FAIL",
        "DEADLINE",
        "REVOKED",
    ]
)
GOING_ON = frozenset(
    [
        "RUNNING",
        "PENDING",
        "SUSPENDED",
        "REQUEUED",
        "RESIZING",
        "COMPLETING",
        "CONFIGURING",
        "STOPPED",
    ]
)
GPU = re.compile(r"(?:^|,)gres/gpu(?::([^=,]+))?=(\d+)(?=,|$)")
LONGEST_S = 10 * 366 * 86_400.0
MOST_GPUS = 1_000_000
MOST_CPU_S = 1e12
SHORTEST_CUT = 4  # a state in a column of fixed width may be cut

RUNNING = Note(
    code="still-running",
    text="The job had not ended when the file was written; its hours are those up to then.",
)
COUNTED_ONCE = Note(
    code="gpus-listed-twice",
    text="Its GPUs are listed with and without their type; they were counted once.",
)
CUT = Note(code="value-cut", text="A value is cut off, which its + shows; it was left out.")
NO_ENERGY = Note(
    code="no-energy",
    text="Slurm gives no energy or nought, which means that it was not recorded.",
)
SHARED = Note(
    code="energy-of-node",
    text="Slurm's energy is that of the nodes; on nodes shared with other jobs it is not this job's alone.",
)
ON_STEPS = Note(
    code="energy-on-steps",
    text="Only the steps of the job carry energy; it was not added up, for steps overlap.",
)
ODD_STATE = Note(code="odd-state", text="Its state is none that Slurm documents.")


def score(head: Head) -> float:
    """Tell ``sacct`` by the names of its columns or keys."""
    return 0.9 if dialect(head.text) else 0.0


def read(path: Path) -> Iterator[Found]:
    """Stream one run for each job; its steps count as rows of it."""
    for item in with_steps(rows(path)):
        yield item if isinstance(item, Rejected) else _job(*item)


def _job(line: int, row: Row, steps: list[Row]) -> Found:
    count = 1 + len(steps)
    start, start_note = moment(row.get("Start"))
    end, end_note = moment(row.get("End"))
    elapsed = _elapsed(row, between(start, end))
    if elapsed is not None and not 0 <= elapsed <= LONGEST_S:
        why = f"Its elapsed time of {elapsed:g} s cannot be."
        return Rejected(line=line, why=why, rows=count, remedy="Correct or leave out the job.")
    gpus, model, gpu_note = _gpus(_text(row.get("AllocTRES")))
    energy, *energy_notes = _energy(row, steps)
    outcome, outcome_note = _outcome(_text(row.get("State")))
    return Run(
        line=line,
        rows=count,
        external_id=job_id(row).removesuffix("+"),
        name=_text(row.get("JobName"))[:200],
        started_at=start,
        ended_at=end,
        duration_s=elapsed,
        energy_kwh=energy,
        pue_inside=None if energy is None else 1.0,
        gpu_model=model,
        gpu_count=gpus,
        gpu_hours=None if gpus is None or elapsed is None else gpus * elapsed / 3600,
        outcome=outcome,
        boundary=Boundary.UNKNOWN if energy is None else Boundary.NODE,
        provenance=Provenance.SUPPLIED if energy is None else Provenance.MEASURED,
        tool="slurm",
        facts=_facts(row),
        notes=kept(start_note, end_note, gpu_note, outcome_note, _cut(row), *energy_notes),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _elapsed(row: Row, between_s: float | None) -> float | None:
    for name in ("ElapsedRaw", "Elapsed"):
        if (seconds := duration(row.get(name))) is not None:
            return seconds
    return between_s


def _gpus(tres: str) -> tuple[float | None, str, Note | None]:
    """Count ``gres/gpu`` of the allocation; entries with a type repeat the same GPUs and name the model."""
    found = GPU.findall(tres)
    plain = [float(count) for kind, count in found if not kind]
    typed = {kind: float(count) for kind, count in found if kind}
    if not found:
        return None, "", None
    count = plain[0] if plain else sum(typed.values())
    if count > MOST_GPUS:
        note = Note(code="odd-gpu-count", text=f"A count of {count:g} GPUs was left out.")
        return None, ", ".join(typed), note
    return count, ", ".join(typed), COUNTED_ONCE if plain and typed else None


def _energy(row: Row, steps: list[Row]) -> tuple[float | None, Note | None]:
    if "ConsumedEnergyRaw" not in row:
        return None, None
    energy, note = joules(row["ConsumedEnergyRaw"])
    if energy:
        return energy, SHARED
    has_steps = any(joules(step.get("ConsumedEnergyRaw"))[0] for step in steps)
    return None, note or (ON_STEPS if has_steps else NO_ENERGY)


def _outcome(state: str) -> tuple[Outcome, Note | None]:
    word = (state.split() or [""])[0].rstrip("+").upper()
    if word == "COMPLETED":
        return Outcome.FINISHED, None
    if len(word) >= SHORTEST_CUT and any(name.startswith(word) for name in FAILED):
        return Outcome.FAILED, None
    if word in GOING_ON:
        return Outcome.UNKNOWN, RUNNING if word == "RUNNING" else None
    return Outcome.UNKNOWN, ODD_STATE if word else None


def _cut(row: Row) -> Note | None:
    names = ("JobID", "JobIDRaw", "JobName", "Elapsed", "AllocTRES", "State")
    return CUT if any(_text(row.get(name)).endswith("+") for name in names) else None


def _facts(row: Row) -> dict[str, float]:
    cpu_s = figure(row.get("CPUTimeRAW"))
    return {"cpu_hours": cpu_s / 3600} if cpu_s is not None and 0 <= cpu_s <= MOST_CPU_S else {}

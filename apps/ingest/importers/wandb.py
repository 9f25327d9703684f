"""Runs of Weights & Biases: the table that its pages export, and a run's own summary, metadata and power."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from apps.ingest.errors import FileRejected
from apps.ingest.importers._figures import duration, kept, moment
from apps.ingest.importers._power import MOST_W, Devices
from apps.ingest.reading import Head, document, figure, head_of, records
from apps.ingest.record import Boundary, Found, Note, Outcome, Rejected, Run
from lca.engine import Provenance

NAME = "wandb"
TITLE = "Weights & Biases"

LONGEST_S = 10 * 366 * 86_400.0
MOST_GPUS = 100_000
CLOSE = 0.1
FEWEST = 2  # names of W&B's own that tell its files
OUTCOMES = {
    "finished": Outcome.FINISHED,
    "failed": Outcome.FAILED,
    "crashed": Outcome.FAILED,
    "killed": Outcome.FAILED,
    "preempted": Outcome.FAILED,
}
POWER = re.compile(r"(?:system\.)?gpu\.(\d+)\.powerWatts(/l:\S+)?")
ONLY_EXPORTED = frozenset({"runtime", "created", "sweep", "tags", "notes", "state", "user"})
METADATA = frozenset(
    [
        "startedAt",
        "started_at",
        "gpu_nvidia",
        "gpuNvidia",
        "cpu_count",
        "codePath",
        "code_path",
        "writerId",
        "writer_id",
        "executable",
    ]
)

DISAGREE = Note(
    code="runtimes-disagree",
    text="It gives two running times that differ; the longer, that of the process, was taken.",
)
NO_END = Note(
    code="no-duration",
    text="Metadata says when a run began and on what, not for how long; its summary has the time.",
)
NO_TIME = Note(code="no-duration", text="It gives no running time.")
SAMPLED = Note(
    code="sampled",
    text="Exports of the system's history are thinned out; the energy follows from the samples that are left.",
)

Row: TypeAlias = dict[str, Any]


def score(head: Head) -> float:
    """Tell by W&B's own columns and keys."""
    text = head.text.lstrip()
    if text.startswith("{"):
        is_summary = any(f'"{name}"' in text for name in ("_wandb", "_runtime"))
        return 0.8 if is_summary or _is_metadata(text) else 0.0
    names = set(head.columns)
    if any(POWER.fullmatch(name) for name in _columns(head)):
        return 0.95
    if names & {"_wandb", "_runtime"} or ("name" in names and len(names & ONLY_EXPORTED) >= FEWEST):
        return 0.7
    return 0.3 if _is_bare_export(head) else 0.0


def _columns(head: Head) -> list[str]:
    first = next((line for line in head.lines if line.strip()), "")
    return [cell.strip().strip('"') for cell in first.split(",")]


def _is_bare_export(head: Head) -> bool:
    """Tell an export without W&B's columns: every name in quotes, the first of them ``Name``."""
    first = next((line for line in head.lines if line.strip()), "")
    return bool(re.fullmatch(r'"Name"(,"[^"]*")+', first.strip()))


def _is_metadata(text: str) -> bool:
    return sum(f'"{name}"' in text for name in METADATA) >= FEWEST


def read(path: Path) -> Iterator[Found]:
    """Stream the runs of a table, or give the one of a document or of a history of power."""
    head = head_of(path)
    if head.text.lstrip().startswith("{"):
        found = document(path)
        if not isinstance(found, dict):
            raise FileRejected("It is no object of W&B.")
        is_metadata = len(METADATA & set(found)) >= FEWEST
        yield _of_metadata(found) if is_metadata else _of_summary(found)
    elif any(POWER.fullmatch(name) for name in _columns(head)):
        yield from _history(path)
    else:
        for line, row in records(path):
            yield _of_row(line, row)


def _of_row(line: int, row: Row) -> Found:
    cells = {name.lower(): cell for name, cell in row.items()}
    if "" in row and row[""].strip():
        why = "It has more cells than the heading has columns."
        return Rejected(line=line, why=why, remedy="Export the table again.")
    seconds, note = _runtime(cells.get("runtime") or cells.get("_runtime"), None)
    if seconds is not None and not 0 <= seconds <= LONGEST_S:
        return _odd(line)
    start, start_note = moment(cells.get("created") or cells.get("created_at"))
    end, end_note = moment(cells.get("end time"))
    return _run(
        line,
        seconds,
        external_id=(cells.get("id") or cells.get("run_id") or "")[:100],
        name=(cells.get("name") or cells.get("run_name") or "")[:200],
        started_at=start,
        ended_at=end,
        outcome=OUTCOMES.get((cells.get("state") or "").lower(), Outcome.UNKNOWN),
        gpu_count=_count(cells.get("gpu count")),
        gpu_model=(cells.get("gpu type") or "")[:100],
        notes=kept(note, start_note, end_note, NO_TIME if seconds is None else None),
    )


def _odd(line: int) -> Rejected:
    why = "Its running time is negative or too long to be."
    return Rejected(line=line, why=why, remedy="Correct or leave out the run.")


def _run(line: int, seconds: float | None, *, gpu_count: float | None = None, **fields: Any) -> Run:
    is_known = gpu_count is not None and seconds is not None
    return Run(
        line=line,
        duration_s=seconds,
        gpu_count=gpu_count,
        gpu_hours=(gpu_count or 0.0) * (seconds or 0.0) / 3600 if is_known else None,
        tool="wandb",
        **fields,
    )


def _count(cell: Any) -> float | None:
    value = figure(cell)
    return value if value is not None and 0 <= value <= MOST_GPUS else None


def _runtime(first: Any, second: Any) -> tuple[float | None, Note | None]:
    """Take the longer of two running times [s], and say where they differ."""
    values = [value for cell in (first, second) if (value := duration(cell)) is not None]
    if not values:
        return None, None
    differs = max(values) - min(values) > max(1.0, CLOSE * max(values))
    return (min(values) if min(values) < 0 else max(values)), DISAGREE if differs else None


def _of_summary(found: Row) -> Found:
    inner = found.get("_wandb")
    inner = inner if isinstance(inner, dict) else {}
    seconds, note = _runtime(found.get("_runtime"), inner.get("runtime"))
    if seconds is not None and not 0 <= seconds <= LONGEST_S:
        return _odd(0)
    end, end_note = moment(figure(found.get("_timestamp")))
    steps = figure(found.get("_step"))
    return _run(
        0,
        seconds,
        ended_at=end,
        facts={} if steps is None else {"steps": steps},
        notes=kept(note, end_note, NO_TIME if seconds is None else None),
    )


def _of_metadata(found: Row) -> Run:
    devices = found.get("gpu_nvidia") or found.get("gpuNvidia") or found.get("gpu_amd")
    devices = devices if isinstance(devices, list) else []
    names = [
        item["name"]
        for item in devices
        if isinstance(item, dict) and isinstance(item.get("name"), str)
    ]
    model = found.get("gpu") or found.get("gpu_type") or (names[0] if names else "")
    count = _count(found.get("gpu_count"))
    start, note = moment(found.get("startedAt") or found.get("started_at"))
    return _run(
        0,
        None,
        started_at=start,
        gpu_model=str(model)[:100],
        gpu_count=float(len(devices)) if count is None and devices else count,
        notes=kept(note, NO_END),
    )


def _history(path: Path) -> Iterator[Found]:
    """Integrate the power of each GPU; ``gpu.process`` repeats the same GPUs and is left aside."""
    devices, rows = Devices(), 0
    for line, row in records(path):
        time = figure(row.get("_timestamp")) or figure(row.get("_runtime"))
        powers = {
            name: figure(cell) for name, cell in row.items() if POWER.fullmatch(name) and cell
        }
        is_odd = any(power is None or not 0 <= power <= MOST_W for power in powers.values())
        if time is None or time < 0 or is_odd:
            why = "Its time or a power is missing, negative or no number."
            yield Rejected(line=line, why=why, remedy="Correct or leave out the line.")
            continue
        taken = [devices.add(name, time, power or 0.0) for name, power in powers.items()]
        if not all(taken):
            yield Rejected(line=line, why="Its time lies before that of the line before it.")
            continue
        rows += 1
    if rows:
        yield _of_devices(devices, rows)


def _of_devices(devices: Devices, rows: int) -> Run:
    energy, span = devices.energy_kwh, devices.span
    dated = [moment(second)[0] for second in span] if span and span[0] > LONGEST_S else [None, None]
    return Run(
        line=2,
        rows=rows,
        started_at=dated[0],
        ended_at=dated[1],
        duration_s=span[1] - span[0] if span else None,
        energy_kwh=energy,
        energy_parts_kwh={} if energy is None else {"gpu": energy},
        pue_inside=None if energy is None else 1.0,
        gpu_count=float(len(devices.series)) or None,
        gpu_hours=devices.device_hours,
        boundary=Boundary.ACCELERATOR,
        provenance=Provenance.SUPPLIED if energy is None else Provenance.MEASURED,
        tool="wandb",
        notes=kept(SAMPLED, *devices.notes),
    )

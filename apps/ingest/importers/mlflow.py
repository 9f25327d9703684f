"""Runs in the file store of MLflow: a folder with ``meta.yaml``, and power where system metrics were logged."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from apps.ingest.errors import FileRejected
from apps.ingest.importers._figures import between, kept, moment
from apps.ingest.importers._power import MOST_W, Devices
from apps.ingest.reading import Head, figure, lines
from apps.ingest.record import Boundary, Found, Note, Outcome, Rejected, Run
from lca.engine import Provenance

NAME = "mlflow"
TITLE = "MLflow run folder"

MOST_META_BYTES = 100_000
MOST_RUNS = 100_000
PARTS = ("metrics/", "params/", "tags/")
POWER = re.compile(r"system/(?:.+/)?gpu_\d+_power_usage_watts")
STATUS = {
    "3": Outcome.FINISHED,
    "FINISHED": Outcome.FINISHED,
    "4": Outcome.FAILED,
    "FAILED": Outcome.FAILED,
    "5": Outcome.FAILED,
    "KILLED": Outcome.FAILED,
}

DELETED = Note(code="deleted", text="The run was deleted in MLflow; it took place all the same.")
NO_END = Note(code="no-duration", text="It gives no end, so there is no duration.")
BACKWARDS = Note(code="odd-time", text="Its end lies before its start; both were left out.")


def score(head: Head) -> float:
    """Tell a run, or a folder of runs, by what lies in it."""
    has_meta = any(member.split("/")[-1] == "meta.yaml" for member in head.members)
    has_parts = any(part in f"{member}/" for member in head.members for part in PARTS)
    return 0.9 if has_meta and has_parts else 0.0


def read(path: Path) -> Iterator[Found]:
    """Stream the runs of a folder."""
    if not path.is_dir():
        raise FileRejected("It is no folder of MLflow.", "Upload the folder of the run.")
    count = 0
    for meta in sorted(path.rglob("meta.yaml")):
        if meta.is_symlink() or not meta.is_file():
            continue
        found = _meta(meta)
        if isinstance(found, Rejected):
            yield found
        elif "run_id" in found or "run_uuid" in found:  # else it is an experiment's
            yield from _run(meta.parent, found)
        count += 1
        if count >= MOST_RUNS:
            msg = f"It holds more than {MOST_RUNS:,} runs."
            raise FileRejected(msg, "Upload it in parts.")
    if not count:
        raise FileRejected("It holds no meta.yaml.", "Upload the folder of the run.")


def _meta(path: Path) -> dict[str, Any] | Rejected:
    """Read ``meta.yaml``; MLflow writes a flat mapping, so anchors have no business in it."""
    remedy = "Take the folder from MLflow again."
    if path.stat().st_size > MOST_META_BYTES:
        return Rejected(line=0, why="Its meta.yaml is too large to be MLflow's.", remedy=remedy)
    try:
        found = yaml.safe_load(path.read_text("utf-8", "replace"))
    except (yaml.YAMLError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return Rejected(line=0, why="Its meta.yaml is no mapping in YAML.", remedy=remedy)
    return found


def _run(folder: Path, meta: dict[str, Any]) -> Iterator[Found]:
    start, start_note = moment(_plain(meta.get("start_time")))
    end, end_note = moment(_plain(meta.get("end_time")))
    seconds = between(start, end)
    is_backwards = seconds is not None and seconds < 0
    if is_backwards:
        start = end = seconds = None
    devices = Devices()
    yield from _power(folder, devices)
    energy = devices.energy_kwh
    yield Run(
        line=1,
        external_id=_text(meta.get("run_id") or meta.get("run_uuid")),
        name=_text(meta.get("run_name") or meta.get("name")) or _tag(folder, "mlflow.runName"),
        started_at=start,
        ended_at=end,
        duration_s=seconds,
        energy_kwh=energy,
        energy_parts_kwh={} if energy is None else {"gpu": energy},
        pue_inside=None if energy is None else 1.0,
        gpu_count=float(len(devices.series)) or None,
        gpu_hours=devices.device_hours,
        outcome=STATUS.get(str(meta.get("status")), Outcome.UNKNOWN),
        boundary=Boundary.UNKNOWN if energy is None else Boundary.ACCELERATOR,
        provenance=Provenance.SUPPLIED if energy is None else Provenance.MEASURED,
        tool="mlflow",
        notes=kept(
            start_note,
            end_note,
            BACKWARDS if is_backwards else None,
            DELETED if meta.get("lifecycle_stage") == "deleted" else None,
            NO_END if seconds is None and not is_backwards else None,
            *devices.notes,
        ),
    )


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | str) else None


def _text(value: Any) -> str:
    return str(value)[:200] if isinstance(value, str | int) else ""


def _tag(folder: Path, name: str) -> str:
    path = folder / "tags" / name
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.read(200).strip()


def _power(folder: Path, devices: Devices) -> Iterator[Rejected]:
    """Integrate the power of each GPU from its history of ``time value step``, in ms and W."""
    metrics = folder / "metrics"
    for path in sorted(metrics.rglob("gpu_*_power_usage_watts")):
        name = path.relative_to(metrics).as_posix()
        if path.is_symlink() or not path.is_file() or not POWER.fullmatch(name):
            continue
        for number, text in lines(path):
            cells = text.split()
            time, power = (figure(cell) for cell in [*cells, "", ""][:2])
            is_power = power is not None and 0 <= power <= MOST_W
            if time is None or power is None or not is_power:
                why = f"A sample of {name} has a time or a power that cannot be."
                yield Rejected(line=number, why=why, remedy="Correct or leave out the line.")
            elif not devices.add(name, time / 1000, power):
                why = f"A sample of {name} lies before the one before it."
                yield Rejected(line=number, why=why, remedy="Sort the lines by time.")

"""AI Energy Score: the summary of one run's GPU energy by phase, and the table of results of many models."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from apps.ingest.errors import FileRejected
from apps.ingest.reading import Head, document, figure, head_of, records
from apps.ingest.record import Boundary, Found, Note, Outcome, Rejected, Run
from lca.engine import Provenance

NAME = "ai_energy_score"
TITLE = "AI Energy Score"
COLUMNS = {"model_name", "gpu_energy_wh", "total_prompts"}
PHASES = {"preprocess_wh", "prefill_wh", "decode_wh"}
GPUS_ONLY = Note(code="gpus-only", text="The energy is of the GPUs alone.")


def score(head: Head) -> float:
    """By the columns of its table, or the phases of its summary."""
    if set(head.columns) >= COLUMNS:
        return 0.9
    found = head.json
    return 0.9 if isinstance(found, dict) and "total" in found and PHASES & set(found) else 0.0


def read(path: Path) -> Iterator[Found]:
    """Yield the one run of a summary, or one for each row of a table."""
    if set(head_of(path).columns) >= COLUMNS:
        for line, row in records(path):
            yield _of_row(row, line)
    else:
        yield _of_summary(document(path))


def _of_summary(found: Any) -> Run:
    total = figure(found.get("total")) if isinstance(found, dict) else None
    if total is None or total < 0 or str(found.get("units", "Wh")).lower() != "wh":
        raise FileRejected(
            "The summary states no total in Wh.", "Send the file as the tool wrote it."
        )
    facts = {
        name: value for name in sorted(PHASES) if (value := figure(found.get(name))) is not None
    }
    return _run(0, total, facts=facts)


def _of_row(row: Mapping[str, str], line: int) -> Found:
    energy = figure(row.get("gpu_energy_wh"))
    if energy is None or energy < 0:
        error = row.get("error_message") or "gpu_energy_wh is not a number from 0."
        return Rejected(line=line, why=error[:300], remedy="Measure this model again.")
    names = ("total_prompts", "failed_prompts", "total_tokens", "total_completion_tokens")
    facts = {name: value for name in names if (value := figure(row.get(name))) is not None}
    return _run(line, energy, row=row, facts=facts)


def _run(
    line: int, energy_wh: float, *, facts: dict[str, float], row: Mapping[str, str] | None = None
) -> Run:
    cells = row or {}
    return Run(
        line=line,
        name=cells.get("model_name", "AI Energy Score run"),
        ended_at=_moment(cells.get("timestamp", "")),
        duration_s=figure(cells.get("total_duration_seconds")),
        energy_kwh=energy_wh / 1000,
        energy_parts_kwh={"gpu": energy_wh / 1000},
        pue_inside=1.0,
        outcome=Outcome.FINISHED,
        boundary=Boundary.ACCELERATOR,
        provenance=Provenance.MEASURED,
        tool="AI Energy Score",
        facts=facts,
        notes=(GPUS_ONLY,),
    )


def _moment(cell: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        return None

"""What ``python -m lca.measure`` writes on a host without a broker: one run a document, the energy of its windows."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from apps.ingest.errors import FileRejected
from apps.ingest.importers._figures import JOULES_PER_KWH
from apps.ingest.reading import Head, document, figure
from apps.ingest.record import Boundary, Found, Note, Outcome, Run
from lca.engine import Provenance

NAME = "lca_measure"
TITLE = "Cradle's own measurements (JSON)"
MEASUREMENT, ENDPOINT = "cradle-measurement/", "cradle-endpoint/"
INDEX = ("cradle-sweep/", "cradle-crosscheck/")
BOUNDARIES = {
    "chip": Boundary.ACCELERATOR,
    "board": Boundary.ACCELERATOR,
    "package": Boundary.PROCESS,
    "node": Boundary.NODE,
}
WINDOWS = Note(
    code="windows-only",
    text="The energy is of the measured windows, idle ones among them; loading the model and warming up are not in it.",
)
FACTS = ("joules_per_request", "joules_per_output_token", "joules_per_token")


def score(head: Head) -> float:
    """By the name of its schema, which stands at the beginning."""
    start = head.text[:400]
    return 1.0 if '"schema"' in start and '"cradle-' in start else 0.0


def read(path: Path) -> Iterator[Found]:
    """Yield the one run of a document.

    Raises
    ------
    FileRejected
        If it is an index of other documents, or lacks what every document has.
    """
    found = document(path)
    kind = str(found.get("schema", "")) if isinstance(found, dict) else ""
    if kind.startswith(INDEX):
        msg = f"A document of {kind.partition('/')[0]} lists what other documents hold."
        raise FileRejected(msg, "Send the measurements themselves.")
    if not kind.startswith((MEASUREMENT, ENDPOINT)):
        raise FileRejected("Its schema is none of Cradle's measurements.")
    try:
        yield _run(found, hashlib.sha256(path.read_bytes()).hexdigest())
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        msg = f"It lacks something that every measurement has ({error})."
        raise FileRejected(msg, "Send the file as the probe wrote it.") from None


def _run(found: Mapping[str, Any], sha256: str) -> Run:
    windows = [*found["windows"], *found.get("discarded", [])]
    joules = [figure(window["energy_j"]) for window in windows]
    if not joules or any(value is None or value < 0 for value in joules):
        raise FileRejected("A window has no energy from 0.", "Measure again.")
    ended = datetime.fromisoformat(found["created_at"])
    duration = figure(found["duration_s"]) or 0.0
    device, meter = found["environment"]["device"], found["meter"]
    is_gpu = device.get("kind") == "cuda"
    notes = [WINDOWS]
    if meter["is_modelled"]:
        text = f"Modelled, not measured: {meter.get('covers', meter['name'])}"
        notes.append(Note(code="modelled-energy", text=text))
    return Run(
        line=1,
        rows=len(windows),
        external_id=sha256,
        name=str((found.get("model") or {}).get("name") or found["request"]["model"]),
        started_at=ended - timedelta(seconds=duration),
        ended_at=ended,
        duration_s=duration,
        energy_kwh=sum(value or 0.0 for value in joules) / JOULES_PER_KWH,
        pue_inside=1.0,
        gpu_model=str(device.get("name", "")) if is_gpu else "",
        gpu_count=1.0 if is_gpu else None,
        gpu_hours=duration / 3600 if is_gpu else None,
        outcome=Outcome.FINISHED,
        boundary=BOUNDARIES.get(str(meter["boundary"]), Boundary.UNKNOWN),
        provenance=Provenance.MODELLED if meter["is_modelled"] else Provenance.MEASURED,
        tool=f"lca.measure {found.get('probe_version', '')}".strip(),
        facts=dict(_facts(found["results"])),
        notes=tuple(notes),
    )


def _facts(results: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name in FACTS:
        if isinstance(results.get(name), dict) and (value := figure(results[name].get("mean"))):
            yield name, value
    for phase in ("prefill", "decode"):
        value = figure(((results.get(phase) or {}).get("joules_per_token") or {}).get("mean"))
        if value is not None:
            yield f"{phase}_joules_per_token", value

"""Which run a run is: the same whichever file, and however often, it is sent in."""

import hashlib
import json
from typing import Any

from apps.ingest.record import Run


def key_of(run: Run, family: str) -> str:
    """Hash of the tool's own identifier where there is one, else of everything that was recorded.

    Parameters
    ----------
    family : str
        Name of the format: identifiers of different tools do not meet.
    """
    known: list[Any] = [family, run.external_id] if run.external_id else [family, *_content(run)]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def _content(run: Run) -> list[Any]:
    moments = [at.isoformat() if at else None for at in (run.started_at, run.ended_at)]
    return [
        run.name,
        *moments,
        run.duration_s,
        run.energy_kwh,
        run.emissions_kg,
        run.gpu_model,
        run.gpu_count,
        run.gpu_hours,
        sorted(run.facts.items()),
        # rows alike in all of this are told apart by where they stand in a file without times
        run.line if not any(moments) else 0,
    ]

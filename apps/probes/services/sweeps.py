"""Runs of a sweep: each stored as a measurement when it is finished, whatever becomes of the rest."""

import json
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from apps.accounts.errors import DomainError
from apps.probes.models import Measurement, ProbeRequest, load_in_words
from apps.probes.services.measurements import check_schema, record_measurement
from lca.measure.child import collect
from lca.measure.plan import INDEX

log = structlog.get_logger(__name__)


def folder_of(request: ProbeRequest) -> Path:
    """Return where the server's own worker lets the runs of a sweep be written, attempt by attempt."""
    return Path(settings.DATA_DIR) / "probes" / str(request.uuid)


def store_run(
    request: ProbeRequest, document: Mapping[str, Any], origin: Mapping[str, Any] | None = None
) -> Measurement:
    """Store a finished run and note it with its sweep; the same run again changes nothing."""
    measurement = record_measurement(
        organisation=request.organisation,
        actor=request.requested_by,
        document=document,
        label=_label(request, document),
        origin=origin,
    )
    request.runs.add(measurement)
    return measurement


def _label(request: ProbeRequest, document: Mapping[str, Any]) -> str:
    asked = document.get("request")
    if not isinstance(asked, Mapping):
        return request.label
    return f"{request.label or request.preset} {asked.get('precision')}, {load_of(asked)}"


def load_of(asked: Mapping[str, Any]) -> str:
    """Return a document's load in words."""
    return load_in_words(asked["prompt_tokens"], asked["output_tokens"], asked["batch_size"])


def collect_runs(request: ProbeRequest, folder: Path) -> None:
    """Store the runs that lie finished in a folder."""
    collect(folder, partial(store_run, request))


def rescue_runs(request: ProbeRequest) -> None:
    """Store what an attempt that was killed had finished, and tidy up after it."""
    if not request.sweep or request.host is not None:
        return
    root = folder_of(request)
    for folder in sorted(root.glob("*")):
        try:
            collect_runs(request, folder)
        except (DomainError, ValueError, OSError):
            log.exception("probe.run_not_rescued", probe=str(request.uuid))
    shutil.rmtree(root, ignore_errors=True)


def unmeasured_of(folder: Path) -> list[dict[str, Any]]:
    """Return what a sweep's index says was not measured; nothing where there is no index yet."""
    path = folder / INDEX
    return unmeasured(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []


def unmeasured(index: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the points that a sweep did not measure, each with the reason.

    Raises
    ------
    InvalidMeasurement
        If it is not the index of a sweep.
    """
    check_schema(index, "sweep")
    return [point for point in index["points"] if point["status"] != "measured"]

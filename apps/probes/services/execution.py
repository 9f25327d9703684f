"""Running one probe: claim it, watch over the measuring process, settle how it ended.

Every write is a compare-and-set on state and attempt, so a probe delivered twice runs once, and a worker that was given
up for lost cannot overwrite what happened since.
"""

import json
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from django.db.models import F
from django.utils import timezone

from apps.probes.errors import InvalidMeasurement, InvalidProbe
from apps.probes.models import ProbeRequest, ProbeState
from apps.probes.services.measurements import record_measurement
from apps.probes.services.specs import work_of
from apps.probes.services.sweeps import collect_runs, folder_of, rescue_runs, unmeasured_of
from lca.measure import errors
from lca.measure.child import EXPECTED_CODES, Child, progress_of, watch

log = structlog.get_logger(__name__)
ABANDONED = -1_000  # no process ends so: somebody else owns the probe now


@dataclass
class Attempt:
    """One execution of a request; ``number`` fences its writes."""

    request: ProbeRequest
    number: int

    def write(self, **values: Any) -> bool:
        """Change the request if this attempt still owns it; tell whether it did."""
        mine = ProbeRequest.objects.filter(
            pk=self.request.pk, state=ProbeState.RUNNING, attempts=self.number
        )
        return bool(mine.update(updated_at=timezone.now(), **values))

    def finish(self, state: ProbeState, message: str = "", **values: Any) -> None:
        """End the request."""
        now = timezone.now()
        self.write(state=state, message=message, heartbeat_at=now, finished_at=now, **values)
        log.info("probe.finished", probe=str(self.request.uuid), state=state, attempt=self.number)


def execute(*, request_id: int) -> None:
    """Run a queued probe to its end; do nothing if somebody else has it."""
    attempt = claim(request_id)
    if attempt is None:
        return
    try:
        if attempt.request.sweep:
            _sweep(attempt)
        else:
            with tempfile.TemporaryDirectory(prefix="cradle-probe-") as folder:
                _measure(attempt, Path(folder) / "measurement.json")
    except (InvalidProbe, InvalidMeasurement) as error:
        attempt.finish(ProbeState.FAILED, error.message)
    except Exception:  # whatever it is, the probe must not hang
        _errored(attempt)
        raise


def claim(request_id: int) -> Attempt | None:
    """Move the request from queued to running; ``None`` if it is not queued any more."""
    now = timezone.now()
    claimed = ProbeRequest.objects.filter(pk=request_id, state=ProbeState.QUEUED, host=None).update(
        state=ProbeState.RUNNING,
        attempts=F("attempts") + 1,
        phase="starting",
        progress=0.0,
        started_at=now,
        heartbeat_at=now,
        updated_at=now,
    )
    if not claimed:
        return None
    request = ProbeRequest.objects.select_related("organisation", "requested_by").get(pk=request_id)
    return Attempt(request, request.attempts)


def _measure(attempt: Attempt, out: Path) -> None:
    work = work_of(attempt.request)
    child = Child.start(work, out)
    code, failure = watch(child, time_limit_s=work.time_limit_s, tick=partial(_tick, attempt, out))
    if code != ABANDONED:
        _settle(attempt, child, code, failure, out)


def _sweep(attempt: Attempt) -> None:
    """Measure what earlier attempts have not: their finished runs are stored first."""
    request = attempt.request
    rescue_runs(request)
    if request.runs.count() == request.run_count:
        attempt.finish(ProbeState.SUCCEEDED, progress=1.0)
        return
    out = folder_of(request) / str(attempt.number)
    out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        _measure(attempt, out)
    finally:
        rescue_runs(request)


def _tick(attempt: Attempt, out: Path, news: Sequence[Mapping[str, Any]]) -> int | None:
    """Keep the probe alive and informed, store finished runs; return why its process has to end."""
    if attempt.request.sweep:
        collect_runs(attempt.request, out)
    if not attempt.write(heartbeat_at=timezone.now(), **progress_of(news)):
        return ABANDONED
    if ProbeRequest.objects.filter(pk=attempt.request.pk, cancel_requested=True).exists():
        return errors.Cancelled.exit_code
    return None


def _settle(attempt: Attempt, child: Child, code: int, failure: str, out: Path) -> None:
    if code == 0:
        _succeed(attempt, out)
    elif code == errors.Cancelled.exit_code:
        attempt.finish(ProbeState.CANCELLED)
    elif code in EXPECTED_CODES and failure:
        attempt.finish(ProbeState.FAILED, failure)
    else:
        log.error(
            "probe.child_failed",
            probe=str(attempt.request.uuid),
            code=code,
            lines=list(child.last_lines),
        )
        _errored(attempt)


def _succeed(attempt: Attempt, out: Path) -> None:
    request = attempt.request
    if request.sweep:
        collect_runs(request, out)
        attempt.finish(ProbeState.SUCCEEDED, unmeasured=unmeasured_of(out), progress=1.0)
        return
    measurement = record_measurement(
        organisation=request.organisation,
        actor=request.requested_by,
        document=json.loads(out.read_text(encoding="utf-8")),
        label=request.label,
    )
    attempt.finish(ProbeState.SUCCEEDED, measurement=measurement, progress=1.0)


def _errored(attempt: Attempt) -> None:
    reference = uuid.uuid4().hex[:12]
    log.error("probe.errored", probe=str(attempt.request.uuid), reference=reference)
    attempt.finish(
        ProbeState.ERRORED,
        f"The probe stopped for a reason it did not expect. The server's log has it under {reference}. "
        "Starting it again may help.",
        reference=reference,
    )

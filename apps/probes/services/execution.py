"""Running one probe: claim it, watch over the measuring process, settle how it ended.

Every write is a compare-and-set on state and attempt, so a probe delivered twice runs once, and a worker that was given
up for lost cannot overwrite what happened since.
"""

import json
import tempfile
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from django.db.models import F
from django.utils import timezone

from apps.probes.errors import InvalidMeasurement, InvalidProbe
from apps.probes.models import ProbeRequest, ProbeState
from apps.probes.services.child import Child
from apps.probes.services.measurements import record_measurement
from apps.probes.services.requests import spec_of
from lca.measure import errors

log = structlog.get_logger(__name__)
HEARTBEAT_S = 1.0
START_GRACE_S = 120.0
EXPECTED_CODES = frozenset(
    kind.exit_code for kind in errors.MeasureError.__subclasses__() if kind is not errors.Cancelled
)


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
    claimed = ProbeRequest.objects.filter(pk=request_id, state=ProbeState.QUEUED).update(
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
    child = Child.start(spec_of(attempt.request), out)
    try:
        code, failure = _watch(attempt, child)
    finally:
        if child.process.poll() is None:
            child.stop()
    _settle(attempt, child, code, failure, out)


def _watch(attempt: Attempt, child: Child) -> tuple[int | None, str]:
    """Keep the probe alive and informed until its process ends, is cancelled or overruns; return exit code and message."""
    deadline = time.monotonic() + attempt.request.time_limit_s + START_GRACE_S
    failure = ""
    while True:
        code = child.wait(HEARTBEAT_S)
        news = child.latest()
        failure = next((m["message"] for m in reversed(news) if "message" in m), failure)
        if code is not None:
            return code, failure
        if not attempt.write(heartbeat_at=timezone.now(), **_progress(news)):
            return None, ""
        if ProbeRequest.objects.filter(pk=attempt.request.pk, cancel_requested=True).exists():
            return errors.Cancelled.exit_code, ""
        if time.monotonic() > deadline:
            limit = attempt.request.time_limit_s
            return (
                errors.TimeLimitReached.exit_code,
                f"The time limit of {limit} s was reached and the measurement did not stop by itself.",
            )


def _progress(news: list[Mapping[str, Any]]) -> dict[str, Any]:
    steps = [message for message in news if "phase" in message]
    if not steps:
        return {}
    last = steps[-1]
    return {"phase": last["phase"], "progress": min(1.0, last["done"] / max(1, last["total"]))}


def _settle(attempt: Attempt, child: Child, code: int | None, failure: str, out: Path) -> None:
    if code is None:
        return
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

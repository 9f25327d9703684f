"""What hosts send, judged: signed by the host, in the form of a result, an answer to a probe of its own, stored once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

from apps.accounts.errors import DomainError
from apps.probes.errors import InvalidResult
from apps.probes.models import OPEN_STATES, Measurement, ProbeHost, ProbeRequest, ProbeState
from apps.probes.services.drift import watch_drift
from apps.probes.services.hosts import signing_key
from apps.probes.services.measurements import check_document, record_measurement
from apps.probes.services.specs import work_of
from apps.probes.services.sweeps import load_of, store_run, unmeasured
from lca.measure.plan import AXES, Plan
from lca.measure.worker.messages import verify

log = structlog.get_logger(__name__)
SCHEMA = {
    "type": "object",
    "required": ["kind", "id", "probe", "attempt", "outcome", "message", "document", "age_s"],
    "additionalProperties": False,
    "properties": {
        "kind": {"const": "result"},
        "id": {"type": "string", "format": "uuid"},
        "probe": {"type": "string", "format": "uuid"},
        "attempt": {"type": "integer", "minimum": 1, "maximum": 32_767},
        "outcome": {"enum": ["measured", "succeeded", "failed", "errored", "cancelled"]},
        "message": {"type": "string", "maxLength": 4_000},
        "document": {"type": ["object", "null"]},
        "age_s": {"type": "number", "minimum": 0},
    },
}
ASKED = ("preset", "precision", "batch_size", "prompt_tokens", "output_tokens", "repeats", "device")
LONGEST_AGE = timedelta(days=365)


@dataclass(frozen=True)
class Receipt:
    """What the server made of a result: ``stored`` when the host may forget it, else it is put aside there."""

    result: str
    stored: bool
    message: str


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(SCHEMA, format_checker=FormatChecker())


def receive(host: ProbeHost, message: bytes | str, *, now: datetime | None = None) -> Receipt:
    """Take a result from a host; the same result again changes nothing and gets a receipt again.

    Raises
    ------
    lca.measure.worker.messages.Untrusted
        If the host did not sign the message.
    InvalidResult
        If the message has no result in it.
    """
    body = verify(message, signing_key(host))
    error = best_match(_validator().iter_errors(body))
    if error is not None:
        where = "/".join(str(part) for part in error.absolute_path) or "the message"
        msg = f"{where}: {error.message[:200]}"
        raise InvalidResult(msg)
    try:
        with transaction.atomic():
            text = _settle(host, body, now or timezone.now())
        return Receipt(body["id"], stored=True, message=text)
    except DomainError as problem:
        _fail(host, body, problem.message)
        log.warning("fleet.refused", host=str(host.uuid), result=body["id"], why=problem.message)
        return Receipt(body["id"], stored=False, message=f"refused: {problem.message}")


def _settle(host: ProbeHost, body: Mapping[str, Any], now: datetime) -> str:
    if Measurement.objects.filter(host=host, result_id=body["id"]).exists():
        return "stored before"
    request = _request(host, body)
    outcome = body["outcome"]
    if outcome == "measured":
        _take_run(host, request, body, now)
    elif outcome != "succeeded":
        _end(request, body, ProbeState(outcome), body["message"], now)
        return f"noted as {outcome}"
    elif request.sweep:
        _end_sweep(request, body, now)
    elif request.state == ProbeState.CANCELLED:
        return "the probe was cancelled; nothing recorded"
    else:
        _succeed(host, request, body, now)
    return "stored"


def _request(host: ProbeHost, body: Mapping[str, Any]) -> ProbeRequest:
    request = (
        ProbeRequest.objects.select_for_update(of=("self",))
        .select_related("organisation", "requested_by", "host")
        .filter(host=host, uuid=body["probe"])
        .first()
    )
    if request is None:
        raise InvalidResult("This host was never asked for such a probe.")
    return request


def _succeed(
    host: ProbeHost, request: ProbeRequest, body: Mapping[str, Any], now: datetime
) -> None:
    document = _document(body)
    measurement = record_measurement(
        organisation=request.organisation,
        actor=request.requested_by,
        document=document,
        label=request.label,
        origin=_origin(host, request, body, request.load, now),
    )
    _check_asked(request, document)
    if request.measurement_id is None:
        rows = ProbeRequest.objects.filter(pk=request.pk)
        ended = {"finished_at": now, "heartbeat_at": now, "updated_at": now}
        rows.update(
            state=ProbeState.SUCCEEDED, measurement=measurement, progress=1.0, message="", **ended
        )
    watch_drift(measurement)


def _take_run(
    host: ProbeHost, request: ProbeRequest, body: Mapping[str, Any], now: datetime
) -> None:
    """Store one run of a sweep, even if the sweep was called off since: it is finished."""
    document = _document(body)
    if not request.sweep:
        raise InvalidResult("The probe is no sweep, and has no runs.", field="document")
    check_document(document)
    _check_asked(request, document)
    origin = _origin(host, request, body, load_of(document["request"]), now)
    watch_drift(store_run(request, document, origin))


def _end_sweep(request: ProbeRequest, body: Mapping[str, Any], now: datetime) -> None:
    missing = unmeasured(_document(body))
    ended = {"finished_at": now, "heartbeat_at": now, "updated_at": now, "message": ""}
    ProbeRequest.objects.filter(
        pk=request.pk, state__in=OPEN_STATES, attempts=body["attempt"]
    ).update(state=ProbeState.SUCCEEDED, unmeasured=missing, progress=1.0, **ended)


def _document(body: Mapping[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] | None = body["document"]
    if document is None:
        raise InvalidResult("A probe that succeeded brings a document.", field="document")
    return document


def _origin(
    host: ProbeHost, request: ProbeRequest, body: Mapping[str, Any], load: str, now: datetime
) -> dict[str, Any]:
    device = host.device(request.device)
    return {
        "host": host,
        "host_device": device["key"] if device else request.device,
        "load": load,
        "result_id": body["id"],
        "measured_at": _moment(request, body["age_s"], now),
    }


def _check_asked(request: ProbeRequest, document: Mapping[str, Any]) -> None:
    """Refuse a document about something else than the probe asked for."""
    work, given = work_of(request), document["request"]
    plan = work if isinstance(work, Plan) else None
    wanted = (work.base if isinstance(work, Plan) else work).to_dict()
    fixed = [name for name in ASKED if plan is None or name not in AXES.values()]
    wrong = [name for name in fixed if given.get(name) != wanted[name]]
    if plan is not None and not plan.covers(given):
        raise InvalidResult("The document measures no point of the sweep.", field="document")
    if wrong:
        name = wrong[0]
        msg = f"The document measures {name} {given.get(name)!r}; asked for was {wanted[name]!r}."
        raise InvalidResult(msg, field="document")


def _moment(request: ProbeRequest, age_s: float, now: datetime) -> datetime:
    """Return when the probe ended by the server's clock, whatever the host's clock says."""
    age = min(timedelta(seconds=min(age_s, LONGEST_AGE.total_seconds())), LONGEST_AGE)
    return max(now - age, request.started_at or request.created_at)


def _fail(host: ProbeHost, body: Mapping[str, Any], message: str) -> None:
    request = host.probes.filter(uuid=body["probe"]).first()
    if request is not None:
        text = f"What the host sent was refused. {message}"
        _end(request, body, ProbeState.FAILED, text, timezone.now())


def _end(
    request: ProbeRequest,
    body: Mapping[str, Any],
    state: ProbeState,
    message: str,
    now: datetime,
) -> None:
    """End the probe, unless it has ended already or a later attempt is under way."""
    ProbeRequest.objects.filter(
        pk=request.pk, state__in=OPEN_STATES, attempts=body["attempt"]
    ).update(state=state, message=message, finished_at=now, heartbeat_at=now, updated_at=now)

"""Asking for a probe, and calling it off."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Organisation, User
from apps.accounts.services import record_event
from apps.probes import selectors
from apps.probes.errors import InvalidProbe, NotCancellable, ProbeExtraMissing, TooManyProbes
from apps.probes.models import OPEN_STATES, ProbeHost, ProbeRequest, ProbeState
from apps.probes.services.dispatch import dispatch
from apps.probes.services.specs import work_of
from lca.measure.spec import PRECISIONS, offered

OPEN_LIMIT = 20
LONGEST_S = 3_600


@transaction.atomic
def request_probe(
    *,
    organisation: Organisation,
    actor: User | None,
    preset: str,
    precision: str,
    label: str = "",
    batch_size: int = 1,
    prompt_tokens: int = 128,
    output_tokens: int = 32,
    repeats: int = 5,
    time_limit_s: int = 300,
    submission: UUID | None = None,
    host: ProbeHost | None = None,
    device: str = "",
    sweep: Mapping[str, Any] | None = None,
) -> ProbeRequest:
    """Ask a worker, or a host of the fleet, to measure a model; the same ``submission`` twice gives the same probe.

    ``sweep`` holds lists of ``precisions``, ``batches``, ``prompts`` and ``outputs``, of which every combination is
    measured, and ``budget_s`` for all together; an axis that is left out has the one value of the request.
    """
    if submission is not None:
        known = ProbeRequest.objects.of(organisation).filter(submission=submission).first()
        if known is not None:
            return known
    request = ProbeRequest(
        organisation=organisation,
        requested_by=actor,
        label=label,
        preset=preset,
        precision=precision,
        batch_size=batch_size,
        prompt_tokens=prompt_tokens,
        output_tokens=output_tokens,
        repeats=repeats,
        time_limit_s=time_limit_s,
        submission=submission,
        host=host,
        device=device or (host.devices[0]["address"] if host and host.devices else ""),
        sweep=_axes(sweep, precision, batch_size, prompt_tokens, output_tokens),
        queued_at=timezone.now(),
    )
    _check(request)
    request.save()
    record_event(organisation, actor, "requested", request)
    dispatch(request)
    return request


def _axes(
    sweep: Mapping[str, Any] | None, precision: str, batch: int, prompt: int, output: int
) -> dict[str, Any] | None:
    if sweep is None:
        return None
    if "budget_s" not in sweep:
        raise InvalidProbe("A sweep needs a budget in seconds.", field="budget_s")
    single = {
        "precisions": [precision],
        "batches": [batch],
        "prompts": [prompt],
        "outputs": [output],
    }
    return {**single, **sweep}


def _check(request: ProbeRequest) -> None:
    work_of(request)
    name = "budget_s" if request.sweep else "time_limit_s"
    longest = request.sweep["budget_s"] if request.sweep else request.time_limit_s
    if longest > LONGEST_S:
        what = "budget" if request.sweep else "time limit"
        msg = f"The {what} is {longest} s; a probe started here may take {LONGEST_S} s at most."
        raise InvalidProbe(msg, field=name)
    if request.host is None:
        _check_offered("preset", request.preset, offered())
        for precision in (request.sweep or {}).get("precisions", [request.precision]):
            _check_offered("precision", precision, PRECISIONS)
    if request.host is not None:
        check_device(request.host, request.device)
    elif missing := selectors.missing_packages():
        msg = f"{', '.join(missing)} not installed here. Run `{selectors.INSTALL_COMMAND}`, then start the probe again."
        raise ProbeExtraMissing(msg)
    if selectors.open_probe_count(request.organisation) >= OPEN_LIMIT:
        msg = f"{OPEN_LIMIT} probes are waiting or running. Let one finish or cancel one, then start this one."
        raise TooManyProbes(msg)


def _check_offered(field: str, value: str, offered: tuple[str, ...]) -> None:
    """Refuse what only hosts of the fleet measure: the server's own machine has no room for large models."""
    if value not in offered:
        msg = f"{value} is not measured on this machine, which offers {', '.join(offered)}. Choose one of these, or a GPU host."
        raise InvalidProbe(msg, field=field)


def check_device(host: ProbeHost, device: str) -> None:
    """Refuse a host that is gone or has not joined yet, and a device that it has not announced."""
    if host.state in {"removed", "new"}:
        reason = "was removed" if host.removed_at else "has not joined yet"
        msg = f"The host {host} {reason}. Start its worker, or choose another host."
        raise InvalidProbe(msg, field="host")
    if host.device(device) is None:
        known = ", ".join(found["address"] for found in host.devices) or "none"
        msg = f"The host {host} has no device {device or 'at all'}; it has announced: {known}."
        raise InvalidProbe(msg, field="device")


@transaction.atomic
def cancel(*, request: ProbeRequest, actor: User | None) -> ProbeRequest:
    """Call a probe off: at once if it still waits, else at its worker's next sign of life."""
    rows = ProbeRequest.objects.filter(pk=request.pk)
    now = timezone.now()
    stopped = rows.filter(state=ProbeState.QUEUED).update(
        state=ProbeState.CANCELLED, cancel_requested=True, finished_at=now, updated_at=now
    )
    if not stopped:
        stopped = rows.filter(state__in=OPEN_STATES).update(cancel_requested=True, updated_at=now)
    request.refresh_from_db()
    if not stopped:
        msg = f"This probe has already ended ({request.get_state_display()}); there is nothing to cancel."
        raise NotCancellable(msg)
    record_event(request.organisation, actor, "cancelled", request)
    return request

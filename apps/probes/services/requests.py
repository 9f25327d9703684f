"""Asking for a probe, and calling it off."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Organisation, User
from apps.accounts.services import record_event
from apps.probes import selectors
from apps.probes.errors import InvalidProbe, NotCancellable, ProbeExtraMissing, TooManyProbes
from apps.probes.models import OPEN_STATES, ProbeRequest, ProbeState
from lca.measure.errors import InvalidRequest
from lca.measure.spec import ProbeSpec
from lca.queue import enqueue

OPEN_LIMIT = 20
LONGEST_S = 3_600


def spec_of(request: ProbeRequest) -> ProbeSpec:
    """Return the request in the words of ``lca.measure``."""
    try:
        return ProbeSpec(
            preset=request.preset,
            precision=request.precision,
            batch_size=request.batch_size,
            prompt_tokens=request.prompt_tokens,
            output_tokens=request.output_tokens,
            repeats=request.repeats,
            time_limit_s=float(request.time_limit_s),
        )
    except InvalidRequest as error:
        raise InvalidProbe(str(error), field=error.field) from error


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
) -> ProbeRequest:
    """Ask a worker to measure a reference model; the same ``submission`` twice gives the same probe."""
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
        queued_at=timezone.now(),
    )
    _check(request)
    request.save()
    record_event(organisation, actor, "requested", request)
    enqueue("probes.execute", request.pk)
    return request


def _check(request: ProbeRequest) -> None:
    spec_of(request)
    if request.time_limit_s > LONGEST_S:
        msg = f"The time limit is {request.time_limit_s} s; a probe started here may take {LONGEST_S} s at most."
        raise InvalidProbe(msg, field="time_limit_s")
    missing = selectors.missing_packages()
    if missing:
        msg = f"{', '.join(missing)} not installed here. Run `{selectors.INSTALL_COMMAND}`, then start the probe again."
        raise ProbeExtraMissing(msg)
    if selectors.open_probe_count(request.organisation) >= OPEN_LIMIT:
        msg = f"{OPEN_LIMIT} probes are waiting or running. Let one finish or cancel one, then start this one."
        raise TooManyProbes(msg)


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

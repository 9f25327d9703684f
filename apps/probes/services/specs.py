"""A probe in the words of ``lca.measure``."""

from apps.probes.errors import InvalidProbe
from apps.probes.models import ProbeRequest
from lca.measure.errors import InvalidRequest
from lca.measure.plan import Plan, key_of
from lca.measure.spec import ProbeSpec


def spec_of(request: ProbeRequest) -> ProbeSpec:
    """Return the request in the words of ``lca.measure``; of a sweep, what all its runs share."""
    try:
        return ProbeSpec(
            preset=request.preset,
            precision=request.precision,
            batch_size=request.batch_size,
            prompt_tokens=request.prompt_tokens,
            output_tokens=request.output_tokens,
            repeats=request.repeats,
            time_limit_s=float(request.time_limit_s),
            device=request.device or "auto",
        )
    except InvalidRequest as error:
        raise InvalidProbe(str(error), field=error.field) from error


def work_of(request: ProbeRequest) -> ProbeSpec | Plan:
    """Return what is to be measured: one point, or a sweep without the runs that are stored already."""
    base = spec_of(request)
    if not request.sweep:
        return base
    try:
        return Plan(base=base, done=_done(request), **request.sweep)
    except InvalidRequest as error:
        raise InvalidProbe(str(error), field=error.field) from error


def _done(request: ProbeRequest) -> list[str]:
    if request.pk is None:
        return []
    return [key_of(asked) for asked in request.runs.values_list("document__request", flat=True)]

"""A probe in the words of ``lca.measure``."""

from apps.probes.errors import InvalidProbe
from apps.probes.models import ProbeRequest
from lca.measure.errors import InvalidRequest
from lca.measure.spec import ProbeSpec


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
            device=request.device or "auto",
        )
    except InvalidRequest as error:
        raise InvalidProbe(str(error), field=error.field) from error

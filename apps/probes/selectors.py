"""Reads: probes, measurements, and whether this machine can run a model at all."""

from importlib.util import find_spec
from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.models import Organisation
from apps.probes.models import OPEN_STATES, Measurement, ProbeRequest

PROBE_PACKAGES = ("torch", "transformers", "bitsandbytes")
INSTALL_COMMAND = "make probe"


def missing_packages() -> list[str]:
    """Name the packages of the probe extra that are not installed, without importing any."""
    return [name for name in PROBE_PACKAGES if find_spec(name) is None]


def probes(organisation: Organisation) -> QuerySet[ProbeRequest]:
    """List the organisation's probes, newest first, each with its measurement."""
    return (
        ProbeRequest.objects.of(organisation)
        .select_related("measurement", "requested_by")
        .defer("measurement__document")
    )


def probe(organisation: Organisation, uuid: UUID) -> ProbeRequest | None:
    """Return one probe with its measurement."""
    return (
        ProbeRequest.objects.of(organisation)
        .select_related("measurement", "requested_by")
        .filter(uuid=uuid)
        .first()
    )


def measurements(organisation: Organisation) -> QuerySet[Measurement]:
    """List the organisation's measurements, newest first."""
    return Measurement.objects.of(organisation)


def open_probe_count(organisation: Organisation) -> int:
    """Count the probes that wait or run."""
    return ProbeRequest.objects.of(organisation).filter(state__in=OPEN_STATES).count()

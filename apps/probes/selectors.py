"""Reads: probes, measurements, and whether this machine can run a model at all."""

from importlib.util import find_spec
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet

from apps.accounts.models import Organisation
from apps.probes.models import (
    OPEN_STATES,
    DriftAlarm,
    FittedProfile,
    Measurement,
    ProbeHost,
    ProbeRequest,
)

PROBE_PACKAGES = ("torch", "transformers", "bitsandbytes")
INSTALL_COMMAND = "make probe"


def missing_packages() -> list[str]:
    """Name the packages of the probe extra that are not installed, without importing any."""
    return [name for name in PROBE_PACKAGES if find_spec(name) is None]


def probes(organisation: Organisation) -> QuerySet[ProbeRequest]:
    """List the organisation's probes, newest first, each with its measurement."""
    return (
        ProbeRequest.objects.of(organisation)
        .select_related("measurement", "requested_by", "host")
        .annotate(runs_stored=Count("runs"))
        .order_by("-created_at", "-id")
        .defer("measurement__document")
    )


def probe(organisation: Organisation, uuid: UUID) -> ProbeRequest | None:
    """Return one probe with its measurement."""
    return (
        ProbeRequest.objects.of(organisation)
        .select_related("measurement", "requested_by", "host")
        .filter(uuid=uuid)
        .first()
    )


def measurements(organisation: Organisation) -> QuerySet[Measurement]:
    """List the organisation's measurements, newest first."""
    return Measurement.objects.of(organisation)


def open_probe_count(organisation: Organisation) -> int:
    """Count the probes that wait or run."""
    return ProbeRequest.objects.of(organisation).filter(state__in=OPEN_STATES).count()


def hosts(organisation: Organisation) -> QuerySet[ProbeHost]:
    """List the organisation's hosts by name, without those that were removed."""
    return ProbeHost.objects.of(organisation).filter(removed_at=None)


def hosts_with_work(organisation: Organisation) -> QuerySet[ProbeHost]:
    """List hosts, each with its open probes as ``work``."""
    open_probes = ProbeRequest.objects.filter(state__in=OPEN_STATES).order_by("created_at")
    return hosts(organisation).prefetch_related(Prefetch("probes", open_probes, to_attr="work"))


def host_of_token(digest: str) -> ProbeHost | None:
    """Return the host that has the token with this hash, unless it was removed."""
    return (
        ProbeHost.objects.select_related("organisation")
        .filter(token_sha256=digest, removed_at=None)
        .first()
    )


def alarms(organisation: Organisation) -> QuerySet[DriftAlarm]:
    """List the drift alarms that nobody has accepted yet, newest first."""
    return (
        DriftAlarm.objects.of(organisation)
        .filter(accepted_at=None)
        .select_related("baseline", "measurement__host")
        .defer("baseline__document", "measurement__document")
    )


def series_of(measurement: Measurement) -> QuerySet[Measurement]:
    """List the measurements that this one may be compared with, oldest first: one device, model, load and meter."""
    return Measurement.objects.filter(
        organisation_id=measurement.organisation_id,
        host_id=measurement.host_id,
        host_device=measurement.host_device,
        model_name=measurement.model_name,
        precision=measurement.precision,
        load=measurement.load,
        meter=measurement.meter,
    ).order_by("measured_at", "id")


def fits(organisation: Organisation) -> QuerySet[FittedProfile]:
    """List the profiles fitted on the organisation's measurements, newest first."""
    return FittedProfile.objects.of(organisation).defer("document")

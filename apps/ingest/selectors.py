"""Reading the ledger."""

from typing import Any

from django.db.models import Q, QuerySet, Sum

from apps.accounts.models import Organisation
from apps.assessments.models import AISystem
from apps.ingest.models import Experiment, MonthlySum, RecordedRun, StaleSums, Upload, UploadState

EXISTS = Q(upload=None) | Q(upload__state=UploadState.DONE)


def uploads(organisation: Organisation) -> QuerySet[Upload]:
    """Files of an organisation, newest first."""
    return Upload.objects.of(organisation).select_related("system", "sent_by", "organisation")


def systems(organisation: Organisation) -> QuerySet[AISystem]:
    """Systems that runs can be recorded for."""
    return AISystem.objects.filter(organisation=organisation).order_by("name", "pk")


def experiments(organisation: Organisation) -> QuerySet[Experiment]:
    """Experiments that CodeCarbon's clients named, by system."""
    rows = Experiment.objects.of(organisation).select_related("system")
    return rows.order_by("system__name", "name", "pk")


def runs(organisation: Organisation) -> QuerySet[RecordedRun]:
    """Runs that were sent by themselves, and those of the files that were read to their end."""
    return RecordedRun.objects.of(organisation).filter(EXISTS)


def totals(organisation: Organisation) -> list[dict[str, Any]]:
    """Runs that count, failed ones, GPU-hours and electricity of each system, from the monthly sums.

    A sum is ``None`` where no run says anything.
    """
    failed = Q(outcome="failed")
    rows = (
        MonthlySum.objects.filter(system__organisation=organisation)
        .order_by()
        .values("system_id", "system__name", "system__slug")
        .annotate(
            n=Sum("runs"),
            failed=Sum("runs", filter=failed),
            failed_gpu_hours=Sum("gpu_hours", filter=failed),
            energy_kwh=Sum("it_energy_kwh"),
            hours=Sum("gpu_hours"),
        )
        .order_by("system__name")
    )
    return [dict(row) for row in rows]


def sums_are_stale(organisation: Organisation) -> bool:
    """Whether runs have arrived since the sums of one of its systems were made."""
    return StaleSums.objects.filter(system__organisation=organisation).exists()

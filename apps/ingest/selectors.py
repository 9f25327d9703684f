"""Reading the ledger."""

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from apps.accounts.models import Organisation
from apps.assessments.models import AISystem
from apps.ingest.models import Experiment, RecordedRun, Upload, UploadState

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
    """Runs, failed runs, GPU-hours and energy of each system; a sum is ``None`` where no run says anything."""
    counted = Q(counts=True)
    rows = (
        runs(organisation)
        .values("system__name", "system__slug")
        .annotate(
            runs=Count("pk"),
            failed=Count("pk", filter=Q(outcome="failed")),
            failed_gpu_hours=Sum("gpu_hours", filter=counted & Q(outcome="failed")),
            energy_kwh=Sum("energy_kwh", filter=counted),
            gpu_hours=Sum("gpu_hours", filter=counted),
        )
        .order_by("system__name")
    )
    return [dict(row) for row in rows]

"""From the ledger to an assessment: recorded runs enter it as a few rows, sums of runs that are alike."""

from itertools import product
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    FloatField,
    Max,
    Min,
    Q,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from apps.accounts.errors import DomainError
from apps.accounts.models import User
from apps.assessments import services as assessments
from apps.assessments.models import (
    Assessment,
    ComputeRun,
    EnergyScope,
    Hardware,
    RunCategory,
    RunOutcome,
    Site,
)
from apps.ingest import selectors
from apps.ingest.record import Boundary, Outcome
from lca.engine import Provenance

SCOPES = {Boundary.ACCELERATOR: EnergyScope.ACCELERATOR, Boundary.FACILITY: EnergyScope.FACILITY}
OUTCOMES = {Outcome.FINISHED: RunOutcome.COMPLETED, Outcome.FAILED: RunOutcome.FAILED}
Group = tuple[str, str, str, bool]


class NothingRecorded(DomainError):
    """The system has no recorded run with GPU-hours or energy."""

    code = "nothing_recorded"


@transaction.atomic
def declare(
    *, site: Site, hardware: Hardware | None, category: RunCategory, actor: User | None
) -> list[ComputeRun]:
    """Declare a system's recorded runs in the assessment of a site; doing so again brings its rows up to date.

    Runs are alike that ended alike, whose energy is of one boundary and provenance, or whose energy nobody recorded.
    Energy is freed of the PUE that its tool multiplied it by; failed runs are of category *failed*.

    Raises
    ------
    NothingRecorded
        If there is nothing to declare.
    """
    assessment = site.assessment
    groups = {_group(row): row for row in _sums(assessment)}
    if not groups:
        raise NothingRecorded("No recorded run of this system has GPU-hours or energy.")
    known = {run.uuid: run for run in assessment.runs.filter(uuid__in=_every(assessment))}
    declared = []
    for group, row in groups.items():
        uuid = _uuid(assessment, group)
        run = known.pop(uuid, None) or ComputeRun(uuid=uuid, assessment=assessment)
        _fill(run, group, row)
        run.site, run.hardware = site, hardware
        run.category = RunCategory.FAILED if group[0] == Outcome.FAILED else category
        declared.append(_save(run, actor))
    for gone in known.values():
        assessments.delete(record=gone, actor=actor)
    return declared


def _sums(assessment: Assessment) -> list[dict[str, Any]]:
    it_energy = F("energy_kwh") / Coalesce(F("pue_inside"), Value(1.0))
    runs = selectors.runs(assessment.organisation).filter(system=assessment.system, counts=True)
    rows = (
        runs.exclude(energy_kwh__isnull=True, gpu_hours__isnull=True)
        .annotate(
            has_energy=ExpressionWrapper(Q(energy_kwh__isnull=False), output_field=BooleanField())
        )
        .values("outcome", "boundary", "provenance", "has_energy")
        .annotate(
            n=Count("pk"),
            energy=Sum(it_energy, output_field=FloatField()),
            hours=Sum("gpu_hours"),
            first=Min("started_at"),
            last=Max("ended_at"),
            files=Count("upload", distinct=True),
        )
        .order_by("outcome", "boundary", "provenance", "has_energy")
    )
    return [dict(row) for row in rows]


def _group(row: dict[str, Any]) -> Group:
    return row["outcome"], row["boundary"], row["provenance"], row["has_energy"]


def _every(assessment: Assessment) -> list[UUID]:
    groups = product(Outcome, Boundary, Provenance, (True, False))
    return [_uuid(assessment, (o.value, b.value, p.value, has)) for o, b, p, has in groups]


def _uuid(assessment: Assessment, group: Group) -> UUID:
    return uuid5(assessment.uuid, "recorded " + " ".join(map(str, group)))


def _fill(run: ComputeRun, group: Group, row: dict[str, Any]) -> None:
    outcome, boundary, provenance, has_energy = group
    what = f"energy of {boundary}, {provenance}" if has_energy else "no energy recorded"
    run.name = f"Recorded runs, {outcome}: {what}"
    run.outcome = OUTCOMES.get(Outcome(outcome), RunOutcome.UNKNOWN)
    run.runs_count, run.gpu_hours, run.energy_kwh = row["n"], row["hours"], row["energy"]
    run.energy_scope = SCOPES.get(Boundary(boundary), EnergyScope.NODE)
    run.energy_provenance = provenance
    run.started_at, run.ended_at = row["first"], row["last"]
    if run.started_at and run.ended_at and run.ended_at < run.started_at:
        run.started_at = run.ended_at = None
    run.source = f"Sum of {row['n']:,} recorded runs from {row['files']:,} files"


def _save(run: ComputeRun, actor: User | None) -> ComputeRun:
    if run.pk is None:
        return assessments.create(record=run, actor=actor)
    return assessments.update(record=run, expected_version=run.version, actor=actor)

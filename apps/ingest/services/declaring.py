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
    QuerySet,
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
from apps.ingest.models import RecordedRun
from apps.ingest.record import Boundary, Outcome
from lca.engine import Provenance

SCOPES = {Boundary.ACCELERATOR: EnergyScope.ACCELERATOR, Boundary.FACILITY: EnergyScope.FACILITY}
OUTCOMES = {Outcome.FINISHED: RunOutcome.COMPLETED, Outcome.FAILED: RunOutcome.FAILED}
Group = tuple[str, str, str, bool]
GROUP = ("outcome", "boundary", "provenance", "has_energy")
FILES_NAMED = 2


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
    files = _files(assessment)
    known = {run.uuid: run for run in assessment.runs.filter(uuid__in=_every(assessment))}
    declared = []
    for group, row in groups.items():
        uuid = _uuid(assessment, group)
        run = known.pop(uuid, None) or ComputeRun(uuid=uuid, assessment=assessment)
        _fill(run, group, row)
        run.source = _source(row["n"], files[group])
        run.site, run.hardware = site, hardware
        run.category = RunCategory.FAILED if group[0] == Outcome.FAILED else category
        declared.append(_save(run, actor))
    for gone in known.values():
        assessments.delete(record=gone, actor=actor)
    return declared


def _runs(assessment: Assessment) -> QuerySet[RecordedRun]:
    """Runs of the system that have an amount, with whether their energy was recorded."""
    has_energy = ExpressionWrapper(Q(energy_kwh__isnull=False), output_field=BooleanField())
    return (
        selectors.runs(assessment.organisation)
        .filter(system=assessment.system, counts=True)
        .exclude(energy_kwh__isnull=True, gpu_hours__isnull=True)
        .annotate(has_energy=has_energy)
    )


def _sums(assessment: Assessment) -> list[dict[str, Any]]:
    it_energy = F("energy_kwh") / Coalesce(F("pue_inside"), Value(1.0))
    rows = (
        _runs(assessment)
        .values(*GROUP)
        .annotate(
            n=Count("pk"),
            energy=Sum(it_energy, output_field=FloatField()),
            hours=Sum("gpu_hours"),
            first=Min("started_at"),
            last=Max("ended_at"),
        )
        .order_by(*GROUP)
    )
    return [dict(row) for row in rows]


def _files(assessment: Assessment) -> dict[Group, list[str]]:
    """Name and hash of the files that each group comes from, oldest first."""
    found: dict[Group, list[str]] = {}
    places = (*GROUP, "upload_id", "upload__file_name", "upload__sha256")
    for *group, _, name, sha256 in (
        _runs(assessment).values_list(*places).distinct().order_by("upload_id")
    ):
        outcome, boundary, provenance, has_energy = group
        key = (outcome, boundary, provenance, has_energy)
        file = f"{name} (SHA-256 {sha256[:12]})" if name else "runs sent by programs"
        found.setdefault(key, []).append(file)
    return found


def _source(n: int, files: list[str]) -> str:
    more = len(files) - FILES_NAMED
    names = " and ".join(files[:FILES_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    return f"Sum of {n:,} recorded run{'s' if n > 1 else ''} of {names}"


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


def _save(run: ComputeRun, actor: User | None) -> ComputeRun:
    if run.pk is None:
        return assessments.create(record=run, actor=actor)
    return assessments.update(record=run, expected_version=run.version, actor=actor)

"""Studies of routing: asked for with a file of labelled queries, learnt by a worker, deleted with their file."""

import hashlib
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import IO

import structlog
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.errors import Conflict
from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.scenarios.errors import BadInput
from apps.scenarios.models import RoutingStudy, StudyState
from lca.queue import enqueue

log = structlog.get_logger(__name__)
LARGEST_BYTES = 20_000_000
MOST_QUERIES = 50_000
MOST_MODELS = 8
MOST_FOLDS = 10
SILENT_AFTER = timedelta(minutes=10)
"""The longest step is to learn one fold; at the bounds above that takes a minute or two."""
ATTEMPTS = 2
TOLD_EVERY_S = 1.0
ASKED = ("budget", "folds", "energy")
LOST = "The worker was lost while learning, more than once. It may have run out of memory: send fewer queries."
ODD = "Learning stopped for a reason that nobody expected; the server's log has it."


class Gone(Exception):
    """The study was deleted, or given to another worker, while this one learnt."""


def request_routing(
    *,
    assessment: Assessment,
    file: IO[bytes],
    name: str,
    budget: float,
    folds: int,
    energy: Sequence[str],
    actor: User | None,
) -> RoutingStudy:
    """Keep labelled queries, once they can be learnt from, and ask a worker to learn.

    Raises
    ------
    BadInput
        For a file that is none, energies that are needed or unknown, or a budget or folds that cannot be; ``field`` names which.
    Conflict
        If another study of the organisation is still open.
    """
    content = file.read(LARGEST_BYTES + 1)
    try:
        _examine(content, budget, folds, energy)
    except BadInput as error:
        field = error.field if error.field in ASKED else "file"
        raise BadInput(error.message, field=field) from error
    mine = RoutingStudy.objects.of(assessment.organisation)
    if mine.filter(state__in=(StudyState.WAITING, StudyState.LEARNING)).exists():
        msg = "Another study is being learnt. Wait for it, then start this one."
        raise Conflict(msg)
    study = RoutingStudy(
        organisation=assessment.organisation,
        assessment=assessment,
        started_by=actor,
        name=name,
        budget=budget,
        folds=folds,
        energy=list(energy),
        sha256=hashlib.sha256(content).hexdigest(),
        heartbeat_at=timezone.now(),
    )
    study.file.save("", ContentFile(content), save=False)
    with transaction.atomic():
        study.save(force_insert=True)
        accounts.record_event(study.organisation, actor, "requested", study)
        enqueue("scenarios.route", study.pk)
    return study


def _examine(content: bytes, budget: float, folds: int, energy: Sequence[str]) -> None:
    """Refuse what could not be learnt from, before anybody waits for it."""
    from apps.scenarios.routing import queries, study  # scikit-learn takes a second to load

    if len(content) > LARGEST_BYTES:
        msg = f"The file is larger than {LARGEST_BYTES // 10**6} MB; send a sample of the queries, or use manage.py whatif route."
        raise BadInput(msg, field="file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"Byte {error.start} is not UTF-8. Save the table as “CSV UTF-8”."
        raise BadInput(msg, field="file") from error
    if not folds <= MOST_FOLDS:
        msg = f"{folds} folds; here at most {MOST_FOLDS} are possible."
        raise BadInput(msg, field="folds")
    known = queries.read(text)
    if len(known) > MOST_QUERIES or len(known.models) > MOST_MODELS:
        msg = f"{len(known)} queries of {len(known.models)} models; here at most {MOST_QUERIES} of {MOST_MODELS} are learnt from. More goes through manage.py whatif route."
        raise BadInput(msg, field="file")
    study.check(known, study.Asked(budget=budget, folds=folds), energy)


def run_routing(*, study_id: int) -> None:
    """Learn a study that waits; do nothing if it is learnt, is being learnt or is gone."""
    mine = RoutingStudy.objects.filter(pk=study_id, state=StudyState.WAITING)
    now = timezone.now()
    if not mine.update(state=StudyState.LEARNING, heartbeat_at=now, attempts=F("attempts") + 1):
        return
    study = RoutingStudy.objects.get(pk=study_id)
    rows = RoutingStudy.objects.filter(
        pk=study_id, state=StudyState.LEARNING, attempts=study.attempts
    )
    try:
        result = _learnt(study, rows)
    except Gone:
        return
    except BadInput as error:
        _fail(rows, error.message)
        return
    except Exception:  # whatever it is, the study must not hang
        log.exception("routing.errored", study=str(study.uuid))
        _fail(rows, ODD)
        raise
    rows.update(state=StudyState.READY, result=result, progress=1.0, finished_at=timezone.now())


def _learnt(row: RoutingStudy, rows: QuerySet[RoutingStudy]) -> dict[str, object]:
    from apps.scenarios.routing import queries, study

    told = 0.0

    def tell(share: float) -> None:
        nonlocal told
        if (now := time.monotonic()) - told < TOLD_EVERY_S:
            return
        told = now
        if not rows.update(progress=share, heartbeat_at=timezone.now()):
            raise Gone

    known = queries.read(_kept(row).decode("utf-8-sig"))
    return study.study(known, study.Asked(budget=row.budget, folds=row.folds), row.energy, tell)


def _kept(row: RoutingStudy) -> bytes:
    try:
        with row.file.open() as file:
            return bytes(file.read())
    except OSError as error:
        msg = "Its queries can no longer be read. Delete the study and send them again."
        raise BadInput(msg, field="file") from error


def _fail(rows: QuerySet[RoutingStudy], why: str) -> None:
    rows.update(state=StudyState.FAILED, message=why[:1000], finished_at=timezone.now())


def resume_routing(*, now: datetime | None = None) -> int:
    """Send studies again that a worker or the broker lost, and fail those lost too often; return how many were lost."""
    silent = (now or timezone.now()) - SILENT_AFTER
    lost = RoutingStudy.objects.filter(
        state__in=(StudyState.WAITING, StudyState.LEARNING), heartbeat_at__lt=silent
    )
    again = Q(state=StudyState.WAITING) | Q(attempts__lt=ATTEMPTS)
    keys = list(lost.filter(again).values_list("pk", flat=True))
    many = len(keys) + lost.exclude(again).update(
        state=StudyState.FAILED, message=LOST, finished_at=timezone.now()
    )
    RoutingStudy.objects.filter(pk__in=keys).update(
        state=StudyState.WAITING, progress=0.0, heartbeat_at=timezone.now()
    )
    for key in keys:
        enqueue("scenarios.route", key)
    return many


@transaction.atomic
def delete_routing(*, study: RoutingStudy, actor: User | None) -> None:
    """Delete a study with its queries; a worker that learns it stops."""
    accounts.record_event(study.organisation, actor, "deleted", study)
    study.delete()

"""Keeping the monthly sums of a ledger up to date, and what looks wrong between its runs."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pandas as pd
from django.db import transaction
from django.db.models import Case, Count, F, FloatField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, Concat, Replace, TruncMonth

from apps.assessments.models import AISystem
from apps.ingest import flags, selectors
from apps.ingest.models import ALIKE, EVERY_MONTH, MonthlySum, RecordedRun, StaleSums
from lca.queue import enqueue

BETWEEN = ("twice", "overlap")
BATCH = 500
CHUNK = 20_000


def changed(system: AISystem, at: datetime | str | None = EVERY_MONTH) -> None:
    """Remember that sums of a month are older than the ledger; in the transaction of the change."""
    month = at if isinstance(at, str) else f"{at:%Y-%m}" if at else ""
    StaleSums.objects.bulk_create([StaleSums(system=system, month=month)], ignore_conflicts=True)
    if month == EVERY_MONTH:
        enqueue("ingest.sums", system.pk)


def refresh_all() -> int:
    """Bring every stale sum up to date; return how many systems had some."""
    keys = list(StaleSums.objects.values_list("system_id", flat=True).distinct())
    for key in keys:
        refresh(system_id=key)
    return len(keys)


@transaction.atomic
def refresh(*, system_id: int) -> None:
    """Bring the stale sums of one system up to date; changes that come meanwhile make them stale again."""
    system = AISystem.objects.select_for_update().select_related("organisation").get(pk=system_id)
    stale = StaleSums.objects.filter(system=system)
    months = set(stale.values_list("month", flat=True))
    stale.delete()
    if EVERY_MONTH in months:
        _flag(system)
        _rebuild(system, selectors.runs(system.organisation), Q())
        return
    for month in months:
        rows = selectors.runs(system.organisation).filter(_of_month(month))
        _rebuild(system, rows, Q(month=month))


def _of_month(month: str) -> Q:
    if not month:
        return Q(happened_at=None)
    start = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    return Q(happened_at__gte=start, happened_at__lt=end)


def _rebuild(system: AISystem, rows: QuerySet[RecordedRun], replaced: Q) -> None:
    MonthlySum.objects.filter(replaced, system=system).delete()
    energy = F("energy_kwh") / Coalesce(F("pue_inside"), Value(1.0))
    sums: Any = (
        rows.filter(system=system, counts=True)
        .order_by()
        .annotate(first=TruncMonth("happened_at", tzinfo=UTC))
        .values("first", *ALIKE)
        .annotate(
            n=Count("pk"),
            silent=Count("pk", filter=Q(energy_kwh=None)),
            energy=Sum(energy, output_field=FloatField()),
            hours=Sum("gpu_hours"),
        )
    )
    MonthlySum.objects.bulk_create(
        (
            MonthlySum(
                system=system,
                month=f"{row['first']:%Y-%m}" if row["first"] else "",
                runs=row["n"],
                silent_runs=row["silent"],
                it_energy_kwh=row["energy"],
                gpu_hours=row["hours"],
                **{name: row[name] for name in ALIKE},
            )
            for row in sums
        ),
        batch_size=BATCH,
    )


def _flag(system: AISystem) -> None:
    """Mark runs that may stand twice in the ledger."""
    rows = selectors.runs(system.organisation).filter(system=system)
    for code in BETWEEN:
        marked = rows.filter(flags__contains=f",{code},")
        marked.update(flags=Replace("flags", Value(f",{code},"), Value(",")))
    RecordedRun.objects.filter(system=system, flags=",").update(flags="")
    for code, keys in flags.between(_chunks(rows)).items():
        more = Case(
            When(flags="", then=Value(f",{code},")), default=Concat("flags", Value(f"{code},"))
        )
        for place in range(0, len(keys), BATCH):
            RecordedRun.objects.filter(pk__in=keys[place : place + BATCH]).update(flags=more)


def _chunks(rows: QuerySet[RecordedRun]) -> Iterator[pd.DataFrame]:
    """Runs whose time and GPUs are known, in the order that :func:`flags.between` wants."""
    known = rows.exclude(started_at=None).exclude(ended_at=None).exclude(gpu_count=None)
    columns = ("pk", "started_at", "ended_at", "gpu_count", "tool")
    ordered = known.order_by("started_at", "ended_at", "gpu_count", "pk").values_list(*columns)
    stream = ordered.iterator(chunk_size=BATCH)
    while part := list(islice(stream, CHUNK)):
        table = pd.DataFrame.from_records(part, columns=["pk", "start", "end", "gpus", "tool"])
        for name in ("start", "end"):
            table[name] = pd.to_datetime(table[name], utc=True).astype("int64") / 1e9
        yield table

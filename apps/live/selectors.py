"""Reading what services used: now, today, in all, by week and month."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
from django.db.models import QuerySet, Sum
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.assessments.models import Deployment
from apps.live.models import HourlyUse, Kind, LiveService, PeriodUse, Valuation

RECENT_S = 300.0
HOUR_S = 3600.0
FIGURES = {"kwh": "kWh", "kg_co2e": "kg CO2e", "litres": "L"}
COUNTED = ("prompt_tokens", "cached_prompt_tokens", "output_tokens", "requests", "unvalued_tokens")
SUMS = {name: Sum(name) for name in (*FIGURES, *COUNTED)}
SHOWN_PERIODS = 26


@attrs.frozen(kw_only=True)
class Use:
    """Sums over some hours; a figure that nothing tells is ``None``. ``stats`` have the figures with their intervals."""

    counts: dict[str, float]
    figures: dict[str, float | None]
    stats: dict[str, dict[str, Any]]

    @property
    def tokens(self) -> float:
        """Tokens read and written."""
        return self.counts["prompt_tokens"] + self.counts["output_tokens"]


@attrs.frozen(kw_only=True)
class Now:
    """Rates over the last minutes: W, and kg, L and tokens an hour; ``None`` where nothing came."""

    watts: float | None
    kg_co2e_per_h: float | None
    litres_per_h: float | None
    tokens_per_s: float


@attrs.frozen(kw_only=True)
class State:
    """All that the page of a service shows as it changes."""

    service: LiveService
    now: Now
    today: Use
    total: Use
    hour: HourlyUse | None
    valuation: Valuation | None


def services(organisation: Organisation) -> QuerySet[LiveService]:
    """Services of an organisation."""
    return LiveService.objects.of(organisation).select_related("system", "organisation")


def deployments(organisation: Organisation) -> QuerySet[Deployment]:
    """Deployments that can say what a token takes, newest assessment first."""
    rows = Deployment.objects.of(organisation).select_related("assessment", "assessment__system")
    return rows.order_by("assessment__system__name", "-assessment__pk", "pk")


def state(service: LiveService, now: datetime | None = None) -> State:
    """What a service uses now, used today (UTC) and in all."""
    now = now or timezone.now()
    valuation = Valuation.objects.filter(service=service).order_by("-pk").first()
    spread = valuation.document.get("spread", {}) if valuation else {}
    hours = HourlyUse.objects.filter(service=service)
    total = PeriodUse.objects.filter(service=service, kind=Kind.TOTAL)
    return State(
        service=service,
        now=_now(service, now),
        today=_of(hours.filter(hour__gte=_midnight(now)).order_by().aggregate(**SUMS), spread),
        total=_of(total.order_by().aggregate(**SUMS), spread),
        hour=hours.select_related("valuation").order_by("-hour").first(),
        valuation=valuation,
    )


def _midnight(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def states(organisation: Organisation, now: datetime | None = None) -> list[dict[str, Any]]:
    """Every service with what it uses now, used today and in all, in a fixed number of queries."""
    now = now or timezone.now()
    today = HourlyUse.objects.filter(service__organisation=organisation, hour__gte=_midnight(now))
    total = PeriodUse.objects.filter(service__organisation=organisation, kind=Kind.TOTAL)
    sums = {name: _by_service(rows) for name, rows in (("today", today), ("total", total))}
    nothing = _of(dict.fromkeys(SUMS), {})
    return [
        {
            "service": row,
            "now": _now(row, now),
            **{name: found.get(row.pk, nothing) for name, found in sums.items()},
        }
        for row in services(organisation)
    ]


def _by_service(rows: QuerySet[Any]) -> dict[int, Use]:
    found = rows.order_by().values("service_id").annotate(**SUMS)
    return {row["service_id"]: _of(dict(row), {}) for row in found}


def _now(service: LiveService, now: datetime) -> Now:
    first = now.timestamp() - RECENT_S
    recent = [item for item in service.recent if item["to"] >= first]
    sums: dict[str, float] = {}
    for item in recent:
        length = max(item["to"] - item["from"], 1e-9)
        inside = min(1.0, (item["to"] - max(item["from"], first)) / length)
        for name in (*FIGURES, "prompt_tokens", "output_tokens"):
            sums[name] = sums.get(name, 0.0) + item.get(name, 0.0) * inside
    span = min(RECENT_S, max(now.timestamp() - service.created_at.timestamp(), 1.0))
    per_hour = HOUR_S / span

    def rate(name: str) -> float | None:
        return sums[name] * per_hour if any(name in item for item in recent) else None

    kw = rate("kwh")
    return Now(
        watts=None if kw is None else kw * 1000,
        kg_co2e_per_h=rate("kg_co2e"),
        litres_per_h=rate("litres"),
        tokens_per_s=(sums.get("prompt_tokens", 0.0) + sums.get("output_tokens", 0.0)) / span,
    )


def _of(sums: dict[str, Any], spread: dict[str, Any]) -> Use:
    figures = {name: sums[name] for name in FIGURES}
    return Use(
        counts={name: sums[name] or 0.0 for name in COUNTED},
        figures=figures,
        stats={
            name: _stat(value, spread.get(name), FIGURES[name])
            for name, value in figures.items()
            if value is not None
        },
    )


def _stat(value: float, spread: list[float] | None, unit: str) -> dict[str, Any]:
    low, high = spread or (1.0, 1.0)
    return {
        "nominal": value,
        "mean": value,
        "p50": value,
        "p05": value * low,
        "p95": value * high,
        "unit": unit,
    }


def last_hours(service: LiveService, n: int = 48) -> list[HourlyUse]:
    """The newest hours that something was counted in, newest first."""
    rows = HourlyUse.objects.filter(service=service).select_related("valuation")
    return list(rows.order_by("-hour")[:n])


def periods(
    organisation: Organisation, kind: str, now: datetime | None = None
) -> list[dict[str, Any]]:
    """Use of every followed service by week (from Monday) or month, newest first: its sums, and those of each system.

    At most half a year of weeks, or as many months.
    """
    now = now or timezone.now()
    first = now - timedelta(days=SHOWN_PERIODS * (7 if kind == Kind.WEEK else 31))
    rows = (
        PeriodUse.objects.filter(service__organisation=organisation, kind=kind, begins__gte=first)
        .order_by()
        .values("begins", "service__system__name")
        .annotate(**SUMS)
    )
    found: dict[date, dict[str, Any]] = {}
    for row in rows:
        entry = found.setdefault(row["begins"], {"period": row["begins"], "systems": []})
        entry["systems"].append({"name": row["service__system__name"], "use": _of(dict(row), {})})
    for entry in found.values():
        entry["systems"].sort(key=lambda item: (-(item["use"].figures["kwh"] or 0.0), item["name"]))
        entry["use"] = _sum([item["use"] for item in entry["systems"]])
    return sorted(found.values(), key=lambda entry: entry["period"], reverse=True)


def _sum(uses: list[Use]) -> Use:
    sums: dict[str, Any] = {}
    for use in uses:
        for name, value in (*use.counts.items(), *use.figures.items()):
            if value is not None or name not in sums:
                sums[name] = (sums.get(name) or 0.0) + value if value is not None else None
    return _of(sums, {})

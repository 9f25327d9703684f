"""What refines the factors of a report: contracts, hourly series and choices of source, each with its reason or source."""

from collections.abc import Mapping
from typing import Any

from apps.assessments import services as assessments
from apps.assessments.inventory import Evaluation
from apps.assessments.inventory.records import AnyFactor, Records
from apps.assessments.inventory.series_use import SeriesUse, Share, series_uses
from apps.assessments.models import Assessment, ComputeRun, Contract
from apps.assessments.services.sources import OwnChoice

Row = dict[str, Any]


def evidence(
    assessment: Assessment, records: Records, evaluation: Evaluation
) -> dict[str, list[Row]]:
    """Three parts of a snapshot's document; each is empty where nothing of its kind is declared or used."""
    uses = series_uses(records, evaluation.inventory, evaluation.result)
    return {
        "contracts": [
            _contract(row, records) for rows in records.contracts.values() for row in rows
        ],
        "hourly_series": [_series(use, records) for use in uses if use.shares],
        "factor_choices": [_choice(row) for row in assessments.own_choices(assessment)],
    }


def _contract(row: Contract, records: Records) -> Row:
    return {
        "uuid": row.uuid,
        "name": row.name,
        "supplier": row.supplier,
        "site": records.sites[row.site_id].name,
        "kind": row.kind,
        "kind_label": row.get_kind_display(),
        "zone": row.zone,
        "zone_name": records.entry_name("zone", row.zone),
        "vintage_year": row.vintage_year,
        "matching": row.matching,
        "matching_label": row.get_matching_display(),
        "coverage_share": row.coverage_share,
        "kg_co2e_per_kwh": row.kg_co2e_per_kwh,
        "source": row.source,
    }


def _series(use: SeriesUse, records: Records) -> Row:
    series, site = use.series, use.site
    return {
        "uuid": series.uuid,
        "name": site.name,
        "site": site.name,
        "zone": site.zone,
        "zone_name": records.entry_name("zone", site.zone),
        "years": use.years,
        "timezone": series.timezone or "UTC",
        "starts_at": series.starts_at,
        "ends_at": series.ends_at,
        "hours": series.hours,
        "gap_hours": series.gap_hours,
        "scope": series.scope,
        "scope_label": series.get_scope_display(),
        "gsd": series.gsd,
        "source": series.source,
        "sha256": series.sha256,
        "mean_kg_co2e_per_kwh": series.mean_kg_co2e_per_kwh,
        "weighted_kg_co2e_per_kwh": use.weighted,
        "yearly_kg_co2e_per_kwh": use.yearly,
        "used_by": [_share(share) for share in use.shares],
        "not_used_by": [{"name": item.row.name, "reason": item.note} for item in use.left_out],
    }


def _share(share: Share) -> Row:
    hours = share.hours
    return {
        "kind": "run" if isinstance(hours.row, ComputeRun) else "deployment",
        "name": hours.row.name,
        "from": hours.period.start if hours.period else None,
        "to": hours.period.end if hours.period else None,
        "hours": share.covered_h,
        "missing_hours": hours.period.missing_h if hours.period else None,
        "kwh": share.kwh,
        "kg_co2e_per_kwh": share.mean,
    }


def _choice(row: OwnChoice) -> Row:
    item = row.factor
    return {
        "kind": item.place[0],
        "key": item.place[1],
        "indicator": item.place[2],
        "entry": str(item.library.entry),
        "label": item.library.label,
        "unit": item.library.unit,
        "chosen": _factor(item.used),
        "library": _factor(item.library),
        "reason": row.reason,
        "effects": _effects(row),
    }


def _factor(factor: AnyFactor) -> Row:
    return {"value": factor.value, "source": factor.source.citation, "year": factor.year}


def _effects(row: OwnChoice) -> Mapping[str, Any] | None:
    """Paired differences by impact; ``None``: the result cannot be computed with the library's factor."""
    if row.effects is None:
        return None
    return {category.value: stat.to_dict() for category, stat in row.effects.items()}

"""What a token of a service is worth: energy, climate impact and water, from its deployment's records."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs

from apps.assessments.inventory.tokens import request_inventory
from apps.assessments.models import Deployment, GridScope, HourlySeries, Site
from lca.engine import Category, EngineError, Result, Stage, assess

FIGURES = {
    "kwh": Category.ELECTRICITY,
    "kg_co2e": Category.GWP_LOCATION,
    "litres": Category.WATER,
}
READING = ".prefill."  # part of the names of flows that stand for prompts
HOUR = timedelta(hours=1)


@attrs.frozen(kw_only=True)
class Rates:
    """Energy of a token with the site's overhead [kWh], and what a kWh means there; ``None`` where nothing says it."""

    kwh_per_prompt_token: float | None
    kwh_per_output_token: float | None
    kg_co2e_per_kwh: float | None
    litres_per_kwh: float | None
    cached_are_free: bool


def rates_of(document: Mapping[str, Any]) -> Rates:
    """The rates of a valuation."""
    return Rates(**{field.name: document[field.name] for field in attrs.fields(Rates)})


def document_of(deployment: Deployment | None) -> dict[str, Any]:
    """Value a token by a deployment's records: the rates, where they come from, and why any is missing.

    ``spread`` has the ends of the 90 % interval of a request as declared, as shares of its nominal value; tokens that a cache
    answered are free of energy unless the deployment declares their share, which is then in its figures already.
    """
    if deployment is None:
        return _nothing("No deployment is chosen, so nothing says what a token takes.")
    try:
        inventory, tokens = request_inventory(deployment)
        if not inventory.flows:
            return _nothing(*(f"{gap.reason} {gap.remedy}" for gap in inventory.gaps))
        result = assess(
            inventory, draws=2048, seed=deployment.assessment.seed, by=("stage", "flow")
        )
    except EngineError as error:
        return _nothing(f"The deployment's records cannot be valued: {error}")
    sums = _sums(result)
    known = {"prompt": tokens.get("tokens_in"), "output": tokens.get("tokens_out")}
    per_token = {
        f"kwh_per_{kind}_token": sums[kind]["kwh"] / n if n and sums[kind]["kwh"] else None
        for kind, n in known.items()
    }
    return {
        **per_token,
        **{f"{name}_per_kwh": _per_kwh(sums, name) for name in ("kg_co2e", "litres")},
        "cached_are_free": deployment.cached_share is None,
        "spread": _spread(result),
        **_origin(deployment),
        "gaps": list(dict.fromkeys(gap.reason for gap in inventory.gaps if _concerns(gap.stage)))[
            :8
        ],
    }


def _nothing(*why: str) -> dict[str, Any]:
    names = [field.name for field in attrs.fields(Rates)]
    return {**dict.fromkeys(names), "cached_are_free": True, "spread": {}, "gaps": list(why)[:8]}


def _concerns(stage: Stage) -> bool:
    return stage is Stage.INFERENCE


def _sums(result: Result) -> dict[str, dict[str, float]]:
    """Nominal figures of a request's use, of prompts and of answers."""
    found = {kind: dict.fromkeys(FIGURES, 0.0) for kind in ("prompt", "output")}
    stats = iter(result.flow_stats)
    for flow in result.inventory.flows:
        kind = "prompt" if READING in f"{flow.name}." else "output"
        for category in flow.factors:
            nominal = next(stats).nominal
            if flow.stage is Stage.INFERENCE:
                for name in (n for n, wanted in FIGURES.items() if wanted is category):
                    found[kind][name] += nominal
    return found


def _per_kwh(sums: Mapping[str, Mapping[str, float]], name: str) -> float | None:
    total, kwh = (sum(part[key] for part in sums.values()) for key in (name, "kwh"))
    return total / kwh if kwh and total else None


def _spread(result: Result) -> dict[str, list[float]]:
    stats = {name: result.stat(c, "stage", Stage.INFERENCE.value) for name, c in FIGURES.items()}
    return {
        name: [stat.p05 / stat.nominal, stat.p95 / stat.nominal]
        for name, stat in stats.items()
        if stat and stat.nominal
    }


def _origin(row: Deployment) -> dict[str, Any]:
    probe, fit = row.measurement, row.fitted
    energy = {
        "supplied": (row.get_energy_source_display(), row.energy_provenance),
        "probe": (f"Probe: {probe}", probe.provenance) if probe else ("", ""),
        "profile": (f"Profile {fit}" if fit else "Profile shipped with Cradle", "modelled"),
        "modelled": (row.get_energy_source_display(), "modelled"),
    }[row.energy_source]
    return {
        "profile": energy[0],
        "provenance": energy[1],
        "deployment": row.name,
        "assessment": row.assessment.title,
        "site": row.site.name,
        "zone": row.site.zone,
    }


class Grid:
    """Location-based factors of a site's hours [kg CO2e/kWh], where one of its series knows them."""

    def __init__(self, site: Site | None, first: datetime) -> None:
        rows = HourlySeries.objects.filter(site=site).exclude(scope=GridScope.DIRECT)
        known = rows.order_by("starts_at") if site else ()
        self.series = [row for row in known if row.ends_at > first]

    def at(self, hour: datetime) -> float | None:
        """Factor of an hour, or ``None``."""
        for row in self.series:
            place = int((hour - row.starts_at) / HOUR)
            if 0 <= place < row.hours and row.factors[place] is not None:
                return float(row.factors[place])
        return None

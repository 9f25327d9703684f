"""Everything an inventory is made from, read in a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

import attrs
from django.utils.text import slugify

from apps.assessments.models import (
    Assessment,
    ComputeRun,
    Contract,
    Deployment,
    FactorChoice,
    GridScope,
    Hardware,
    HourlySeries,
    Site,
    StageDeclaration,
    UpstreamModel,
)
from apps.factors import selectors as factors
from apps.factors.models import Factor, OwnFactor
from lca.engine import Stage

Row: TypeAlias = Site | Contract | Hardware | ComputeRun | UpstreamModel | Deployment
Placed = TypeVar("Placed", Contract, HourlySeries)
AnyFactor: TypeAlias = Factor | OwnFactor
Place: TypeAlias = tuple[str, str, str]
DEFAULTS = (
    "pue",
    "wue",
    "consumption_per_withdrawal",
    "lifetime_years",
    "utilisation",
    "power_share_of_tdp",
    "power_share_of_tdp_inference",
    "node_overhead",
    "measured_energy_gsd",
    "supplied_energy_gsd",
    "modelled_inference_gsd",
    "ecologits_energy_alpha",
    "ecologits_energy_beta",
    "ecologits_energy_gamma",
    "ecologits_latency_alpha",
    "ecologits_latency_beta",
    "ecologits_latency_gamma",
    "ecologits_batch",
    "ecologits_host_w",
    "ecologits_gpu_memory_gb",
    "ecologits_memory_overhead",
    "ecologits_bits",
    "host_share_embodied_gwp",
    "host_share_embodied_adpe",
    "host_share_embodied_primary_energy",
    "building_kg_co2e_per_kwh",
    "development_per_training",
    "hardware_share_gwp",
    "end_user_share_gwp",
    "network_share_gwp",
)


@attrs.frozen(kw_only=True)
class Records:
    """The rows of one assessment and the factors they refer to; ``asked`` fills with those that were looked up."""

    assessment: Assessment
    sites: dict[int, Site]
    contracts: Mapping[int, Sequence[Contract]]
    series: Mapping[int, Sequence[HourlySeries]]
    hardware: dict[int, Hardware]
    runs: Sequence[ComputeRun]
    upstream: Sequence[UpstreamModel]
    deployments: Sequence[Deployment]
    declarations: dict[str, StageDeclaration]
    factors: Mapping[Place, AnyFactor]
    asked: set[Place] = attrs.field(factory=set)
    keys: dict[tuple[str, int], str]

    def factor(self, kind: str, key: str | None, indicator: str) -> AnyFactor | None:
        """Chosen factor of the assessment's release, if there is one."""
        return self._found(kind, key, indicator) if key else None

    def _found(self, kind: str, key: str, indicator: str) -> AnyFactor | None:
        place = (kind, key, indicator)
        if place in self.factors:
            self.asked.add(place)
        return self.factors.get(place)

    def default(self, key: str) -> AnyFactor:
        """Methodological default; every release carries them all."""
        self.asked.add(("default", key, "value"))
        return self.factors["default", key, "value"]

    def stand_in(self, site: Site, indicator: str) -> AnyFactor | None:
        """What the site's cloud provider states of the region, else its archetype's figure."""
        return self.factor("cloud_region", site.cloud_region, indicator) or (
            self.factor("datacentre", site.datacentre, indicator)
        )

    def around(self, zone: str) -> str:
        """Key of the zone that a zone lies in; empty where it lies in none, or is not known."""
        known = next((row for key, row in self.factors.items() if key[:2] == ("zone", zone)), None)
        return parent_of(known) if known else ""

    @property
    def has_contract(self) -> bool:
        """Whether any site declares contractual electricity; else market-based is not declared."""
        residual = (site.market_kg_co2e_per_kwh for site in self.sites.values())
        return bool(self.contracts) or any(factor is not None for factor in residual)

    @property
    def sums_direct(self) -> bool:
        """Whether every grid factor is a direct one; else life-cycle factors are added up, and no other."""
        scopes = {_grid_scope(site) for site in self.sites.values()} - {GridScope.NOT_STATED}
        return scopes == {GridScope.DIRECT}

    def counts_grid(self, site: Site) -> bool:
        """Whether a site's grid factor can be added to those of the others."""
        return self.sums_direct or _grid_scope(site) != GridScope.DIRECT

    def entry_name(self, kind: str, key: str) -> str:
        """Name of a thing of the release for readers; its key where nothing of it is in use."""
        found = (f.entry.name for (k, e, _), f in self.factors.items() if (k, e) == (kind, key))
        return next(found, key)

    def yearly_grid(self, site: Site) -> float | None:
        """A site's location-based factor of the year [kg CO2e/kWh]: its own, else its zone's."""
        factor = self.factors.get(("zone", site.zone, "gwp_location"))
        own: float | None = site.grid_kg_co2e_per_kwh
        return own if own is not None or factor is None else factor.value

    def key(self, row: Row) -> str:
        """Readable, unique part of parameter names for one row."""
        return self.keys[type(row).__name__, row.pk]

    def status(self, stage: Stage) -> str:
        """included, excluded or not_declared."""
        declaration = self.declarations.get(stage.value)
        return declaration.status if declaration else "not_declared"


def read(assessment: Assessment, *, all_series: bool = False) -> Records:
    """Read an assessment with its rows and factors; hourly series only where they are used, or all."""
    sites = list(Site.objects.filter(assessment=assessment).order_by("pk"))
    hardware = list(Hardware.objects.filter(assessment=assessment).order_by("pk"))
    runs = list(ComputeRun.objects.filter(assessment=assessment).order_by("pk"))
    contracts = list(Contract.objects.filter(assessment=assessment).order_by("pk"))
    upstream = list(UpstreamModel.objects.filter(assessment=assessment).order_by("pk"))
    deployments = list(
        Deployment.objects.filter(assessment=assessment)
        .select_related("measurement", "fitted")
        .order_by("pk")
    )
    return Records(
        assessment=assessment,
        sites={row.pk: row for row in sites},
        contracts=_by_site(contracts),
        series=_by_site(
            HourlySeries.objects.filter(assessment=assessment).order_by("starts_at")
            if all_series or _have_hours(runs, deployments)
            else ()
        ),
        hardware={row.pk: row for row in hardware},
        runs=runs,
        upstream=upstream,
        deployments=deployments,
        declarations={
            row.stage: row for row in StageDeclaration.objects.filter(assessment=assessment)
        },
        factors=_with_parents(assessment, _wanted(sites, hardware, contracts)),
        keys=_keys([*sites, *contracts, *hardware, *runs, *upstream, *deployments]),
    )


def _wanted(
    sites: Iterable[Site], hardware: Iterable[Hardware], contracts: Iterable[Contract]
) -> set[tuple[str, str]]:
    wanted = {("default", key) for key in DEFAULTS}
    wanted |= {("zone", contract.zone) for contract in contracts}  # for its name
    for site in sites:
        wanted |= {
            ("zone", site.zone),
            ("datacentre", site.datacentre),
            ("cloud_region", site.cloud_region),
        }
    for item in hardware:
        wanted |= {("accelerator", item.accelerator), ("host", item.host)}
    return {(kind, key) for kind, key in wanted if key}


def _with_parents(
    assessment: Assessment, wanted: set[tuple[str, str]]
) -> Mapping[Place, AnyFactor]:
    """Factors of what the rows name, and of the zones that theirs lie in."""
    found = chosen_factors(assessment, wanted)
    zones = (row for (kind, _, _), row in found.items() if kind == "zone")
    parents = {("zone", parent) for row in zones if (parent := parent_of(row))}
    return found if parents <= wanted else chosen_factors(assessment, wanted | parents)


def parent_of(factor: AnyFactor) -> str:
    """Key of the zone that a zone's factor says it lies in, such as US for a subregion."""
    return str(factor.entry.attributes.get("parent", ""))


def chosen_factors(
    assessment: Assessment, wanted: set[tuple[str, str]]
) -> Mapping[Place, AnyFactor]:
    """The library's choices, and the assessment's own where it made one."""
    found = factors.factor_map(assessment.release, wanted)
    choices = {row.place: row for row in FactorChoice.objects.filter(assessment=assessment)}
    if not choices:
        return found
    rivals = factors.rivals_at(assessment.release, assessment.organisation, choices)
    own = {
        place: _with_reason(row, choices[place].reason)
        for place, rows in rivals.items()
        for row in rows
        if row.source.key == choices[place].source
    }
    return {**found, **own}


def _with_reason(factor: AnyFactor, reason: str) -> AnyFactor:
    factor.note = f"{factor.note} Chosen for this assessment: {reason}".strip()
    return factor


def _have_hours(runs: Iterable[ComputeRun], deployments: Sequence[Deployment]) -> bool:
    """Whether a run or a deployment can use hourly factors, which are large."""
    return bool(deployments) or any(run.started_at and run.ended_at for run in runs)


def _by_site(rows: Iterable[Placed]) -> dict[int, list[Placed]]:
    found: dict[int, list[Placed]] = {}
    for row in rows:
        found.setdefault(row.site_id, []).append(row)
    return found


def _grid_scope(site: Site) -> str:
    """Scope of the factor that a site uses; those of the release's zones are life-cycle."""
    return GridScope.LIFE_CYCLE if site.grid_kg_co2e_per_kwh is None else site.grid_scope


def _keys(rows: Iterable[Row]) -> dict[tuple[str, int], str]:
    keys: dict[tuple[str, int], str] = {}
    taken: dict[str, int] = {}
    for row in rows:
        kind = type(row).__name__
        base = slugify(row.name) or "unnamed"
        count = taken[f"{kind}.{base}"] = taken.get(f"{kind}.{base}", 0) + 1
        keys[kind, row.pk] = base if count == 1 else f"{base}~{count}"
    return keys

"""Hardware: power, node overhead, and embodied impacts by GPU-hour."""

from collections.abc import Iterable

import attrs

from apps.assessments.inventory.draft import (
    Draft,
    Terms,
    from_factor,
    inverse,
    spread,
    supplied,
    times,
)
from apps.assessments.models import Allocation, Hardware
from lca.engine import Category, Component, Flow, Stage
from lca.engine.distributions import Distribution

EMBODIED = {
    Category.GWP_LOCATION: ("embodied_kg_co2e", "embodied_gwp", "kg CO2e", "EF_emb"),
    Category.ADPE: ("embodied_kg_sb_eq", "embodied_adpe", "kg Sb eq", "ADPe_emb"),
    Category.PRIMARY_ENERGY: ("embodied_mj", "embodied_primary_energy", "MJ", "PE_emb"),
    Category.WATER: ("embodied_water_l", "embodied_water", "L", "W_emb"),
}


@attrs.frozen(kw_only=True)
class Machine:
    """Parameter names of one hardware configuration; ``None`` where nothing is known."""

    hardware: Hardware
    prefix: str
    power: Terms | None
    serving_power: Terms | None
    overhead: str
    lifetime: str
    utilisation: str | None

    @property
    def amortised(self) -> Terms:
        """Hours of a life that the declared hours share: all of them where idle time is in the hours."""
        life = {self.lifetime: 1.0}
        return life if self.utilisation is None else {**life, self.utilisation: 1.0}


def machine_parameters(draft: Draft, hardware: Hardware) -> Machine:
    """Add a hardware configuration's parameters, declared first, defaults otherwise."""
    prefix = f"hardware.{draft.records.key(hardware)}"

    def value(field: str, unit: str, label: str, symbol: str, minimum: float = 0.0) -> str:
        declared, name = getattr(hardware, field), f"{prefix}.{field}"
        label = f"{label}, {hardware.name}"
        if declared is None:
            factor = draft.records.default(field)
            return draft.add(
                from_factor(name, factor, label=label, symbol=symbol, unit=unit, minimum=minimum)
            )
        return draft.add(
            supplied(
                name,
                declared,
                unit,
                label=label,
                symbol=symbol,
                source=hardware.source,
                distribution=_declared_spread(hardware, field, declared),
                minimum=minimum,
            )
        )

    shared = hardware.allocation == Allocation.SHARED_CLUSTER
    use = "Occupancy of the cluster" if shared else "Utilisation"
    exclusive = hardware.allocation == Allocation.EXCLUSIVE_NODE
    return Machine(
        hardware=hardware,
        prefix=prefix,
        power=_power(draft, hardware, prefix, "power_share_of_tdp"),
        serving_power=_power(draft, hardware, prefix, "power_share_of_tdp_inference"),
        overhead=value("node_overhead", "1", "Node overhead", "k_node", 1.0),
        lifetime=value("lifetime_years", "year", "Service life", "T_life"),
        utilisation=None if exclusive else value("utilisation", "1", use, "u"),
    )


def _declared_spread(hardware: Hardware, field: str, value: float) -> Distribution:
    """Range that was declared with a value; few values have one."""
    low, high = (getattr(hardware, f"{field}_{end}", None) for end in ("low", "high"))
    return spread(value, low, high, None)


def _power(draft: Draft, hardware: Hardware, prefix: str, default: str) -> Terms | None:
    if hardware.power_w is not None:
        declared = supplied(
            f"{prefix}.power",
            hardware.power_w,
            "W/GPU",
            label=f"Mean power per accelerator, {hardware.name}",
            symbol="P",
            source=hardware.source,
        )
        return {draft.add(declared): 1}
    tdp = draft.records.factor("accelerator", hardware.accelerator, "tdp_w")
    if tdp is None:
        return None
    name = f"accelerator.{hardware.accelerator}.tdp"
    share = from_factor(
        f"default.{default}",
        draft.records.default(default),
        label="Mean power as a share of TDP",
        symbol="s_TDP",
    )
    rated = from_factor(name, tdp, label=f"TDP, {tdp.entry.name}", symbol="TDP", unit="W/GPU")
    return {draft.add(rated): 1, draft.add(share): 1}


@attrs.frozen(kw_only=True)
class Use:
    """Hours for which a run or deployment used hardware: a product in GPU-hours."""

    name: str
    label: str
    process: str
    activity: Stage
    hours: Terms

    def flow(self, part: str, *, unit: str, terms: Terms, factors: dict[Category, Terms]) -> Flow:
        """Embodied flow of one part of the hardware."""
        return Flow(
            name=f"{self.name}.{part}",
            label=f"{self.label}: {part}",
            stage=Stage.HARDWARE,
            process=self.process,
            component=Component.EMBODIED,
            activity=self.activity,
            unit=unit,
            terms=terms,
            factors=factors,
        )


def embodied_flows(draft: Draft, machine: Machine, use: Use) -> None:
    """Amortise accelerators and their host over the hours used."""
    share = times(use.hours, inverse(machine.amortised))
    factors = _with_market(draft, _accelerator(draft, machine))
    if factors:
        draft.flows.append(use.flow("accelerators", unit="GPU", terms=share, factors=factors))
    if not machine.hardware.embodied_includes_host:
        _host(draft, machine, use, share)
    for category in EMBODIED:
        if category not in factors:
            draft.gap(
                Stage.HARDWARE,
                f"No embodied figure for {category.label.lower()} of {machine.hardware.name}.",
                remedy="Name the accelerator, or give its embodied figure.",
                process=use.process,
                component=Component.EMBODIED,
                category=category,
            )


def _with_market(draft: Draft, factors: dict[Category, Terms]) -> dict[Category, Terms]:
    if Category.GWP_LOCATION in factors and draft.records.has_contract:
        return {**factors, Category.GWP_MARKET: factors[Category.GWP_LOCATION]}
    return factors


def _accelerator(draft: Draft, machine: Machine) -> dict[Category, Terms]:
    result: dict[Category, Terms] = {}
    hardware = machine.hardware
    for category, (field, _, unit, symbol) in EMBODIED.items():
        declared = getattr(hardware, field)
        if declared is None:
            factors = _catalogue(draft, "accelerator", hardware.accelerator, (category,), "GPU")
            result |= factors
            continue
        parameter = supplied(
            f"{machine.prefix}.{field}",
            declared,
            f"{unit}/GPU",
            label=f"Embodied {category.label.lower()}, {hardware.name}",
            symbol=symbol,
            source=hardware.source,
        )
        result[category] = {draft.add(parameter): 1}
    return result


def _catalogue(
    draft: Draft, kind: str, key: str, categories: Iterable[Category], per: str
) -> dict[Category, Terms]:
    """Embodied factors of one entry of the release."""
    result: dict[Category, Terms] = {}
    for category in categories:
        _, indicator, unit, symbol = EMBODIED[category]
        factor = draft.records.factor(kind, key, indicator)
        if factor:
            parameter = from_factor(
                f"{kind}.{key}.{indicator}",
                factor,
                label=f"Embodied {category.label.lower()}, {factor.entry.name}",
                symbol=symbol if kind == "accelerator" else f"{symbol}_host",
                unit=f"{unit}/{per}",
            )
            result[category] = {draft.add(parameter): 1}
    return result


def _host(draft: Draft, machine: Machine, use: Use, share: Terms) -> None:
    hardware = machine.hardware
    factors = _catalogue(draft, "host", hardware.host, EMBODIED, "node")
    apart = [category for category in EMBODIED if category not in _with_host(draft, hardware)]
    factors = {category: factors[category] for category in apart if category in factors}
    if not factors or not hardware.accelerators_per_node:
        share_of_host = _host_share(draft)
        factors = {
            category: share_of_host[category] for category in apart if category in share_of_host
        }
        factors = _with_market(draft, factors)
        draft.flows.append(use.flow("host servers", unit="GPU", terms=share, factors=factors))
        return
    per_node = supplied(
        f"{machine.prefix}.accelerators_per_node",
        hardware.accelerators_per_node,
        "GPU/node",
        label=f"Accelerators per node, {hardware.name}",
        symbol="n_GPU",
    )
    nodes = times(share, {draft.add(per_node): -1})
    factors = _with_market(draft, factors)
    draft.flows.append(use.flow("host servers", unit="node", terms=nodes, factors=factors))


def _with_host(draft: Draft, hardware: Hardware) -> set[Category]:
    """Categories in which the catalogue's figure of the accelerator holds its share of the server."""
    held = set()
    for category, (field, indicator, _, _) in EMBODIED.items():
        factor = draft.records.factor("accelerator", hardware.accelerator, indicator)
        declared = getattr(hardware, field) is not None
        if factor and not declared and factor.entry.attributes.get("embodied_includes_host"):
            held.add(category)
    return held


def _host_share(draft: Draft) -> dict[Category, Terms]:
    """Default share of a host per accelerator, for hosts that are not declared."""
    factors: dict[Category, Terms] = {}
    for category, (_, indicator, unit, symbol) in EMBODIED.items():
        factor = draft.records.factor("default", f"host_share_{indicator}", "value")
        if factor:
            parameter = from_factor(
                f"default.host_share_{indicator}",
                factor,
                label=f"Host share per accelerator, {category.label.lower()}",
                symbol=f"{symbol}_host",
                unit=f"{unit}/GPU",
            )
            factors[category] = {draft.add(parameter): 1}
    return factors

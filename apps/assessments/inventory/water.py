"""Water of a site: consumed on site and off site, with and without hydropower's evaporation, and how scarce it is.

The last two are details of the water consumed. A detail is given whole or not at all: where a flow of
water inside its boundary cannot have it, no flow keeps it and one gap says why.
"""

from collections.abc import Callable

import attrs

from apps.assessments.inventory.draft import Draft, Terms, from_factor, supplied, times
from apps.assessments.inventory.records import AnyFactor
from apps.assessments.models import EwifBasis, Site, WueBasis
from lca.engine import Category, Component, Fixed, Flow, Parameter, Provenance, Stage

WITHOUT, SCARCITY = Category.WATER_WITHOUT_HYDROPOWER, Category.WATER_SCARCITY
PLACED = {Component.WATER_ON_SITE, Component.WATER_OFF_SITE}
BOUNDARIES: dict[Category, Callable[[Flow], bool]] = {
    WITHOUT: lambda _: True,
    SCARCITY: lambda flow: flow.component in PLACED,
}
REMEDIES = {
    WITHOUT: "Say whether each site's EWIF holds it, or leave the EWIF to a zone that has both figures.",
    SCARCITY: "Choose a zone that has a scarcity factor.",
}
ROUNDING = 1.001  # zones without reservoirs: the two figures are printed to four and to five digits
AWARE_LOW, AWARE_HIGH = 0.1, 100.0  # by definition of the method


@attrs.frozen(kw_only=True)
class Water:
    """Products of one site's parameters; ``None`` where nothing is known.

    ``on_site`` [L per kWh of IT energy], ``off_site`` [L per kWh of electricity], the part of the
    latter that ``remains`` without hydropower's evaporation [1], ``scarcity`` [L world eq/L], and why
    a detail ``lacks``.
    """

    on_site: Terms
    off_site: Terms | None
    remains: Terms | None
    scarcity: Terms | None
    lacks: dict[Category, str]

    def of_cooling(self) -> dict[Category, Terms]:
        """What a litre consumed on site means."""
        return self._factors({}, {})

    def of_electricity(self, ewif: Terms) -> dict[Category, Terms]:
        """What a kilowatt-hour of electricity means."""
        return self._factors(ewif, self.remains)

    def _factors(self, litres: Terms, remains: Terms | None) -> dict[Category, Terms]:
        found = {Category.WATER: litres}
        if remains is not None:
            found[WITHOUT] = times(litres, remains)
        if self.scarcity is not None:
            found[SCARCITY] = times(litres, self.scarcity)
        return found


def water_of(draft: Draft, site: Site, prefix: str, pue: str) -> Water:
    """Add the parameters of a site's water."""
    off_site = _ewif(draft, site, prefix)
    remains, unknown = _remains(draft, site) if off_site else (None, "")
    scarcity = _scarcity(draft, site)
    lacks = {WITHOUT: unknown} if unknown else {}
    if scarcity is None:
        lacks[SCARCITY] = f"{site.name} ({site.zone or 'no zone'}) has no scarcity factor"
    return Water(
        on_site=_wue(draft, site, prefix, pue),
        off_site=off_site,
        remains=remains,
        scarcity=scarcity,
        lacks=lacks,
    )


def _wue(draft: Draft, site: Site, prefix: str, pue: str) -> Terms:
    """Water consumed on site per kWh of IT energy, converted from what its publisher counts."""
    name, label = f"{prefix}.wue", f"WUE, {site.name}"
    if site.wue_l_per_kwh is None:
        return _wue_of_release(draft, site, name, label)
    declared = supplied(
        name,
        site.wue_l_per_kwh,
        "L/kWh",
        label=label,
        symbol="WUE",
        source=site.source,
        provenance=site.wue_provenance or "supplied",
    )
    basis = WueBasis(site.wue_basis)
    per_facility: Terms = {pue: 1} if basis.is_per_facility else {}
    consumed = _consumed(draft) if basis.is_withdrawal else {}
    return times({draft.add(declared): 1}, per_facility, consumed)


def _wue_of_release(draft: Draft, site: Site, name: str, label: str) -> Terms:
    """The region's or the archetype's consumption; else its withdrawal, which bounds it; else its estimate; else the default."""
    consumed, withdrawn, estimated = (
        draft.records.stand_in(site, indicator)
        for indicator in ("wue", "wue_withdrawal", "wue_estimated")
    )
    chosen = consumed or withdrawn or estimated or draft.records.default("wue")
    if chosen is estimated:
        label = f"{label}, estimated from withdrawal"
    parameter = from_factor(name, chosen, label=label, symbol="WUE", unit="L/kWh")
    if chosen is estimated:
        parameter = attrs.evolve(parameter, provenance=Provenance.MODELLED)
    return times({draft.add(parameter): 1}, _consumed(draft) if chosen is withdrawn else {})


def _consumed(draft: Draft) -> Terms:
    """Share of withdrawn water that is consumed: at most all of it."""
    factor = draft.records.default("consumption_per_withdrawal")
    parameter = from_factor(
        "default.consumption_per_withdrawal",
        factor,
        label="Water consumed per water withdrawn",
        symbol="c/w",
    )
    return {draft.add(parameter): 1}


def _ewif(draft: Draft, site: Site, prefix: str) -> Terms | None:
    label = f"EWIF, {site.name}"
    if site.ewif_l_per_kwh is not None:
        parameter = supplied(
            f"{prefix}.ewif",
            site.ewif_l_per_kwh,
            "L/kWh",
            label=label,
            symbol="EWIF",
            source=site.source,
        )
        return {draft.add(parameter): 1}
    factor = draft.records.factor("zone", site.zone, "water")
    if factor is None:
        return None
    parameter = from_factor(
        f"zone.{site.zone}.ewif", factor, label=f"EWIF, {factor.entry.name}", symbol="EWIF"
    )
    return {draft.add(parameter): 1}


def _remains(draft: Draft, site: Site) -> tuple[Terms | None, str]:
    """Part of the EWIF that is not hydropower's evaporation, or why it is not known."""
    declared = site.ewif_l_per_kwh
    if declared == 0 or (declared is not None and site.ewif_hydropower == EwifBasis.LEFT_OUT):
        return {}, ""
    if declared is not None and site.ewif_hydropower == EwifBasis.NOT_STATED:
        return None, f"the EWIF of {site.name} does not say whether it holds it"
    whole, rest = (
        draft.records.factor("zone", site.zone, indicator)
        for indicator in ("water", "water_without_hydropower")
    )
    if whole is None or rest is None:
        return None, f"{site.name} ({site.zone or 'no zone'}) has no figure without it"
    if rest.value > whole.value * ROUNDING:
        return None, f"the figure of {site.zone} without it is larger than that with it"
    return _ratio(draft, site.zone, rest, whole) if whole.value else {}, ""


def _ratio(draft: Draft, zone: str, rest: AnyFactor, whole: AnyFactor) -> Terms:
    """The library's two figures of one zone; their common spread is that of the EWIF."""
    return {
        draft.add(_fixed(f"zone.{zone}.ewif_without_hydropower", rest, "without", "EWIF_0")): 1,
        draft.add(_fixed(f"zone.{zone}.ewif_with_hydropower", whole, "with", "EWIF_1")): -1,
    }


def _fixed(name: str, factor: AnyFactor, word: str, symbol: str) -> Parameter:
    label = f"Water of electricity {word} hydropower's evaporation, {factor.entry.name}"
    parameter = from_factor(name, factor, label=label, symbol=symbol)
    return attrs.evolve(parameter, distribution=Fixed(), pedigree=None)


def _scarcity(draft: Draft, site: Site) -> Terms | None:
    """AWARE factor of the zone for uses other than farming; else that of the zone around it."""
    for zone in (site.zone, draft.records.around(site.zone)):
        factor = draft.records.factor("zone", zone, "aware_non_agricultural")
        if factor is not None:
            return {draft.add(_aware(zone, factor)): 1}
    return None


def _aware(zone: str, factor: AnyFactor) -> Parameter:
    """Named so that it is drawn after all others: what is added beside them moves none of their streams."""
    parameter = from_factor(
        f"zone_scarcity.{zone}",
        factor,
        label=f"Water scarcity (AWARE), {factor.entry.name}",
        symbol="CF",
        unit="L world eq/L",
        minimum=min(AWARE_LOW, factor.value),
    )
    return attrs.evolve(parameter, maximum=AWARE_HIGH)


def whole_or_gap(draft: Draft) -> None:
    """Keep each detail of water only where every flow inside its boundary has it; else say why not."""
    draft.flows = [_same_in_hardware(flow) for flow in draft.flows]
    for category, counts in BOUNDARIES.items():
        inside = [flow for flow in draft.flows if Category.WATER in flow.factors and counts(flow)]
        lacking = [flow for flow in inside if category not in flow.factors]
        if lacking:
            draft.flows = [_without(flow, category) for flow in draft.flows]
            _note(draft, category, lacking)
        elif inside:
            _note_outside(draft, category)


def _same_in_hardware(flow: Flow) -> Flow:
    """Water of making hardware is counted as its source states it, in both figures."""
    if flow.component is not Component.EMBODIED or Category.WATER not in flow.factors:
        return flow
    return attrs.evolve(flow, factors={**flow.factors, WITHOUT: flow.factors[Category.WATER]})


def _without(flow: Flow, category: Category) -> Flow:
    kept = {key: terms for key, terms in flow.factors.items() if key is not category}
    return attrs.evolve(flow, factors=kept)


def _note(draft: Draft, category: Category, lacking: list[Flow]) -> None:
    reasons = dict.fromkeys(_reason(draft, flow, category) for flow in lacking)
    flows = f"{len(lacking)} of its flows" if len(lacking) > 1 else f"“{lacking[0].title}”"
    draft.gap(
        lacking[0].stage,
        f"{category.label} is not given, as it is not known for {flows}: {'; '.join(reasons)}.",
        remedy=REMEDIES[category],
        component=lacking[0].component,
        category=category,
    )


def _reason(draft: Draft, flow: Flow, category: Category) -> str:
    stated = f"what is stated of {flow.process} does not tell"
    return draft.lacks.get((flow.name, category), stated)


def _note_outside(draft: Draft, category: Category) -> None:
    """Say what a detail that is given leaves out by its boundary."""
    for flow in draft.flows:
        if Category.WATER in flow.factors and category not in flow.factors:
            hardware = flow.component is Component.EMBODIED
            what = "making hardware" if hardware else flow.process
            draft.gap(
                Stage.HARDWARE if hardware else flow.stage,
                f"The water of {what} is in no scarcity figure: where it was consumed is not known.",
                remedy="The figure covers the electricity and cooling of the sites, and no more.",
                component=flow.component,
                category=category,
            )

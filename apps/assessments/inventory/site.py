"""Sites: PUE, water, and what a kilowatt-hour of their electricity means."""

import attrs

from apps.assessments.inventory.draft import Draft, Terms, from_factor, spread, supplied, times
from apps.assessments.inventory.market import market_terms
from apps.assessments.inventory.water import Water, water_of
from apps.assessments.models import EwifBasis, Site
from lca.engine import Category, Component, Flow, Stage

ZONE = {
    Category.ADPE: ("adpe", "kg Sb eq/kWh", "ADPe of electricity", "ADPe_el"),
    Category.PRIMARY_ENERGY: ("primary_energy", "MJ/kWh", "Primary energy of electricity", "PE_el"),
}


@attrs.frozen(kw_only=True)
class SiteParameters:
    """Parameter names of one site; ``None`` where nothing is known."""

    site: Site
    prefix: str
    pue: str
    excess: str
    water: Water
    electricity: dict[Category, Terms]


def site_parameters(draft: Draft, site: Site) -> SiteParameters:
    """Add a site's parameters, from what was declared, else from its archetype, else defaults."""
    prefix = f"site.{draft.records.key(site)}"
    pue = _pue(draft, site, prefix)
    return SiteParameters(
        site=site,
        prefix=prefix,
        pue=pue,
        excess=draft.derive(
            f"{prefix}.pue_excess", "excess", pue, label=f"PUE − 1, {site.name}", symbol="(PUE − 1)"
        ),
        water=water_of(draft, site, prefix, pue),
        electricity=_electricity(draft, site, prefix),
    )


def _pue(draft: Draft, site: Site, prefix: str) -> str:
    name, label = f"{prefix}.pue", f"PUE, {site.name}"
    if site.pue is None:
        factor = draft.records.stand_in(site, "pue") or draft.records.default("pue")
        return draft.add(from_factor(name, factor, label=label, symbol="PUE", minimum=1.0))
    return draft.add(
        supplied(
            name,
            site.pue,
            "1",
            label=label,
            symbol="PUE",
            source=site.source,
            provenance=site.pue_provenance or "supplied",
            distribution=spread(site.pue, site.pue_low, site.pue_high, None),
            minimum=1.0,
        )
    )


def _electricity(draft: Draft, site: Site, prefix: str) -> dict[Category, Terms]:
    result: dict[Category, Terms] = {Category.ELECTRICITY: {}}
    location = _location(draft, site, prefix)
    if location:
        result[Category.GWP_LOCATION] = {location: 1}
    market = market_terms(draft, site, prefix, location)
    if market:
        result[Category.GWP_MARKET] = market
    for category, (indicator, unit, label, symbol) in ZONE.items():
        factor = draft.records.factor("zone", site.zone, indicator)
        if factor:
            name = f"zone.{site.zone}.{indicator}"
            result[category] = {
                draft.add(
                    from_factor(
                        name,
                        factor,
                        label=f"{label}, {factor.entry.name}",
                        symbol=symbol,
                        unit=unit,
                    )
                ): 1
            }
    return result


def _location(draft: Draft, site: Site, prefix: str) -> str | None:
    if not draft.records.counts_grid(site):
        return None
    if site.grid_kg_co2e_per_kwh is not None:
        return draft.add(
            supplied(
                f"{prefix}.grid",
                site.grid_kg_co2e_per_kwh,
                "kg CO2e/kWh",
                label=f"Grid electricity, {site.name}",
                symbol="EF_grid",
                source=site.grid_source,
            )
        )
    factor = draft.records.factor("zone", site.zone, "gwp_location")
    if factor is None:
        return None
    return draft.add(
        from_factor(
            f"zone.{site.zone}.gwp",
            factor,
            label=f"Grid electricity, {factor.entry.name}",
            symbol="EF_grid",
        )
    )


@attrs.frozen(kw_only=True)
class Load:
    """Some IT energy: ``energy`` is the product that gives the energy at the server plug [kWh]."""

    name: str
    label: str
    stage: Stage
    process: str
    energy: Terms

    def flow(
        self, component: Component, unit: str, terms: Terms, factors: dict[Category, Terms]
    ) -> Flow:
        """Flow of one component of this load."""
        return Flow(
            name=f"{self.name}.{component.value}",
            label=f"{self.label}: {component.label.lower()}",
            stage=self.stage,
            process=self.process,
            component=component,
            unit=unit,
            terms=terms,
            factors=factors,
        )


def electricity_flows(draft: Draft, place: SiteParameters, load: Load) -> None:
    """Add the four flows of a load: electricity, overhead, water on site and off site."""
    energy, water = load.energy, place.water
    overhead = {**energy, place.excess: 1.0}
    on_site = times(energy, water.on_site)
    draft.flows += [
        load.flow(Component.ELECTRICITY, "kWh", energy, place.electricity),
        load.flow(Component.COOLING_OVERHEAD, "kWh", overhead, place.electricity),
        load.flow(Component.WATER_ON_SITE, "L", on_site, water.of_cooling()),
    ]
    if water.off_site:
        facility = times(energy, {place.pue: 1})
        factors = water.of_electricity(water.off_site)
        draft.flows.append(load.flow(Component.WATER_OFF_SITE, "kWh", facility, factors))
    _note_lacks(draft, place, load)
    _note_missing(draft, place, load.stage, load.process)


def _note_lacks(draft: Draft, place: SiteParameters, load: Load) -> None:
    """Remember why the flows of water of a load lack a detail, and what a declared EWIF leaves out."""
    for component in (Component.WATER_ON_SITE, Component.WATER_OFF_SITE):
        for category, reason in place.water.lacks.items():
            draft.lacks[f"{load.name}.{component.value}", category] = reason
    site = place.site
    if site.ewif_l_per_kwh and site.ewif_hydropower == EwifBasis.LEFT_OUT:
        draft.gap(
            load.stage,
            f"The EWIF of {site.name} leaves hydropower's evaporation out, so water consumption does too.",
            remedy="Give an EWIF that holds it, or leave it to the zone.",
            component=Component.WATER_OFF_SITE,
            category=Category.WATER,
        )


def _note_missing(draft: Draft, place: SiteParameters, stage: Stage, process: str) -> None:
    where, zone = place.site.name, place.site.zone or "no zone"
    if not draft.records.counts_grid(place.site):
        draft.gap(
            stage,
            f"The grid factor of {where} is a direct one; others are life-cycle factors, and the two are not added up.",
            remedy="Give a life-cycle factor, or direct factors for every site.",
            process=process,
            component=Component.ELECTRICITY,
            category=Category.GWP_LOCATION,
        )
    if place.water.off_site is None:
        draft.gap(
            stage,
            f"No water factor for the electricity of {where} ({zone}).",
            remedy="Give the site's EWIF.",
            process=process,
            component=Component.WATER_OFF_SITE,
            category=Category.WATER,
        )
    for category in (Category.GWP_LOCATION, Category.ADPE, Category.PRIMARY_ENERGY):
        if category not in place.electricity:
            draft.gap(
                stage,
                f"No factor for {category.label.lower()} of the electricity of {where} ({zone}).",
                remedy="Choose a zone that has one, or give the site's own factor.",
                process=process,
                component=Component.ELECTRICITY,
                category=category,
            )

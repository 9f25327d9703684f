"""Energy that was metered, by itself: what it means with the electricity, PUE and water of a site."""

from collections.abc import Mapping

import attrs

from apps.assessments.inventory.compute import energy_parameter, to_plug
from apps.assessments.inventory.draft import Draft, times
from apps.assessments.inventory.records import read
from apps.assessments.inventory.site import Load, electricity_flows, site_parameters
from apps.assessments.inventory.water import whole_or_gap
from apps.assessments.models import EnergyScope, Site
from lca.engine import Inventory, Stage


@attrs.frozen(kw_only=True)
class Metered:
    """Some energy [kWh], what it counts, and how it is known; ``process`` is its own name unless it is given.

    Energy of accelerators alone is taken as it is: it counts no more than what was metered.
    """

    kwh: float
    label: str
    scope: EnergyScope = EnergyScope.NODE
    provenance: str = "supplied"
    source: str = ""
    stage: Stage = Stage.DEVELOPMENT
    process: str = ""


def energy_inventory(site: Site, loads: Mapping[str, Metered]) -> Inventory:
    """Inventory of electricity, cooling overhead and water of some loads at one site, flows named ``<load>.<component>``.

    Parameters of the site are shared by all loads, so that differences between loads are paired.

    Raises
    ------
    EngineError
        If the site's records contradict each other.
    """
    draft = Draft(read(site.assessment))
    place = site_parameters(draft, draft.records.sites[site.pk])
    for name, load in loads.items():
        metered = energy_parameter(
            draft.records,
            f"{name}.energy",
            load.kwh,
            label=f"Energy, {load.label}",
            provenance=load.provenance,
            source=load.source,
        )
        terms = times({draft.add(metered): 1}, to_plug(load.scope, place, None))
        electricity_flows(
            draft,
            place,
            Load(
                name=name,
                label=load.label,
                stage=load.stage,
                process=load.process or name,
                energy=terms,
            ),
        )
    whole_or_gap(draft)
    return draft.inventory()

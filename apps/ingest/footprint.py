"""What energy of recorded runs means: the site whose electricity, PUE and water value a system's ledger."""

from collections.abc import Mapping

from apps.assessments.inventory.energy import Metered, energy_inventory
from apps.assessments.models import AISystem, EnergyScope, Site
from apps.ingest.record import Boundary
from lca.engine import Category, Result, assess

SCOPES = {Boundary.ACCELERATOR: EnergyScope.ACCELERATOR, Boundary.FACILITY: EnergyScope.FACILITY}
SHOWN = (Category.GWP_LOCATION, Category.WATER, Category.ELECTRICITY)


def site_of(system: AISystem) -> Site | None:
    """The first site of a system's newest assessment that has one; ``None`` where no site is declared."""
    sites = Site.objects.filter(assessment__system=system).select_related("assessment")
    return sites.order_by("-assessment__pk", "pk").first()


def footprint(site: Site, loads: Mapping[str, Metered]) -> Result:
    """Assess some energies at a site; processes of the result are the names of the loads.

    Raises
    ------
    EngineError
        If the site's records contradict each other.
    """
    assessment = site.assessment
    inventory = energy_inventory(site, loads)
    return assess(inventory, draws=assessment.draws, seed=assessment.seed, by=("process",))

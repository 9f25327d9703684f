"""Energy of recorded runs at a site: PUE, electricity and water of the site, shared by all loads."""

import pytest

from apps.assessments.inventory.energy import Metered
from apps.assessments.models import Assessment, EnergyScope, Site
from apps.ingest import footprint
from lca.engine import Category


@pytest.fixture
def site(release, system):
    assessment = Assessment.objects.create(
        organisation=system.organisation, system=system, title="A", slug="a", release=release
    )
    return Site.objects.create(
        organisation=system.organisation,
        assessment=assessment,
        name="Hall",
        zone="DE",
        pue=1.25,
        grid_kg_co2e_per_kwh=0.4,
        wue_l_per_kwh=0.5,
    )


def test_a_system_without_a_site_has_none(system):
    assert footprint.site_of(system) is None


def test_energy_takes_pue_and_grid_of_its_site(site, system):
    assert footprint.site_of(system) == site
    loads = {
        "node": Metered(kwh=10.0, label="node"),
        "facility": Metered(kwh=12.5, label="facility", scope=EnergyScope.FACILITY),
    }
    result = footprint.footprint(site, loads)
    for name in loads:
        stat = result.stat(Category.GWP_LOCATION, "process", name)
        assert stat.nominal == pytest.approx(10 * 1.25 * 0.4)
        assert stat.p05 < stat.nominal < stat.p95
        assert result.stat(Category.WATER, "process", name).nominal > 10 * 0.5


def test_loads_share_the_parameters_of_their_site(site):
    loads = {name: Metered(kwh=10.0, label=name) for name in ("base", "head")}
    inventory = footprint.footprint(site, loads).inventory
    names = [parameter.name for parameter in inventory.parameters]
    assert sorted(name for name in names if name.endswith(".energy")) == [
        "base.energy",
        "head.energy",
    ]
    assert names.count("site.hall.grid") == names.count("site.hall.pue") == 1

"""Sites: declared figures first, then archetypes, zones and defaults."""

import pytest

from lca.engine import Category, Provenance
from tests.apps.assessments.inventory.conftest import Study


def test_a_site_without_figures_uses_its_zone_and_defaults(study: Study) -> None:
    study.run(study.site(zone="FR"), energy_kwh=1000)

    inventory = study.inventory()
    pue, grid = inventory.parameter("site.site.pue"), inventory.parameter("zone.FR.gwp")
    assert pue.provenance is Provenance.DEFAULT  # type: ignore[union-attr]
    assert study.nominal("gwp_location") == pytest.approx(1000 * pue.value * grid.value)  # type: ignore[union-attr]
    assert "Ember" in grid.source  # type: ignore[union-attr]


def test_an_archetype_gives_pue_and_water(study: Study) -> None:
    site = study.site(zone="FR", datacentre="arch_liquid_dry_waterless")
    study.run(site, energy_kwh=1000)

    assert study.inventory().parameter("site.site.pue").value == pytest.approx(1.093)  # type: ignore[union-attr]


def test_a_zone_without_a_factor_is_a_gap_with_a_remedy(study: Study) -> None:
    study.run(study.site(zone="CN-XZ"), energy_kwh=1000)

    gaps = {gap.category: gap for gap in study.inventory().gaps if gap.process == "Run"}
    assert Category.GWP_LOCATION in gaps
    assert gaps[Category.GWP_LOCATION].remedy


def test_without_any_contract_market_based_is_not_declared(study: Study) -> None:
    study.run(study.site(zone="FR"), energy_kwh=1000)

    assert study.result().stat("gwp_market") is None
    assert any(gap.category is Category.GWP_MARKET for gap in study.inventory().gaps)


def test_a_contract_moves_the_market_based_total_alone(study: Study) -> None:
    contract = study.site(
        name="A", zone="FR", pue=1.0, grid_kg_co2e_per_kwh=0.4, market_kg_co2e_per_kwh=0.0
    )
    grid = study.site(name="B", zone="FR", pue=1.0, grid_kg_co2e_per_kwh=0.2)
    study.run(contract, name="one", energy_kwh=1000)
    study.run(grid, name="two", energy_kwh=1000)

    assert study.nominal("gwp_location") == pytest.approx(600)
    assert study.nominal("gwp_market") == pytest.approx(200)


def test_runs_at_one_zone_share_its_factor(study: Study) -> None:
    for name in ("A", "B"):
        study.run(study.site(name=name, zone="DE"), name=name, energy_kwh=1)

    names = [item.name for item in study.inventory().parameters]
    assert names.count("zone.DE.gwp") == 1


@pytest.mark.parametrize(
    ("basis", "litres"),
    [("it", 500.0), ("facility", 600.0), ("it_drawn", 500.0), ("fac_drawn", 600.0)],
)
def test_on_site_water_is_converted_from_what_its_publisher_counts(
    study: Study, basis: str, litres: float
) -> None:
    site = study.site(zone="FR", pue=1.2, wue_l_per_kwh=0.5, wue_basis=basis)
    study.run(site, energy_kwh=1000)

    result = study.result()
    stat = result.stat("water", "component", "water_on_site")
    assert stat is not None
    assert stat.nominal == pytest.approx(litres)
    consumed = 0.91 if basis.endswith("drawn") else 1.0  # a withdrawal bounds it from above
    assert stat.mean == pytest.approx(consumed * litres, rel=0.02)


def test_a_cloud_region_gives_what_its_provider_states(study: Study) -> None:
    site = study.site(zone="ZA", cloud_region="aws-af-south-1", datacentre="industry_avg")
    study.run(site, energy_kwh=1000)

    inventory = study.inventory()
    assert inventory.parameter("site.site.pue").value == 1.24  # type: ignore[union-attr]
    assert inventory.parameter("site.site.wue").value == 0.18  # type: ignore[union-attr]
    assert "default.consumption_per_withdrawal" in inventory.named()


def test_direct_and_life_cycle_factors_are_never_added_up(study: Study) -> None:
    stacks = study.site(
        name="A", zone="US", pue=1.0, grid_kg_co2e_per_kwh=0.35, grid_scope="direct"
    )
    cradle = study.site(name="B", zone="FR", pue=1.0)
    study.run(stacks, name="one", energy_kwh=1000)
    study.run(cradle, name="two", energy_kwh=1000)

    inventory = study.inventory()
    counted = [f.process for f in inventory.flows if "gwp_location" in f.factors]
    assert "one" not in counted
    assert "two" in counted
    assert any("direct one" in gap.reason and gap.process == "one" for gap in inventory.gaps)


def test_direct_factors_alone_are_added_up(study: Study) -> None:
    site = study.site(zone="US", pue=1.0, grid_kg_co2e_per_kwh=0.35, grid_scope="direct")
    study.run(site, energy_kwh=1000)

    assert study.nominal("gwp_location", "component", "electricity") == pytest.approx(350)

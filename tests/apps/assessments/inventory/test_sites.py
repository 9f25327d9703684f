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

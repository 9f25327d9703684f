"""Compute runs, against figures worked out by hand."""

import pytest

from apps.assessments.models import Site
from lca.engine import Category
from tests.apps.assessments.inventory.conftest import Study


def test_energy_at_the_plug_is_multiplied_by_pue_once(study: Study, augusta: Site) -> None:
    study.run(augusta, energy_kwh=230_000)

    assert study.nominal("gwp_location") == pytest.approx(230_000 * 1.12 * 0.351)
    assert study.nominal("water") == pytest.approx(230_000 * 1.12 * 3.10)
    assert study.nominal("electricity") == pytest.approx(257_600)


def test_energy_of_the_facility_already_contains_pue(study: Study, augusta: Site) -> None:
    study.run(augusta, energy_kwh=230_000, energy_scope="facility")

    assert study.nominal("gwp_location") == pytest.approx(230_000 * 0.351)
    assert study.nominal("water") == pytest.approx(230_000 * 3.10)


def test_energy_of_accelerators_is_raised_by_the_node_overhead(study: Study, augusta: Site) -> None:
    hardware = study.hardware(node_overhead=1.5)
    study.run(augusta, hardware, energy_kwh=100, energy_scope="accelerator")

    assert study.nominal("electricity") == pytest.approx(100 * 1.5 * 1.12)


def test_energy_of_accelerators_without_hardware_is_a_gap(study: Study, augusta: Site) -> None:
    study.run(augusta, energy_kwh=100, energy_scope="accelerator")

    reasons = [gap.reason for gap in study.inventory().gaps]
    assert any("covers accelerators only" in reason for reason in reasons)


def test_cooling_overhead_and_water_are_components_of_their_own(study: Study) -> None:
    site = study.site(pue=1.25, wue_l_per_kwh=0.4, ewif_l_per_kwh=2.0, grid_kg_co2e_per_kwh=0.5)
    study.run(site, energy_kwh=1000)

    assert study.nominal("gwp_location", "component", "electricity") == pytest.approx(500)
    assert study.nominal("gwp_location", "component", "cooling_overhead") == pytest.approx(125)
    assert study.nominal("water", "component", "water_on_site") == pytest.approx(400)
    assert study.nominal("water", "component", "water_off_site") == pytest.approx(2500)


def test_gpu_hours_times_power_give_the_energy(study: Study, augusta: Site) -> None:
    hardware = study.hardware(power_w=600, node_overhead=1.2)
    study.run(augusta, hardware, gpu_hours=1000)

    assert study.nominal("electricity") == pytest.approx(1000 * 0.6 * 1.2 * 1.12)


def test_power_that_is_not_declared_comes_from_the_catalogue(study: Study, augusta: Site) -> None:
    study.run(augusta, study.hardware(node_overhead=1.0), gpu_hours=1000)

    share = study.inventory().parameter("default.power_share_of_tdp").value
    assert study.nominal("electricity") == pytest.approx(1000 * 0.7 * share * 1.12)


def test_hours_without_hardware_are_a_gap_and_never_zero(study: Study, augusta: Site) -> None:
    study.run(augusta, gpu_hours=1000)

    assert study.result().stat("gwp_location") is None
    assert any("energy of Run is not declared" in gap.reason for gap in study.inventory().gaps)


def test_embodied_hardware_is_shared_by_the_hours_of_its_life(study: Study, augusta: Site) -> None:
    hardware = study.hardware(
        lifetime_years=4, utilisation=1, embodied_kg_co2e=463, embodied_includes_host=True
    )
    study.run(augusta, hardware, gpu_hours=1_650_000, energy_kwh=1)

    embodied = study.nominal("gwp_location", "stage", "hardware")
    assert embodied == pytest.approx(463 * 1_650_000 / (4 * 365.25 * 24))
    assert embodied == pytest.approx(22_000, rel=0.015)


def test_a_declared_host_is_divided_by_its_accelerators(study: Study, augusta: Site) -> None:
    hardware = study.hardware(
        lifetime_years=1,
        utilisation=1,
        embodied_kg_co2e=0,
        host="ecologits_p5_host",
        accelerators_per_node=8,
    )
    study.run(augusta, hardware, gpu_hours=365.25 * 24, energy_kwh=1)

    assert study.nominal("gwp_location", "stage", "hardware") == pytest.approx(5700 / 8)


def test_a_host_that_is_not_declared_gets_the_default_share(study: Study, augusta: Site) -> None:
    hardware = study.hardware(lifetime_years=1, utilisation=1, embodied_kg_co2e=0)
    study.run(augusta, hardware, gpu_hours=365.25 * 24, energy_kwh=1)

    default = study.inventory().parameter("default.host_share_embodied_gwp")
    assert study.nominal("gwp_location", "stage", "hardware") == pytest.approx(default.value)


def test_final_training_and_everything_else_are_apart(study: Study, augusta: Site) -> None:
    for number, category in enumerate(("final_training", "fine_tuning", "failed", "ablation")):
        study.run(augusta, name=f"Run {number}", category=category, energy_kwh=10.0**number)

    assert study.nominal("electricity", "stage", "training") == pytest.approx(11 * 1.12)
    assert study.nominal("electricity", "stage", "development") == pytest.approx(1100 * 1.12)


def test_an_excluded_stage_counts_nothing(study: Study, augusta: Site) -> None:
    study.run(augusta, study.hardware(), energy_kwh=10, gpu_hours=1)
    study.declare("hardware", "excluded")

    result = study.result()
    assert result.stat("gwp_location", "stage", "hardware") is None
    assert result.stat("gwp_location", "stage", "training") is not None


def test_runs_of_the_same_name_stay_apart(study: Study, augusta: Site) -> None:
    study.run(augusta, energy_kwh=10)
    study.run(augusta, energy_kwh=20)

    assert study.nominal("electricity") == pytest.approx(30 * 1.12)


@pytest.mark.parametrize(("provenance", "weaker"), [("measured", 0.0), ("supplied", 1.0)])
def test_provenance_of_energy_reaches_the_shares(
    study: Study, augusta: Site, provenance: str, weaker: float
) -> None:
    study.run(augusta, energy_kwh=10, energy_provenance=provenance)

    shares = study.result().provenance[Category.GWP_LOCATION]
    assert shares["measured"] > 0 if weaker == 0 else shares["measured"] == 0  # type: ignore[index]
    assert sum(shares.values()) == pytest.approx(1)

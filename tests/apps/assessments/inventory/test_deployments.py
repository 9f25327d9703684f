"""Deployments and per-use figures."""

import pytest

from apps.assessments.inventory import evaluate
from apps.assessments.models import Site
from lca.engine import Fixed, Lognormal
from tests.apps.assessments.inventory.conftest import Study

JOULES_PER_KWH = 3.6e6


@pytest.fixture
def paris(study: Study) -> Site:
    return study.site(
        name="Paris", zone="FR", pue=1.2, wue_l_per_kwh=0.0, grid_kg_co2e_per_kwh=0.05
    )


def test_supplied_joules_per_token_give_prefill_and_decode(study: Study, paris: Site) -> None:
    study.deployment(
        paris,
        requests=1000,
        tokens_in=200,
        tokens_out=400,
        energy_source="supplied",
        energy_scope="node",
        joules_per_output_token=2.0,
        joules_per_input_token=0.1,
    )

    kwh = 1000 * (400 * 2.0 + 200 * 0.1) / JOULES_PER_KWH * 1.2
    assert study.nominal("electricity", "stage", "inference") == pytest.approx(kwh)


def test_input_tokens_without_energy_are_a_gap(study: Study, paris: Site) -> None:
    study.deployment(
        paris,
        requests=1,
        tokens_in=9,
        tokens_out=9,
        energy_source="supplied",
        joules_per_output_token=1,
    )

    assert any("per input token" in gap.reason for gap in study.inventory().gaps)


def test_modelled_energy_agrees_with_the_published_regression(study: Study) -> None:
    """EcoLogits 0.11.3: dense 70B, 400 tokens, PUE 1.2: 2.630116e-4 kWh."""
    study.assessment.system.params_total_b = study.assessment.system.params_active_b = 70
    study.assessment.system.save()
    site = study.site(zone="US", pue=1.2)
    study.deployment(site, study.hardware(), requests=1, tokens_out=400, energy_source="modelled")

    electricity = study.nominal("electricity", "stage", "inference")
    assert electricity == pytest.approx(2.630116e-4, rel=1e-6)


def test_modelled_energy_without_parameters_is_a_gap(study: Study, paris: Site) -> None:
    study.deployment(paris, study.hardware(), requests=1, tokens_out=400, energy_source="modelled")

    assert study.result().stat("electricity") is None
    assert any("cannot be modelled" in gap.reason for gap in study.inventory().gaps)


def test_marginal_is_scaled_to_the_functional_unit(study: Study, paris: Site) -> None:
    study.deployment(
        paris,
        requests=1000,
        tokens_in=0,
        tokens_out=100,
        energy_source="supplied",
        energy_scope="node",
        joules_per_output_token=3.6,
        joules_per_input_token=1,
    )

    per_use = evaluate(study.assessment).per_use
    kwh = 400 * 3.6 / JOULES_PER_KWH * 1.2
    assert per_use["marginal"]["electricity"]["nominal"] == pytest.approx(kwh)
    assert per_use["marginal"]["gwp_location"]["nominal"] == pytest.approx(kwh * 0.05)
    assert per_use["fully_loaded"] is None
    assert "not declared" in per_use["reason"]


def test_fully_loaded_shares_everything_else_over_the_lifetime(study: Study, paris: Site) -> None:
    study.assessment.lifetime_queries = 1_000_000
    study.assessment.save()
    study.run(paris, energy_kwh=1_000_000)
    study.deployment(
        paris,
        requests=10,
        tokens_in=0,
        tokens_out=400,
        energy_source="supplied",
        energy_scope="node",
        joules_per_output_token=3.6,
        joules_per_input_token=1,
    )

    per_use = evaluate(study.assessment).per_use
    marginal = per_use["marginal"]["gwp_location"]["nominal"]
    training = 1_000_000 * 1.2 * 0.05 / 1_000_000
    assert per_use["fully_loaded"]["gwp_location"]["nominal"] == pytest.approx(marginal + training)


def test_a_system_that_writes_no_tokens_has_figures_per_request(study: Study, paris: Site) -> None:
    """A classifier or an embedding model reads prompts and answers with no token."""
    study.deployment(
        paris,
        requests=1000,
        tokens_in=300,
        tokens_out=0,
        energy_source="supplied",
        energy_scope="node",
        joules_per_output_token=1.0,
        joules_per_input_token=0.2,
    )

    per_use = evaluate(study.assessment).per_use
    kwh = 300 * 0.2 / JOULES_PER_KWH * 1.2
    assert per_use["marginal"]["electricity"]["nominal"] == pytest.approx(kwh)
    assert per_use["basis"].startswith("per request")


def test_hardware_of_uncounted_uses_is_not_shared_out_over_others(
    study: Study, paris: Site
) -> None:
    study.assessment.lifetime_queries = 1000
    study.assessment.save()
    counted = {
        "requests": 1000,
        "tokens_in": 0,
        "tokens_out": 400,
        "energy_source": "supplied",
        "energy_scope": "node",
        "joules_per_output_token": 1.0,
        "joules_per_input_token": 1.0,
        "accelerator_hours": 10,
    }
    study.deployment(paris, study.hardware(), **counted)
    alone = evaluate(study.assessment).per_use["fully_loaded"]["gwp_location"]["nominal"]
    study.deployment(
        paris,
        study.hardware(),
        name="Energy not known",
        requests=9000,
        accelerator_hours=90,
        energy_source="modelled",
    )

    both = evaluate(study.assessment).per_use["fully_loaded"]["gwp_location"]["nominal"]
    assert both == pytest.approx(alone)


def test_without_a_deployment_there_is_no_per_use_figure(study: Study, paris: Site) -> None:
    study.run(paris, energy_kwh=1)

    per_use = evaluate(study.assessment).per_use
    assert per_use["marginal"] is None
    assert per_use["fully_loaded"] is None
    assert "deployment" in per_use["reason"]


def test_upstream_burden_is_inherited_by_share(study: Study, paris: Site) -> None:
    study.run(paris, energy_kwh=0)
    study.upstream(kg_co2e=1000, share_inherited=0.25)

    assert study.nominal("gwp_location", "component", "upstream") == pytest.approx(250)
    assert any("not stated by its publisher" in gap.reason for gap in study.inventory().gaps)


def test_what_is_missing_says_how_much_it_could_matter(study: Study, paris: Site) -> None:
    study.run(paris, energy_kwh=1_000_000)

    missing = evaluate(study.assessment).missing
    development = next(item for item in missing if item["what"].startswith("Development"))
    assert "t CO2e" in development["how_much"]
    assert all({"what", "why", "how_much", "remedy", "section"} <= item.keys() for item in missing)


def test_an_empty_assessment_has_gaps_and_no_totals(study: Study) -> None:
    evaluation = evaluate(study.assessment)

    assert evaluation.result["totals"] == {}
    assert {gap.stage.value for gap in evaluation.inventory.gaps} >= {
        "training",
        "inference",
        "hardware",
    }


def test_scores_spread_a_figure_that_states_no_distribution_but_no_constant(study: Study) -> None:
    study.assessment.system.params_total_b = study.assessment.system.params_active_b = 70
    study.assessment.system.save()
    site = study.site(zone="FR", pue=1.2)
    study.deployment(site, study.hardware(), requests=1, tokens_out=400, energy_source="modelled")
    found = {p.name: p for p in study.inventory().parameters}
    rated = found["accelerator.nvidia-h100-sxm5-80gb.tdp"]
    assert rated.distribution == Fixed()
    assert rated.uncertainty == Lognormal(gsd=rated.pedigree.gsd)
    assert found["zone.FR.gwp"].uncertainty == found["zone.FR.gwp"].distribution != Fixed()
    constants = [p for name, p in found.items() if name.startswith("ecologits.")]
    assert constants
    assert all(p.pedigree is None for p in constants)

"""Water with and without hydropower's evaporation, its scarcity, and the WUE that a library states."""

import copy
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.assessments import standins
from apps.assessments.inventory.builder import from_records
from apps.assessments.inventory.records import chosen_factors, read
from apps.assessments.models import PublishedFigure
from apps.assessments.published import compare
from lca.engine import (
    Category,
    Inventory,
    Parameter,
    Provenance,
    assess,
    from_document,
    to_document,
)
from tests.apps.assessments.inventory.conftest import Study

WITHOUT, SCARCITY = Category.WATER_WITHOUT_HYDROPOWER, Category.WATER_SCARCITY
SWEDEN, SWEDEN_WITHOUT, SWEDEN_AWARE = 6.0315, 0.9409, 2.17  # the release, L/kWh and m³/m³


def said(inventory: Inventory, category: Category) -> list[str]:
    return [gap.reason for gap in inventory.gaps if gap.category is category]


def parameter(inventory: Inventory, name: str) -> Parameter:
    found = inventory.parameter(name)
    assert isinstance(found, Parameter)
    return found


def without(study: Study, *place: str) -> Inventory:
    """Inventory from a release that lacks one factor."""
    records = read(study.assessment)
    factors = {key: factor for key, factor in records.factors.items() if key != place}
    assert len(factors) < len(records.factors)
    return from_records(attrs.evolve(records, factors=factors))


def test_hydropower_is_left_out_of_the_electricity_alone(study: Study) -> None:
    study.run(study.site(zone="SE", pue=1.2, wue_l_per_kwh=0.5), energy_kwh=1000)

    assert study.nominal("water") == pytest.approx(500 + 1200 * SWEDEN)
    assert study.nominal(WITHOUT) == pytest.approx(500 + 1200 * SWEDEN_WITHOUT)
    assert study.nominal(WITHOUT, "component", "water_on_site") == pytest.approx(500)


def test_without_hydropower_is_never_more_than_with_it_in_any_draw(study: Study) -> None:
    study.run(study.site(zone="SE"), energy_kwh=1000)

    result = study.result()
    less, more = result.group(WITHOUT), result.group("water")
    assert less is not None
    assert more is not None
    assert (less.values < more.values).all()


def test_both_figures_of_a_zone_keep_their_own_source(study: Study) -> None:
    study.run(study.site(zone="SE"), energy_kwh=1)

    inventory = study.inventory()
    with_, without = (
        parameter(inventory, f"zone.SE.ewif_{word}_hydropower") for word in ("with", "without")
    )
    assert (with_.value, without.value) == (SWEDEN, SWEDEN_WITHOUT)
    assert with_.source != without.source
    assert with_.provenance is without.provenance is Provenance.DEFAULT


def test_scarcity_weighs_each_litre_by_the_place_where_it_is_consumed(study: Study) -> None:
    for name, zone in (("north", "SE"), ("south", "US")):
        site = study.site(name=name, zone=zone, pue=1.0, wue_l_per_kwh=1.0, ewif_l_per_kwh=2.0)
        study.run(site, name=name, energy_kwh=1000)

    result = study.result()
    total = result.stat(SCARCITY)
    assert total is not None
    assert total.unit == "L world eq"
    assert total.nominal == pytest.approx(3000 * (SWEDEN_AWARE + 11.3))
    assert study.nominal(SCARCITY, "process", "north") == pytest.approx(3000 * SWEDEN_AWARE)


def test_a_subregion_without_a_scarcity_factor_takes_that_of_the_zone_around_it(
    study: Study,
) -> None:
    study.run(study.site(zone="US-EGRID-ERCT"), energy_kwh=1)

    assert parameter(study.inventory(), "zone_scarcity.US").value == 11.3


def test_a_scarcity_factor_stays_inside_the_limits_of_its_method(study: Study) -> None:
    study.run(study.site(zone="US", wue_l_per_kwh=0.0, ewif_l_per_kwh=1.0), energy_kwh=1)

    drawn = study.result().drawn.values["zone_scarcity.US"]
    assert 0.1 <= drawn.min() < drawn.max() <= 100


def test_the_details_move_no_draw_of_another_category(study: Study) -> None:
    study.run(study.site(zone="SE"), study.hardware(), energy_kwh=1000, gpu_hours=1000)
    inventory = study.inventory()
    details = (WITHOUT, SCARCITY)
    flows = [
        attrs.evolve(
            flow, factors={c: terms for c, terms in flow.factors.items() if c not in details}
        )
        for flow in inventory.flows
    ]
    names = {n for flow in flows for c in flow.factors for n, _ in flow.monomial(c)}
    kept = [p for p in inventory.parameters if p.name in names]
    before = attrs.evolve(inventory, flows=tuple(flows), parameters=tuple(kept))

    old, new = (assess(one, draws=64).to_dict()["totals"] for one in (before, inventory))
    assert {key: stat for key, stat in new.items() if key in old} == old
    assert set(new) - set(old) == set(details)


def test_one_site_without_a_scarcity_factor_withholds_it_everywhere(study: Study) -> None:
    study.run(study.site(name="A", zone="SE"), name="one", energy_kwh=1000)
    study.run(study.site(name="B", zone="HK"), name="two", energy_kwh=1000)

    inventory = study.inventory()
    assert not [flow.name for flow in inventory.flows if SCARCITY in flow.factors]
    assert study.result().stat(SCARCITY) is None
    (reason,) = said(inventory, SCARCITY)
    assert "2 of its flows" in reason
    assert "B (HK) has no scarcity factor" in reason
    assert "A (SE)" not in reason


def test_a_zone_without_the_second_figure_withholds_it(study: Study) -> None:
    study.run(study.site(zone="CN-SC"), energy_kwh=1000)

    inventory = study.inventory()
    assert study.nominal("water") > 0
    assert not [flow for flow in inventory.flows if WITHOUT in flow.factors]
    assert "Site (CN-SC) has no figure without it" in said(inventory, WITHOUT)[0]


def test_a_declared_ewif_says_what_it_holds_or_withholds_the_figure(study: Study) -> None:
    site = study.site(zone="SE", pue=1.0, wue_l_per_kwh=0.0, ewif_l_per_kwh=3.0)
    study.run(site, energy_kwh=1000)
    assert study.result().stat(WITHOUT) is None
    assert "the EWIF of Site does not say" in said(study.inventory(), WITHOUT)[0]

    site.ewif_hydropower = "included"
    site.save()
    assert study.nominal(WITHOUT) == pytest.approx(3000 * SWEDEN_WITHOUT / SWEDEN)
    assert not said(study.inventory(), WITHOUT)

    site.ewif_hydropower = "left_out"
    site.save()
    assert study.nominal(WITHOUT) == study.nominal("water") == pytest.approx(3000)
    assert "leaves hydropower's evaporation out" in said(study.inventory(), Category.WATER)[0]


def test_an_ewif_of_zero_has_nothing_to_leave_out(study: Study) -> None:
    study.run(study.site(zone="FI", wue_l_per_kwh=1.0, ewif_l_per_kwh=0.0), energy_kwh=10)

    assert study.nominal(WITHOUT) == pytest.approx(10)
    assert not said(study.inventory(), Category.WATER)


def test_water_of_hardware_is_in_both_volumes_and_its_scarcity_is_a_gap(study: Study) -> None:
    hardware = study.hardware(embodied_water_l=100.0, lifetime_years=1, utilisation=1)
    study.run(study.site(zone="SE"), hardware, energy_kwh=1000, gpu_hours=8766)

    embodied = study.nominal("water", "stage", "hardware")
    assert embodied > 99
    assert study.nominal(WITHOUT, "stage", "hardware") == embodied
    assert study.result().stat(SCARCITY, "stage", "hardware") is None
    assert study.nominal(SCARCITY) > 0
    (reason,) = said(study.inventory(), SCARCITY)
    assert "making hardware is in no scarcity figure" in reason


def test_water_that_an_upstream_model_states_withholds_the_figure_without_hydropower(
    study: Study,
) -> None:
    study.run(study.site(zone="SE"), energy_kwh=1000)
    study.upstream(name="Base", water_l=10_000, share_inherited=0.5)

    inventory = study.inventory()
    assert study.result().stat(WITHOUT) is None
    assert "what is stated of Base does not tell" in said(inventory, WITHOUT)[0]
    assert study.nominal(SCARCITY) > 0
    assert any("water of Base" in reason for reason in said(inventory, SCARCITY))


def test_contradicting_figures_of_a_zone_are_not_divided(study: Study) -> None:
    study.run(study.site(zone="SE"), energy_kwh=1)
    records = read(study.assessment)
    place = ("zone", "SE", "water_without_hydropower")
    larger = copy.copy(records.factors[place])
    larger.value = 6.1
    factors = {**records.factors, place: larger}

    found = from_records(attrs.evolve(records, factors=factors))
    assert "figure of SE without it is larger" in said(found, WITHOUT)[0]
    assert not [flow for flow in found.flows if WITHOUT in flow.factors]


ZONES = st.sampled_from(["SE", "FR", "HK", "CN-SC", "US-EGRID-ERCT", "WORLD", "PY", ""])
SITES = st.lists(
    st.tuples(
        ZONES,
        st.sampled_from([None, 0.0, 2.0]),
        st.sampled_from(["", "included", "left_out"]),
    ),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sites=SITES)
def test_a_detail_is_whole_or_a_gap(
    study: Study, sites: list[tuple[str, float | None, str]]
) -> None:
    study.assessment.runs.all().delete()
    study.assessment.sites.all().delete()
    for number, (zone, ewif, basis) in enumerate(sites):
        site = study.site(name=f"S{number}", zone=zone, ewif_l_per_kwh=ewif, ewif_hydropower=basis)
        study.run(site, name=f"R{number}", energy_kwh=1000)

    inventory = study.inventory()
    water = [flow for flow in inventory.flows if Category.WATER in flow.factors]
    for category in (WITHOUT, SCARCITY):
        having = [flow for flow in water if category in flow.factors]
        assert having == water or (not having and said(inventory, category))
    if any(WITHOUT in flow.factors for flow in water):
        assert study.nominal(WITHOUT) <= study.nominal("water") * 1.001
    assert from_document(to_document(inventory)) == inventory


def test_a_region_with_an_estimate_alone_uses_it_as_modelled(study: Study) -> None:
    site = study.site(zone="ZA", pue=1.0, cloud_region="aws-af-south-1")
    study.run(site, energy_kwh=1000)
    bound = study.result().stat("water", "component", "water_on_site")
    found = without(study, "cloud_region", "aws-af-south-1", "wue_withdrawal")

    wue = parameter(found, "site.site.wue")
    assert wue.value == pytest.approx(0.1296)
    assert wue.provenance is Provenance.MODELLED
    assert "estimated from withdrawal" in wue.label
    assert "ratio of consumption to withdrawal" in wue.evidence
    assert "default.consumption_per_withdrawal" not in found.named()
    estimate = assess(found, draws=64).stat("water", "component", "water_on_site")
    assert bound is not None
    assert estimate is not None
    assert bound.nominal == pytest.approx(180)
    assert 129.6 < estimate.mean < 180
    assert estimate.p95 > 1.2 * estimate.nominal


@pytest.mark.parametrize(("unit", "computed"), [("m^3 world eq", 6.51), ("m^3", None)])
def test_a_published_scarcity_is_compared_in_its_own_unit_alone(
    study: Study, unit: str, computed: float | None
) -> None:
    study.run(
        study.site(zone="SE", pue=1.0, wue_l_per_kwh=1.0, ewif_l_per_kwh=2.0), energy_kwh=1000
    )
    study.add(
        PublishedFigure,
        label="Scarcity",
        category="water_scarcity",
        value=6.5,
        unit=unit,
        where="table 3",
    )

    (row,) = compare(study.assessment, study.result().to_dict())
    assert row.computed == (computed and pytest.approx(1000 * computed))


def test_the_form_shows_the_same_estimate_until_a_wue_is_declared(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = study.site(zone="ZA", cloud_region="aws-af-south-1")
    assert standins.stand_ins(site)["wue_l_per_kwh"].value == 0.18

    def lacking(*asked: Any) -> dict[Any, Any]:
        found = chosen_factors(*asked)
        return {place: row for place, row in found.items() if place[2] != "wue_withdrawal"}

    monkeypatch.setattr(standins, "chosen_factors", lacking)
    assert standins.stand_ins(site)["wue_l_per_kwh"].value == pytest.approx(0.1296)

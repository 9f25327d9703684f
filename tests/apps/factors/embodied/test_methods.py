"""Each method against published numbers, and the laws that its arithmetic obeys."""

from statistics import median

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.factors.embodied.device import Device, Given
from apps.factors.embodied.estimate import Basis, Estimate, Missing
from apps.factors.embodied.methods import METHODS, act, bill_of_materials, die_area, fab_water
from apps.factors.embodied.methods.bill_of_materials import effective_area_mm2
from lca.engine import Category, trace

H100, H200, B200 = "nvidia-h100-sxm5-80gb", "nvidia-h200-sxm-141gb", "nvidia-b200"
A100 = "nvidia-a100-sxm4-40gb"
GWP = "embodied_gwp"
# BoaviztAPI 2.5.0, run for specifications that are complete: kg CO2e, kg Sb eq, MJ
BOAVIZTA = {
    "nvidia-m60": (156.6, 0.004404, 2236),
    "nvidia-p4": (63.22, 0.00147, 882.5),
    "nvidia-p100-pcie-16gb": (158.8, 0.004861, 2267),
    "nvidia-v100-pcie-16gb": (203.2, 0.004381, 2856),
    "nvidia-v100-pcie-32gb": (287.6, 0.004384, 3982),
    "nvidia-t4": (130.7, 0.001555, 1783),
    "nvidia-a10": (184.1, 0.003635, 2572),
    "nvidia-a100-pcie-40gb": (321.6, 0.004327, 4445),
    "nvidia-a100-pcie-80gb": (569.4, 0.004362, 7740),
    "nvidia-a100-sxm4-40gb": (319.3, 0.00376, 4334),
    "nvidia-a100-sxm4-80gb": (567.7, 0.003767, 7648),
    "nvidia-l4": (123.5, 0.001359, 1686),
    "nvidia-l40s": (277.1, 0.004205, 3836),
    "nvidia-h100-pcie-80gb": (566.7, 0.004396, 7705),
    "nvidia-h100-sxm5-80gb": (575.1, 0.005832, 7912),
    "nvidia-h100-nvl-94gb": (667.8, 0.004415, 9054),
    "nvidia-h200-sxm-141gb": (1067, 0.005845, 14470),
}


def figure(outcomes, basis, indicator=GWP):
    return next(o for o in outcomes if (o.basis, o.indicator) == (basis, indicator))


def changed(device, **values):
    specification = dict(device.specification)
    for indicator, value in values.items():
        specification[indicator] = attrs.evolve(specification[indicator], value=value)
    return attrs.evolve(device, specification=specification)


def gwp(method, device, making):
    return next(o for o in method.estimates(device, making) if o.indicator == GWP).value


@pytest.mark.parametrize(("key", "kg"), [(H100, 155), (B200, 297), (H200, 205), (A100, 102)])
def test_the_die_area_model_gives_what_its_note_prints(said, key, kg):
    assert figure(said[key], Basis.DIE_AREA).value == pytest.approx(kg, abs=0.5)


@pytest.mark.parametrize(
    ("key", "published", "ratio"),
    [
        (H100, 164, 0.95),
        (B200, 284, 1.05),
        (A100, 127.6, 0.80),
        (H100, 225, 0.69),
        (H100, 273, 0.57),
        (H200, 364, 0.56),
    ],
)
def test_the_die_area_model_stands_to_published_figures_as_its_note_says(
    said, key, published, ratio
):
    model = figure(said[key], Basis.DIE_AREA).value
    assert model / published == pytest.approx(ratio, abs=0.006)


@pytest.mark.parametrize("key", BOAVIZTA)
def test_the_bill_of_materials_equals_boaviztapi_where_the_specification_is_complete(said, key):
    for indicator, expected in zip(bill_of_materials.UNITS, BOAVIZTA[key], strict=True):
        computed = figure(said[key], Basis.BILL, indicator).value
        assert computed == pytest.approx(expected, rel=3e-3), indicator


def test_the_bill_of_materials_reproduces_the_a100_row_of_its_authors(devices, making):
    """Their row states 1,798 mm2 of effective wafer area, less than 826 mm2 of die need."""
    sheet = bill_of_materials.sheet_of(devices[A100], making)
    name = f"{A100}.effective_compute_die"
    sheet.parameters[name] = attrs.evolve(sheet.parameters[name], value=1798.0)
    found = bill_of_materials.evaluated(sheet.inventory())
    assert found.stat(Category.GWP_LOCATION).nominal == pytest.approx(273.3878, abs=5e-5)
    assert found.stat(Category.ADPE).nominal == pytest.approx(0.003743427, abs=5e-10)
    assert found.stat(Category.PRIMARY_ENERGY).nominal == pytest.approx(3722.4035, abs=5e-5)


def test_the_effective_area_of_known_dies_is_that_of_the_source():
    known = {814: 2808.45, 826: 2876.29, 815: 2814.07, 628: 1861.68, 314: 681.02, 545: 1500.31}
    for area, expected in known.items():
        found = effective_area_mm2(area, wafer_mm=300, kerf_mm=0.2, defects_per_cm2=0.1)
        assert found == pytest.approx(expected, abs=0.01)


def test_a_die_larger_than_the_wafer_has_a_reason_instead_of_a_figure(devices, making):
    found = bill_of_materials.estimates(changed(devices[H100], die_area_mm2=60_000), making)
    assert all(isinstance(outcome, Missing) for outcome in found)
    assert "does not fit on a wafer of 300 mm" in found[0].reason


def test_carbon_per_area_at_5_nm_in_taiwan_is_what_act_gives(making):
    wafer = {name: making["act-5nm", name].value for name in ("electricity", "gases", "materials")}
    grid = making["act-fab-grid", "gwp"].value
    per_area = grid * wafer["electricity"] + wafer["gases"] + wafer["materials"]
    assert per_area == pytest.approx(2.3675)
    assert f"{per_area:.1f}" == "2.4"


def test_act_divides_by_the_yield_of_one_die(devices, making):
    found = act.estimates(devices[H100], making)[0]
    good = 2.718281828459045 ** (-0.0834 * 8.14)
    expected = 2.3675 * 8.14 / good + 0.065 * 80
    assert found.value == pytest.approx(expected)
    two = changed(devices[H100], die_area_mm2=814 * 2)
    halves = attrs.evolve(two, attributes={**two.attributes, "n_compute_dies": 2})
    assert gwp(act, halves, making) < gwp(act, two, making)


def test_fab_water_is_area_over_yield_times_water_per_area(devices, making):
    found = fab_water.estimates(devices[H100], making)[0]
    assert found.value == pytest.approx(8.14 / 0.7 * 19.816)
    assert (found.low, found.high) == (
        pytest.approx(8.14 * 8.22),
        pytest.approx(8.14 * 24.955 / 0.5),
    )
    old = fab_water.estimates(devices["nvidia-k80"], making)[0]
    assert old.value == pytest.approx(11.22 / 0.7 * 8.22)


@pytest.mark.parametrize("method", [die_area, bill_of_materials, act])
@settings(max_examples=15)
@given(area=st.floats(50, 1500), more=st.floats(1, 1.5), memory=st.floats(1, 300))
def test_a_larger_die_and_more_memory_never_lower_a_figure(
    method, area, more, memory, devices, making
):
    device = changed(devices[H100], die_area_mm2=area, memory_gb=memory)
    figure = gwp(method, device, making)
    assert gwp(method, changed(device, die_area_mm2=area * more), making) >= figure
    assert gwp(method, changed(device, memory_gb=memory * more), making) >= figure


def test_more_power_never_lowers_the_die_area_model(devices, making):
    figures = [gwp(die_area, changed(devices[H100], tdp_w=watt), making) for watt in (1, 300, 900)]
    assert figures == sorted(figures)
    assert figures[2] - figures[1] == pytest.approx(0.071 * 600)


def test_parts_add_up_and_every_computed_figure_can_be_traced(said):
    for outcome in (o for found in said.values() for o in found if isinstance(o, Estimate)):
        assert outcome.unit
        assert outcome.source
        assert outcome.scope
        if outcome.inventory is None:
            continue
        assert sum(part.value for part in outcome.parts) == pytest.approx(outcome.value)
        assert all(part.value >= 0 for part in outcome.parts)
    flow = figure(said[H100], Basis.BILL).inventory.flows[0]
    steps = trace(figure(said[H100], Basis.BILL).inventory, flow, Category.GWP_LOCATION)["steps"]
    assert all(step["source"] for step in steps)
    assert "exp(-sqrt(D A))" in steps[0]["source"]


def test_the_engine_draws_the_spread_that_a_model_states(said):
    from apps.factors.embodied.sheet import evaluated

    found = figure(said[H100], Basis.DIE_AREA)
    stat = evaluated(found.inventory).stat(Category.GWP_LOCATION)
    low, high = found.interval
    assert stat.p05 == pytest.approx(low, rel=0.05)
    assert stat.p95 == pytest.approx(high, rel=0.05)


def test_what_a_specification_lacks_is_named_and_nothing_is_guessed(making):
    bare = Device(key="x", name="X")
    for method in METHODS:
        for outcome in method.estimates(bare, making):
            assert isinstance(outcome, Missing)
            assert outcome.reason.endswith(".")
    assert "logic die area, memory, thermal design power, memory type" in (
        die_area.estimates(bare, making)[0].reason
    )


def test_a_node_that_no_source_covers_has_a_reason(devices, making):
    odd = changed(devices[H100], process_node_nm=90)
    assert "a wafer of 90 nm" in act.estimates(odd, making)[0].reason
    assert "water of a 90 nm fab" in fab_water.estimates(odd, making)[0].reason


def test_parts_of_similar_devices_are_their_medians(devices, making):
    for key in ("bom-card", "bom-module"):
        forms = making.attributes[key]["form_factors"]
        alike = [d for d in devices.values() if d.form_factor in forms]
        for mine, theirs in (("board_area", "board_area_cm2"), ("mass", "mass_kg")):
            values = sorted(
                d.specification[theirs].value for d in alike if theirs in d.specification
            )
            stated = making[key, mine]
            assert (stated.low, stated.high) == (values[0], values[-1])
            assert stated.value == pytest.approx(median(values), rel=1e-5)
            assert f"of {len(values)} specified" in stated.scope


def test_a_number_without_spread_is_fixed_and_a_range_is_triangular():
    assert Given(indicator="x", value=1, unit="1").distribution.name == "none"
    assert Given(indicator="x", value=1, unit="1", high=2).distribution.name == "triangular"
    assert Given(indicator="x", value=1, unit="1", high=2, gsd=2).distribution.name == "lognormal"

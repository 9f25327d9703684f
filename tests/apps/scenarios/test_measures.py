"""What single measures change, against what their own arithmetic says."""

from typing import Any

import attrs
import pytest

from apps.scenarios.errors import BadInput
from apps.scenarios.serving.policy import usual
from apps.scenarios.serving.simulator import serve
from apps.scenarios.serving.trace import Shape, draw
from apps.scenarios.setting import Setting
from apps.scenarios.site import shipped
from apps.scenarios.stacking.stack import Chosen, stack, take
from lca.engine import (
    Category,
    Stage,
    assess,
)
from tests.apps.scenarios.stacking_support import EXAMPLES, LLAMA, chosen, example


@pytest.fixture(scope="module")
def setting() -> Setting:
    return shipped({})


def altered(key: str, setting: Setting, **more: float) -> dict[str, float]:
    """The values that a measure leaves in the example."""
    given = Chosen(key=key, options={**EXAMPLES[key], **more})
    (taken,) = take(example(), [given], setting)
    return {item.name: item.value for item in taken.inventory.parameters}


def test_storage_pays_for_its_losses(setting: Setting) -> None:
    found = altered("storage", setting)
    assert found["zone.DE.gwp"] == pytest.approx(0.6 * 0.35 + 0.4 * 0.1 / 0.8)
    assert found["zone.DE.ewif"] == pytest.approx(0.6 * 2.0 + 0.4 * 1.0 / 0.8)
    none = altered("storage", setting, kg=0.35 * 0.8, litres=2.0 * 0.8)
    assert none["zone.DE.gwp"] == pytest.approx(0.35)
    worse = altered("storage", setting, kg=0.35)
    assert worse["zone.DE.gwp"] > 0.35


def test_what_waits_takes_cleaner_hours_and_the_same_water(setting: Setting) -> None:
    found = altered("timing", setting)
    assert found["zone.DE.gwp"] == pytest.approx(0.35 * (0.5 + 0.5 * 0.8))
    assert found["zone.DE.ewif"] == pytest.approx(2.0)


def test_recovered_water_costs_electricity(setting: Setting) -> None:
    found = altered("wastewater", setting)
    assert found["site.s.wue"] == pytest.approx(0.9)
    assert found["site.s.pue"] == pytest.approx(1.5 + 0.9 * 2.0 / 1000)


def ratios(key: str, setting: Setting, **more: Any) -> dict[str, Any]:
    """The ratios by which a measure multiplies the example."""
    (taken,) = take(example(), [Chosen(key=key, options={**EXAMPLES[key], **more})], setting)
    return dict(taken.change.ratios)


def test_a_policy_saves_what_its_simulation_says(setting: Setting) -> None:
    trace = draw(Shape(process="poisson", rate=5, requests=18_000, prompt=500, generated=250))
    profile = setting.profile(LLAMA)
    joules = {each.name: serve(trace, profile, each).energy.total for each in usual(profile, trace)}
    found = ratios("policy", setting)
    expected = joules["as they come"] / joules["one at a time"]
    assert found["deployment.d.joules_decode"].value == pytest.approx(expected)
    assert expected < 0.5
    same = ratios("policy", setting, **{"from": "shaped", "to": "shaped"})
    assert {ratio.value for ratio in same.values()} == {1.0}


def test_moving_both_phases_to_a_device_costs_what_it_takes_there(setting: Setting) -> None:
    other = "llama-3.1-8b-instruct/b200x1"
    before, after = setting.profile(LLAMA), setting.profile(other)
    found = ratios("placement", setting, prefill=other, decode=other, batch=16)
    prompt = found["deployment.d.joules_prefill"].value
    joules = [
        each.prefill_w * (each.prefill_s + each.prefill_s_per_token * 500)
        for each in (before, after)
    ]
    assert prompt == pytest.approx(joules[1] / joules[0])
    moved = ratios("placement", setting, gb_s=0.001)["deployment.d.joules_decode"].value
    quick = ratios("placement", setting, gb_s=1000)["deployment.d.joules_decode"].value
    assert moved > quick
    with pytest.raises(BadInput, match="another one than today"):
        ratios("placement", setting, decode=LLAMA)


def test_second_hand_hardware_bears_what_the_allocation_says(setting: Setting) -> None:
    made = assess(example(), draws=256).stat(Category.GWP_LOCATION, "stage", Stage.HARDWARE.value)
    assert made is not None
    step = stack(example(), chosen("reuse"), setting, draws=256).steps[0]
    assert step.apart[Category.GWP_LOCATION].nominal == pytest.approx(-0.5 * 0.9 * made.nominal)
    nothing = attrs.evolve(example(), flows=example().flows[:-1])
    with pytest.raises(BadInput, match="no embodied impact of hardware"):
        stack(nothing, chosen("reuse"), setting, draws=256)

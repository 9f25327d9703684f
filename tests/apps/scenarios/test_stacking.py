"""Stacked measures: each on what is left, none twice, paired, and refused where it cannot be."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from django.core.management import CommandError, call_command

from apps.scenarios.errors import BadInput
from apps.scenarios.measure import Given, read_options
from apps.scenarios.measures import measure, measures
from apps.scenarios.setting import Setting
from apps.scenarios.site import shipped
from apps.scenarios.stacking.stack import Chosen, compare, compared, stack, take
from lca.engine import (
    Category,
    Inventory,
    Lognormal,
    Parameter,
    Provenance,
    Stage,
    assess,
    to_document,
)
from tests.apps.scenarios.stacking_support import EXAMPLES, LLAMA, chosen, example, parameter


@pytest.fixture(scope="module")
def setting() -> Setting:
    return shipped({})


def test_every_measure_has_an_example_here() -> None:
    assert set(EXAMPLES) == set(measures())


@pytest.mark.parametrize("key", sorted(EXAMPLES))
def test_every_measure_changes_what_it_says(key: str, setting: Setting) -> None:
    found = stack(example(), chosen(key), setting, draws=256).to_dict()
    step: Any = found["steps"][0]  # type: ignore[index]
    carbon = step["difference"]["gwp_location"]
    assert step["evidence"][0]["source"]
    assert step["phase"].startswith("optimise")
    if key == "heat":
        assert step["changes"] == []
        assert carbon["nominal"] == 0
        assert step["effects"][0]["value"] == 1000
    elif key == "wastewater":
        assert carbon["nominal"] > 0
        assert step["difference"]["water"]["nominal"] < 0
    else:
        assert step["changes"]
        assert carbon["nominal"] < 0


def test_steps_add_up_and_alone_do_not(setting: Setting) -> None:
    taken = chosen("answers", "batching", "region", "cooling", "lifetime")
    found = stack(example(), taken, setting, draws=1024)
    first, last = (
        result.group(Category.GWP_LOCATION) for result in (found.baseline, found.steps[-1].result)
    )
    assert first is not None
    assert last is not None
    steps = [step.apart[Category.GWP_LOCATION] for step in found.steps]
    alone = [step.alone[Category.GWP_LOCATION].nominal for step in found.steps]
    assert sum(step.nominal for step in steps) == pytest.approx(last.stat.nominal - first.stat.nominal)  # fmt: skip
    assert sum(step.mean for step in steps) == pytest.approx((last.values - first.values).mean())
    assert sum(alone) < last.stat.nominal - first.stat.nominal  # alone, they would claim more


def test_a_measure_taken_twice_saves_once(setting: Setting) -> None:
    found = stack(example(), chosen("region", "region", "lifetime", "lifetime"), setting, draws=256)
    nominal = [step.apart[Category.GWP_LOCATION].nominal for step in found.steps]
    assert nominal[0] < 0
    assert nominal[1] == pytest.approx(0, abs=1e-9)
    assert nominal[3] == pytest.approx(0, abs=1e-9)


def test_a_difference_is_surer_than_its_ends(setting: Setting) -> None:
    found = stack(example(), chosen("power"), setting, draws=4096)
    step = found.steps[0]
    ends = [result.group(Category.GWP_LOCATION) for result in (found.baseline, step.result)]
    rng = np.random.default_rng(1)
    unpaired = rng.permutation(ends[1].values) - ends[0].values  # type: ignore[union-attr]
    apart = step.apart[Category.GWP_LOCATION]
    assert apart.p95 < 0
    assert apart.p95 - apart.p05 < 0.5 * np.subtract(*np.quantile(unpaired, [0.95, 0.05]))


def test_ratios_have_draws_of_their_own(setting: Setting) -> None:
    taken = list(take(example(), chosen("precision", "precision"), setting))
    names = [item.name for item in taken[-1].inventory.parameters if item.name.startswith("measure.")]  # fmt: skip
    assert names == [
        "measure.precision.decode.0",
        "measure.precision.prefill.0",
        "measure.precision.decode.1",
        "measure.precision.prefill.1",
    ]
    once = taken[0].change.ratios["deployment.d.joules_decode"]
    assert once.provenance is Provenance.MEASURED
    assert isinstance(once.distribution, Lognormal)


def test_routing_is_the_share_that_stays(setting: Setting) -> None:
    base, after = compare(example(), {"r": chosen("routing")}, setting, draws=64).values()
    only = [flow.name for flow in base.inventory.flows if flow.stage is Stage.INFERENCE]
    assert only
    nominal = [
        assess(each.inventory, draws=64).table("stage")["inference"]["gwp_location"].nominal
        for each in (base, after)
    ]
    assert nominal[1] == pytest.approx(nominal[0] * (1 - 0.5 * 0.9))


def test_region_takes_everything_or_nothing(setting: Setting) -> None:
    change = next(iter(take(example(), chosen("region"), setting))).change
    assert set(change.overrides) == {"zone.DE.gwp", "zone.DE.ewif"}
    gwp = change.overrides["zone.DE.gwp"]
    assert isinstance(gwp, Parameter)
    assert gwp.value == pytest.approx(0.04144)
    assert "Ember" in gwp.source
    with pytest.raises(BadInput, match="no gwp_location for the zone “ZZ”"):
        stack(example(), [Chosen(key="region", options={"to": "ZZ"})], setting, draws=64)
    with pytest.raises(BadInput, match="no electricity of the zone “PL”"):
        stack(example(), [Chosen(key="region", options={"to": "FR", "from": "PL"})], setting)


def test_region_replaces_what_sites_declared(setting: Setting) -> None:
    declared = attrs.evolve(
        example(),
        parameters=(*example().parameters, parameter("site.s.grid", 0.6, "kg CO2e/kWh"), parameter("site.s.ewif", 3.0, "L/kWh")),
    )  # fmt: skip
    everything = next(iter(take(declared, chosen("region"), setting))).change.overrides
    assert {"site.s.grid", "site.s.ewif"} < set(everything)
    one = [Chosen(key="region", options={"to": "FR", "from": "DE"})]
    assert "site.s.grid" not in next(iter(take(declared, one, setting))).change.overrides


def test_generation_mixes(setting: Setting) -> None:
    base, after = compare(example(), {"g": chosen("generation")}, setting, draws=64).values()
    stat = [each.stat(Category.GWP_LOCATION, "total") for each in (base, after)]
    run = 5000 * 0.5 * 1.5
    inference = 1e6 * (300 * 2.0 + 900 * 0.1) / 3.6e6 * 1.4 * 1.5
    saved = (run + inference) * 0.3 * (0.35 - 0.04)
    assert stat[0].nominal - stat[1].nominal == pytest.approx(saved)  # type: ignore[union-attr]


def test_scenarios_are_compared_on_one_baseline(setting: Setting) -> None:
    plans = {"model": chosen("precision"), "place": chosen("region", "cooling")}
    results = compare(example(), plans, setting, draws=256)
    rows: Any = compared(results)
    assert list(rows) == ["", "model", "place"]
    assert "difference" not in rows[""]
    for name, plan in plans.items():
        found: Any = stack(example(), plan, setting, draws=256).to_dict()
        assert rows[name]["difference"] == found["difference"]
    with pytest.raises(BadInput, match="1 to 6"):
        compare(example(), {str(n): chosen("region") for n in range(7)}, setting)


def test_what_an_assessment_lacks_is_said(setting: Setting) -> None:
    empty = Inventory(parameters=(), flows=())
    for key in set(EXAMPLES) - {"heat"}:
        with pytest.raises(BadInput, match="declares no"):
            stack(empty, chosen(key), setting, draws=64)


@pytest.mark.parametrize(
    ("key", "given", "says"),
    [
        ("magic", {}, "no measure “magic”; there are answers"),
        ("lifetime", {}, "“service life” must be given"),
        ("lifetime", {"years": "long"}, "a number from 0.5 to 20 years"),
        ("lifetime", {"years": "nan"}, "a number from 0.5"),
        ("lifetime", {"years": 5, "months": 3}, "has no option months"),
        ("cooling", {"kind": "snow"}, "is one of arch_mid_dx"),
        ("batching", {"profile": LLAMA, "from": 1, "to": 5000}, "up to a batch of 690"),
        ("precision", EXAMPLES["precision"] | {"batch": 2000}, "A batch of 2000"),
        ("precision", EXAMPLES["precision"] | {"from": "abacus"}, "is not known"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 10 else None,
)
def test_bad_choices_are_said(key: str, given: Given, says: str, setting: Setting) -> None:
    with pytest.raises(BadInput, match=says):
        stack(example(), [Chosen(key=key, options=given)], setting, draws=64)


def test_options_may_be_words_of_a_form() -> None:
    described, _ = measure("lifetime")
    assert read_options(described, {"years": "7.5"}) == {"years": 7.5}


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"inventory": to_document(example())}))
    return path


def whatif(*words: str) -> str:
    out = StringIO()
    call_command("whatif", "stack", *words, stdout=out)
    return out.getvalue()


def test_the_command_stacks_a_reports_json(document: Path, tmp_path: Path) -> None:
    words = ("--document", str(document), "--json")
    found = json.loads(whatif(*words, "--measure", "region:to=SE", "--measure", "lifetime:years=7"))
    assert [step["measure"] for step in found["steps"]] == ["region", "lifetime"]
    plan = tmp_path / "plan.json"
    plan.write_text('[{"measure": "region", "options": {"to": "SE"}}, {"measure": "lifetime", "options": {"years": 7}}]')  # fmt: skip
    assert json.loads(whatif(*words, "--plan", str(plan))) == found
    text = whatif("--document", str(document), "--measure", "batching:profile=qwen3-8b/h100,from=8,to=64")  # fmt: skip
    assert "claimed: Delavande" in text
    assert "time between tokens" in text


def test_the_command_lists_measures() -> None:
    assert "Give heat away" in whatif("--list")
    assert len(json.loads(whatif("--list", "--json"))["measures"]) == len(EXAMPLES)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "Give a report's JSON"),
        (["--document", "{document}"], "Name a measure"),
        (["--document", "{document}", "--measure", "region:SE"], "KEY:NAME=VALUE"),
        (["--document", "{document}", "--plan", "{document}"], "A plan is a list"),
        (["--document", "{document}x", "--measure", "heat:"], "cannot be read"),
        (["--document", "{bad}", "--measure", "heat:"], "not JSON"),
        (["--document", "{other}", "--measure", "heat:"], "not an inventory document"),
    ],
    ids=["nothing", "none", "sign", "plan", "missing", "text", "other"],
)
def test_bad_files_are_said(words: list[str], says: str, document: Path, tmp_path: Path) -> None:
    bad, other = tmp_path / "bad.json", tmp_path / "other.json"
    bad.write_text("{")
    other.write_text("{}")
    named = {"document": str(document), "bad": str(bad), "other": str(other)}
    with pytest.raises(CommandError, match=says):
        whatif(*(word.format(**named) for word in words))

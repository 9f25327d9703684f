import pytest

from lca.engine import Category, EngineError, assess, trace, trace_total
from lca.engine.formula import formula, written


def flow(inventory, name):
    return next(item for item in inventory.flows if item.name == name)


def test_formula_is_written_with_symbols_and_the_constant(inventory):
    line = formula(inventory, flow(inventory, "cooling"), Category.GWP_LOCATION)
    assert line == "0.001 × GPU-hours × Mean power × PUE − 1 × grid"
    line = formula(inventory, flow(inventory, "credit"), Category.ELECTRICITY)
    assert line == "-0.0001 × GPU-hours × Mean power"


def test_powers_and_quotients_are_written(inventory):
    items = inventory.named()
    assert written((("lifetime", -1.0), ("grid", -2.0)), items) == "1 ÷ lifetime ÷ grid²"
    assert written((("grid", 0.5), ("pue", 3.0)), items) == "grid⁰·⁵ × PUE³"
    assert written((), items) == "1"


def test_trace_lists_every_factor_with_value_unit_and_source(inventory):
    found = trace(inventory, flow(inventory, "cooling"), Category.GWP_LOCATION)
    assert (found["flow"], found["amount_unit"], found["unit"]) == ("cooling", "kWh", "kg CO2e")
    assert found["amount"] == pytest.approx(100)
    assert found["constant"] == pytest.approx(0.001)
    assert [(s["name"], s["role"], s["exponent"]) for s in found["steps"]] == [
        ("gpu_h", "amount", 1), ("power", "amount", 1), ("overhead", "amount", 1),
        ("grid", "characterisation", 1),
    ]  # fmt: skip
    overhead = found["steps"][2]
    assert (overhead["function"], overhead["value"]) == ("PUE − 1", pytest.approx(0.2))
    pue = overhead["arguments"][0]
    assert (pue["value"], pue["provenance"], pue["source"], pue["distribution"]) == (
        1.2, "default", "Uptime Institute 2024", "lognormal",
    )  # fmt: skip


def test_trace_multiplies_to_the_impact_of_the_flow(inventory):
    rows = assess(inventory).to_dict()["flows"]
    for line, row in zip(inventory.flows, rows, strict=True):
        for category in line.factors:
            found = trace(inventory, line, category)
            product = found["constant"]
            for step in found["steps"]:
                product *= step["value"] ** step["exponent"]
            assert product == pytest.approx(found["value"], rel=1e-12)
            assert found["value"] == pytest.approx(row["impacts"][category]["nominal"], rel=1e-12)
            assert found["amount"] == pytest.approx(row["amount"], rel=1e-12)
            assert found["formula"] == row["formula"][category]


def test_trace_of_an_undeclared_category_says_so(inventory):
    with pytest.raises(EngineError, match="it declares nothing for depletion of minerals"):
        trace(inventory, inventory.flows[0], Category.ADPE)


def test_trace_of_a_total_adds_up_to_its_figure(inventory):
    result = assess(inventory)
    for category in inventory.categories():
        found = trace_total(inventory, category)
        assert sum(line["value"] for line in found["flows"]) == pytest.approx(found["value"])
        assert found["value"] == pytest.approx(result.stat(category).nominal, rel=1e-12)
        assert sum(line["share"] for line in found["flows"]) == pytest.approx(1)
        assert found["unit"] == result.stat(category).unit
    sizes = [abs(line["value"]) for line in trace_total(inventory, "gwp_location")["flows"]]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 4


def test_trace_of_a_stage_holds_its_flows_and_gaps_alone(inventory):
    found = trace_total(inventory, "gwp_location", "training")
    assert {line["flow"] for line in found["flows"]} == {"it", "cooling"}
    assert found["value"] == pytest.approx(
        assess(inventory).stat("gwp_location", "stage", "training").nominal
    )
    assert (found["stage"], found["gaps"]) == ("training", [])
    assert [gap["stage"] for gap in trace_total(inventory, "water")["gaps"]] == ["inference"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("climate",), "Nothing is declared in climate; declared are: gwp_location"),
        (("adpe",), "Nothing is declared in adpe"),
        (
            ("water", "hardware"),
            "in water for hardware; stages with something in it: training, end",
        ),
        (("water", "cooking"), "Nothing is declared in water for cooking"),
    ],
)
def test_trace_of_nothing_says_what_there_is(inventory, asked, message):
    with pytest.raises(EngineError, match=message):
        trace_total(inventory, *asked)

"""How numbers and units are written for readers."""

import pytest
from django.template import Context, Template
from django_cotton.compiler_regex import CottonCompiler

from apps.accounts import presentation
from apps.accounts.presentation import THIN


def rendered(source: str, **context: object) -> str:
    compiled = CottonCompiler().process("{% load cradle %}" + source)
    return Template(compiled).render(Context(context))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (159_210, f"159{THIN}000"),
        (0.00114, "0.00114"),
        (12.345, "12.3"),
        (9.999, "10.0"),
        (0, "0"),
        (-4.5, "−4.50"),
        (2.78e-7, f"2.78{THIN}×{THIN}10⁻⁷"),
        (None, "not declared"),
        (float("nan"), "not declared"),
        ("text", "not declared"),
        (True, "not declared"),
    ],
)
def test_a_number_has_three_significant_digits(value: object, written: str) -> None:
    assert presentation.sig3(value) == written


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (159_210, "kg CO2e", (159.21, "t CO2e")),
        (20_400_000, "kg CO2e", (20.4, "kt CO2e")),
        (0.00114, "kg CO2e/request", (1.14, "g CO2e/request")),
        (2_770_000, "L", (2_770, "m³")),
        (0.045, "L", (45, "mL")),
        (1.6e-7, "kg Sb eq", (160, "µg Sb eq")),
        (0, "kWh", (0, "kWh")),
        (3, "GPU", (3, "GPU")),
    ],
)
def test_a_unit_takes_the_size_that_readers_expect(
    value: float, unit: str, written: tuple[float, str]
) -> None:
    size, shown = presentation.scaled(value, unit)
    assert (pytest.approx(value / size), shown) == written


def test_an_interval_stands_in_the_unit_of_its_value() -> None:
    stat = {"nominal": 1_100.0, "p05": 900.0, "p95": 1_400.0, "unit": "kg CO2e"}
    figure = presentation.figure_of(stat)
    assert figure is not None
    assert (figure.number, figure.low, figure.high, figure.unit) == (
        "1.10",
        "0.900",
        "1.40",
        "t CO2e",
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [(1.2, "1.2"), (7, "7"), (269_000, f"269{THIN}000"), (0.332, "0.332"), (463.0, "463")],
)
def test_a_declared_number_is_not_padded(value: float, written: str) -> None:
    assert presentation.given(value) == written


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.34, f"34{THIN}%"),
        (0.034, f"3.4{THIN}%"),
        (0.0001, f"<{THIN}0.1{THIN}%"),
        (0, f"0{THIN}%"),
    ],
)
def test_a_share_is_written_as_per_cent(share: float, written: str) -> None:
    assert presentation.percent(share) == written


def test_carbon_dioxide_has_a_true_subscript_and_text_is_escaped() -> None:
    assert presentation.unit_html("kg CO2e <b>") == "kg CO<sub>2</sub>e &lt;b&gt;"


def test_a_formula_has_indices_and_powers_of_ten() -> None:
    written = presentation.symbol_html("2.77778e-07 × E × EF_grid ÷ 3 <i>")
    assert written == (f"2.78{THIN}×{THIN}10<sup>−7</sup> × E × EF<sub>grid</sub> ÷ 3 &lt;i&gt;")


def test_a_figure_shows_value_interval_provenance_and_why() -> None:
    stat = {"nominal": 159_000.0, "p05": 120_000.0, "p95": 180_000.0, "unit": "kg CO2e"}
    html = rendered('<c-figure :stat="stat" provenance="measured" why="/why/" />', stat=stat)
    for part in ("159", "t CO<sub>2</sub>e", "120–180", "measured", 'href="/why/"'):
        assert part in html
    assert "No meter." in rendered('<c-figure reason="No meter." />')


def test_a_gap_is_written_as_a_gap() -> None:
    assert "not declared" in rendered("{{ stat|figure }}", stat=None)
    assert "not declared" in rendered('{{ value|quantity:"kWh" }}', value=None)
    assert "not declared" in rendered("{{ stat|interval }}", stat=None)


def test_an_interval_below_zero_is_not_joined_by_a_dash() -> None:
    stat = {"nominal": -6.0, "p05": -24.0, "p95": -2.0, "unit": "kWh"}
    assert "−24.0 to −2.00" in rendered("{{ stat|interval }}", stat=stat)


def test_stage_segments_fill_the_bar_in_reporting_order() -> None:
    def cell(value: float) -> dict[str, dict[str, float]]:
        return {"water": {"nominal": value}}

    bar = presentation.stage_segments(
        {"training": cell(3.0), "hardware": cell(1.0), "inference": {}}, "water"
    )
    assert [item["key"] for item in bar] == ["hardware", "training"]
    assert sum(float(item["width"]) for item in bar) == pytest.approx(100)
    assert presentation.stage_segments({"training": cell(0.0)}, "water")[0]["share"] == 0
    assert presentation.stage_segments(None, "water") == []


def test_provenance_segments_leave_out_what_has_no_share() -> None:
    bar = presentation.provenance_segments({"measured": 0.25, "default": 0.75, "supplied": 0.0})
    assert [(item["key"], item["x"]) for item in bar] == [
        ("measured", "0.000"),
        ("default", "25.000"),
    ]

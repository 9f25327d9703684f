"""Formulas in exports, computed: they give the document's own figures, and no name becomes one."""

import csv
import io
import math
import re

import olca_schema
import openpyxl
import pytest

from apps.disclosures import exports, services
from tests.apps.disclosures.unpacking import unpacked

pytestmark = pytest.mark.django_db


def test_openlca_packages_open_and_their_formulas_give_the_amounts(made, document):
    files = unpacked(made("openlca.zip"))
    processes = [
        olca_schema.Process.from_json(text)
        for name, text in files.items()
        if name.startswith("processes/")
    ]
    assert len(processes) == len({(f["stage"], f["process"]) for f in document["result"]["flows"]})
    for process in processes:
        values = {p.name: p.value for p in process.parameters if p.is_input_parameter}
        derived = {p.name: p.formula for p in process.parameters if not p.is_input_parameter}
        for exchange in process.exchanges:
            if exchange.amount_formula:
                found = worked(exchange.amount_formula, values, derived)
                assert found == pytest.approx(exchange.amount, rel=1e-9)
    [result] = [
        olca_schema.Result.from_json(text)
        for name, text in files.items()
        if name.startswith("results/")
    ]
    totals = sorted(stat["nominal"] for stat in document["result"]["totals"].values())
    assert sorted(row.amount for row in result.impact_results) == totals


def worked(formula: str, values: dict[str, float], derived: dict[str, str]) -> float:
    """A formula of an openLCA process, computed; its names are those of parameters alone."""
    names = re.findall(r"p_[a-z0-9_]+", formula)
    known = {
        name: values[name] if name in values else worked(derived[name], values, derived)
        for name in names
    }
    return float(eval(formula.replace("^", "**"), {"exp": math.exp, "__builtins__": {}}, known))  # noqa: S307  # made here


def test_the_workbooks_formulas_give_the_totals(made, document):
    book = openpyxl.load_workbook(io.BytesIO(made("workbook.xlsx")))
    trace = book["Trace"]
    heading = [cell.value for cell in trace[1]]
    last = trace.max_row
    for column, title in enumerate(heading[6:], start=7):
        category = title.split(",")[0]
        if category in document["result"]["totals"]:
            found = value_of(book, "Trace", trace.cell(last, column).coordinate)
            assert found == pytest.approx(
                document["result"]["totals"][category]["nominal"], rel=1e-9
            )


def value_of(book: openpyxl.Workbook, sheet: str, place: str) -> float:
    """A cell, computed from the cells that its formula names."""
    value = book[sheet][place.replace("$", "")].value
    if value is None or value == "":
        return 0.0
    if not isinstance(value, str) or not value.startswith("="):
        return float(value)
    if span := re.fullmatch(r"=SUM\(([A-Z]+)(\d+):[A-Z]+(\d+)\)", value):
        rows = range(int(span[2]), int(span[3]) + 1)
        return sum(value_of(book, sheet, f"{span[1]}{row}") for row in rows)
    pattern = r"(?:(Parameters)!)?\$?([A-Z]+)\$?(\d+)"
    text = re.sub(
        pattern,
        lambda m: f"({value_of(book, m[1] or sheet, m[2] + m[3])!r})",
        value[1:].replace("EXP(", "exp("),
    )
    return float(eval(text.replace("^", "**"), {"exp": math.exp, "__builtins__": {}}))  # noqa: S307  # made here


def test_no_name_becomes_a_formula(served):
    served.runs.update(source='=HYPERLINK("http://127.0.0.1","x")')
    served.sites.update(source="@SUM(1)")
    content = services.freeze(assessment=served, actor=None).content
    book = openpyxl.load_workbook(io.BytesIO(exports.make("workbook.xlsx", content)))
    formulas = [
        cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert formulas
    assert not any("HYPERLINK" in value for value in formulas)
    tables = unpacked(exports.make("tables.zip", content))
    for text in tables.values():
        cells = [cell for row in csv.reader(io.StringIO(text.decode("utf-8-sig"))) for cell in row]
        assert not any(cell.startswith(("=HYPER", "@SUM")) for cell in cells)

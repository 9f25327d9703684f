"""The page of numbers followed by hand: each input stands where it says, each step computes, each result is the report's."""

import ast
import operator
import re
from pathlib import Path

import pytest
from django.db import transaction

from apps.assessments import demo, published, services
from apps.assessments.demo.olmo import read_rows
from apps.assessments.models import Assessment
from apps.factors.services import load_release

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[3] / "docs" / "methodology" / "by-hand.md"
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
INPUT = re.compile(r"(row|site|hardware) `([^`]+)`, `([^`]+)`$")
LINE = re.compile(r"(amount|`\w+`) of (?:`([^`]+)`|published \*([^*]+)\*)$")


def steps():
    """Rows of the page's tables by heading: symbol, printed value, where from, where in the report."""
    found = {}
    for part in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
        cells = [[cell.strip() for cell in row] for row in rows[2:]]
        found[part.partition("\n")[0]] = [(c[1], c[2].replace(",", ""), c[4], c[5]) for c in cells]
    return found


STEPS = steps()


def computed(formula, known):
    """Value of a formula written with × ÷ + −."""

    def value(node):
        if isinstance(node, ast.BinOp):
            return OPERATORS[type(node.op)](value(node.left), value(node.right))
        return known[node.id] if isinstance(node, ast.Name) else float(node.value)

    plain = formula.replace("×", "*").replace("÷", "/").replace("−", "-")
    return value(ast.parse(plain, mode="eval").body)


def rounding(text):
    """Half a unit of the last digit printed; a whole number is printed in full."""
    return 0.5 * 10.0 ** -len(text.partition(".")[2]) if "." in text else 1e-6


@pytest.fixture(scope="module")
def report(django_db_setup, django_db_blocker):
    """What the demo declares, and what it gives."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_release()
        demo.load()
        assessment = Assessment.objects.get(slug="olmo-2025")
        result = services.evaluate(assessment).result
        declared = {
            "row": {row["key"]: row for row in read_rows()},
            "site": {row.name: vars(row) for row in assessment.sites.all()},
            "hardware": {row.name: vars(row) for row in assessment.hardware.all()},
        }
        compared = {
            (row.figure.label, row.figure.category): row.computed
            for row in published.compare(assessment, result)
        }
        transaction.set_rollback(True)
    return declared, {flow["name"]: flow for flow in result["flows"]}, compared


def test_the_page_follows_three_numbers():
    assert len(STEPS) == 3
    assert all(rows[-1][3] for rows in STEPS.values()), "each ends at a figure of the report"


@pytest.mark.parametrize("heading", STEPS)
def test_each_step_is_an_input_of_the_demo_or_computed_from_those_before(report, heading):
    known = {}
    for symbol, printed, origin, _ in STEPS[heading]:
        if stated := INPUT.search(origin):
            kind, row, field = stated.groups()
            known[symbol] = float(report[0][kind][row][field])
        else:
            known[symbol] = computed(origin.strip("`"), known)
        assert known[symbol] == pytest.approx(float(printed), rel=0, abs=rounding(printed)), symbol


@pytest.mark.parametrize("heading", STEPS)
def test_each_result_is_the_report_s(report, heading):
    for symbol, printed, _, place in STEPS[heading]:
        if not place:
            continue
        what, line, label = LINE.match(place).groups()
        flow = report[1].get(line)
        if what == "amount":
            found = flow["amount"]
        elif line:
            found = flow["impacts"][what.strip("`")]["nominal"]
        else:
            found = report[2][label, what.strip("`")]
        assert found == pytest.approx(float(printed), rel=1e-9, abs=rounding(printed)), symbol


def test_the_inputs_are_declared_with_the_paper_as_their_source(report):
    sources = {row["source"] for kind in ("site", "hardware") for row in report[0][kind].values()}
    assert all("arXiv 2503.05804" in source or "published row" in source for source in sources)


def test_pue_applied_twice_gives_what_the_page_says():
    text = PAGE.read_text(encoding="utf-8")
    assert f"{230_000 * 1.12 * 1.12 * 3.10:,.0f} L" in text

"""What the page gives a browser to draw charts with, and the library that draws them."""

import json
import re

import pytest
from django.contrib.staticfiles import finders

from apps.disclosures import services
from apps.disclosures.report.boundary_map import energy_flow
from apps.disclosures.report.page import ON_PAPER, ON_SCREEN, open_report, report_context
from lca.bundles import VEGA
from tests.disclosing import complete, released

pytestmark = pytest.mark.django_db


def test_each_drawing_has_its_specification_and_carries_its_key(served):
    snapshot = services.freeze(assessment=complete(served), actor=None)
    context = report_context(open_report(snapshot.content), ON_SCREEN)
    specifications = context["chart_specs"]
    assert len(specifications) >= 8
    drawing = context["stage_chart"]
    assert f'data-chart="{drawing.key}"' in drawing
    values = json.dumps(specifications[drawing.key])
    assert "hint" in values
    assert "Climate change, " in values
    again = report_context(open_report(snapshot.content), ON_PAPER)["chart_specs"]
    assert again.keys() == specifications.keys()


def test_the_public_page_holds_the_specification_of_every_drawing(served, client):
    complete(served)
    released(served)
    page = client.get(f"/d/{served.slug}/").content.decode()
    found = re.search(
        r'<script id="chart-specs" type="application/json">(.*?)</script>', page, re.DOTALL
    )
    assert found is not None
    assert set(json.loads(found[1])) == set(re.findall(r'data-chart="(\w+)"', page))
    assert 'name="vega"' in page


def test_the_library_is_found_like_any_static_file_and_made_once():
    path = finders.find(VEGA)
    with open(path, encoding="utf-8") as file:  # noqa: PTH123  # the finder gives a text
        assert "vegaEmbed" in file.read()
    assert finders.find(VEGA) == path
    assert finders.find("libraries/other.js") is None


def test_the_flow_of_electricity_holds_many_sites_and_leaves_thin_ribbons_out():
    total = {"nominal": 4000.0, "unit": "kWh", "p05": 4000.0, "p95": 4000.0}
    rows = [
        {"site": f"Site {n}", "stage": "Training", "part": "Servers", "kwh": 100.0}
        for n in range(40)
    ]
    drawn = energy_flow(rows, total, 0.001)
    heights = [float(text) for text in re.findall(r'<rect [^>]*height="([-\d.]+)"', drawn)]
    assert min(heights) > 0
    thin = [*rows, {"site": "Thin", "stage": "Training", "part": "Servers", "kwh": 1.0}]
    assert "Thin" in energy_flow(thin, total, 0.0)
    assert "Thin" not in energy_flow(thin, total, 0.02)
    assert energy_flow([], total, 0.02) == ""

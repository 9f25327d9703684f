"""The report's section on water: its details are whole or a gap, and never stand among the totals."""

import copy
import re
from typing import Any

import pytest
from django.test import Client

from apps.assessments.models import Assessment
from apps.disclosures import services
from apps.disclosures.canonical import canonical
from apps.disclosures.report import tables
from lca.engine import assess, from_document
from tests.disclosing import released

DETAILS = ("water_without_hydropower", "water_scarcity")


def frozen(study: Assessment) -> dict[str, Any]:
    return services.freeze(assessment=study, actor=None).read()


def shown(document: dict[str, Any]) -> str:
    return re.sub(r"\s+", " ", services.render_html(canonical(document)))


@pytest.fixture
def stated(study: Assessment) -> Assessment:
    """The study, with what its site's EWIF holds."""
    study.sites.update(ewif_hydropower="included")
    return study


def test_a_report_gives_both_details_with_their_boundary(stated: Assessment) -> None:
    document = frozen(stated)
    text = shown(document)
    totals = document["result"]["totals"]
    assert totals["water_without_hydropower"]["nominal"] < totals["water"]["nominal"]
    assert "With and without hydropower, and by scarcity" in text
    assert "Water scarcity of electricity and cooling" in text
    assert "world eq" in text
    assert "electricity and cooling only" in text
    assert "making hardware is in no scarcity figure" in text


def test_a_detail_that_is_not_whole_says_why_instead(study: Assessment) -> None:
    document = frozen(study)
    details = tables.water(document)["details"]
    assert [column["key"] for column in details["given"]] == ["water_scarcity"]
    assert "water_without_hydropower" not in document["result"]["totals"]
    assert "the EWIF of Jupiter does not say whether it holds it" in shown(document)


def test_details_are_no_columns_among_the_impacts(stated: Assessment) -> None:
    document = frozen(stated)
    assert not {*tables.categories(document)} & {*DETAILS}
    (row, *_) = tables.stages(document)
    assert [cell["category"] for cell in row["cells"]] == tables.categories(document)


def test_a_part_outside_the_scarcity_figure_is_no_zero(stated: Assessment) -> None:
    details = tables.water(frozen(stated))["details"]
    cells = {row["label"]: row["cells"] for row in details["rows"]}
    without, scarcity = cells["Embodied: used in making the hardware"]
    assert without["nominal"] > 0
    assert scarcity is None


def test_formulas_of_the_details_are_in_the_annex(stated: Assessment) -> None:
    groups = {group["key"]: group for group in tables.formulas(frozen(stated))}
    assert {*DETAILS} < {*groups}
    assert "EWIF_0 ÷ EWIF_1" in groups["water_without_hydropower"]["worked"]["formula"]
    assert groups["water_scarcity"]["worked"]["formula"].endswith("CF")


def test_the_basis_of_each_declared_water_factor_is_printed(stated: Assessment) -> None:
    stated.sites.update(wue_l_per_kwh=0.3, wue_basis="fac_drawn")
    text = shown(frozen(stated))
    assert "Water factors as they were declared" in text
    assert "water withdrawn, per kWh of facility energy" in text
    assert "with hydropower&#x27;s evaporation" in text


def test_a_document_from_before_reads_and_recomputes_as_it_did(study: Assessment) -> None:
    old = before(frozen(study))
    again = assess(from_document(old), draws=4096, seed=old["result"]["engine"]["seed"]).to_dict()
    assert {*again["totals"]} == {*old["result"]["totals"]}
    for category, stat in old["result"]["totals"].items():
        assert again["totals"][category] == pytest.approx(stat, rel=1e-9)
    assert tables.water(old)["details"] is None
    assert "by scarcity</h3>" not in shown(old)


def before(document: dict[str, Any]) -> dict[str, Any]:
    """The same document as it was made when there were no details of water."""
    old = copy.deepcopy(document)
    for site in old["sites"]:
        del site["ewif_hydropower"]
    inventory, result = old["inventory"], old["result"]
    for flow in inventory["flows"]:
        flow["factors"] = {k: v for k, v in flow["factors"].items() if k not in DETAILS}
    inventory["parameters"] = [
        row for row in inventory["parameters"] if not row["name"].startswith("zone_scarcity.")
    ]
    for part in (inventory, result):
        part["gaps"] = [gap for gap in part["gaps"] if gap["category"] not in DETAILS]
    for detail in DETAILS:
        result["totals"].pop(detail, None)
    for flow in result["flows"]:
        for part in ("impacts", "formula"):
            flow[part] = {k: v for k, v in flow[part].items() if k not in DETAILS}
    return old


def test_a_detail_of_a_published_report_leads_to_its_sources(
    client: Client, stated: Assessment
) -> None:
    released(stated)
    document = stated.snapshots.get().read()
    flow = next(row for row in document["result"]["flows"] if "water_scarcity" in row["impacts"])
    answer = client.get(f"/d/{stated.slug}/v1/why/{flow['name']}/water_scarcity/")
    assert answer.status_code == 200
    assert "AWARE" in answer.content.decode()

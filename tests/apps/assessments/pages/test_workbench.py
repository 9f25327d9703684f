"""The workbench: work, result, and every number followed to its reason."""

import re
from urllib.parse import quote

import pytest

from apps.accounts.presentation import percent, sig3
from apps.assessments import services
from apps.assessments.models import ComputeRun, PublishedFigure, Site
from tests.apps.assessments.conftest import HTMX, address, answers
from tests.apps.assessments.pages.conftest import declare, text

WATER_ROWS = (
    "Water consumption",
    "Water consumption without hydropower&#x27;s evaporation",
    "Water scarcity of electricity and cooling",
    "Depletion of minerals and metals",
)


def test_the_workbench_shows_the_work_and_the_result(page, assessment, deployment):
    shown = text(page.get(address("workbench", assessment)))
    for words in (
        "Goal and scope",
        "Sites",
        "Hardware",
        "Compute runs",
        "Deployments",
        "Climate change, location-based",
        "What is missing, and how much it could matter",
        "not declared",
        "one reply of 400 output tokens",
        "Marginal",
        "Fully loaded is not declared",
    ):
        assert words in shown


def test_an_edit_answers_with_the_new_result(page, assessment, site):
    before = services.evaluate(assessment).result["totals"]["gwp_location"]["nominal"]
    url = address("edit", assessment, "sites", site.uuid)
    form = page.get(url, headers=HTMX).context["form"]
    response = page.post(url, answers(form, pue="1.9"), headers=HTMX)
    assert response.status_code == 200
    html = response.content.decode()
    assert 'hx-swap-oob="innerHTML"' in html
    assert "<html" not in html
    after = response.context["evaluation"].result["totals"]["gwp_location"]["nominal"]
    assert after > before
    assert re.search(r'name="version" id="[^"]+" value="2"', html)


def test_the_same_edit_without_javascript_leads_back_to_the_section(page, assessment, site):
    url = address("edit", assessment, "sites", site.uuid)
    form = page.get(url).context["form"]
    response = page.post(url, answers(form, pue="1.9"))
    assert response.status_code == 302
    assert response["Location"] == address("workbench", assessment) + "#sites"


def test_adding_by_htmx_draws_the_column_again(page, assessment):
    url = address("new", assessment, "sites")
    form = page.get(url, headers=HTMX).context["form"]
    response = page.post(url, answers(form, name="Paris", zone="FR"), headers=HTMX)
    assert response.status_code == 200
    html = response.content.decode()
    assert 'id="work"' in html
    assert 'id="panel"' in html
    assert "Paris" in html
    assert "<html" not in html


def test_deleting_what_is_in_use_says_by_what(page, assessment, site, run):
    response = page.post(address("delete", assessment, "sites", site.uuid), follow=True)
    assert "is used by “Training”" in text(response)
    assert Site.objects.filter(pk=site.pk).exists()
    response = page.post(address("delete", assessment, "runs", run.uuid), headers=HTMX)
    assert "Deleted “Training”" in text(response)
    assert not ComputeRun.objects.exists()


def test_forms_name_the_default_that_stands_in_and_its_source(page, assessment, site):
    shown = text(page.get(address("edit", assessment, "sites", site.uuid)))
    assert "Until you declare it: 1.54" in shown
    assert "Uptime" in shown


def test_a_stage_can_be_excluded_with_its_reason(page, assessment, deployment):
    stage = assessment.stage_declarations.get(stage="inference")
    url = address("edit", assessment, "stages", stage.uuid)
    form = page.get(url, headers=HTMX).context["form"]
    change = {"status": "excluded", "justification": "The model is not served by us."}
    response = page.post(url, answers(form, **change), headers=HTMX)
    assert response.status_code == 200
    assert "inference" not in response.context["evaluation"].result["by_stage"]


def test_the_panel_alone(page, assessment):
    html = page.get(address("panel", assessment)).content.decode()
    assert "<html" not in html
    assert "Result" in html


def test_published_figures_stand_beside_the_computed_ones(page, assessment, run):
    computed = services.evaluate(assessment).result["by_stage"]["training"]["gwp_location"]
    common = {"stage": "training", "category": "gwp_location", "unit": "t CO2e", "run": run}
    near, far = computed["nominal"] / 1000 * 1.01, computed["nominal"] / 1000 * 2
    for label, value in (("near", near), ("far", far)):
        declare(
            PublishedFigure, assessment, label=label, value=value, tolerance_share=0.02, **common
        )
    response = page.get(address("workbench", assessment))
    rows = {row.figure.label: row for row in response.context["comparisons"]}
    assert rows["near"].is_within is True
    assert rows["far"].is_within is False
    assert rows["far"].difference == pytest.approx(-0.5)
    assert "beyond tolerance" in text(response)


def test_a_published_figure_in_another_unit_is_a_gap(page, assessment):
    declare(PublishedFigure, assessment, label="odd", value=1.0, unit="L", category="gwp_location")
    response = page.get(address("workbench", assessment))
    assert response.context["comparisons"][0].computed is None


def test_a_total_is_followed_down_to_a_source(page, assessment):
    response = page.get(address("why", assessment, "total", "gwp_location"))
    assert response.status_code == 200
    lines = response.context["lines"]
    total = services.evaluate(assessment).result["totals"]["gwp_location"]["nominal"]
    assert sum(line["value"] for line in lines) == pytest.approx(total)
    assert sum(line["share"] for line in lines) == pytest.approx(1.0)
    response = page.get(address("why", assessment, lines[0]["flow"].name, "gwp_location"))
    shown = text(response)
    trace = response.context["trace"]
    assert trace["formula"] in shown
    assert trace["value"] == pytest.approx(lines[0]["value"])
    sources = [step["source"] for step in trace["steps"] if step.get("source")]
    assert sources
    assert all(word in shown for word in ("supplied", "default", "GPU-hours"))


def test_every_number_of_the_panel_links_to_its_reason(page, assessment, deployment):
    html = page.get(address("workbench", assessment)).content.decode()
    links = set(re.findall(r'href="([^"]+/why/[^"]+)"', html))
    assert len(links) >= 12
    for link in links:
        assert page.get(link).status_code == 200


def test_the_panel_gives_water_in_detail_under_water_and_not_per_use(page, assessment, deployment):
    shown = text(page.get(address("workbench", assessment)))
    rows = [shown.index(f" {words} ") for words in WATER_ROWS]
    assert rows == sorted(rows)
    assert shown.count(WATER_ROWS[2]) == 1


def test_a_detail_that_is_not_whole_is_in_the_list_of_what_is_missing(page, assessment, site):
    Site.objects.filter(pk=site.pk).update(ewif_l_per_kwh=3.0)
    html = page.get(address("workbench", assessment)).content.decode()
    panel, missing = html.split("What is missing", 1)
    assert "total/water_without_hydropower/" not in panel
    assert "does not say whether it holds it" in missing
    assert "evaporation is not given" in missing


@pytest.mark.parametrize("category", ["gwp_location", "water", "water_scarcity", "electricity"])
def test_per_use_figures_are_explained(page, assessment, deployment, category):
    response = page.get(address("why", assessment, "marginal", category))
    stat = response.context["stat"]
    total = sum(line["value"] for line in response.context["lines"])
    assert total == pytest.approx(stat["nominal"])
    name = response.context["lines"][0]["flow"].name
    assert page.get(address("why", assessment, f"marginal:{name}", category)).status_code == 200


@pytest.mark.parametrize(
    ("flow", "category"),
    [
        ("nothing", "gwp_location"),
        ("total", "noise"),
        ("stage:nowhere", "gwp_location"),
        ("elsewhere:x", "gwp_location"),
    ],
)
def test_a_number_that_does_not_exist_is_not_found(page, assessment, flow, category):
    assert page.get(address("why", assessment, flow, category)).status_code == 404


def test_runs_are_paged_and_filtered(page, assessment, site):
    for number in range(45):
        category = "ablation" if number % 3 else "failed"
        declare(
            ComputeRun,
            assessment,
            name=f"Trial {number}",
            category=category,
            gpu_hours=1.0,
            site=site,
        )
    url = address("section", assessment, "runs")
    assert "1 to 20 of 46" in text(page.get(url))
    assert "41 to 46 of 46" in text(page.get(f"{url}?page=3"))
    assert page.get(f"{url}?page=999").status_code == 200
    failed = page.get(f"{url}?category=failed")
    assert failed.context["listings"][0].page.paginator.count == 15
    found = page.get(f"{url}?q={quote('Trial 44')}", headers={**HTMX, "HX-Target": "runs_rows"})
    assert "<html" not in found.content.decode()
    assert "Trial 44" in text(found)
    assert page.get(f"{url}?category=%00&q=%00&page=x").status_code == 200


def test_an_inventory_that_the_engine_refuses_is_shown_not_raised(page, assessment, hardware):
    hardware.embodied_mj = 1e12
    hardware.lifetime_years = 1e-300
    hardware.utilisation = 1e-300
    hardware.save()
    response = page.get(address("workbench", assessment))
    assert response.status_code == 200
    assert "The result cannot be computed" in text(response)


def test_the_panel_rates_the_data_and_says_why_the_median_differs(page, assessment, run):
    response = page.get(address("panel", assessment))
    result, shown = response.context["evaluation"].result, text(response)
    rating, stat = result["data_quality"]["gwp_location"], result["totals"]["gwp_location"]
    assert f"Data-quality score {sig3(rating['score'])} (1 best, 5 worst)" in shown
    assert f"supplied: {plain(percent(rating['primary_share']))} of climate change" in shown
    side = "above" if stat["p50"] > stat["nominal"] else "below"
    apart = plain(percent(abs(stat["p50"] / stat["nominal"] - 1)))
    assert f"lies {apart} {side} the deterministic value" in shown
    total = text(page.get(address("why", assessment, "total", "gwp_location")))
    assert f"lies {apart} {side} the deterministic value" in total


def plain(words):
    return re.sub(r"\s+", " ", words)

"""The workbench, the result panel, why each number is what it is; and who may see them."""

import re
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role
from apps.accounts.presentation import percent, sig3
from apps.assessments import services
from apps.assessments.models import ComputeRun, Deployment, PublishedFigure, Site
from tests.apps.assessments.conftest import HTMX, address, answers, signed_in, started
from tests.factories import MembershipFactory

WATER_ROWS = (
    "Water consumption",
    "Water consumption without hydropower&#x27;s evaporation",
    "Water scarcity of electricity and cooling",
    "Depletion of minerals and metals",
)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def declare(model, assessment, **fields):
    return model.objects.create(
        assessment=assessment, organisation=assessment.organisation, **fields
    )


@pytest.fixture
def deployment(assessment, site, hardware):
    return declare(
        Deployment,
        assessment,
        name="Chat",
        site=site,
        hardware=hardware,
        requests=1_000_000,
        tokens_in=500.0,
        tokens_out=300.0,
        energy_source="supplied",
        joules_per_output_token=0.8,
        joules_per_input_token=0.1,
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


PAGES = ["workbench", "panel"]


@pytest.mark.parametrize("name", PAGES)
def test_a_neighbour_finds_nothing(theirs, page, editor, name):
    assert page.get(address(name, theirs)).status_code == 404
    own = reverse(f"assessments:{name}", args=[editor.organisation.slug, theirs.slug])
    assert page.get(own).status_code == 404


def test_a_neighbours_rows_do_not_exist_here(theirs, assessment, page):
    foreign = theirs.sites.get()
    assert page.get(address("edit", assessment, "sites", foreign.uuid)).status_code == 404
    assert page.post(address("edit", assessment, "sites", foreign.uuid)).status_code == 404
    assert page.post(address("delete", assessment, "sites", foreign.uuid)).status_code == 404
    assert Site.objects.filter(pk=foreign.pk).exists()


def test_strangers_are_asked_to_sign_in(assessment):
    response = Client().get(address("workbench", assessment))
    assert response.status_code == 302
    assert "login" in response["Location"]


def test_viewers_look_and_do_not_touch(viewer, assessment, site):
    client = signed_in(viewer)
    assert client.get(address("workbench", assessment)).status_code == 200
    looked = client.get(address("edit", assessment, "sites", site.uuid))
    assert looked.status_code == 200
    assert "disabled" in looked.content.decode()
    assert client.post(address("edit", assessment, "sites", site.uuid)).status_code == 403
    assert client.post(address("delete", assessment, "sites", site.uuid)).status_code == 403
    assert client.get(address("new", assessment, "sites")).status_code == 403


def test_reviewers_do_not_edit_either(assessment, site, editor):
    reviewer = MembershipFactory(organisation=editor.organisation, role=Role.REVIEWER)
    client = signed_in(reviewer)
    assert client.post(address("edit", assessment, "sites", site.uuid)).status_code == 403


def test_an_empty_organisation_is_offered_the_start_and_the_example(editor, release, page):
    home = reverse("assessments:dashboard", args=[editor.organisation.slug])
    assert "Start with three answers" in text(page.get(home))
    other = MembershipFactory(user=editor.user, role=Role.VIEWER)
    demo = started(MembershipFactory(organisation=other.organisation), "Example")
    demo.slug = "olmo-2025"
    demo.save()
    assert "A finished example" in text(page.get(home))


def test_the_dashboard_shows_headlines(page, assessment, theirs):
    home = reverse("assessments:dashboard", args=[assessment.organisation.slug])
    shown = text(page.get(home))
    assert "Aurora 7B" in shown
    assert "Rival 9B" not in shown
    assert "Minerals and metals" in shown


def many(assessment, count):
    site, hardware = assessment.sites.get(), assessment.hardware.get()
    for number in range(count):
        declare(
            ComputeRun,
            assessment,
            name=f"R{number}",
            category="failed",
            gpu_hours=1.0,
            site=site,
            hardware=hardware,
        )
        declare(Site, assessment, name=f"S{number}", zone="FR")


def queries(page, url, headers=None):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    page.get(url, headers=headers or {})  # what never changes is read once and remembered
    with CaptureQueriesContext(connection) as captured:
        assert page.get(url, headers=headers or {}).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["workbench", "section"])
def test_more_rows_cost_no_more_queries(page, assessment, name):
    url = address(name, assessment, *(["runs"] if name == "section" else []))
    few = queries(page, url)
    many(assessment, 12)
    assert queries(page, url) <= few
    assert few <= 30


def test_an_edit_costs_a_bounded_number_of_queries(page, assessment, site):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    many(assessment, 12)
    url = address("edit", assessment, "sites", site.uuid)
    form = page.get(url, headers=HTMX).context["form"]
    with CaptureQueriesContext(connection) as captured:
        assert page.post(url, answers(form, pue="1.3"), headers=HTMX).status_code == 200
    assert len(captured) <= 40


def test_a_second_look_at_the_dashboard_costs_no_more_for_more_assessments(
    page, assessment, editor
):
    home = reverse("assessments:dashboard", args=[editor.organisation.slug])
    page.get(home)
    few = queries(page, home)
    for number in range(3):
        started(editor, f"Other {number}")
    page.get(home)
    assert queries(page, home) <= few


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

"""Scenarios and the roadmap in a report: frozen with it, recomputed from it alone, and printed."""

import json
from datetime import date
from typing import Any

import pytest
from django.db.models import F

from apps.accounts.models import Role
from apps.assessments.models import Assessment
from apps.disclosures import services
from apps.disclosures.canonical import canonical
from apps.disclosures.report import structure
from apps.disclosures.report.pdf import html_of
from apps.scenarios.models import Roadmap, Scenario
from lca.engine import EngineError, verify
from tests.apps.disclosures.conftest import make_study
from tests.disclosing import complete, person

pytestmark = pytest.mark.django_db
LONGER = {"measure": "lifetime", "options": {"years": 7}}
FEWER = {"measure": "answers", "options": {"share": 0.8, "source": "a trial"}}
TARGETS = [
    {"category": "gwp_location", "basis": "total", "reduction": 0.3, "by": "2028-12-31"},
    {"category": "water", "basis": "functional unit", "reduction": 0.1, "by": "2027-12-31"},
]
ACTIONS = [
    {"phase": "measure", "what": "Probe every model", "owner": "Platform", "state": "done"},
    {"phase": "optimise serving", "what": "Shorter answers", "due": "2026-06-30", **FEWER},
    {"phase": "optimise infrastructure", "what": "Keep servers", "due": "2027-06-30", **LONGER},
]


def scenario(assessment: Assessment, name: str, *measures: Any, in_report: bool = True) -> Scenario:
    return Scenario.objects.create(
        organisation=assessment.organisation,
        assessment=assessment,
        name=name,
        measures=list(measures),
        in_report=in_report,
    )


def roadmap(assessment: Assessment) -> Roadmap:
    return Roadmap.objects.create(
        organisation=assessment.organisation,
        system=assessment.system,
        baseline=assessment,
        targets=TARGETS,
        actions=ACTIONS,
    )


def frozen(assessment: Assessment) -> dict[str, Any]:
    """The document of a report as it would be submitted now."""
    snapshot = services.freeze(assessment=assessment, actor=person(assessment, Role.EDITOR))
    document: dict[str, Any] = json.loads(snapshot.content)
    return document


def test_only_scenarios_that_were_put_into_the_report_are_in_it(served: Assessment) -> None:
    scenario(served, "Longer and fewer", LONGER, FEWER)
    scenario(served, "Only a thought", LONGER, in_report=False)
    document = frozen(served)
    (row,) = [row for row in document["scenarios"] if "steps" in row]
    assert row["label"] == "Longer and fewer"
    assert [step["measure"] for step in row["steps"]] == ["lifetime", "answers"]
    assert row["steps"][1]["ratios"]
    assert row["differences"]["gwp_location"]["nominal"] < 0
    assert verify(document).is_confirmed


@pytest.mark.parametrize(
    "path",
    [
        ("steps", 0, "totals", "gwp_location", "p95"),
        ("steps", 1, "difference", "gwp_location", "nominal"),
        ("totals", "gwp_location", "mean"),
        ("differences", "gwp_location", "p05"),
    ],
    ids=lambda path: "-".join(map(str, path)),
)
def test_a_figure_of_a_scenario_that_was_changed_is_found(served: Assessment, path: Any) -> None:
    scenario(served, "Longer and fewer", LONGER, FEWER)
    document = frozen(served)
    place = next(n for n, row in enumerate(document["scenarios"]) if "steps" in row)
    at = document["scenarios"][place]
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] *= 1.01
    pointer = "/".join(["/scenarios", str(place), *map(str, path)])
    assert [row.pointer for row in verify(document).differences] == [pointer]


def test_a_scenario_that_can_no_longer_be_taken_says_why(served: Assessment) -> None:
    scenario(served, "Nowhere", {"measure": "region", "options": {"to": "ZZ"}})
    document = frozen(served)
    row = document["scenarios"][-1]
    assert "ZZ" in row["reason"]
    assert "totals" not in row
    assert verify(document).is_confirmed


def test_a_roadmap_is_frozen_and_recomputed_from_the_report_alone(served: Assessment) -> None:
    roadmap(served)
    document = frozen(served)
    found = document["roadmap"]
    assert found["baseline"]["slug"] == served.slug
    assert "inventories" not in found
    assert [row["what"] for row in found["actions"]] == [
        "Shorter answers",
        "Keep servers",
        "Probe every model",
    ]
    assert found["use_kind"] == "fully_loaded"
    assert found["actions"][0]["per_use"]["gwp_location"]["unit"] == "kg CO2e/request"
    assert found["targets"][1]["expected"] is not None
    assert verify(document).is_confirmed


@pytest.mark.parametrize(
    "path",
    [
        ("baseline", "totals", "water", "p05"),
        ("baseline", "per_use", "water", "p05"),
        ("actions", 0, "totals", "gwp_location", "nominal"),
        ("actions", 0, "per_use", "gwp_location", "nominal"),
        ("actions", 1, "difference", "gwp_location", "mean"),
    ],
    ids=lambda path: "-".join(map(str, path)),
)
def test_a_figure_of_a_roadmap_that_was_changed_is_found(served: Assessment, path: Any) -> None:
    roadmap(served)
    document = frozen(served)
    at = document["roadmap"]
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] *= 1.01
    pointer = "/".join(["/roadmap", *map(str, path)])
    assert [row.pointer for row in verify(document).differences] == [pointer]


def test_actions_that_are_no_list_are_refused(served: Assessment) -> None:
    roadmap(served)
    document = frozen(served)
    document["roadmap"]["actions"] = {"0": {}}
    with pytest.raises(EngineError, match="/roadmap/actions must be a list of objects"):
        verify(document)


def next_year(served: Assessment) -> Assessment:
    """A later assessment of the same system, in which half as much was trained."""
    after = complete(make_study(served.organisation, "open-model-2026"))
    after.runs.update(gpu_hours=F("gpu_hours") / 2, energy_kwh=F("energy_kwh") / 2)
    after.period_start, after.period_end = date(2025, 1, 1), date(2025, 12, 31)
    after.save()
    return after


def test_the_report_of_a_later_assessment_says_what_was_achieved(study: Assessment) -> None:
    complete(study)
    roadmap(study)
    after = next_year(study)
    document = frozen(after)
    found = document["roadmap"]
    assert found["baseline"]["slug"] == study.slug
    assert [row["slug"] for row in found["later"]] == [after.slug]
    assert found["targets"][0]["achieved_by"] == after.title
    assert found["targets"][0]["achieved"]["nominal"] < -0.3
    assert found["inventories"]["totals"]["parameters"]
    assert verify(document).is_confirmed
    before = frozen(study)["roadmap"]
    assert before["later"] == []
    assert before["targets"][0]["achieved"] is None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Roadmap", "Actions by phase", "Expected by then", "Optimise serving", "measure by measure")),
        ("fr", ("Feuille de route", "Actions par phase", "Attendu à cette date", "Optimiser le service", "Atteint à ce jour")),
    ],
)  # fmt: skip
def test_a_report_prints_its_scenarios_and_its_roadmap(
    served: Assessment, language: str, words: tuple[str, ...]
) -> None:
    scenario(served, "Longer and fewer", LONGER, FEWER)
    roadmap(served)
    document = frozen(served)
    document["disclosure"]["language"] = language
    found = structure.of(document)
    assert (found.headings, found.charts, found.tables) == ("", "", "")
    for said in (*words, "Longer and fewer", "Probe every model", "Platform"):
        assert said in found.text
    html = html_of(canonical(document))
    assert 'id="roadmap"' in html
    assert html.count("course__path") == 1

"""Two measured servers by batch, their page, and published studies with what their figures come to."""

import pytest
from django.test import Client

from apps.assessments.models import Assessment
from apps.scenarios import services
from apps.scenarios.errors import BadInput
from apps.scenarios.forms.serving import COMPRESSED
from tests.apps.scenarios.test_scenarios_pages import address, assessment, browser, editor

__all__ = ["assessment", "browser", "editor"]  # fixtures


def test_a_ratio_is_of_the_same_batch_and_bounded_by_both_spreads() -> None:
    found = services.compressed(**COMPRESSED)
    assert [row["batch"] for row in found["batches"]][-1] <= found["most"]
    for row in [*found["batches"], found["prefill"]]:
        assert row["ratio"]["value"] == pytest.approx(row["after_j"] / row["before_j"])
        assert row["ratio"]["p05"] < row["ratio"]["value"] < row["ratio"]["p95"]
    back = services.compressed(before=COMPRESSED["after"], after=COMPRESSED["before"])
    assert back["batches"][0]["ratio"]["value"] == pytest.approx(1 / found["batches"][0]["ratio"]["value"])  # fmt: skip
    assert set(found["costs_more"]).isdisjoint(back["costs_more"])
    assert back["costs_more"]


def test_one_against_itself_is_refused() -> None:
    with pytest.raises(BadInput, match="two different profiles"):
        services.compressed(before=COMPRESSED["after"], after=COMPRESSED["after"])


def test_published_figures_are_recomputed_and_say_where_they_stand() -> None:
    rows = services.studies()
    assert [round(row["left"], 3) for row in rows] == [0.168, 0.369, 0.679, 0.467, 0.087]
    assert [row["points"] and round(row["points"], 2) for row in rows] == [0.02, None, -0.25, -0.27, -1.0]  # fmt: skip
    assert all(row["source"] and row["standing"] for row in rows)


@pytest.mark.django_db
def test_the_page_compares_and_lists_studies(browser: Client, assessment: Assessment) -> None:
    page = browser.get(address(assessment, "compression")).content.decode()
    assert "Then over today" in page
    assert "TinyBERT" in page
    assert "8.7 % left" in page.replace("\u202f", " ").replace("\xa0", " ")
    same = browser.get(address(assessment, "compression"), {**COMPRESSED, "after": COMPRESSED["before"]})  # fmt: skip
    assert "two different profiles" in same.content.decode()
    assert "TinyBERT" in same.content.decode()
    forged = browser.get(address(assessment, "compression"), {"before": "x", "after": "y"})
    assert "not one of the available choices" in forged.content.decode()

"""The finished examples by hand: every total and stage is recomputed from the steps that the command prints."""

import json
import math

import pytest
from django.db import transaction

from apps.assessments import demo, services
from apps.assessments.models import Assessment
from apps.factors.services import load_release
from lca.engine import to_document
from lca.engine.__main__ import main

pytestmark = pytest.mark.django_db
DEMOS = ("olmo-2025", "helpdesk-assistant")


@pytest.fixture(scope="module")
def studies(django_db_setup, django_db_blocker):
    """Inventory document and result of each example, loaded once and rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_release()
        demo.load()
        found = {}
        for slug in DEMOS:
            evaluation = services.evaluate(Assessment.objects.get(slug=slug))
            found[slug] = json.dumps(to_document(evaluation.inventory)), evaluation.result
        transaction.set_rollback(True)
    return found


def product(line):
    """A flow from its constant and steps."""
    return line["constant"] * math.prod(s["value"] ** s["exponent"] for s in line["steps"])


def sources(steps):
    for step in steps:
        if "arguments" in step:
            yield from sources(step["arguments"])
        else:
            yield step["provenance"], step["source"]


@pytest.mark.parametrize("slug", DEMOS)
def test_summing_the_trace_gives_every_figure(studies, slug, tmp_path, capsys):
    document, result = studies[slug]
    path = tmp_path / "inventory.json"
    path.write_text(document, encoding="utf-8")
    figures = {("", category): stat for category, stat in result["totals"].items()}
    for stage, stats in result["by_stage"].items():
        figures |= {(stage, category): stat for category, stat in stats.items()}
    assert len(figures) > 10
    for (stage, category), stat in figures.items():
        chosen = ["--stage", stage] if stage else []
        assert main(["trace", str(path), "--category", category, *chosen]) == 0
        found = json.loads(capsys.readouterr().out)
        by_hand = sum(product(line) for line in found["flows"])
        assert by_hand == pytest.approx(stat["nominal"], rel=1e-12)
        assert found["value"] == pytest.approx(stat["nominal"], rel=1e-12)
        assert found["unit"] == stat["unit"]
        for line in found["flows"]:
            assert all(source for kind, source in sources(line["steps"]) if kind != "measured")

"""The validation page, open to read: published studies beside what the engine computes."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.assessments.validation import Judgement, Verdict, judge_all, writing

LONG = 14  # rows from which a table opens on demand
TONES = {
    Verdict.REPRODUCED: "good",
    Verdict.EXPLAINED: "warn",
    Verdict.NOT_REPRODUCIBLE: "",
    Verdict.FAILED: "bad",
}


@require_safe
def validation(request: HttpRequest) -> HttpResponse:
    """Every golden case with its verdicts; ``?verdict=explained`` shows those alone."""
    judgements = judge_all()
    wanted = next((v for v in Verdict if v.value == request.GET.get("verdict")), None)
    studies = [_study(judgement, wanted) for judgement in judgements]
    found = writing.counts(judgements)
    context = {
        "section": "factors",
        "head": writing.HEAD,
        "verdicts": [(verdict, found[verdict], TONES[verdict]) for verdict in Verdict],
        "wanted": wanted,
        "n_studies": len(judgements),
        "n_figures": sum(found.values()),
        "studies": [study for study in studies if study["rows"]],
    }
    return render(request, "assessments/validation.html", context)


def _study(judgement: Judgement, wanted: Verdict | None) -> dict[str, Any]:
    rows = list(_rows(judgement, wanted))
    return {
        "study": judgement.study,
        "stages": writing.stages(judgement),
        "tallies": [(v, judgement.count(v), TONES[v]) for v in Verdict if judgement.count(v)],
        "rows": rows,
        "has_rows_of_its_own": any(row["cells"][0] for row in rows),
        "is_long": len(rows) > LONG,
        "reasons": writing.reasons(judgement),
    }


def _rows(judgement: Judgement, wanted: Verdict | None) -> Iterator[dict[str, Any]]:
    for finding, line in writing.lines(judgement):
        if wanted in {None, finding.verdict}:
            *cells, verdict = line
            yield {"cells": cells, "verdict": verdict, "tone": TONES[finding.verdict]}

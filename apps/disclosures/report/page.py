"""The report as HTML."""

import json
from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string

from apps.disclosures.models import Edition
from apps.disclosures.report import drawings, more_drawings
from apps.disclosures.report.content import Report


def open_report(content: bytes, edition: Edition | None = None) -> Report:
    """Read a snapshot's bytes."""
    return Report(document=json.loads(content), content=content, edition=edition or Edition())


# How many rows and lines are printed; the data file always holds all.
ON_PAPER = {"most_rows": 36, "most_lines": 120}
ON_SCREEN = {"most_rows": 200, "most_lines": 400}


def report_context(report: Report, limits: Mapping[str, int] = ON_SCREEN) -> dict[str, Any]:
    """Everything that the report's templates print, charts included."""
    result = report.result
    return report.context() | {
        **limits,
        "stage_chart": drawings.stage_shares(result),
        "interval_chart": drawings.stage_intervals(result),
        "variance_chart": drawings.variance(result),
        "cover_drawing": drawings.cover(result),
        **more_drawings.all_charts(report),
    }


def render_html(content: bytes, edition: Edition | None = None) -> str:
    """The body of the web page, from a snapshot's bytes alone."""
    report = open_report(content, edition)
    return render_to_string("reports/web_body.html", report_context(report))

"""The report as HTML."""

import json
from typing import Any

from django.template.loader import render_to_string

from apps.disclosures.models import Edition
from apps.disclosures.report import drawings
from apps.disclosures.report.content import Report


def open_report(content: bytes, edition: Edition | None = None) -> Report:
    """Read a snapshot's bytes."""
    return Report(document=json.loads(content), content=content, edition=edition or Edition())


def report_context(report: Report) -> dict[str, Any]:
    """Everything that the report's templates print, charts included."""
    result = report.result
    return report.context() | {
        "stage_chart": drawings.stage_shares(result),
        "interval_chart": drawings.stage_intervals(result),
        "variance_chart": drawings.variance(result),
        "cover_drawing": drawings.cover(result),
    }


def render_html(content: bytes, edition: Edition | None = None) -> str:
    """The body of the web page, from a snapshot's bytes alone."""
    report = open_report(content, edition)
    return render_to_string("reports/web_body.html", report_context(report))

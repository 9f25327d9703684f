"""The report as HTML."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.template.loader import render_to_string

from apps.disclosures.models import Edition
from apps.disclosures.report import drawings, language, more_drawings
from apps.disclosures.report.charts import Drawing
from apps.disclosures.report.content import Report


def open_report(content: bytes, edition: Edition | None = None) -> Report:
    """Read a snapshot's bytes."""
    return Report(document=json.loads(content), content=content, edition=edition or Edition())


# How many rows and lines are printed, and from which share of the electricity a ribbon is drawn; the data file holds all.
ON_PAPER = {"most_rows": 36, "most_lines": 120, "least_share": 0.02}
ON_SCREEN = {"most_rows": 200, "most_lines": 400, "least_share": 0.001}


def report_context(report: Report, limits: Mapping[str, float] = ON_SCREEN) -> dict[str, Any]:
    """Everything that the report's templates print, charts included."""
    result = report.result
    with language.written(report.document):
        context = report.context() | {
            **limits,
            "stage_chart": drawings.stage_shares(result),
            "interval_chart": drawings.stage_intervals(result),
            "variance_chart": drawings.variance(result),
            "cover_drawing": drawings.cover(result),
            **more_drawings.all_charts(report, limits["least_share"]),
        }
    return context | {"chart_specs": dict(_specifications(context))}


def _specifications(found: Any) -> Iterator[tuple[str, Any]]:
    """What a browser needs to draw each chart again, by the key that the drawing carries."""
    if isinstance(found, Drawing):
        yield found.key, json.loads(found.specification)
    elif isinstance(found, dict | list):
        for part in found.values() if isinstance(found, dict) else found:
            yield from _specifications(part)


def render_html(content: bytes, edition: Edition | None = None) -> str:
    """The body of the web page, from a snapshot's bytes alone."""
    report = open_report(content, edition)
    with language.written(report.document):
        return render_to_string("reports/web_body.html", report_context(report))

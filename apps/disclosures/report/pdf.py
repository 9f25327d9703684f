"""The report as PDF/A-3a with the snapshot's JSON inside; the same document gives the same bytes."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.template.loader import render_to_string
from weasyprint import Attachment

from apps.disclosures.models import Edition
from apps.disclosures.report import language, tagging
from apps.disclosures.report.assets import AssetFetcher
from apps.disclosures.report.content import Report
from apps.disclosures.report.page import ON_PAPER, open_report, report_context
from apps.disclosures.report.reading import Page

VARIANT = "pdf/a-3a"
DATA_NAME = "disclosure.json"


def render_pdf(content: bytes, edition: Edition | None = None) -> bytes:
    """Set the report of a snapshot's bytes; reads nothing but the project's own assets."""
    report = open_report(content, edition)
    return _set(report, html_of(content, edition), [_data(report)])


def render_summary(content: bytes, edition: Edition | None = None) -> bytes:
    """Set the two pages that sum the report up, with the same data attached."""
    report = open_report(content, edition)
    return _set(report, _html(report, "summary"), [_data(report)])


def html_of(content: bytes, edition: Edition | None = None) -> str:
    """The pages of the full report as HTML."""
    return _html(open_report(content, edition), "pdf")


def _html(report: Report, name: str) -> str:
    with language.written(report.document):
        return str(render_to_string(f"reports/{name}.html", report_context(report, ON_PAPER)))


def _set(report: Report, html: str, attachments: list[Attachment]) -> bytes:
    with _without_collection():
        page = Page(html, AssetFetcher(report.logo))
        made: bytes = page.write_pdf(
            pdf_variant=VARIANT,
            pdf_identifier=UUID(report.meta["uuid"]).bytes,
            attachments=attachments,
            custom_metadata=True,
            finisher=tagging.finish,
        )
    return made


@contextmanager
def _without_collection() -> Iterator[None]:
    """Leave cyclic garbage until the file is set: looking for it among a report's boxes took a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _data(report: Report) -> Attachment:
    moment: datetime = report.frozen_at
    return Attachment(
        string=report.content,
        name=DATA_NAME,
        description="Inputs, inventory, result and sources of this report",
        relationship="Data",
        created=moment,
        modified=moment,
    )

"""The report of the OLMo study as PDF, against WeasyPrint on as many pages of plain text.

The text is set in the report's type and archival format, so that the ratio shows what the report's own contents cost.
"""

import sys
from typing import Any

from _world import database, medians_s, report

REPEATS = 5
TARGET = 3.0
SENTENCE = "Everything an assessment adds up is a product of a few parameters, and each of them is printed. "
PAGE = """<!doctype html><html lang="en"><title>Plain text</title><style>
@font-face { font-family: Inter; src: url("asset:inter-400.ttf") }
@page { size: A4; margin: 26mm 22mm 24mm }
html { font: 9pt/1.5 Inter } p { margin: 0 0 3mm; max-width: 138mm }
</style>"""


def plain(paragraphs: int) -> str:
    """Return a document of plain text, in the report's type and measure."""
    return PAGE + f"<p>{SENTENCE * 5}</p>" * paragraphs


def as_long_as(pages: int) -> str:
    """Return plain text that fills just this many pages."""
    paragraphs = pages
    while len(page(plain(paragraphs)).render().pages) < pages:
        paragraphs += max(1, pages // 4)
    while len(page(plain(paragraphs)).render().pages) > pages:
        paragraphs -= 1
    return plain(paragraphs)


def page(text: str) -> Any:
    """Return a WeasyPrint document that finds the report's fonts."""
    from weasyprint import HTML

    from apps.disclosures.report.assets import AssetFetcher

    return HTML(string=text, base_url="asset:", url_fetcher=AssetFetcher())


def snapshot() -> Any:
    """Return the bytes of the frozen demo study."""
    from io import StringIO

    from django.core.management import call_command

    from apps.assessments.models import Assessment
    from apps.disclosures import services

    call_command("demo", "load", stdout=StringIO())
    assessment = Assessment.objects.get(slug="olmo-2025")
    return services.freeze(assessment=assessment, actor=None).content


def main() -> int:
    """Measure both documents and compare."""
    from io import BytesIO

    from pikepdf import Pdf
    from weasyprint import HTML

    from apps.disclosures import services

    document = snapshot()
    pages = len(Pdf.open(BytesIO(services.render_pdf(document))).pages)
    text = as_long_as(pages)
    ours, theirs = medians_s(
        lambda: services.render_pdf(document),
        lambda: page(text).write_pdf(pdf_variant="pdf/a-3a"),
        repeats=REPEATS,
    )
    bare, _ = medians_s(HTML(string=text).write_pdf, lambda: None, repeats=REPEATS)
    rows = {
        f"report, {pages} pages, charts, data attached": ours,
        f"plain text, {pages} pages, same type and format": theirs,
        "the same text in the machine's own type, plain PDF": bare,
    }
    return report("The report against plain text", rows, ours / theirs, TARGET)


if __name__ == "__main__":
    with database():
        status = main()
    sys.exit(status)

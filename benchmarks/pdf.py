"""The report of the OLMo study as archival PDF, against a cold Chromium's print of the same HTML.

Charts are drawn anew on both sides. Chromium's print is neither archival nor tagged for tables, and has no data attached.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from _world import database, medians_s, report

REPEATS = 5
TARGET = 2.0


def snapshot() -> bytes:
    """Return the bytes of the frozen demo study."""
    from io import StringIO

    from django.core.management import call_command

    from apps.assessments.models import Assessment
    from apps.disclosures import services

    call_command("demo", "load", stdout=StringIO())
    assessment = Assessment.objects.get(slug="olmo-2025")
    return services.freeze(assessment=assessment, actor=None).content


def html(content: bytes, folder: Path) -> Path:
    """Write the report's HTML with its styles and fonts beside it, charts drawn anew."""
    from apps.disclosures.report import assets, charts, fonts
    from apps.disclosures.report.pdf import html_of

    charts._described.cache_clear()  # what a fresh process finds
    for name in fonts.CUTS:
        if not (folder / name).exists():
            (folder / name).write_bytes(fonts.static(name))
    style = assets.STYLESHEET.read_text("utf-8").replace("asset:", "")
    (folder / "report.css").write_text(style, "utf-8")
    path = folder / "report.html"
    path.write_text(html_of(content).replace("asset:", ""), "utf-8")
    return path


def chromium(content: bytes, folder: Path) -> None:
    """Print the HTML with a browser that was not running."""
    program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    profile = tempfile.mkdtemp(dir=folder)
    command = [
        *(program, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"),
        *(f"--user-data-dir={profile}", f"--print-to-pdf={folder / 'print.pdf'}"),
        html(content, folder).as_uri(),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def ours(content: bytes) -> Any:
    """Set the archival PDF, charts drawn anew."""
    from apps.disclosures import services
    from apps.disclosures.report import charts

    charts._described.cache_clear()  # what a fresh process finds
    return services.render_pdf(content)


def main() -> int:
    """Measure both and compare."""
    from io import BytesIO

    from pikepdf import Pdf

    content = snapshot()
    pages = len(Pdf.open(BytesIO(ours(content))).pages)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mine, theirs = medians_s(
            lambda: ours(content), lambda: chromium(content, folder), repeats=REPEATS
        )
        printed = len(Pdf.open(folder / "print.pdf").pages)
    rows = {
        f"report, {pages} pages, archival, tagged, data attached": mine,
        f"cold Chromium's print of the same HTML, {printed} pages": theirs,
    }
    return report("The report against a browser's print", rows, mine / theirs, TARGET)


if __name__ == "__main__":
    with database():
        status = main()
    sys.exit(status)

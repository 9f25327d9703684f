"""The PDF: archival, tagged, with its data inside, and equal to the byte however often it is set."""

import hashlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pdfua
import pikepdf
import pytest

from apps.assessments.models import AISystem, Assessment, ComputeRun
from apps.assessments.services import declare_runs
from apps.disclosures import services
from apps.disclosures.models import Edition, Snapshot
from apps.disclosures.report.assets import AddressRefused, AssetFetcher
from apps.disclosures.report.pdf import VARIANT, html_of
from tests.disclosing import released

SET_AGAIN = """
import sys, django
django.setup()
from apps.disclosures.services import render_pdf
sys.stdout.buffer.write(render_pdf(open(sys.argv[1], "rb").read()))
"""


@pytest.fixture
def snapshot(served: Assessment) -> Snapshot:
    return services.freeze(assessment=served, actor=None)


@pytest.fixture
def pdf(snapshot: Snapshot) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(services.render_pdf(snapshot.content))) as opened:
        yield opened


def elements(node: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    """Walk the structure tree."""
    if isinstance(node, pikepdf.Array):
        for item in node:
            yield from elements(item)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node.K)


def test_the_pdf_is_tagged_titled_and_archival(pdf: pikepdf.Pdf, snapshot: Snapshot) -> None:
    with pdf.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == VARIANT[-2]
        assert metadata["pdfaid:conformance"] == "A"
        assert metadata["dc:title"] == "Open Model 2: life-cycle report"
    assert str(pdf.Root.Lang) == "en-GB"
    assert bool(pdf.Root.MarkInfo.Marked)
    assert str(pdf.docinfo["/disclosuresha256"]) == snapshot.sha256
    with pdf.open_outline() as outline:
        titles = [item.title for item in outline.root[0].children]
    assert any("Headline results" in title for title in titles)


def test_the_pdf_holds_the_snapshot_as_data(pdf: pikepdf.Pdf, snapshot: Snapshot) -> None:
    attached = pdf.attachments["disclosure.json"]
    assert attached.get_file().read_bytes() == snapshot.content
    [file] = pdf.Root.AF
    assert str(file.AFRelationship) == "/Data"


def test_every_picture_has_words_and_every_table_headers(pdf: pikepdf.Pdf) -> None:
    found = list(elements(pdf.Root.StructTreeRoot.K))
    figures = [item for item in found if item.S == "/Figure"]
    charts = [item for item in figures if "/Alt" in item and len(str(item.Alt)) > 40]
    assert len(charts) >= 4
    tables = [item for item in found if item.S == "/Table"]
    assert len(tables) >= 10
    assert all(any(cell.S == "/TH" for cell in elements(table)) for table in tables)


@pytest.mark.parametrize("render", [services.render_pdf, services.render_summary])
def test_the_pdf_breaks_no_checked_rule_of_pdf_ua(
    snapshot: Snapshot, render: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(render(snapshot.content))
    found = [
        finding.rule_id
        for outcome in pdfua.validate(str(path)).outcomes
        for finding in outcome.findings
    ]
    assert found == ["UA-28-004"]  # it does not claim to be PDF/UA, which nobody has certified


def test_every_header_cell_says_what_it_stands_for(pdf: pikepdf.Pdf) -> None:
    cells = [item for item in elements(pdf.Root.StructTreeRoot.K) if item.S == "/TH"]
    assert {str(cell.A.Scope) for cell in cells} == {"/Row", "/Column"}


def test_no_font_is_left_to_the_machine(pdf: pikepdf.Pdf) -> None:
    names = {
        str(font.BaseFont)
        for page in pdf.pages
        for font in page.Resources.get("/Font", pikepdf.Dictionary()).values()
    }
    assert names
    assert all("Inter" in name or "Source-Serif" in name for name in names), names


def test_two_processes_a_pause_apart_set_the_same_bytes(snapshot: Snapshot, tmp_path: Path) -> None:
    source = tmp_path / "disclosure.json"
    source.write_bytes(snapshot.content)
    here = hashlib.sha256(services.render_pdf(snapshot.content)).hexdigest()
    started = time.time()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "lca.settings",
        "SECRET_KEY": "x" * 60,
        "CRADLE_DATA": str(tmp_path / "data"),
        "PYTHONHASHSEED": "7",
    }
    command = [sys.executable, "-c", SET_AGAIN, str(source)]
    made = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=110)
    assert int(time.time()) > int(started), "the clock's second has not moved on"
    assert hashlib.sha256(made.stdout).hexdigest() == here


def test_a_draft_says_so_and_a_published_report_does_not(snapshot: Snapshot) -> None:
    assert "DRAFT" in html_of(snapshot.content)
    published = released(snapshot.assessment)
    assert "DRAFT" not in html_of(published.content, published.edition)
    withdrawn = services.withdraw(snapshot=published, actor=None, reason="A site was missing.")
    assert "WITHDRAWN" in html_of(withdrawn.content, withdrawn.edition)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "https://example.org/x.css",
        "data:text/css,*{}",
        "asset:../settings.py",
        "asset:",
    ],
)
def test_the_typesetter_reaches_nothing_but_its_own_assets(address: str) -> None:
    with pytest.raises(AddressRefused, match="only read its own assets"):
        AssetFetcher().fetch(address)


def test_hostile_names_are_printed_not_obeyed(study: Assessment) -> None:
    hostile = '<script>alert(1)</script><img src="file:///etc/passwd">'
    AISystem.objects.filter(pk=study.system_id).update(name=hostile)
    study.refresh_from_db()
    content = services.freeze(assessment=study, actor=None).content
    assert "<script>" not in services.render_html(content)
    assert services.render_pdf(content, Edition()).startswith(b"%PDF")


def test_a_kept_pdf_is_not_set_again(snapshot: Snapshot) -> None:
    first = services.pdf_of(snapshot=snapshot)
    started = time.perf_counter()
    assert services.pdf_of(snapshot=snapshot) == first
    assert time.perf_counter() - started < 0.5


def test_a_study_of_many_runs_prints_the_first_and_points_to_the_data(study: Assessment) -> None:
    site, machine = study.sites.get(), study.hardware.get()
    runs = [
        ComputeRun(
            name=f"Ablation {n}", category="ablation", site=site, hardware=machine, gpu_hours=n
        )
        for n in range(1, 601)
    ]
    declare_runs(assessment=study, actor=None, runs=runs)
    content = services.freeze(assessment=study, actor=None).content
    with pikepdf.open(io.BytesIO(services.render_pdf(content))) as opened:
        assert len(opened.pages) < 40
    html = services.render_html(content)
    assert "The first 200 of 603 are printed; the data file holds all of them." in html

"""The report read as XML gives the PDF that an HTML parser gives; names in any script are set with glyphs of their own."""

import json
import sys
from io import BytesIO

import pytest
from pikepdf import Pdf

from apps.disclosures import services
from apps.disclosures.report import reading
from apps.disclosures.report.pdf import render_pdf, render_summary
from tests.conftest import missing
from tests.disclosing import complete

pytestmark = pytest.mark.django_db
HOSTILE = "A & B <b>bold</b> <br> </td> \"x\" 'y' &nbsp; ]]> <!-- --> <svg> CO2 &#0;"


def with_words(served, **words):
    document = services.freeze(assessment=complete(served), actor=None).read()
    document["goal_and_scope"]["goal"] = words.get("goal", "")
    document["system"]["name"] = words.get("name", "Model")
    return json.dumps(document).encode()


def test_both_ways_of_reading_give_the_same_bytes(served, monkeypatch):
    content = with_words(served, goal=HOSTILE, name="Ünïcode & <i>")
    as_xml = render_summary(content), render_pdf(content)
    monkeypatch.setattr(reading, "as_xml", lambda _html: "<unclosed>")
    assert (render_summary(content), render_pdf(content)) == as_xml


def test_a_control_character_in_what_somebody_wrote_does_not_stop_the_report(served):
    content = with_words(served, goal="one\x0btwo\x01three", name="a\x02b")
    assert render_pdf(content).startswith(b"%PDF-1.7")


def test_every_script_has_glyphs_in_the_pdf(served):
    sys.path.insert(0, "scripts")
    import system

    if not system.has_fonts():
        missing("Fonts for Chinese and Korean", system.by_hand(system.FONTS_NEED))
    plain = _fonts(render_summary(with_words(served)))
    for name in ("中文模型", "日本語モデル", "한국어 모델", "מודל", "نموذج"):
        assert len(_fonts(render_summary(with_words(served, name=name))) - plain) >= 1, name


def _fonts(pdf):
    """Names of the embedded fonts, without the letters that mark a subset."""
    return {
        str(font.BaseFont).partition("+")[2]
        for page in Pdf.open(BytesIO(pdf)).pages
        for font in page.Resources.get("/Font", {}).values()
    }

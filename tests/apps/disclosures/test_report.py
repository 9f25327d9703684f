"""What the full report says: every section, every chart with its table, and figures that agree with the data."""

import base64
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from pikepdf import Pdf
from PIL import Image

from apps.accounts.presentation import plain_figure
from apps.assessments import services as assessments
from apps.assessments.models import Deployment
from apps.disclosures import canonical, services
from apps.disclosures.models import Disclosure
from apps.disclosures.report import qr
from apps.disclosures.report.pdf import html_of
from apps.disclosures.report.sections import SECTIONS
from tests.disclosing import complete, released

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(served):
    return services.freeze(assessment=complete(served), actor=None).read()


@pytest.fixture
def html(document):
    return html_of(canonical.canonical(document))


def plain(text):
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_every_section_is_there_in_order(html):
    places = [html.index(f'id="{key}"') for key, _ in SECTIONS if key != "roadmap"]
    assert places == sorted(places)
    assert 'id="roadmap"' not in html  # nobody made one


def test_each_chart_is_followed_by_a_table_with_its_figures(html):
    figures = [
        match.end()
        for match in re.finditer(r'<figure class="chart-figure".*?</figure>', html, re.DOTALL)
    ]
    assert len(figures) >= 12
    for end in figures:
        until = html.find('<figure class="chart-figure"', end)
        assert "<table" in html[end : until if until > 0 else None]


def test_scenarios_are_paired_and_a_longer_life_makes_less_embodied(document):
    found = {row["key"]: row for row in document["scenarios"]}
    assert {"grid_half", "pue_1_1", "lifetime_longer", "utilisation_half"} <= set(found)
    longer = found["lifetime_longer"]["differences"]["gwp_location"]
    embodied = document["result"]["by_stage"]["hardware"]["gwp_location"]["nominal"]
    assert longer["nominal"] == pytest.approx(embodied * (4 / 6 - 1))
    half = found["grid_half"]["differences"]["gwp_location"]["nominal"]
    electric = document["result"]["totals"]["gwp_location"]["nominal"] - embodied
    assert half == pytest.approx(-electric / 2)


def test_one_at_a_time_holds_the_total_between_its_ends(document):
    for category, rows in document["one_at_a_time"].items():
        total = document["result"]["totals"][category]["nominal"]
        for row in rows:
            low, high = sorted((row["at_low"], row["at_high"]))
            assert low <= total * (1 + 1e-9)
            assert high >= total * (1 - 1e-9)


def test_the_narrowest_boundary_is_inside_the_widest(document, html):
    [row] = document["boundaries"]
    values = [r["figures"]["gwp_location"]["nominal"] for r in row["rungs"] if r["figures"]]
    assert values == sorted(values)
    assert "From the narrowest boundary to the widest" in plain(html)


def test_scopes_sum_to_the_total(document):
    from apps.disclosures.report.more_tables import scopes

    rows = scopes(document)
    assert sum(row["value"] or 0 for row in rows) == pytest.approx(
        document["result"]["totals"]["gwp_location"]["nominal"]
    )


def test_how_requests_differ_is_told_where_a_trace_is_known(served):
    start = datetime(2024, 3, 1, tzinfo=UTC)
    lines = [f"{start + timedelta(seconds=n)},{100 + n},{10 * n + 1}" for n in range(50)]
    content = "\n".join(["time,tokens_in,tokens_out", *lines]).encode()
    row = Deployment.objects.get(assessment=served)
    assessments.upload_trace(
        deployment=row, content=content, expected_version=row.version, actor=None
    )
    document = services.freeze(assessment=complete(served), actor=None).read()
    assert document["boundaries"][0]["electricity_kwh_spread"]["p95"] > 0
    assert "how requests differ" in html_of(canonical.canonical(document))


def test_a_section_without_data_says_so(study):
    text = plain(html_of(services.freeze(assessment=study, actor=None).content))
    for words in (
        "Per-use figures need a deployment",
        "No review is signed yet.",
        "No file of evidence is attached.",
        "The report is not published yet.",
        "Conclusions Not declared.",
    ):
        assert words in text


def test_a_report_with_colour_logo_and_code_prints_them(served):
    logo = io.BytesIO()
    Image.new("RGB", (60, 20), "#114477").save(logo, "PNG")
    complete(served)
    Disclosure.objects.filter(assessment=served).update(accent="#114477")
    report = released(served)
    document = report.read()
    document["disclosure"]["logo_png"] = base64.b64encode(logo.getvalue()).decode()
    content = canonical.canonical(document)
    html = html_of(content, report.edition)
    assert "--accent: #114477" in html
    assert 'src="asset:logo.png"' in html
    assert (
        f"Code that leads to the page of this report, {document['publication']['address']}" in html
    )
    assert services.render_pdf(content, report.edition).startswith(b"%PDF")


def test_an_accent_that_is_no_colour_is_left_out(document):
    document["disclosure"]["accent"] = "red } body { display: none"
    assert "display: none" not in html_of(canonical.canonical(document))


def test_the_code_is_a_drawing_of_lines_alone():
    drawn = str(qr.code('http://localhost/d/x/v1/"><script>'))
    assert "<script>" not in drawn
    path = re.search(r' d="([^"]+)"', drawn)
    assert path is not None
    assert re.fullmatch(r"[Mmhvz0-9.\- ]+", path[1])


def test_the_page_and_the_data_agree_to_three_digits(document, html):
    for key in ("gwp_location", "water", "adpe"):
        value = plain_figure(document["result"]["totals"][key]).split()[0]
        assert value in plain(html)


def test_reworded_sentences_are_marked(served):
    complete(served)
    Disclosure.objects.filter(assessment=served).update(comparability_wording="Compare with care.")
    text = plain(html_of(services.freeze(assessment=served, actor=None).content))
    assert "Compare with care." in text
    assert "The declarant has reworded these sentences" in text


def test_generic_claims_and_offsets_close_the_gate(document):
    from apps.disclosures import gate

    for place, text, code in (
        ("conclusions", "Our climate-neutral model.", "J1"),
        ("actions", "We subtract offsets: the total is net of credits.", "D6"),
        ("conclusions", "Lower emissions than GPT-4.", "B2"),
        ("limitations", "It is certified to ISO 14044.", "D1"),
        ("conclusions", "Une IA verte et neutre en carbone.", "J1"),
    ):
        changed = json.loads(json.dumps(document))
        changed["disclosure"][place] = text
        failing = {row.code for row in gate.checks(canonical.canonical(changed)) if not row.passed}
        assert code in failing, text


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("is_long", [False, True], ids=["usual", "long"])
def test_the_summary_has_two_pages_whatever_is_written(document, language, is_long):
    document["disclosure"]["language"] = language
    if is_long:
        document["system"]["name"] = "Sehrlangernameohneende" * 9
        document["organisation"]["name"] = "An organisation of long names " * 6
        document["meta"]["title"] = "A title of very many words " * 7
        document["goal_and_scope"]["functional_unit"] = "one answer " * 18
        document["disclosure"] |= dict.fromkeys(
            ("limitations", "relative_wording", "comparability_wording", "electricity_wording"),
            "Words that somebody wrote. " * 70,
        )
    made = services.render_summary(canonical.canonical(document))
    assert len(Pdf.open(io.BytesIO(made)).pages) == 2

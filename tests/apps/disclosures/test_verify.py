"""The verify page: genuine reports, changed ones, withdrawn ones, and files that are none."""

import json
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.disclosures import canonical, services, verifying
from lca.engine import EngineError, verify
from lca.engine.__main__ import main
from tests.disclosing import released

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(study):
    cache.clear()
    return released(study)


@pytest.fixture
def shown(client):
    def shown(content, name="report.json", status=200):
        answer = client.post("/verify/", {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == status
        return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())

    return shown


def test_the_published_json_is_genuine(published, shown):
    text = shown(published.content)
    assert "Genuine, and its figures follow" in text
    assert published.sha256 in text


def test_the_published_pdf_is_genuine_to_the_byte(published, shown, tmp_path, capsys):
    pdf = services.pdf_of(snapshot=published)
    text = shown(pdf, "report.pdf")
    assert "Genuine" in text
    assert "one that was served here, byte for byte" in text
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    assert main(["verify", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sha256"] == published.sha256


def test_one_byte_of_a_pdf_that_was_changed_is_told(published, shown):
    pdf = bytearray(services.pdf_of(snapshot=published))
    pdf[pdf.index(b"\n%") + 2] ^= 1  # of the comment at its beginning, which no reader reads
    text = shown(bytes(pdf), "report.pdf")
    assert "Genuine" not in text
    assert "none that was served here" in text


def test_no_byte_of_a_pdf_can_be_changed_unseen(published, client):
    pdf = services.pdf_of(snapshot=published)
    for place in range(10, len(pdf), len(pdf) // 5):
        changed = bytes([*pdf[:place], pdf[place] ^ 1, *pdf[place + 1 :]])
        answer = client.post("/verify/", {"file": SimpleUploadedFile("x.pdf", changed)})
        assert answer.status_code in {200, 422}
        assert "Genuine" not in answer.content.decode()


def test_a_figure_that_was_changed_is_told_with_its_place(published, shown):
    document = json.loads(published.content)
    document["result"]["totals"]["gwp_location"]["nominal"] *= 0.5
    text = shown(canonical.canonical(document))
    assert "figures do not follow" in text
    assert "/result/totals/gwp_location/nominal" in text
    assert "No report that was published here has these data" in text


def test_data_that_follow_but_were_never_published_are_not_genuine(study, shown):
    draft = services.freeze(assessment=study, actor=None)
    text = shown(draft.content)
    assert "Its figures follow" in text
    assert "Genuine" not in text
    assert "No report that was published here" in text


def test_a_withdrawn_report_says_so_and_its_old_pdf_is_still_known(published, shown):
    pdf = services.pdf_of(snapshot=published)
    services.withdraw(snapshot=published, actor=None, reason="A site was missing.")
    text = shown(pdf, "report.pdf")
    assert "That report was withdrawn : A site was missing." in text
    assert "byte for byte" in text
    assert "Genuine" not in text


@pytest.mark.parametrize(
    "content", [b"%PDF-1.4 nothing", b"plain", b"{}", b"[]", b"{" * 99999, b"\x00" * 50]
)
def test_files_that_are_no_report_are_refused_with_a_reason(shown, content, db):
    cache.clear()
    assert "cannot be verified" in shown(content, status=422)


def test_markup_in_a_title_stays_text(published, shown, client):
    document = json.loads(published.content)
    document["meta"]["title"] = "<script>alert(1)</script>"
    answer = client.post(
        "/verify/", {"file": SimpleUploadedFile("x.json", canonical.canonical(document))}
    )
    assert b"<script>alert" not in answer.content


def test_what_would_take_long_is_left_to_the_command(published, shown, monkeypatch):
    monkeypatch.setattr(verifying, "MOST_FLOWS", 1)
    assert "run the command" in shown(published.content, status=422)


def test_an_address_may_not_ask_for_ever(client, db):
    cache.clear()
    for _ in range(30):
        assert client.post("/verify/", {"file": SimpleUploadedFile("x", b"[]")}).status_code == 422
    answer = client.post("/verify/", {"file": SimpleUploadedFile("x", b"[]")})
    assert "Too many files" in answer.content.decode()


def test_per_use_figures_that_were_changed_are_told(served, shown):
    cache.clear()
    document = json.loads(released(served).content)
    document["per_use"]["marginal"]["adpe"]["p95"] *= 1.01
    document["one_at_a_time"]["water"][0]["at_high"] *= 1.01
    text = shown(canonical.canonical(document))
    assert "/per_use/marginal/adpe/p95" in text
    assert "/one_at_a_time/water/0/at_high" in text


def test_scenarios_are_recomputed_from_the_values_that_they_name(served):
    document = json.loads(released(served).content)
    assert len(document["scenarios"]) >= 3
    assert verify(document).is_confirmed
    document["scenarios"][0]["totals"]["gwp_location"]["p95"] *= 1.01
    document["scenarios"][1]["differences"]["water"]["nominal"] += 1.0
    told = {row.pointer for row in verify(document).differences}
    assert "/scenarios/0/totals/gwp_location/p95" in told
    assert "/scenarios/1/differences/water/nominal" in told


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ({"nobody.knows": 1.0}, "Not parameters of this inventory"),
        ({"nobody.knows": "1"}, "/scenarios/0/overrides/nobody.knows cannot be read"),
        (["x"], "/scenarios/0/overrides must be an object"),
    ],
    ids=["unknown", "text", "list"],
)
def test_a_scenario_that_cannot_be_recomputed_says_why(served, overrides, told):
    document = json.loads(released(served).content)
    document["scenarios"][0]["overrides"] = overrides
    with pytest.raises(EngineError, match=told):
        verify(document)


def test_a_document_that_was_signed_otherwise_is_told(published, shown):
    document = json.loads(published.content)
    document["disclosure"]["conclusions"] = "All is well."
    text = shown(canonical.canonical(document))
    assert "What was published is not what was signed" in text
    assert "Genuine" not in text


def test_a_correction_names_the_report_before_it(published, study, shown):
    study.runs.filter(name="OLMo 2 7B").update(energy_kwh=1)
    text = shown(released(study).content)
    assert "Genuine" in text
    assert "report 1 before it by its hash" in text

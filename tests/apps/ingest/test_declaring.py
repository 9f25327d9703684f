"""Recorded runs in an assessment: sums by how they ended and were metered, brought up to date, taken back."""

import pytest

from apps.accounts.models import Membership
from apps.assessments import services as assessments
from apps.assessments.models import Assessment, RunCategory
from apps.factors.models import Release
from apps.ingest import services
from apps.ingest.models import RecordedRun
from apps.ingest.services.declaring import NothingRecorded
from tests.apps.ingest.conftest import csv, line, send


@pytest.fixture
def assessment(release: Release, member: Membership) -> Assessment:
    return assessments.start_assessment(
        organisation=member.organisation,
        actor=member.user,
        system_name="Borealis 3B",
        accelerator="nvidia-h100-sxm5-80gb",
        gpu_hours=1000.0,
        zone="DE",
    )


def declare(assessment, category=RunCategory.EXPLORATION):
    site, hardware = assessment.sites.get(), assessment.hardware.get()
    return services.declare(site=site, hardware=hardware, category=category, actor=None)


def recorded(assessment):
    return {
        (run.outcome, run.category): (run.runs_count, run.energy_kwh, run.gpu_hours)
        for run in assessment.runs.filter(name__startswith="Recorded")
    }


def test_runs_enter_as_sums_with_their_pue_taken_out_and_failed_ones_apart(assessment):
    upload = send(assessment.system, csv([line("a"), line("b", energy=3.0), line("c")]))
    RecordedRun.objects.filter(external_id="b").update(pue_inside=1.5)
    RecordedRun.objects.filter(external_id="c").update(outcome="failed")
    RecordedRun.objects.exclude(external_id="c").update(outcome="finished")
    declare(assessment)
    assert recorded(assessment) == {
        ("completed", "exploration"): (2, pytest.approx(1.0 + 3.0 / 1.5), pytest.approx(2.0)),
        ("failed", "failed"): (1, pytest.approx(1.0), pytest.approx(1.0)),
    }
    sources = assessment.runs.filter(name__startswith="Recorded").values_list("source", flat=True)
    named = f"emissions.csv (SHA-256 {upload.sha256[:12]})"
    assert sorted(sources) == [
        f"Sum of 1 recorded run of {named}",
        f"Sum of 2 recorded runs of {named}",
    ]
    services.undo(upload=upload, actor=None)
    with pytest.raises(NothingRecorded):
        declare(assessment)


def test_declaring_again_brings_the_same_rows_up_to_date(assessment):
    send(assessment.system, csv([line("a")]))
    first = declare(assessment)
    send(assessment.system, csv([line("b"), line("c")]))
    RecordedRun.objects.filter(external_id="c").update(counts=False)
    second = declare(assessment, RunCategory.ABLATION)
    assert [run.uuid for run in first] == [run.uuid for run in second]
    assert second[0].runs_count == 2
    assert second[0].category == "ablation"


def test_runs_without_energy_are_never_covered_by_the_energy_of_others(assessment):
    send(assessment.system, csv([line("a"), line("b")]))
    RecordedRun.objects.filter(external_id="b").update(energy_kwh=None)
    declare(assessment)
    rows = assessment.runs.filter(name__startswith="Recorded").order_by("energy_kwh")
    assert sorted((row.energy_kwh, row.gpu_hours) for row in rows if row.energy_kwh) == [(1.0, 1.0)]
    assert [row.gpu_hours for row in rows if row.energy_kwh is None] == [1.0]


def test_a_group_that_is_gone_is_deleted(assessment):
    send(assessment.system, csv([line("a")]))
    upload = send(assessment.system, csv([line("b")]))
    RecordedRun.objects.filter(external_id="b").update(outcome="failed")
    assert len(declare(assessment)) == 2
    services.undo(upload=upload, actor=None)
    assert len(declare(assessment)) == 1
    assert len(recorded(assessment)) == 1


def test_the_page_declares_and_refuses_hardware_of_another_assessment(page, assessment, member):
    send(assessment.system, csv([line("a")]))
    where = f"/o/{member.organisation.slug}/runs/{assessment.system.slug}/declare/"
    assert "Declare the recorded runs" in page.get(where).content.decode()
    data = {"site": assessment.sites.get().uuid, "category": "evaluation", "hardware": ""}
    assert page.post(where, data).status_code == 302
    assert recorded(assessment)
    other = assessments.create_assessment(
        system=assessment.system, actor=None, title="Another", slug="another"
    )
    assert page.post(where, data | {"hardware": other.uuid}).status_code == 422

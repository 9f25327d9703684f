"""Every row is created, changed and deleted one way."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.accounts.errors import DomainError, StaleEdit
from apps.accounts.models import AuditEvent
from apps.assessments import selectors, services
from apps.assessments.models import (
    Assessment,
    ComputeRun,
    Deployment,
    Hardware,
    Site,
    StageDeclaration,
    UpstreamModel,
)


def new(model, assessment, **fields):
    return model(assessment=assessment, organisation=assessment.organisation, **fields)


def test_an_edit_of_an_older_version_is_refused_with_what_changed(site, editor):
    mine, theirs = Site.objects.get(pk=site.pk), Site.objects.get(pk=site.pk)
    theirs.pue = 1.2
    services.update(record=theirs, expected_version=1, actor=editor.user)
    mine.pue = 1.3
    with pytest.raises(StaleEdit) as caught:
        services.update(record=mine, expected_version=1, actor=editor.user)
    assert [(c.field, c.before, c.after) for c in caught.value.changes] == [("pue", None, 1.2)]
    site.refresh_from_db()
    assert (site.pue, site.version) == (1.2, 2)


def test_an_edit_moves_the_version_and_is_logged_with_its_values(site, editor):
    site.wue_l_per_kwh = 0.3
    services.update(record=site, expected_version=1, actor=editor.user)
    event = AuditEvent.objects.get(verb="changed", target_id=str(site.uuid))
    assert event.data == {"version": 2, "changes": {"wue_l_per_kwh": [None, 0.3]}}
    assert event.actor == editor.user


def test_the_same_uuid_twice_is_one_row(assessment, editor):
    key = uuid.uuid4()
    rows = [
        services.create(
            record=new(UpstreamModel, assessment, name="Base", uuid=key), actor=editor.user
        )
        for _ in range(2)
    ]
    assert rows[0].pk == rows[1].pk
    assert UpstreamModel.objects.count() == 1


def test_a_site_of_another_assessment_cannot_be_attached(assessment, theirs, editor):
    foreign = theirs.sites.get()
    run = new(ComputeRun, assessment, name="R", category="failed", gpu_hours=1.0, site=foreign)
    with pytest.raises(ValidationError) as caught:
        services.create(record=run, actor=editor.user)
    assert "belongs to another assessment" in caught.value.message_dict["site"][0]
    with pytest.raises(services.InvalidRows) as refused:
        services.declare_runs(assessment=assessment, actor=editor.user, runs=[run])
    assert "belongs to another assessment" in refused.value.rows[0]["site"][0]


def test_what_is_in_use_is_not_deleted(site, run, editor):
    with pytest.raises(services.InUse) as caught:
        services.delete(record=site, actor=editor.user)
    assert "“Training”" in caught.value.message
    services.delete(record=run, actor=editor.user)
    services.delete(record=site, actor=editor.user)
    assert not Site.objects.exists()


def test_a_refused_deletion_leaves_no_trace_in_the_log(site, run, editor):
    with pytest.raises(services.InUse):
        services.delete(record=site, actor=editor.user)
    assert not AuditEvent.objects.filter(verb="deleted").exists()


def test_stages_are_excluded_not_deleted(assessment, editor):
    with pytest.raises(DomainError):
        services.delete(record=assessment.stage_declarations.first(), actor=editor.user)


def test_deleting_an_assessment_takes_its_parts_along(assessment, editor):
    services.delete(record=assessment, actor=editor.user)
    assert not Assessment.objects.exists()
    assert not ComputeRun.objects.exists()


def test_declaring_in_a_stage_includes_it_unless_it_was_excluded(assessment, site, editor):
    stages = StageDeclaration.objects.filter(assessment=assessment)
    run = new(ComputeRun, assessment, name="A", category="ablation", gpu_hours=1.0, site=site)
    services.create(record=run, actor=editor.user)
    assert stages.get(stage="development").status == "included"
    stages.filter(stage="inference").update(status="excluded")
    deployment = new(Deployment, assessment, name="Chat", site=site)
    services.create(record=deployment, actor=editor.user)
    assert stages.get(stage="inference").status == "excluded"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("DE", "DE"),
        ("de", "DE"),
        ("Germany", "DE"),
        ("  germany ", "DE"),
    ],
)
def test_a_zone_is_known_by_key_or_name(release, text, key):
    assert selectors.catalogue_key(release, "zone", text, field="zone") == key


def test_words_that_several_entries_have_are_refused(release):
    with pytest.raises(selectors.UnknownKey) as caught:
        selectors.catalogue_key(release, "accelerator", "H100", field="accelerator")
    assert caught.value.field == "accelerator"


@pytest.mark.parametrize("field", ["pue_low", "pue_high"])
def test_a_limit_of_a_pue_that_is_not_declared_is_refused(site, editor, field):
    site.pue = None
    setattr(site, field, 1.4)
    with pytest.raises(ValidationError) as caught:
        services.update(record=site, expected_version=site.version, actor=editor.user)
    assert caught.value.message_dict == {field: ["Give the PUE that this limit belongs to."]}


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Site, {"pue": 0.99}),
        (Site, {"pue_low": 1.3, "pue": 1.2}),
        (Site, {"wue_l_per_kwh": -0.1}),
        (Site, {"grid_kg_co2e_per_kwh": 1e308}),
        (Hardware, {"lifetime_years": 0.0}),
        (Hardware, {"utilisation": 0.0}),
        (Hardware, {"utilisation": 1.01}),
        (Hardware, {"node_overhead": 0.5}),
        (Hardware, {"embodied_kg_co2e": float("inf")}),
        (UpstreamModel, {"share_inherited": 0.0}),
        (UpstreamModel, {"share_inherited": 1.5}),
        (UpstreamModel, {"energy_kwh": -1.0}),
    ],
)
def test_the_database_itself_holds_the_physical_limits(assessment, model, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        new(model, assessment, name="X", **fields).save()


@pytest.mark.parametrize(
    "fields",
    [
        {"gpu_hours": -1.0},
        {"gpu_hours": None},
        {"energy_kwh": -1.0},
        {"runs_count": 0},
        {"category": "pondering"},
    ],
)
def test_the_database_refuses_impossible_runs(assessment, site, fields):
    row = {"name": "R", "category": "failed", "gpu_hours": 1.0, "site": site}
    with pytest.raises(IntegrityError), transaction.atomic():
        new(ComputeRun, assessment, **row | fields).save()


@pytest.mark.parametrize("fields", [{"requests": -1}, {"energy_source": "probe"}])
def test_the_database_refuses_impossible_deployments(assessment, site, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        new(Deployment, assessment, name="D", site=site, **fields).save()


def test_a_period_cannot_end_before_it_starts(assessment, editor):
    assessment.period_start, assessment.period_end = date(2026, 2, 1), date(2026, 1, 1)
    with pytest.raises(ValidationError, match="ends before it starts"):
        services.update(record=assessment, expected_version=1, actor=editor.user)


def test_many_runs_are_declared_in_few_queries(
    assessment, site, hardware, editor, django_assert_max_num_queries
):
    runs = [
        new(
            ComputeRun,
            assessment,
            name=f"Run {number}",
            category="exploration",
            gpu_hours=1.0,
            site=site,
            hardware=hardware,
        )
        for number in range(1000)
    ]
    with django_assert_max_num_queries(60):
        services.declare_runs(assessment=assessment, actor=editor.user, runs=runs)
    assert ComputeRun.objects.count() == 1001
    assert AuditEvent.objects.get(verb="declared runs").data == {"count": 1000}


def test_one_bad_run_of_many_stops_all_and_is_named(assessment, site, editor):
    runs = [
        new(ComputeRun, assessment, name="A", category="failed", gpu_hours=hours, site=site)
        for hours in (1.0, -3.0)
    ]
    with pytest.raises(services.InvalidRows) as caught:
        services.declare_runs(assessment=assessment, actor=editor.user, runs=runs)
    assert list(caught.value.rows) == [1]
    assert "at least 0" in caught.value.rows[1]["gpu_hours"][0]
    assert ComputeRun.objects.count() == 1


def test_more_runs_than_allowed_are_refused(assessment, editor):
    with pytest.raises(DomainError, match="at most 5,000"):
        services.declare_runs(assessment=assessment, actor=editor.user, runs=[None] * 5001)


def test_the_headline_follows_every_edit(assessment, site, editor):
    before = services.headline(assessment=assessment)["totals"]["gwp_location"]["nominal"]
    site.pue = 2.0
    services.update(record=site, expected_version=1, actor=editor.user)
    fresh = Assessment.objects.select_related("system", "release").get(pk=assessment.pk)
    after = services.headline(assessment=fresh)["totals"]["gwp_location"]["nominal"]
    assert after > before
    assert services.headline(assessment=fresh)["totals"]["gwp_location"]["nominal"] == after

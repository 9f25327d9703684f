"""One of everything that an organisation can own."""

import hashlib
import io
import json
from typing import Any

from django.conf import settings
from django.utils import timezone

from apps.accounts.models import Organisation, User
from apps.assessments.models import (
    Assessment,
    Contract,
    Deployment,
    FactorChoice,
    HourlySeries,
    PublishedFigure,
    UpstreamModel,
)
from apps.budgets import services as budgets
from apps.budgets.models import Budget, Webhook
from apps.disclosures import services as disclosures
from apps.disclosures.models import (
    Disclosure,
    EvidenceFile,
    PublishedFile,
    Review,
    ReviewComment,
)
from apps.factors import services as factors
from apps.factors.models import OwnFactor
from apps.ingest import services as ingest
from apps.ingest.mapping import checked
from apps.ingest.models import ColumnMapping, Rule, SavedView
from apps.ingest.otlp import Point
from apps.live import services as live
from apps.probes import services as probes
from apps.probes.models import (
    DriftAlarm,
    FittedProfile,
    Measurement,
    ProbeSchedule,
    ServedMeasurement,
)
from apps.scenarios.models import Roadmap, RoutingStudy, Scenario, StudyState

DOCUMENT = settings.BASE_DIR / "fixtures" / "demo" / "probe.json"


def add_review(assessment: Assessment, actor: User) -> None:
    """Freeze a report with particulars, evidence, a comment, a signed review and a kept file; it stays a draft."""
    owner = {"organisation": assessment.organisation}
    Disclosure.objects.create(**owner, assessment=assessment, contact="a@example.org")
    row = EvidenceFile(**owner, assessment=assessment, title="Meter", kind="meter")
    file = io.BytesIO(b"hour,kWh")
    disclosures.add_evidence(evidence=row, file=file, name="meter.csv", actor=actor)
    snapshot = disclosures.freeze(assessment=assessment, actor=actor)
    words = {
        "name": "R",
        "affiliation": "R",
        "scope": "All",
        "independence": "None",
        "opinion": "-",
    }
    Review.objects.create(
        **owner,
        snapshot=snapshot,
        level="internal",
        tests={},
        outcome="changes",
        signed_at=timezone.now(),
        **words,
    )
    ReviewComment.objects.create(
        **owner, assessment=assessment, snapshot=snapshot, number=1, section="water", text="Why?"
    )
    PublishedFile.objects.create(
        **owner, snapshot=snapshot, name="x.json", media_type="application/json", size=1, path="x"
    )


def measure(organisation: Organisation, actor: User, name: str) -> None:
    """Record the demo's measurement under another hash, since the same document is recorded once."""
    document = json.loads(DOCUMENT.read_text())
    row = probes.record_measurement(organisation=organisation, actor=actor, document=document)
    row.sha256 = hashlib.sha256(name.encode()).hexdigest()
    row.save()


def add_served_and_fit(organisation: Organisation, actor: User, name: str) -> None:
    """Keep a measurement of a server, and a profile fitted on the organisation's measurements."""
    figures = ("j_per_request", "j_per_output_token")
    bounds = [f"{figure}{end}" for figure in figures for end in ("", "_p05", "_p95")]
    ServedMeasurement.objects.create(
        organisation=organisation,
        document={"schema": "cradle-endpoint/1.0"},
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        label=name,
        model_name="some-model",
        meter="nvml_energy",
        boundary="accelerator",
        is_modelled=False,
        provenance="measured",
        measured_at=timezone.now(),
        concurrency=2,
        requests=20,
        error_share=0.0,
        idle_w=10.0,
        **dict.fromkeys(bounds, 1.0),
    )
    made = FittedProfile.objects.create(organisation=organisation, label=name, starts_from="x")
    made.measurements.set(Measurement.objects.of(organisation))


def follow_service(assessment: Assessment, name: str) -> None:
    """Follow a service that has answered."""
    made = live.follow(
        system=assessment.system,
        name=name,
        deployment=Deployment.objects.filter(assessment=assessment).first(),
        metrics_url="",
        actor=None,
    )
    now = timezone.now()
    point = Point(
        family="vllm",
        fact="output_tokens",
        series=name,
        model="",
        instance="",
        is_delta=True,
        start_ns=0,
        time_ns=int(now.timestamp() * 1e9),
        value=100.0,
    )
    live.count(service=made, points=[point], now=now)


def record_runs(assessment: Assessment, actor: User, name: str) -> None:
    """Read a file of runs into the system's ledger."""
    content = f"name,kwh\n{name},1\n".encode()
    upload = ingest.receive(
        system=assessment.system,
        file=io.BytesIO(content),
        name="runs.csv",
        actor=actor,
        by_hand=True,
    )
    ingest.read_upload(upload_id=upload.pk)
    made = ingest.add_experiment(
        system=assessment.system, name=name, description="", about={}, actor=actor
    )
    given = {"timestamp": timezone.now(), "experiment_id": made.uuid}
    Rule.objects.create(
        organisation=assessment.organisation, name=name, outcome="failed", category="debugging"
    )
    document = {"columns": {"energy_kwh": "kwh"}}
    ColumnMapping.objects.create(
        organisation=assessment.organisation, name=name, document=checked(document)
    )
    SavedView.objects.create(organisation=assessment.organisation, name=name, query="q=x")
    ingest.begin_run(organisation=assessment.organisation, given=given)


def add_budget(assessment: Assessment, name: str) -> None:
    """Set a budget that is exceeded, so that a webhook is told."""
    owner = {"organisation": assessment.organisation}
    Webhook.objects.create(**owner, url=f"https://example.org/{name}", secret=name)
    Budget.objects.create(
        **owner, system=assessment.system, name=name, metric="it_energy", per="total", fail_at=0.5
    )
    budgets.check(system=assessment.system)


def add_scenario(assessment: Assessment, name: str) -> None:
    """Keep a scenario of longer-lived hardware."""
    Scenario.objects.create(
        organisation=assessment.organisation,
        assessment=assessment,
        name=name,
        measures=[{"measure": "lifetime", "options": {"years": 7}}],
    )


def add_roadmap(assessment: Assessment) -> None:
    """Plan to keep hardware longer, and to halve climate change."""
    Roadmap.objects.create(
        organisation=assessment.organisation,
        system=assessment.system,
        baseline=assessment,
        targets=[{"category": "gwp_location", "reduction": 0.5, "by": "2030-12-31"}],
        actions=[
            {
                "phase": "optimise infrastructure",
                "what": "Keep servers",
                "due": "2027-06-30",
                "measure": "lifetime",
                "options": {"years": 7},
            }
        ],
    )


def add_routing_study(assessment: Assessment, name: str) -> None:
    """Study queries that nothing could be learnt from."""
    RoutingStudy.objects.create(
        organisation=assessment.organisation,
        assessment=assessment,
        name=name,
        file="routing/x",
        sha256="0" * 64,
        budget=0.6,
        folds=5,
        state=StudyState.FAILED,
        message="Nothing could be learnt.",
    )


def add_host(organisation: Organisation, actor: User, name: str) -> None:
    """Add a host with a schedule, and an alarm about what it measured."""
    host, _ = probes.add_host(organisation=organisation, actor=actor, name=name)
    measurement = Measurement.objects.of(organisation).latest("pk")
    measurement.host = host
    measurement.save()
    load = {"preset": "tiny", "precision": "bf16", "device": "cpu"}
    ProbeSchedule.objects.create(
        organisation=organisation, host=host, next_at=timezone.now(), **load
    )
    DriftAlarm.objects.create(
        organisation=organisation,
        baseline=measurement,
        measurement=measurement,
        phase="decode",
        change=0.5,
    )


def add_own_factor(organisation: Organisation, actor: User, name: str) -> None:
    """Keep a factor of the organisation's own, with evidence."""
    factor = OwnFactor(
        organisation=organisation,
        kind="zone",
        key="DE",
        indicator="gwp_location",
        value=0.3,
        unit="kg CO2e/kWh",
        year=2025,
        source_text=name,
        licence="internal",
    )
    factors.add(factor=factor, actor=actor)
    file = io.BytesIO(b"%PDF-1.7 evidence")
    factors.attach(factor=factor, file=file, name="page.pdf", expected_version=1, actor=actor)


def add_parts(assessment: Assessment, part: dict[str, Any]) -> None:
    """Add what starting an assessment does not."""
    UpstreamModel.objects.create(**part, name="Base", share_inherited=0.5, kg_co2e=10.0, source="s")
    Deployment.objects.create(
        **part,
        name="Service",
        site=assessment.sites.get(),
        hardware=assessment.hardware.get(),
        requests=1000,
        tokens_in=100.0,
        tokens_out=400.0,
        energy_source="supplied",
        joules_per_output_token=1.0,
    )
    Contract.objects.create(
        **part,
        name="Wind",
        site=assessment.sites.get(),
        kind="ppa",
        coverage_share=0.5,
        kg_co2e_per_kwh=0.01,
    )
    HourlySeries.objects.create(
        **part,
        site=assessment.sites.get(),
        starts_at=timezone.now(),
        factors=[0.1, None],
        source="s",
    )
    FactorChoice.objects.create(
        **part,
        kind="accelerator",
        key="nvidia-h100-sxm5-80gb",
        indicator="embodied_gwp",
        source="LEES2026",
        reason="Several categories.",
    )
    PublishedFigure.objects.create(
        **part,
        label="Total",
        category="gwp_location",
        value=1.0,
        unit="kg CO2e",
        tolerance_share=0.1,
    )

"""A small real study: the rows of a published paper, entered as a user enters them."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.assessments.models import (
    AISystem,
    Assessment,
    ComputeRun,
    Deployment,
    Hardware,
    PublishedFigure,
    Site,
)
from apps.assessments.services import create, create_assessment
from apps.disclosures import exports
from apps.disclosures.models import Snapshot
from apps.factors.models import Release
from tests.disclosing import released
from tests.factories import OrganisationFactory

RUNS = (
    ("7B development", "exploration", 269_000, 196_000, 375),
    ("7B, April and July 2024", "final_training", None, 95_000, 1),
    ("OLMo 2 7B", "final_training", None, 157_000, 1),
)


@pytest.fixture
def study(release: Release) -> Assessment:
    """Development and training of a model family, without a deployment."""
    return make_study(OrganisationFactory(name="Open Model Lab", slug="open-model-lab"))


@pytest.fixture
def served(study: Assessment) -> Assessment:
    """The same with a deployment and a declared number of queries."""
    serve(study)
    return study


def make_study(organisation: Organisation, slug: str = "open-model-2025") -> Assessment:
    system = AISystem.objects.filter(organisation=organisation).first() or create(
        record=AISystem(
            organisation=organisation,
            name="Open Model 2",
            slug="open-model-2",
            provider="Open Model Lab",
            params_total_b=7.0,
            params_active_b=7.0,
        ),
        actor=None,
    )
    assessment = create_assessment(system=system, actor=None, title="Open Model 2, 2025", slug=slug)
    part = {"organisation": organisation, "assessment": assessment}
    site = create(
        record=Site(
            **part,
            name="Jupiter",
            zone="US",
            pue=1.2,
            wue_l_per_kwh=0.0,
            ewif_l_per_kwh=1.29,
            grid_kg_co2e_per_kwh=0.332,
            grid_source="Morrison et al. 2025, section 3.1",
            source="Morrison et al. 2025, section 3.1",
        ),
        actor=None,
    )
    machine = create(
        record=Hardware(
            **part,
            name="H100 cluster",
            accelerator="nvidia-h100-sxm5-80gb",
            lifetime_years=4,
            utilisation=1.0,
            embodied_kg_co2e=463,
            embodied_includes_host=True,
            source="Morrison et al. 2025, section 3.1",
        ),
        actor=None,
    )
    for name, category, hours, energy, count in RUNS:
        run = create(
            record=ComputeRun(
                **part,
                name=name,
                site=site,
                hardware=machine,
                category=category,
                gpu_hours=hours,
                energy_kwh=energy,
                energy_scope="facility",
                energy_provenance="measured",
                runs_count=count,
                source="Morrison et al. 2025, table 1",
            ),
            actor=None,
        )
    create(
        record=PublishedFigure(
            **part,
            label="Training of OLMo 2 7B",
            stage="training",
            category="gwp_location",
            value=52_000,
            unit="kg CO2e",
            tolerance_share=0.015,
            run=run,
            where="table 2",
        ),
        actor=None,
    )
    return assessment


def serve(assessment: Assessment) -> Deployment:
    deployment = Deployment(
        organisation=assessment.organisation,
        assessment=assessment,
        name="Public API",
        site=Site.objects.get(assessment=assessment),
        hardware=Hardware.objects.get(assessment=assessment),
        requests=2_000_000_000,
        tokens_in=300,
        tokens_out=400,
        energy_source="supplied",
        joules_per_output_token=0.4,
        joules_per_input_token=0.02,
        energy_provenance="measured",
        source="Own meters",
    )
    create(record=deployment, actor=None)
    Assessment.objects.filter(pk=assessment.pk).update(lifetime_queries=10_000_000_000)
    assessment.refresh_from_db()
    return deployment


@pytest.fixture
def report(served: Assessment) -> Snapshot:
    return released(served)


@pytest.fixture
def made(report: Snapshot) -> Callable[[str], bytes]:
    def made(name: str) -> bytes:
        return exports.make(name, report.content)

    return made


@pytest.fixture
def document(report: Snapshot) -> dict[str, Any]:
    return report.read()

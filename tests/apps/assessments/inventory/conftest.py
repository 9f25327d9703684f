"""An assessment written row by row, with the release that ships with the product."""

from typing import Any

import pytest

from apps.assessments.inventory import build_inventory
from apps.assessments.models import (
    AISystem,
    Assessment,
    ComputeRun,
    Deployment,
    Hardware,
    Site,
    StageDeclaration,
    UpstreamModel,
)
from apps.factors.models import Release
from lca.engine import Category, Inventory, Result, assess
from tests.factories import OrganisationFactory


class Study:
    """Rows of one assessment, with short defaults for what a test does not look at."""

    def __init__(self, release: Release, **system: Any) -> None:
        organisation = OrganisationFactory()
        self.common = {"organisation": organisation}
        ai_system = AISystem.objects.create(name="Model", slug="model", **self.common, **system)
        self.assessment = Assessment.objects.create(
            system=ai_system,
            title="Study",
            slug="study",
            release=release,
            **self.common,
        )

    def add(self, model: type, **fields: Any) -> Any:
        return model.objects.create(assessment=self.assessment, **self.common, **fields)

    def site(self, **fields: Any) -> Site:
        return self.add(Site, **{"name": "Site", "zone": "US"} | fields)

    def hardware(self, **fields: Any) -> Hardware:
        return self.add(
            Hardware, **{"name": "H100", "accelerator": "nvidia-h100-sxm5-80gb"} | fields
        )

    def run(self, site: Site, hardware: Hardware | None = None, **fields: Any) -> ComputeRun:
        known = {"name": "Run", "category": "final_training", "energy_scope": "node"}
        return self.add(ComputeRun, site=site, hardware=hardware, **known | fields)

    def deployment(self, site: Site, hardware: Hardware | None = None, **fields: Any) -> Deployment:
        return self.add(Deployment, site=site, hardware=hardware, **{"name": "Chat"} | fields)

    def upstream(self, **fields: Any) -> UpstreamModel:
        return self.add(UpstreamModel, **{"name": "Base"} | fields)

    def declare(self, stage: str, status: str) -> None:
        self.add(StageDeclaration, stage=stage, status=status)

    def inventory(self) -> Inventory:
        return build_inventory(self.assessment)

    def result(self) -> Result:
        return assess(self.inventory(), draws=64)

    def nominal(self, category: Category | str, grouping: str = "total", key: str = "") -> float:
        stat = self.result().stat(category, grouping, key)
        assert stat is not None
        return stat.nominal


@pytest.fixture
def study(release: Release) -> Study:
    return Study(release)


@pytest.fixture
def augusta(study: Study) -> Site:
    """The Iowa cluster of the OLMo study, every figure supplied."""
    return study.site(
        name="Augusta", pue=1.12, wue_l_per_kwh=0.0, ewif_l_per_kwh=3.10, grid_kg_co2e_per_kwh=0.351
    )

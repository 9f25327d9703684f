"""Records of an assessment: what a declarant knows about an AI system. ``None`` is *not declared*."""

from apps.assessments.models.base import Part
from apps.assessments.models.choice import FactorChoice
from apps.assessments.models.contract import Contract
from apps.assessments.models.deployment import Deployment
from apps.assessments.models.hardware import Hardware
from apps.assessments.models.published import PublishedFigure
from apps.assessments.models.quantities import QUANTITIES
from apps.assessments.models.run import ComputeRun, UpstreamModel
from apps.assessments.models.series import HourlySeries
from apps.assessments.models.site import Site
from apps.assessments.models.system import AISystem, Assessment, StageDeclaration
from apps.assessments.models.vocabulary import (
    TRAINING_CATEGORIES,
    Allocation,
    ContractKind,
    EnergyScope,
    EnergySource,
    EwifBasis,
    GridScope,
    Matching,
    Modality,
    RunCategory,
    RunOutcome,
    StageStatus,
    WueBasis,
)

__all__ = [
    "QUANTITIES",
    "TRAINING_CATEGORIES",
    "AISystem",
    "Allocation",
    "Assessment",
    "ComputeRun",
    "Contract",
    "ContractKind",
    "Deployment",
    "EnergyScope",
    "EnergySource",
    "EwifBasis",
    "FactorChoice",
    "GridScope",
    "Hardware",
    "HourlySeries",
    "Matching",
    "Modality",
    "Part",
    "PublishedFigure",
    "RunCategory",
    "RunOutcome",
    "Site",
    "StageDeclaration",
    "StageStatus",
    "UpstreamModel",
    "WueBasis",
]

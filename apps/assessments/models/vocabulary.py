"""The words that records may use; stages, categories and provenance are the engine's."""

from django.db import models

from lca.engine import Category, Provenance, Stage
from lca.measure.profiles.serving import BYTES

STAGE_CHOICES = [(stage.value, stage.label) for stage in Stage]
CATEGORY_CHOICES = [(category.value, category.label) for category in Category]
PROVENANCE_CHOICES = [(word.value, word.value) for word in Provenance]
DECLARED_PROVENANCE_CHOICES = [
    (word.value, word.value) for word in Provenance if word is not Provenance.DEFAULT
]


class StageStatus(models.TextChoices):
    INCLUDED = "included", "included"
    EXCLUDED = "excluded", "excluded"
    NOT_DECLARED = "not_declared", "not declared"


class EnergyScope(models.TextChoices):
    ACCELERATOR = "accelerator", "accelerators only"
    NODE = "node", "whole servers"
    FACILITY = "facility", "whole facility, cooling included"


class ContractKind(models.TextChoices):
    SUPPLIER = "supplier", "supplier-specific tariff"
    PPA = "ppa", "power purchase agreement"
    CERTIFICATES = "certificates", "energy attribute certificates"


class Matching(models.TextChoices):
    ANNUAL = "annual", "by year"
    MONTHLY = "monthly", "by month"
    HOURLY = "hourly", "by hour"


class WueBasis(models.TextChoices):
    IT_CONSUMPTION = "it", "water consumed, per kWh of IT energy"
    FACILITY_CONSUMPTION = "facility", "water consumed, per kWh of facility energy"
    IT_WITHDRAWAL = "it_drawn", "water withdrawn, per kWh of IT energy"
    FACILITY_WITHDRAWAL = "fac_drawn", "water withdrawn, per kWh of facility energy"

    @property
    def is_withdrawal(self) -> bool:
        """Whether it counts what is taken in, of which a part is given back."""
        return self in {WueBasis.IT_WITHDRAWAL, WueBasis.FACILITY_WITHDRAWAL}

    @property
    def is_per_facility(self) -> bool:
        """Whether it is given per kWh at the meter of the building."""
        return self in {WueBasis.FACILITY_CONSUMPTION, WueBasis.FACILITY_WITHDRAWAL}


class EwifBasis(models.TextChoices):
    """What an EWIF counts of the water that evaporates from reservoirs."""

    NOT_STATED = "", "not stated"
    INCLUDED = "included", "with hydropower's evaporation"
    LEFT_OUT = "left_out", "without hydropower's evaporation"


class GridScope(models.TextChoices):
    NOT_STATED = "", "not stated"
    LIFE_CYCLE = "life_cycle", "life-cycle: fuel supply and plants included"
    DIRECT = "direct", "direct: what leaves the stacks"


class Allocation(models.TextChoices):
    """What the declared accelerator-hours hold, and so what shares out the idle time of a life."""

    BUSY_HOURS = "busy_hours", "hours at work"
    EXCLUSIVE_NODE = "exclusive_node", "reserved servers, idle included"
    SHARED_CLUSTER = (
        "shared_cluster",
        "reserved in a shared cluster",
    )


class RunCategory(models.TextChoices):
    DATA_PROCESSING = "data_processing", "data processing"
    EXPLORATION = "exploration", "exploration"
    DEBUGGING = "debugging", "debugging"
    FAILED = "failed", "failed"
    ABLATION = "ablation", "ablation"
    EVALUATION = "evaluation", "evaluation"
    FINAL_TRAINING = "final_training", "final training"
    FINE_TUNING = "fine_tuning", "fine-tuning"


TRAINING_CATEGORIES = frozenset({RunCategory.FINAL_TRAINING, RunCategory.FINE_TUNING})


class RunOutcome(models.TextChoices):
    COMPLETED = "completed", "completed"
    FAILED = "failed", "failed"
    ABANDONED = "abandoned", "abandoned"
    UNKNOWN = "unknown", "unknown"


WEIGHT_PRECISION_CHOICES = [(name, name) for name in BYTES]


class EnergySource(models.TextChoices):
    SUPPLIED = "supplied", "I know the joules per token"
    PROBE = "probe", "measured by a probe"
    PROFILE = "profile", "predicted from published measurements"
    MODELLED = "modelled", "modelled from the system's parameters"


class Modality(models.TextChoices):
    TEXT = "text", "text"
    IMAGE = "image", "image"
    AUDIO = "audio", "audio"
    VIDEO = "video", "video"
    MULTIMODAL = "multimodal", "multimodal"
    OTHER = "other", "other"

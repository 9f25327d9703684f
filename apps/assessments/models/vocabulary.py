"""The words that records may use; stages, categories and provenance are the engine's."""

from django.db import models

from lca.engine import Category, Provenance, Stage

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


class EnergySource(models.TextChoices):
    SUPPLIED = "supplied", "I know the joules per token"
    PROBE = "probe", "measured by a probe"
    MODELLED = "modelled", "modelled from the system's parameters"


class Modality(models.TextChoices):
    TEXT = "text", "text"
    IMAGE = "image", "image"
    AUDIO = "audio", "audio"
    VIDEO = "video", "video"
    MULTIMODAL = "multimodal", "multimodal"
    OTHER = "other", "other"

"""Budgets of a system's recorded runs, and the history of their checks."""

from django.core.exceptions import ValidationError
from django.db import models

from apps.accounts.models import Owned, Versioned
from apps.assessments.models import AISystem

MOST = 1e15


class Metric(models.TextChoices):
    """What a budget counts."""

    CO2E = "gwp_location", "climate impact, location-based"
    ENERGY = "it_energy", "electricity of the computers"
    WATER = "water", "water consumption"
    GPU_HOURS = "gpu_hours", "GPU-hours"


UNITS = {
    Metric.CO2E: "kg CO2e",
    Metric.ENERGY: "kWh",
    Metric.WATER: "L",
    Metric.GPU_HOURS: "GPU h",
}


class Coverage(models.TextChoices):
    """Which runs it counts."""

    ALL = "all", "all runs"
    DEVELOPMENT = "development", "development: all runs but those of training"
    TRAINING = "training", "training: final training and fine-tuning that did not fail"


class Per(models.TextChoices):
    """What it holds for."""

    RUN = "run", "each run"
    WEEK = "week", "a calendar week"
    MONTH = "month", "a calendar month"
    QUARTER = "quarter", "a calendar quarter"
    YEAR = "year", "a calendar year"
    TOTAL = "total", "the whole life of the project"


class JudgedOn(models.TextChoices):
    """Which figure is held against the thresholds."""

    VALUE = "value", "the value"
    UPPER = "p95", "the upper end of its interval"


class Status(models.TextChoices):
    """What a check came to; *nothing* where no run says anything, which is not nought."""

    PASS = "pass", "within"
    WARN = "warn", "near its limit"
    FAIL = "fail", "exceeded"
    NOTHING = "nothing", "nothing to check"


class Budget(Owned, Versioned):
    """How much a system's runs may come to: above ``warn_at`` there is a warning, above ``fail_at`` it is exceeded."""

    system = models.ForeignKey(AISystem, on_delete=models.CASCADE, related_name="budgets")
    name = models.CharField("name", max_length=120)
    metric = models.CharField(
        "it counts", max_length=12, choices=Metric.choices, default=Metric.CO2E
    )
    covers = models.CharField("of", max_length=12, choices=Coverage.choices, default=Coverage.ALL)
    per = models.CharField("for", max_length=8, choices=Per.choices, default=Per.MONTH)
    warn_at = models.FloatField("warn above", null=True, blank=True)
    fail_at = models.FloatField("exceeded above")
    judged_on = models.CharField(
        "judged by", max_length=5, choices=JudgedOn.choices, default=JudgedOn.VALUE
    )
    is_active = models.BooleanField("in force", default=True)

    class Meta:
        ordering = ["system__name", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fail_at__gt=0, fail_at__lte=MOST),
                name="budget_fail_at_range",
                violation_error_message="The limit must be above 0.",
            ),
            models.CheckConstraint(
                condition=models.Q(warn_at__isnull=True)
                | models.Q(warn_at__gt=0, warn_at__lte=models.F("fail_at")),
                name="budget_warn_at_range",
                violation_error_message="The warning must be above 0 and not above the limit.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Say which field is at fault, before the database does."""
        if self.fail_at is not None and not 0 < self.fail_at <= MOST:
            raise ValidationError({"fail_at": "The limit must be above 0."})
        if self.warn_at is not None and not 0 < self.warn_at <= (self.fail_at or MOST):
            raise ValidationError({"warn_at": "It must be above 0 and not above the limit."})

    @property
    def unit(self) -> str:
        """Unit of its figures and thresholds."""
        return UNITS[Metric(self.metric)]


class BudgetCheck(Owned):
    """What one check of one budget came to; ``low`` and ``high`` are the ends of the 90 % interval, where there is one."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="checks")
    status = models.CharField(max_length=8, choices=Status.choices)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    why = models.CharField(max_length=600)
    branch = models.CharField(max_length=200, blank=True)
    commit = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["budget", "-id"], name="budget_check_latest")]

    def __str__(self) -> str:
        return f"{self.status}, {self.created_at:%Y-%m-%d %H:%M}"

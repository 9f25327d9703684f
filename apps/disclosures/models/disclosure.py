"""What a report says besides figures: who answers for it, of which model, for whom, and with what limits."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from apps.accounts.models import Owned, Versioned
from apps.assessments.models import Assessment

MOST_YEARS = 5
HEX = RegexValidator(r"^#[0-9a-fA-F]{6}$", "Write a colour as # and six digits, such as #882255.")


class Language(models.TextChoices):
    """Languages a report can be set in."""

    ENGLISH = "en", "English"
    FRENCH = "fr", "French"


def logo_path(disclosure: "Disclosure", _name: str) -> str:
    """Where a logo is kept; never under a name that was sent."""
    return f"logos/{disclosure.organisation.uuid}/{disclosure.uuid}.png"


class Disclosure(Owned, Versioned):
    """The particulars of an assessment's reports; part of every snapshot that is frozen after they change.

    Empty text and ``None`` are *not declared*, and the report says so.
    """

    assessment = models.OneToOneField(
        Assessment, on_delete=models.CASCADE, related_name="disclosure"
    )
    contact = models.EmailField("contact", blank=True)
    accountable_person = models.CharField("accountable person", max_length=200, blank=True)
    commissioner = models.CharField("commissioner", max_length=200, blank=True)
    practitioner = models.CharField("practitioner", max_length=200, blank=True)
    period_note = models.CharField("why no period is given", max_length=300, blank=True)
    audience = models.TextField("audience", max_length=2000, blank=True)
    applications = models.TextField("intended applications", max_length=2000, blank=True)
    purpose = models.TextField("why AI, and why this model", max_length=4000, blank=True)
    model_version = models.CharField("version of the model", max_length=100, blank=True)
    model_hash = models.CharField("hash or endpoint of the model", max_length=200, blank=True)
    reasoning_tokens = models.PositiveIntegerField(
        "hidden reasoning tokens per functional unit", null=True, blank=True
    )
    tool_calls = models.PositiveIntegerField(
        "tool calls per functional unit", null=True, blank=True
    )
    quality_metric = models.CharField("quality of the model", max_length=300, blank=True)
    training_tokens = models.FloatField(
        "tokens trained on", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    training_flop = models.FloatField(
        "training compute", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    training_days = models.FloatField(
        "training time", null=True, blank=True, validators=[MinValueValidator(0)]
    )
    inference_flop = models.FloatField(
        "inference compute of the benchmark",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    compute_method = models.TextField("how compute was counted", max_length=2000, blank=True)
    cut_off = models.TextField("cut-off rule", max_length=2000, blank=True)
    cut_off_percent = models.FloatField(
        "estimated share left out",
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    second_order = models.TextField("second-order effects", max_length=4000, blank=True)
    conclusions = models.TextField("conclusions", max_length=8000, blank=True)
    limitations = models.TextField("limitations", max_length=8000, blank=True)
    actions = models.TextField("actions", max_length=8000, blank=True)
    relative_wording = models.TextField("relative results", max_length=1000, blank=True)
    comparability_wording = models.TextField("comparability", max_length=1000, blank=True)
    electricity_wording = models.TextField("electricity", max_length=1000, blank=True)
    licence = models.CharField("licence of the report", max_length=60, default="CC BY 4.0")
    valid_years = models.PositiveSmallIntegerField(
        "valid for",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_YEARS)],
    )
    restatement_percent = models.FloatField(
        "restatement threshold",
        default=5.0,
        validators=[MinValueValidator(0.1), MaxValueValidator(50)],
    )
    language = models.CharField(
        "language", max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    accent = models.CharField("accent colour", max_length=7, blank=True, validators=[HEX])
    logo = models.ImageField("logo", upload_to=logo_path, max_length=255, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(language__in=Language.values), name="disclosure_language_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Particulars of {self.assessment}"

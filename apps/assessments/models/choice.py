"""Another source: which of the release's rival figures an assessment uses instead of the one the library chose."""

from django.db import models

from apps.assessments.models.base import Part


class FactorChoice(Part):
    """A rival figure chosen for one indicator of one entry of the release, and why; ``own`` keeps an own factor there."""

    kind = models.CharField("kind", max_length=20)
    key = models.CharField("entry", max_length=120)
    indicator = models.CharField("indicator", max_length=40)
    source = models.CharField(
        "source", max_length=60, help_text="Key of the source whose figure is used."
    )
    own = models.ForeignKey(
        "factors.OwnFactor",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="choices",
    )
    reason = models.CharField(
        "reason", max_length=500, help_text="Why this source is the better one here."
    )

    class Meta:
        ordering = ["pk"]
        default_related_name = "factor_choices"
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "kind", "key", "indicator"], name="factor_chosen_once"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="factor_choice_reasoned"),
        ]

    def __str__(self) -> str:
        return f"{self.key}, {self.indicator}: {self.source}"

    @property
    def place(self) -> tuple[str, str, str]:
        """What the choice is for: kind, entry, indicator."""
        return self.kind, self.key, self.indicator

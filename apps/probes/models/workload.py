"""What a probe measures: a reference model, how its weights are stored, and the load put on it."""

from django.db import models

from lca.measure.spec import ALL_PRECISIONS, ALL_PRESETS

PRESET_CHOICES = [(name, name) for name in ALL_PRESETS]
PRECISION_CHOICES = [(name, name) for name in ALL_PRECISIONS]


class Workload(models.Model):
    """The load of a probe, of one asked for and of one that is scheduled."""

    preset = models.CharField(max_length=30, choices=PRESET_CHOICES)
    precision = models.CharField(max_length=10, choices=PRECISION_CHOICES)
    batch_size = models.PositiveIntegerField(default=1)
    prompt_tokens = models.PositiveIntegerField(default=128)
    output_tokens = models.PositiveIntegerField(default=32)
    repeats = models.PositiveIntegerField(default=5)
    time_limit_s = models.PositiveIntegerField(default=300)

    class Meta:
        abstract = True

    @property
    def load(self) -> str:
        """The load in words, the same for all measurements that may be compared."""
        return f"{self.prompt_tokens} in, {self.output_tokens} out, batch of {self.batch_size}"

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
        return load_in_words(self.prompt_tokens, self.output_tokens, self.batch_size)


def load_in_words(prompt_tokens: int, output_tokens: int, batch_size: int) -> str:
    """Return the words by which loads are compared."""
    return f"{prompt_tokens} in, {output_tokens} out, batch of {batch_size}"

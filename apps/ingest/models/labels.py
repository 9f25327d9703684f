"""What a run was for and whose it was: said by people and CI systems, not by the tool that measured."""

from django.db import models

from apps.assessments.models import RunCategory


class Labelled(models.Model):
    """Labels of a run, or of every run of a file; empty where nobody said anything."""

    category = models.CharField(max_length=20, choices=RunCategory.choices, blank=True)
    component = models.CharField(max_length=100, blank=True)
    team = models.CharField(max_length=100, blank=True)
    branch = models.CharField(max_length=200, blank=True)
    commit = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True

    def labels(self) -> dict[str, str]:
        """Give the five labels by name."""
        return {name: getattr(self, name) for name in LABELS}


LABELS = ("category", "component", "team", "branch", "commit")

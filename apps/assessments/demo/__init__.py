"""The finished examples of a new installation: loaded by the same services as users' data, and removable."""

from apps.assessments.demo.loading import load, remove
from apps.assessments.demo.people import Login, holding

__all__ = ["Login", "holding", "load", "remove"]

"""Embodied impacts of accelerators: rival methods of one shape, the rule that chooses, and what it prints."""

from apps.factors.embodied.choice import Choice, choose
from apps.factors.embodied.device import Device, Given, Library
from apps.factors.embodied.estimate import Estimate, Missing
from apps.factors.embodied.methods import outcomes

__all__ = ["Choice", "Device", "Estimate", "Given", "Library", "Missing", "choose", "outcomes"]

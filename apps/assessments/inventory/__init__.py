"""From records to an inventory, and from the inventory to figures."""

from apps.assessments.inventory.builder import build_inventory
from apps.assessments.inventory.evaluation import Evaluation, evaluate, inventories

__all__ = ["Evaluation", "build_inventory", "evaluate", "inventories"]

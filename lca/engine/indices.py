"""What variance-based indices look like: estimates with intervals, by category and parameter."""

import attrs

from lca.engine.inventory import Inventory
from lca.engine.result import ENGINE_VERSION, Json
from lca.engine.vocabulary import Category


@attrs.frozen(kw_only=True)
class Estimate:
    """An index with its 90 % bootstrap interval; one near 0 may come out below it."""

    value: float
    p05: float
    p95: float


@attrs.frozen(kw_only=True)
class Index:
    """Share of a variance that a parameter makes by itself, and together with all it interacts with."""

    parameter: str
    label: str
    first_order: Estimate
    total: Estimate


@attrs.frozen(kw_only=True)
class CategoryIndices:
    """Indices of the total in one category, by falling total index.

    ``rest`` is of all parameters together that were not given indices of their own. A total that does not vary has no indices.
    """

    category: Category
    unit: str
    standard_deviation: float
    parameters: tuple[Index, ...]
    rest: Index | None

    def to_dict(self) -> dict[str, Json]:
        """Plain JSON."""
        return {
            "unit": self.unit,
            "standard_deviation": self.standard_deviation,
            "parameters": [attrs.asdict(row) for row in self.parameters],
            "rest": attrs.asdict(self.rest) if self.rest else None,
        }


@attrs.frozen(kw_only=True, eq=False)
class Indices:
    """Indices of every category asked for; ``evaluations`` is how often the totals were computed."""

    inventory: Inventory
    draws: int
    seed: int
    resamples: int
    evaluations: int
    uncertain: int
    top: int
    left_out: tuple[str, ...]
    categories: tuple[CategoryIndices, ...]

    def to_dict(self) -> dict[str, Json]:
        """Plain JSON, as the command prints it."""
        return {
            "engine": {"version": ENGINE_VERSION, "draws": self.draws, "seed": self.seed},
            "functional_unit": self.inventory.functional_unit,
            "estimators": {"first_order": "Saltelli 2010", "total": "Jansen 1999"},
            "resamples": self.resamples,
            "evaluations": self.evaluations,
            "uncertain_parameters": self.uncertain,
            "screening": self._screening(),
            "indices": {item.category.value: item.to_dict() for item in self.categories},
        }

    def _screening(self) -> Json:
        """Which parameters have no index of their own, and why; ``None`` where all have."""
        if not self.left_out:
            return None
        return {
            "top": self.top,
            "criterion": "largest first-order variance share in any of the categories",
            "together_as_rest": list(self.left_out),
        }

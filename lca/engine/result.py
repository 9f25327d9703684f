"""What an assessment gives: statistics by group and by flow, in plain numbers."""

from collections.abc import Mapping
from typing import TypeAlias

import attrs

from lca.engine.distributions import Draws
from lca.engine.formula import formula
from lca.engine.inventory import Inventory
from lca.engine.quality import Rating
from lca.engine.sampling import Drawn
from lca.engine.vocabulary import Category, Provenance, Stage

ENGINE_VERSION = "1.1.0"
Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | int | bool | None"


@attrs.frozen(kw_only=True)
class Stat:
    """One figure: deterministic value, mean, median and 90 % interval, in ``unit``."""

    nominal: float
    mean: float
    p05: float
    p50: float
    p95: float
    unit: str

    def to_dict(self) -> dict[str, Json]:
        """Plain JSON."""
        return attrs.asdict(self)


@attrs.frozen(kw_only=True, eq=False)
class Group:
    """A sum of flows in one category, with its draws, shape (n_draws,)."""

    grouping: str
    key: str
    category: Category
    stat: Stat
    values: Draws


@attrs.frozen(kw_only=True)
class Sensitivity:
    """How much one parameter moves one total.

    ``elasticity`` is the relative change of the total for a relative change of the parameter;
    ``variance_share`` its first-order share of the total's variance.
    """

    parameter: str
    label: str
    elasticity: float
    variance_share: float

    def to_dict(self) -> dict[str, Json]:
        """Plain JSON."""
        return attrs.asdict(self)


@attrs.frozen(kw_only=True, eq=False)
class Result:
    """Totals of an inventory; ``groups`` keep their draws, and ``drawn`` those of the parameters, for comparison."""

    inventory: Inventory
    draws: int
    seed: int
    by: frozenset[str]
    drawn: Drawn
    groups: tuple[Group, ...]
    flow_stats: tuple[Stat, ...]
    amounts: tuple[float, ...]
    sensitivity: Mapping[Category, tuple[Sensitivity, ...]]
    provenance: Mapping[Category, Mapping[Provenance, float]]
    quality: Mapping[Category, Rating]

    def stat(self, category: Category | str, grouping: str = "total", key: str = "") -> Stat | None:
        """One figure, or ``None`` where nothing was declared."""
        group = self.group(category, grouping, key)
        return group.stat if group else None

    def group(
        self, category: Category | str, grouping: str = "total", key: str = ""
    ) -> Group | None:
        """One group with its draws, or ``None`` where nothing was declared."""
        wanted = (grouping, key, Category(category))
        return next((g for g in self.groups if (g.grouping, g.key, g.category) == wanted), None)

    def table(self, grouping: str) -> dict[str, dict[str, Stat]]:
        """Figures of one grouping: key, then category. Stages come in reporting order."""
        result: dict[str, dict[str, Stat]] = {}
        for group in sorted(self.groups, key=lambda g: g.category.place):
            if group.grouping == grouping:
                result.setdefault(group.key, {})[group.category.value] = group.stat
        if grouping in {"stage", "activity"}:
            return {stage.value: result[stage.value] for stage in Stage if stage.value in result}
        return result

    def to_dict(self) -> dict[str, Json]:
        """Plain JSON, as in ``docs/api`` and in snapshots; what was not asked for is left out."""
        tables = {
            f"by_{name}": _plain(self.table(name))
            for name in ("stage", "component", "process", "activity")
            if name in self.by
        }
        flows: dict[str, Json] = {"flows": self._flows()} if "flow" in self.by else {}
        return {
            "engine": {"version": ENGINE_VERSION, "draws": self.draws, "seed": self.seed},
            "functional_unit": self.inventory.functional_unit,
            "totals": _plain(self.table("total")).get("", {}),
            **tables,
            **flows,
            "provenance_shares": {
                c.value: {p.value: s for p, s in shares.items()}
                for c, shares in self.provenance.items()
            },
            "data_quality": {c.value: dict(row.to_dict()) for c, row in self.quality.items()},
            "sensitivity": {
                c.value: [s.to_dict() for s in items] for c, items in self.sensitivity.items()
            },
            "gaps": [dict(gap.to_dict()) for gap in self.inventory.gaps],
        }

    def _flows(self) -> list[Json]:
        stats = iter(self.flow_stats)
        rows: list[Json] = []
        for flow, amount in zip(self.inventory.flows, self.amounts, strict=True):
            impacts = {c.value: next(stats).to_dict() for c in flow.factors}
            rows.append(
                {
                    "name": flow.name,
                    "label": flow.title,
                    "stage": flow.stage.value,
                    "process": flow.process,
                    "component": flow.component.value,
                    "activity": flow.activity.value if flow.activity else None,
                    "amount": amount,
                    "unit": flow.unit,
                    "impacts": dict(impacts),
                    "formula": {c.value: formula(self.inventory, flow, c) for c in flow.factors},
                }
            )
        return rows


def _plain(table: Mapping[str, Mapping[str, Stat]]) -> dict[str, Json]:
    return {key: {name: stat.to_dict() for name, stat in row.items()} for key, row in table.items()}

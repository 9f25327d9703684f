"""A deployment's request from the narrowest boundary to the widest: the chip, its server, idle capacity, the site, the life cycle.

Each rung holds those below it. Published figures per request differ by what they count, so a comparison starts here.
"""

from collections.abc import Callable, Iterator
from typing import Any

import attrs

from apps.assessments.inventory.builder import from_records
from apps.assessments.inventory.draft import Terms
from apps.assessments.inventory.per_use import lifetime_queries
from apps.assessments.inventory.records import Records, read
from apps.assessments.inventory.requests import spread
from apps.assessments.models import Assessment, Deployment
from lca.engine import Category, Component, Flow, Inventory, Parameter, Stage, assess

REPLY_TOKENS = 400
SHOWN = (Category.ELECTRICITY, Category.GWP_LOCATION, Category.WATER)
Pick = Callable[[Flow], Terms | None]


@attrs.frozen(kw_only=True)
class Rung:
    """One boundary: figures per request by category; ``reason`` says why there are none."""

    key: str
    label: str
    holds: str
    figures: dict[str, dict[str, Any]]
    reason: str = ""


@attrs.frozen(kw_only=True)
class Ladder:
    """Rungs from narrow to wide; ``parts`` are nominal kWh per request of each phase by component.

    ``spread`` says how the electricity at the data centre differs from request to request, where a trace is known.
    """

    rungs: tuple[Rung, ...]
    parts: dict[str, dict[str, float]]
    tokens_out: float | None
    spread: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {
            "functional_unit": "request",
            "tokens_out": self.tokens_out,
            "rungs": [attrs.asdict(rung) for rung in self.rungs],
            "electricity_kwh_by_phase": self.parts,
            "electricity_kwh_spread": self.spread,
        }


def ladder(assessment: Assessment, row: Deployment) -> Ladder:
    """Climb from the accelerators of one deployment to the whole life cycle.

    Raises
    ------
    EngineError
        If the inventory cannot be assessed.
    """
    records = read(assessment)
    inventory = from_records(records)
    view = _View(records=records, inventory=inventory, row=row)
    parts = view.parts()
    return Ladder(
        rungs=tuple(_rungs(view)),
        parts=parts,
        tokens_out=row.tokens_out,
        spread=spread(row, parts),
    )


@attrs.frozen(kw_only=True)
class _View:
    """The flows of one deployment within an inventory."""

    records: Records
    inventory: Inventory
    row: Deployment

    @property
    def prefix(self) -> str:
        return f"deployment.{self.records.key(self.row)}."

    @property
    def requests(self) -> str:
        return f"{self.prefix}requests"

    @property
    def overhead(self) -> str:
        hardware = self.row.hardware
        return f"hardware.{self.records.key(hardware)}.node_overhead" if hardware else ""

    def per_request(self, pick: Pick, extra: tuple[Parameter, ...] = ()) -> dict[str, Any]:
        """Figures of the picked flows per request, in the categories shown."""
        known = self.inventory.named()
        chosen = self.inventory.per(
            "request", pick, parameters=[p for p in extra if p.name not in known]
        )
        if not chosen.flows:
            return {}
        assessment = self.records.assessment
        result = assess(chosen, draws=assessment.draws, seed=assessment.seed, by=())
        stats = {category: result.stat(category) for category in SHOWN}
        return {category.value: stat.to_dict() for category, stat in stats.items() if stat}

    def mine(self, flow: Flow) -> bool:
        """Tell whether a flow belongs to this deployment."""
        return flow.name.startswith(self.prefix)

    def at_work(self, flow: Flow) -> bool:
        """Tell whether a flow is electricity of answering, without idle capacity and overhead of the site."""
        return (
            self.mine(flow)
            and flow.component is Component.ELECTRICITY
            and not flow.name.startswith(f"{self.prefix}idle.")
        )

    def has_chip(self, flow: Flow) -> bool:
        """Tell whether the accelerators can be told from the server around them."""
        return self.overhead in dict(flow.terms) or flow.name.startswith(
            (f"{self.prefix}accelerators.", f"{self.prefix}hosts.")
        )

    def chip(self, flow: Flow) -> Terms | None:
        """Multiply by this what is left of a flow at the accelerators."""
        if not self.at_work(flow) or flow.name.startswith(f"{self.prefix}hosts."):
            return None
        server = {self.overhead: -1.0} if self.overhead in dict(flow.terms) else {}
        return {self.requests: -1.0, **server}

    def parts(self) -> dict[str, dict[str, float]]:
        """Nominal kWh per request: phase, then accelerator, host, idle and overhead."""
        flows = [
            f for f in self.inventory.flows if self.mine(f) and Category.ELECTRICITY in f.factors
        ]
        work = [flow for flow in flows if self.at_work(flow)]
        result: dict[str, dict[str, float]] = {}
        apart = all(self.has_chip(flow) for flow in work)
        for flow in work:
            part = flow.name.removeprefix(self.prefix).split(".", 1)[0]
            server = self._kwh([flow], self._all)
            chip = self._kwh([flow], self.chip) if apart else None
            idle = [f for f in flows if f.name.startswith(f"{self.prefix}idle.{part}.")]
            mine = [f for f in flows if f.name.startswith(f"{self.prefix}{part}.")]
            overhead = [f for f in (*mine, *idle) if f.component is Component.COOLING_OVERHEAD]
            result[part] = {
                **({} if chip is None else {"accelerator": chip, "host": server - chip}),
                **({} if apart else {"server": server}),
                **self._idle([f for f in idle if f not in overhead]),
                "overhead": self._kwh(overhead, self._all),
            }
        return result

    def _idle(self, flows: list[Flow]) -> dict[str, float]:
        """Leave idle capacity out where it is not declared, which is not nought."""
        if self.row.idle_share is None:
            return {}
        return {"idle": self._kwh(flows, self._all)}

    def _all(self, _flow: Flow) -> Terms:
        return {self.requests: -1.0}

    def _kwh(self, flows: list[Flow], pick: Pick) -> float:
        found = self.per_request(lambda flow: pick(flow) if flow in flows else None)
        return float(found[Category.ELECTRICITY]["nominal"]) if found else 0.0


def _rungs(view: _View) -> Iterator[Rung]:
    each: Terms = {view.requests: -1.0}
    work = [flow for flow in view.inventory.flows if view.at_work(flow)]
    if not work:
        reason = "No energy is known for this deployment; what is missing is listed in the result."
        yield Rung(key="accelerators", label="Accelerators", holds="", figures={}, reason=reason)
        return
    yield _accelerators(view, work)
    yield Rung(
        key="server",
        label="Server",
        holds="and processors, memory, fans and losses of the server",
        figures=view.per_request(lambda flow: each if view.at_work(flow) else None),
    )
    powered = (Component.ELECTRICITY,)
    site = (
        *powered,
        Component.COOLING_OVERHEAD,
        Component.WATER_ON_SITE,
        Component.WATER_OFF_SITE,
    )
    yield Rung(
        key="idle",
        label="Idle capacity",
        holds="and machines held ready",
        figures=view.per_request(_mine(view, powered)) if view.row.idle_share is not None else {},
        reason="" if view.row.idle_share is not None else "The energy of idle capacity is not declared.",
    )  # fmt: skip
    yield Rung(
        key="site",
        label="Data centre",
        holds="and cooling and power supply (PUE), water on and off site",
        figures=view.per_request(_mine(view, site)),
    )
    yield Rung(
        key="hardware",
        label="Serving hardware",
        holds="and the making of accelerators and servers",
        figures=view.per_request(lambda flow: each if view.mine(flow) else None),
    )
    yield _life(view)


def _accelerators(view: _View, work: list[Flow]) -> Rung:
    apart = all(view.has_chip(flow) for flow in work)
    reason = "" if apart else "The energy was declared with the server around the accelerators."
    return Rung(
        key="accelerators",
        label="Accelerators",
        holds="the chips that answer, at work",
        figures=view.per_request(view.chip) if apart else {},
        reason=reason,
    )


def _mine(view: _View, components: tuple[Component, ...]) -> Pick:
    def pick(flow: Flow) -> Terms | None:
        return {view.requests: -1.0} if view.mine(flow) and flow.component in components else None

    return pick


def _life(view: _View) -> Rung:
    life = lifetime_queries(view.records)
    label, holds = "Life cycle", "and a share of developing and training the model"
    if life is None:
        reason = "The number of queries over the model's life is not declared."
        return Rung(key="life_cycle", label=label, holds=holds, figures={}, reason=reason)

    def pick(flow: Flow) -> Terms | None:
        if view.mine(flow):
            return {view.requests: -1.0}
        return None if Stage.INFERENCE in (flow.stage, flow.activity) else {life.name: -1.0}

    return Rung(key="life_cycle", label=label, holds=holds, figures=view.per_request(pick, (life,)))

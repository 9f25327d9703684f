"""Per-use figures: what one more functional unit costs, and what it costs with everything shared out."""

from collections.abc import Callable

import attrs

from apps.assessments.inventory.records import Records
from lca.engine import Derived, Flow, Inventory, Parameter, Provenance, Result, Stage, assess

UNIT = "request"
Reference = Callable[[Flow], dict[str, float] | None]


@attrs.frozen(kw_only=True)
class PerUse:
    """Marginal and fully loaded inventories for one functional unit; ``None`` is not declared.

    *Marginal*: electricity and water of answering, as for the next reply. *Fully loaded*: that, the
    serving hardware, and development, training and their hardware over the declared number of
    queries in the model's life.
    """

    functional_unit: str
    marginal: Inventory | None
    fully_loaded: Inventory | None
    basis: str
    reason: str


@attrs.frozen(kw_only=True)
class Denominator:
    """What served flows are divided by, with the parameters that this adds."""

    terms: dict[str, float]
    parameters: tuple[Parameter, ...]
    derived: tuple[Derived, ...]
    basis: str


def per_use(records: Records, inventory: Inventory) -> PerUse:
    """Express an inventory per functional unit."""
    functional_unit = records.assessment.functional_unit
    served = _served(records, inventory)
    if served is None:
        reason = "Per-use figures need a deployment with its requests."
        return PerUse(
            functional_unit=functional_unit,
            marginal=None,
            fully_loaded=None,
            basis="",
            reason=reason,
        )
    marginal = _per(
        inventory, served, lambda f: served.terms if f.stage is Stage.INFERENCE else None
    )
    return PerUse(
        functional_unit=functional_unit,
        marginal=marginal,
        fully_loaded=_loaded(records, inventory, served),
        basis=served.basis,
        reason="" if records.assessment.lifetime_queries else _NO_LIFETIME,
    )


_NO_LIFETIME = (
    "Fully loaded is not declared: the number of queries over the model's life is missing."
)


def lifetime_queries(records: Records) -> Parameter | None:
    """Return the queries over the model's life, which share out development and training; ``None`` if not declared."""
    queries = records.assessment.lifetime_queries
    if not queries:
        return None
    return Parameter(
        name="assessment.lifetime_queries",
        value=float(queries),
        unit=UNIT,
        minimum=1.0,
        label="Queries over the model's life",
        symbol="N_life",
        source="Declared by the organisation",
    )


def _loaded(records: Records, inventory: Inventory, served: Denominator) -> Inventory | None:
    life = lifetime_queries(records)
    if life is None:
        return None
    uncounted = _uncounted(records, inventory)

    def reference(flow: Flow) -> dict[str, float] | None:
        if Stage.INFERENCE not in (flow.stage, flow.activity):
            return {life.name: -1}
        return None if flow.name.startswith(uncounted) else served.terms

    return _per(inventory, served, reference, extra=(life,))


def _per(
    inventory: Inventory,
    served: Denominator,
    reference: Reference,
    extra: tuple[Parameter, ...] = (),
) -> Inventory | None:
    known = inventory.named()
    result = inventory.per(
        UNIT,
        reference,
        parameters=[p for p in (*served.parameters, *extra) if p.name not in known],
        derived=[d for d in served.derived if d.name not in known],
    )
    return result if result.flows else None


def _served(records: Records, inventory: Inventory) -> Denominator | None:
    """Functional units served: output tokens over those of one unit, else plain requests."""
    known = inventory.named()
    rows = {f"deployment.{records.key(row)}": row for row in records.deployments if row.answered}
    names = [name for name in rows if f"{name}.requests" in known]
    if not names:
        return None
    if (
        all(f"{name}.tokens_out" in known for name in names)
        and any(rows[name].tokens_out for name in names)
        and records.assessment.functional_unit_output_tokens
    ):
        return _by_tokens(records, names)
    total = Derived(
        name="served.requests",
        function="sum",
        arguments=tuple(f"{n}.requests" for n in names),
        unit=UNIT,
        label="Requests served",
        symbol="N",
    )
    basis = (
        "per request, as the number of output tokens is not declared for every deployment or is 0"
    )
    return Denominator(terms={total.name: -1}, parameters=(), derived=(total,), basis=basis)


def _uncounted(records: Records, inventory: Inventory) -> tuple[str, ...]:
    """Beginnings of the flows of deployments whose uses no energy is declared for.

    Their uses are not among those served, so neither may their hardware be shared out over these.
    """
    known = inventory.named()
    names = [f"deployment.{records.key(row)}" for row in records.deployments if row.answered]
    return tuple(f"{name}." for name in names if f"{name}.requests" not in known)


def _by_tokens(records: Records, names: list[str]) -> Denominator:
    tokens = records.assessment.functional_unit_output_tokens
    unit = Parameter(
        name="functional_unit.output_tokens",
        value=float(tokens),
        unit=f"token/{UNIT}",
        provenance=Provenance.SUPPLIED,
        label="Output tokens per functional unit",
        symbol="n_FU",
        source="Goal and scope",
    )
    products = tuple(
        Derived(
            name=f"{name}.output_tokens",
            function="product",
            arguments=(f"{name}.requests", f"{name}.tokens_out"),
            unit="token",
            label="Output tokens served",
            symbol="N n_out",
        )
        for name in names
    )
    total = Derived(
        name="served.output_tokens",
        function="sum",
        arguments=tuple(item.name for item in products),
        unit="token",
        label="Output tokens served",
        symbol="N_tokens",
    )
    return Denominator(
        terms={total.name: -1, unit.name: 1},
        parameters=(unit,),
        derived=(*products, total),
        basis=f"scaled to {tokens:g} output tokens by the tokens served",
    )


def assess_per_use(uses: PerUse, result: Result) -> dict[str, object]:
    """Figures of both inventories, on the same draws as the totals."""

    def totals(inventory: Inventory | None) -> dict[str, object] | None:
        if inventory is None:
            return None
        found = assess(inventory, draws=result.draws, seed=result.seed, like=result, by=())
        return {
            category.value: stat.to_dict()
            for category in inventory.categories()
            if (stat := found.stat(category))
        }

    return {
        "functional_unit": uses.functional_unit,
        "basis": uses.basis,
        "marginal": totals(uses.marginal),
        "fully_loaded": totals(uses.fully_loaded),
        "reason": uses.reason,
    }

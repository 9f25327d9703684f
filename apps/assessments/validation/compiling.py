"""A study becomes an inventory: one process for each row, over shared parameters."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.assessments.validation.study import Row, Study, in_row
from lca.engine import Component, Derived, Flow, Inventory, Parameter

Exponents = Mapping[str, str]


def compile_study(study: Study) -> Inventory:
    """Return the inventory whose assessment gives every figure of a study.

    Raises
    ------
    EngineError
        If the study contradicts itself: units that do not multiply, a name that does not exist.
    """
    return Inventory(
        functional_unit=study.functional_unit,
        parameters=tuple(_parameters(study)),
        derived=tuple(item for row in study.rows for item in _derived(study, row)),
        flows=tuple(flow for row in study.rows for flow in _flows(study, row)),
    )


def _parameters(study: Study) -> Iterator[Parameter]:
    for cell in study.cells():
        yield Parameter(
            name=cell.parameter,
            value=cell.printed.value,
            unit=cell.input.unit,
            label=cell.input.label,
            source=study.source.citation,
        )


def _names(study: Study, row: Row) -> dict[str, str]:
    """Names of the file to names of the inventory, for one row."""
    own = {*study.columns(), *study.derived}
    everything = (*study.inputs, *study.derived)
    return {name: in_row(row.name if name in own else "", name) for name in everything}


def _derived(study: Study, row: Row) -> Iterator[Derived]:
    names = _names(study, row)
    for name, item in study.derived.items():
        yield Derived(
            name=names[name],
            function=item["function"],
            arguments=[names.get(argument, argument) for argument in item["arguments"]],
            unit=item.get("unit", "1"),
        )


def _flows(study: Study, row: Row) -> Iterator[Flow]:
    names = _names(study, row)
    for name, item in study.flows.items():
        yield Flow(
            name=in_row(row.name, name),
            label=item.get("label", ""),
            stage=item["stage"],
            component=Component(item["component"]),
            process=item.get("process") or row.name or study.name,
            activity=item.get("activity"),
            unit=item["unit"],
            coefficient=float(item.get("coefficient", "1")),
            terms=_terms(item["terms"], names),
            factors={key: _terms(value, names) for key, value in _factors(item).items()},
        )


def _factors(item: Mapping[str, Any]) -> Mapping[str, Exponents]:
    found: Mapping[str, Exponents] = item.get("factors", {})
    return found


def _terms(exponents: Exponents, names: Mapping[str, str]) -> dict[str, float]:
    return {names.get(name, name): float(exponent) for name, exponent in exponents.items()}

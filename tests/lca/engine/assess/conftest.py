"""What tests of assessing share."""

from lca.engine import (
    Flow,
    Inventory,
)


def nominal(result, grouping="total"):
    return {
        (key, category): round(stat.nominal, 9)
        for key, row in result.table(grouping).items()
        for category, stat in row.items()
    }


def one(parameters, terms, factors=None, unit="kWh", **rest) -> Inventory:
    flow = Flow(
        name="line", stage="training", process="p", component="electricity", unit=unit,
        terms=terms, factors={"electricity": {}} if factors is None else factors, **rest,
    )  # fmt: skip
    return Inventory(parameters=tuple(parameters), flows=(flow,))

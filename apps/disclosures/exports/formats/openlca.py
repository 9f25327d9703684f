"""The inventory as an openLCA package (olca-schema 2, JSON-LD): processes with parameters and formulas, and the result.

Exchanges carry the formula of their amount, so that the model can be recomputed and changed there.
"""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid5

from apps.disclosures.exports import arithmetic
from apps.disclosures.exports.archive import packed
from apps.disclosures.exports.facts import Facts, dumped
from lca.engine import Category

NAME = "openlca.zip"
TITLE = "openLCA JSON-LD package"
MEDIA_TYPE = "application/zip"
IS_PUBLIC = True
CONTEXT = "http://greendelta.github.io/olca-schema/context.jsonld"
NORMAL_90 = 2 * 1.6448536269514722
Json = dict[str, Any]


def missing(_document: Mapping[str, Any]) -> str:
    return ""


class _Package:
    """Entities by folder, with identifiers that follow from the disclosure's own."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.base = UUID(facts.meta["uuid"])
        self.constants = arithmetic.constants(facts)
        self.files: dict[str, bytes] = {"olca-schema.json": b'{"version": 2}'}

    def ref(self, kind: str, name: str) -> Json:
        return {"@type": kind, "@id": str(uuid5(self.base, f"{kind}/{name}")), "name": name}

    def add(self, folder: str, kind: str, name: str, **fields: Any) -> Json:
        ref = self.ref(kind, name)
        path = f"{folder}/{ref['@id']}.json"
        if path not in self.files:
            self.files[path] = dumped(
                {"@context": CONTEXT, **ref, "version": "01.00.000", **fields}
            )
        return ref

    def unit(self, text: str) -> tuple[Json, Json]:
        """Unit and flow property of a unit's text."""
        unit = {**self.ref("Unit", text), "conversionFactor": 1.0, "isRefUnit": True}
        group = self.add("unit_groups", "UnitGroup", f"Units of {text}", units=[unit])
        prop = self.add(
            "flow_properties",
            "FlowProperty",
            f"Amount in {text}",
            flowPropertyType="PHYSICAL_QUANTITY",
            unitGroup=group,
        )
        return self.ref("Unit", text), prop

    def flow(self, name: str, unit: str) -> Json:
        _, prop = self.unit(unit)
        factor = {"flowProperty": prop, "conversionFactor": 1.0, "isRefFlowProperty": True}
        return self.add("flows", "Flow", name, flowType="PRODUCT_FLOW", flowProperties=[factor])


def make(facts: Facts) -> bytes:
    """A zip as openLCA imports it."""
    package = _Package(facts)
    groups: dict[tuple[str, str], list[Json]] = {}
    for flow in facts.document["inventory"]["flows"]:
        groups.setdefault((flow["stage"], flow["process"]), []).append(flow)
    amounts = {row["name"]: row for row in facts.document["result"]["flows"]}
    for (stage, process), flows in groups.items():
        _process(package, stage, process, flows, amounts)
    _result(package)
    return packed(package.files)


def _process(
    package: _Package, stage: str, process: str, flows: list[Json], amounts: Mapping[str, Json]
) -> None:
    name = f"{stage.replace('_', ' ')}: {process}"
    inventory = package.facts.document["inventory"]
    names = _identifiers(inventory)
    unit, prop = package.unit("item(s)")
    reference = {
        "internalId": 1,
        "amount": 1.0,
        "flow": package.flow(name, "item(s)"),
        "unit": unit,
        "flowProperty": prop,
        "isInput": False,
        "isQuantitativeReference": True,
    }
    exchanges = [
        _exchange(package, flow, amounts[flow["name"]], names, number)
        for number, flow in enumerate(flows, start=2)
    ]
    package.add(
        "processes",
        "Process",
        name,
        processType="LCI_RESULT",
        description=_origin(package.facts),
        exchanges=[reference, *exchanges],
        parameters=list(_parameters(inventory, flows, names)),
        processDocumentation=_documentation(package),
    )


def _exchange(
    package: _Package, flow: Json, row: Json, names: Mapping[str, str], number: int
) -> Json:
    unit, prop = package.unit(flow["unit"])
    exchange = {
        "internalId": number,
        "amount": row["amount"],
        "amountFormula": arithmetic.product(
            package.constants[flow["name"]].amount, flow["terms"], names
        ),
        "flow": package.flow(flow["label"], flow["unit"]),
        "unit": unit,
        "flowProperty": prop,
        "isInput": True,
    }
    spread = _spread(row)
    return exchange | ({"uncertainty": spread} if spread else {})


def _spread(row: Json) -> Json | None:
    """Log-normal of the flow's first impact, whose relative spread stands for the amount's and its factor's together."""
    stat = next(
        (
            row["impacts"][key]
            for key in ("electricity", "gwp_location", "water")
            if key in row["impacts"]
        ),
        None,
    )
    if not stat or stat["p05"] <= 0 or stat["p95"] <= stat["p05"] or row["amount"] <= 0:
        return None
    gsd = math.exp(math.log(stat["p95"] / stat["p05"]) / NORMAL_90)
    return {"distributionType": "LOG_NORMAL_DISTRIBUTION", "geomMean": row["amount"], "geomSd": gsd}


def _identifiers(inventory: Json) -> dict[str, str]:
    """Each parameter's name as a formula may hold it, all different."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for row in [*inventory["parameters"], *inventory["derived"]]:
        base = "p_" + re.sub(r"[^a-z0-9]+", "_", row["name"].lower()).strip("_")
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name)
        found[row["name"]] = name
    return found


def _parameters(inventory: Json, flows: list[Json], names: Mapping[str, str]) -> Iterable[Json]:
    derived = {row["name"]: row for row in inventory["derived"]}
    needed = {name for flow in flows for name, _ in flow["terms"]}
    waiting = list(needed)
    while waiting:
        for argument in derived.get(waiting.pop(), {}).get("arguments", []):
            if argument not in needed:
                needed.add(argument)
                waiting.append(argument)
    for row in inventory["parameters"]:
        if row["name"] in needed:
            yield {
                "@type": "Parameter",
                "name": names[row["name"]],
                "description": f"{row['label']}, {row['unit']}; {row['provenance']}; {row['source'] or row['evidence']}",
                "isInputParameter": True,
                "parameterScope": "PROCESS_SCOPE",
                "value": row["value"],
            }
    for row in inventory["derived"]:
        if row["name"] in needed:
            yield {
                "@type": "Parameter",
                "name": names[row["name"]],
                "description": row["label"],
                "isInputParameter": False,
                "parameterScope": "PROCESS_SCOPE",
                "formula": arithmetic.derived(row, names),
            }


def _origin(facts: Facts) -> str:
    return f"{facts.publisher}, disclosure {facts.meta['number']}, {facts.meta['uuid']}, {facts.address}, SHA-256 {facts.sha256}"


def _documentation(package: _Package) -> Json:
    facts = package.facts
    review = facts.publication.get("review")
    found: Json = {
        "timeDescription": f"{facts.scope.get('period_start') or 'not declared'} to {facts.scope.get('period_end') or 'not declared'}",
        "geographyDescription": ", ".join(
            site["zone_name"] or site["name"] for site in facts.document["sites"]
        ),
        "sources": [
            package.add(
                "sources",
                "Source",
                row["text"][:250],
                textReference=row["text"],
                url=row.get("url") or None,
            )
            for row in facts.document["sources"]
        ],
    }
    if review:
        who = package.add("actors", "Actor", f"{review['name']}, {review['affiliation']}"[:250])
        found["reviews"] = [
            {
                "@type": "Review",
                "reviewType": "Independent external review"
                if review["is_independent"]
                else "Dependent internal review",
                "details": review["opinion"],
                "reviewers": [who],
            }
        ]
    return found


def _result(package: _Package) -> None:
    """Totals by impact category of our own method."""
    totals = package.facts.document["result"]["totals"]
    indicators = {
        key: package.add(
            "lcia_categories", "ImpactCategory", Category(key).label, refUnit=stat["unit"]
        )
        for key, stat in totals.items()
    }
    method = package.add(
        "lcia_methods",
        "ImpactMethod",
        "ai-footprint-disclosure/1.0",
        impactCategories=list(indicators.values()),
    )
    package.add(
        "results",
        "Result",
        package.facts.meta["title"][:250],
        description=_origin(package.facts),
        impactMethod=method,
        impactResults=[
            {"indicator": indicators[key], "amount": stat["nominal"]}
            for key, stat in totals.items()
        ],
    )

"""``manage.py whatif stack``: measures on a published assessment, one after the other."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from apps.scenarios.errors import BadInput
from apps.scenarios.setting import Setting
from lca.engine import EngineError, Inventory, from_document

WORD = "stack"
HELP = "Stacks measures on the inventory of a report's JSON: what each adds, what each would do alone, and the whole."


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--document", type=Path, help="a report's JSON, or an inventory")
    parser.add_argument(
        "--measure",
        action="append",
        default=[],
        metavar="KEY:NAME=VALUE,…",
        help="in the order in which they are taken",
    )
    parser.add_argument(
        "--plan", type=Path, help='JSON instead: a list of {"measure": …, "options": {…}}'
    )
    parser.add_argument(
        "--list", action="store_true", help="tell every measure, its options and its evidence"
    )


def run(options: dict[str, Any], setting: Setting) -> dict[str, object]:
    """Stack and return plain JSON."""
    from apps.scenarios.stacking.stack import stack

    if options["list"]:
        return {"measures": _measures()}
    if options["document"] is None:
        msg = "Give a report's JSON (--document FILE.json), or --list the measures."
        raise BadInput(msg, field="document")
    plan = _plan(options["plan"]) if options["plan"] else list(map(chosen, options["measure"]))
    if not plan:
        msg = "Name a measure at least: --measure region:to=SE, or --plan FILE.json."
        raise BadInput(msg, field="measure")
    return stack(_inventory(options["document"]), plan, setting).to_dict()


def _inventory(path: Path) -> Inventory:
    try:
        return from_document(_json(path))
    except EngineError as error:
        msg = f"{path}: {error}"
        raise BadInput(msg, field="document") from error


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})."
        raise BadInput(msg, field="document") from error
    except ValueError as error:
        msg = f"{path}: not JSON ({error})."
        raise BadInput(msg, field="document") from error


def chosen(text: str) -> Any:
    from apps.scenarios.stacking.stack import Chosen

    key, _, rest = text.partition(":")
    pairs = [pair.partition("=") for pair in rest.split(",") if pair]
    if any(not sign for _, sign, _ in pairs):
        msg = f"--measure {text}: write it as KEY:NAME=VALUE,NAME=VALUE; for values with commas use --plan."
        raise BadInput(msg, field="measure")
    return Chosen(key=key, options={name.strip(): value.strip() for name, _, value in pairs})


def _plan(path: Path) -> list[Any]:
    from apps.scenarios.stacking import plans

    return plans.read(_json(path))


def _measures() -> list[dict[str, object]]:
    from apps.scenarios.measures import measures

    return [
        {
            "measure": each.key,
            "label": each.label,
            "phase": each.phase,
            "says": each.says,
            "options": [
                {"name": o.name, "label": o.label, "unit": o.unit, "choices": list(o.choices)}
                for o in each.asked
            ],
            "evidence": [vars(evidence) for evidence in each.evidence],
        }
        for each, _ in measures().values()
    ]


CARBON = "gwp_location"


def table(found: dict[str, Any]) -> list[list[str]]:
    """Return the rows that a person reads."""
    if "measures" in found:
        return [
            ["measure", "label", "options"],
            *(
                [
                    each["measure"],
                    each["label"],
                    ", ".join(option["name"] for option in each["options"]),
                ]
                for each in found["measures"]
            ),
        ]
    rows = [
        ["", "kg CO2e", "here", "alone", "L of water, here"],
        _total("as it is", found["baseline"]),
    ]
    rows += [
        [step["label"], "", _range(step["difference"], CARBON), _range(step["alone"], CARBON), _range(step["difference"], "water")]
        for step in found["steps"]
    ]  # fmt: skip
    whole = _total("then", found["scenario"])
    whole[2], whole[4] = _range(found["difference"], CARBON), _range(found["difference"], "water")
    return [*rows, whole]


def _total(name: str, totals: dict[str, Any]) -> list[str]:
    stat = totals.get(CARBON)
    return [name, f"{stat['nominal']:,.4g}" if stat else "", "", "", ""]


def _range(stats: dict[str, Any], key: str) -> str:
    stat = stats.get(key)
    return f"{stat['nominal']:+,.3g} ({stat['p05']:+,.3g} to {stat['p95']:+,.3g})" if stat else ""


def words(found: dict[str, Any]) -> list[str]:
    """Return what is said below the table."""
    if "measures" in found:
        return []
    lines = []
    for step in found["steps"]:
        for effect in step["effects"]:
            amount = (
                f" {effect['value']:+.4g} {effect['unit']}" if effect["value"] is not None else ""
            )
            lines.append(
                f"{step['label']}: {effect['on']}{amount} ({effect['provenance']}); {effect['says']}."
            )
        lines += [f"{step['label']}, valid: {note}" for note in step["validity"]]
        lines += [
            f"{step['label']}, claimed: {each['source']}; {each['conditions']}."
            for each in step["evidence"]
            if each["is_claim"]
        ]
    return lines

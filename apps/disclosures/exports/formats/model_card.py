"""The environmental part of a Hugging Face model card: front matter and a section.

``co2_eq_emissions`` means training alone, in grams; the hub's filter stops at an exponent, so the figure is a whole number
(huggingface/hub-docs, model-cards-co2.md).
"""

from collections.abc import Mapping
from typing import Any

import yaml

from apps.accounts.presentation import STAGES
from apps.disclosures.exports.facts import Facts, plain, significant
from apps.disclosures.publication import HEADLINES
from lca.engine import Category

NAME = "model-card.md"
TITLE = "Hugging Face model-card block"
MEDIA_TYPE = "text/markdown"
IS_PUBLIC = True


def missing(document: Mapping[str, Any]) -> str:
    has = document["result"]["by_stage"].get("training", {}).get("gwp_location")
    return "" if has else "It holds the emissions of training, and none are declared."


def make(facts: Facts) -> bytes:
    """Front matter between dashes, then the section."""
    front = yaml.safe_dump(
        {"co2_eq_emissions": emissions(facts)}, sort_keys=False, allow_unicode=True, width=10_000
    )
    return f"---\n{front}---\n\n{section(facts)}".encode()


def emissions(facts: Facts) -> dict[str, Any]:
    """The block of the front matter."""
    training = facts.stage("training", "gwp_location")
    runs = facts.runs("training")
    return {
        "emissions": round((training or {"nominal": 0})["nominal"] * 1000),
        "source": f"{facts.publisher}, {facts.address}, location-based, electricity of training without embodied hardware",
        "training_type": "fine-tuning" if facts.document["upstream"] else "pre-training",
        "geographical_location": ", ".join(facts.places(runs)) or "not declared",
        "hardware_used": hardware(facts) or "not declared",
    }


def hardware(facts: Facts) -> str:
    """What training ran on, with its hours, one part for each machine."""
    hours: dict[str, float] = {}
    for run in facts.runs("training"):
        machine = facts.machine(run["hardware"])
        name = machine.get("accelerator_name") or run["hardware"]
        if name:
            hours[name] = hours.get(name, 0.0) + (run["gpu_hours"] or 0.0)
    return ", ".join(
        f"{name}, {significant(total):,.0f} GPU-hours" if total else name
        for name, total in hours.items()
    )


def section(facts: Facts) -> str:
    """Section *Environmental Impact*, in Markdown."""
    lines = [
        "## Environmental Impact",
        "",
        _origin(facts),
        "",
        f"- **Hardware type and hours used:** {_safe(hardware(facts) or 'not declared')}",
        f"- **Compute region:** {_safe(', '.join(facts.places(facts.runs('training'))) or 'not declared')}",
        f"- **Carbon emitted in training:** {_stat(facts.stage('training', 'gwp_location'))}",
        "",
        "| Life-cycle stage | " + " | ".join(Category(key).label for key in HEADLINES) + " |",
        "|---|" + "---:|" * len(HEADLINES),
    ]
    by_stage = facts.document["result"]["by_stage"]
    for key, label in STAGES.items():
        if key in by_stage:
            cells = " | ".join(_stat(by_stage[key].get(category)) for category in HEADLINES)
            lines.append(f"| {label} | {cells} |")
    cells = " | ".join(_stat(facts.total(category)) for category in HEADLINES)
    return "\n".join([*lines, f"| **Total** | {cells} |", ""])


def _origin(facts: Facts) -> str:
    return (
        f"From {_safe(facts.publisher)}, [disclosure {facts.meta['number']}]({facts.address}), id {facts.meta['uuid']}, "
        f"SHA-256 `{facts.sha256}`. Location-based; 90 % intervals in brackets."
    )


def _stat(stat: Mapping[str, Any] | None) -> str:
    if stat is None:
        return "not declared"
    value, low, high = (plain(significant(stat[key])) for key in ("nominal", "p05", "p95"))
    return f"{value} {stat['unit']} [{low} to {high}]"


def _safe(text: str) -> str:
    """Text of people, so that it is neither markup nor a new line."""
    flat = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in flat)

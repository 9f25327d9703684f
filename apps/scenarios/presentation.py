"""Scenarios and roadmaps as pages show them in tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.scenarios.measure import PHASES
from apps.scenarios.shifting.policies import UNFORECAST
from lca.engine import Category

SHOWN = (Category.GWP_LOCATION, Category.GWP_MARKET, Category.WATER, Category.ADPE, Category.PRIMARY_ENERGY)  # fmt: skip


def side_by_side(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row a category, a column for the baseline and each scenario: total, and difference where there is one."""
    names = [name for name in found if name]
    rows = [
        {
            "label": category.label,
            "baseline": found[""]["totals"][category.value],
            "cells": [
                {
                    "name": name,
                    "total": found[name]["totals"].get(category.value),
                    "difference": found[name]["difference"].get(category.value),
                }
                for name in names
            ],
        }
        for category in SHOWN
        if category.value in found[""]["totals"]
    ]
    return {"names": names, "rows": rows}


def by_phase(actions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the five phases in order, each with its actions; a phase may have none."""
    return [
        {"phase": phase, "actions": [row for row in actions if row["phase"] == phase]}
        for phase in PHASES
    ]


def unbeaten(sweep: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the settings that no other beats, the first of those that come to the same, by how long one waits."""
    first: dict[tuple[float, float], Mapping[str, Any]] = {}
    for row in sweep:
        if row["on_front"] and not row["falls_behind"]:
            first.setdefault((row["energy_per_request_j"], row["last_token_p95_s"]), row)
    return sorted(first.values(), key=lambda row: row["last_token_p95_s"])


def placement_map(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the best pair by length of prompt (rows) and answer (columns), devices by letter."""
    letters = {each["name"]: chr(ord("A") + place) for place, each in enumerate(found["devices"])}
    table = found["map"]
    rows = [
        {
            "prompt": prompt,
            "cells": [
                {**cell, "pair": _pair(letters[cell["prefill"]], letters[cell["decode"]])}
                for cell in cells
            ],
        }
        for prompt, cells in zip(table["prompt_tokens"], table["best"], strict=True)
    ]
    notes = dict.fromkeys(note for each in found["devices"] for note in each["validity"])
    return {
        "notes": list(notes),
        "letters": letters,
        "answers": table["generated_tokens"],
        "rows": rows,
    }


def _pair(prefill: str, decode: str) -> str:
    return f"{prefill} alone" if prefill == decode else f"{prefill}, then {decode}"


def ratio_that_could_be_known(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what is left of the carbon under the schedule that needs no forecast, from this hour and as a mean over starts."""
    policy = next((row for row in found["policies"] if row["policy"] == UNFORECAST), None)
    if policy is None:
        return None
    return {"here": 1 - policy["saved"], "mean": 1 - policy["saved_over_starts"]["mean"]}

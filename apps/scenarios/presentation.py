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


def chosen_result(found: Mapping[str, Any], wanted: str) -> int:
    """Return which result of a study of routing is shown: the one asked for, else the last, of which least is known."""
    many = len(found["results"])
    return int(wanted) if wanted.isascii() and wanted.isdigit() and int(wanted) < many else many - 1


def routing_rows(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each result of a study of routing, in per cent: quality at the budget, share of the oracle's gain, savings."""
    rows = []
    for result in found["results"]:
        at = {
            name.replace(", ", "_").replace(" ", "_"): percent(each)
            for name, each in result["at_budget"].items()
        }
        saved = [percent(each) for each in result["saved_at_equal_quality"]]
        rows.append(
            {
                "held_out": result["held_out"],
                "energy_ratio": result["energy_ratio"],
                "at": at,
                "saved": saved,
            }
        )
    return rows  # fmt: skip


def percent(each: Mapping[str, float]) -> dict[str, float]:
    """Return a share and its bounds in per cent, or a change of it in points."""
    return {key: 100 * each[key] for key in ("value", "p05", "p95") if key in each}


def frontier_rows(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return quality by energy in per cent, for router, random mix and oracle."""
    return [
        {"energy": row["energy_share"], **{name: percent(row[name]) for name in ("router", "random", "oracle")}}
        for row in result["frontier"]
    ]  # fmt: skip


def reported_saving(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a reported saving changes the quality by, in points, for router, random mix and oracle."""
    said = result["reported"]
    changes = said["quality_less_that_of_the_dearest"]
    return {**said, "points": {name: percent(each) for name, each in changes.items()}}


def routing_measure(result: Mapping[str, Any]) -> dict[str, float] | None:
    """Return what the measure of routing asks for, by a study of two models; none for more of them."""
    energies = sorted(result["energy_per_query"].items(), key=lambda each: each[1])
    if len(energies) != 2:  # noqa: PLR2004  the measure is of two models
        return None
    (smaller, least), (_, most) = energies
    at = result["at_budget"]
    points = 100 * (at["router"]["value"] - at["always the dearest"]["value"])
    return {"share": result["shares"][smaller], "ratio": least / most, "points": points}

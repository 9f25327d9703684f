"""``manage.py whatif route``: each query to the model that is worth its energy."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from apps.scenarios.setting import Setting

WORD = "route"
HELP = "Learns from labelled queries which model is enough, and assigns queries within an energy budget."


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--data", type=Path, required=True, help="CSV of labelled queries")
    parser.add_argument(
        "--budget", type=float, default=0.5, help="energy, as a share of the dearest model alone"
    )
    parser.add_argument("--folds", type=int, default=5, help="parts that are held out in turn")
    parser.add_argument(
        "--energy",
        action="append",
        default=[],
        metavar="MODEL=J",
        help="joules of a query where the data hold none; for two models ratios of 2 to 20 are tried without it",
    )
    parser.add_argument("--seed", type=int, default=1)


def run(options: dict[str, Any], setting: Setting) -> dict[str, object]:  # noqa: ARG001  one shape for all strategies
    """Route and return plain JSON."""
    from apps.scenarios.routing import queries, study  # scikit-learn takes a second to load

    asked = study.Asked(budget=options["budget"], folds=options["folds"], seed=options["seed"])
    known = queries.read(options["data"])
    return {"data": options["data"].name, **study.study(known, asked, options["energy"])}


POLICIES = ("always the cheapest", "random", "router", "router, one by one", "oracle", "always the dearest")  # fmt: skip


def table(found: dict[str, Any]) -> list[list[str]]:
    """Return the rows that a person reads."""
    rows = [["held out", "ratio", *POLICIES, "of oracle's gain", "saved at equal quality"]]
    for each in found["results"]:
        at = each["at_budget"]
        gain = at.get("share_of_oracles_gain")
        rows.append(
            [
                each["held_out"],
                f"{each['energy_ratio']:.3g}",
                *(_percent(at[name]) for name in POLICIES),
                _percent(gain) if gain else "",
                _percent(each["saved_at_equal_quality"][0]),
            ]
        )
    return rows


def _percent(each: dict[str, float]) -> str:
    if "p05" not in each:
        return f"{each['value']:.1%}"
    return f"{each['value']:.1%} ({each['p05']:.1%} to {each['p95']:.1%})"


def words(found: dict[str, Any]) -> list[str]:
    """Return what is said below the table."""
    lines = [f"Budget: {found['budget']:.0%} of the energy of always taking the dearest model. Energy: {found['energy_provenance']}."]  # fmt: skip
    for each in found["results"]:
        said = each["reported"]["quality_less_that_of_the_dearest"]["router"]
        lines.append(
            f"{each['reported']['claim']}: held out by {each['held_out']}, at a ratio of {each['energy_ratio']:.3g}, saving "
            f"{each['reported']['saved']:.0%} changes quality by {_points(said)}."
        )
    return lines


def _points(each: dict[str, float]) -> str:
    return (
        f"{100 * each['value']:+.2f} points ({100 * each['p05']:+.2f} to {100 * each['p95']:+.2f})"
    )

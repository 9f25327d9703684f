"""``manage.py whatif route``: each query to the model that is worth its energy."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from apps.scenarios.errors import BadInput
from apps.scenarios.setting import Setting

WORD = "route"
HELP = "Learns from labelled queries which model is enough, and assigns queries within an energy budget."
RATIOS = (2.0, 5.0, 10.0, 20.0)


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
    variants = _variants(known, options["energy"])
    return {
        "data": options["data"].name,
        "energy_provenance": _provenance(known, options["energy"]),
        **study.study(known, asked, variants),
    }


def _provenance(known: Any, given: list[str]) -> str:
    if given:
        return "supplied for this what-if"
    return "assumed ratios: the data hold no energy" if known.energy is None else "from the data"


def _variants(known: Any, given: list[str]) -> list[Any]:
    if given:
        return [known.with_energy(_joules(known.models, given))]
    if known.energy is not None:
        return []
    if len(known.models) != 2:  # noqa: PLR2004  a ratio is of two
        msg = "The data hold no energy. Give it with --energy MODEL=J for each model."
        raise BadInput(msg, field="energy")
    better = int(known.quality.mean(axis=0).argmax())
    return [known.with_energy([ratio if place == better else 1.0 for place in (0, 1)]) for ratio in RATIOS]  # fmt: skip


def _joules(models: tuple[str, ...], given: list[str]) -> list[float]:
    found: dict[str, float] = {}
    for text in given:
        name, _, number = text.partition("=")
        try:
            found[name] = float(number)
        except ValueError:
            msg = f"--energy {text}: write it as MODEL=J, for instance {models[0]}=120."
            raise BadInput(msg, field="energy") from None
    if set(found) != set(models):
        msg = f"--energy is needed for each of {', '.join(models)}, and for no other."
        raise BadInput(msg, field="energy")
    return [found[name] for name in models]


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

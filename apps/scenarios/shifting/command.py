"""``manage.py whatif shift``: run a job where and when electricity is clean."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from apps.scenarios.errors import BadInput
from apps.scenarios.setting import Setting

WORD = "shift"
HELP = "Plans a job over hours and sites against hourly carbon intensity; or compares regions by their yearly factors."


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--intensity", type=Path, help="CSV: time, then a column for each site")
    parser.add_argument("--unit", default="kg CO2e/kWh", help="of the columns, e.g. g CO2e/kWh")
    parser.add_argument("--hours", type=int, help="hours of work at full power")
    parser.add_argument("--deadline", type=int, help="hours from the start")
    parser.add_argument(
        "--start",
        type=int,
        default=0,
        help="hours into the series; a day or more lets yesterday be a forecast",
    )
    parser.add_argument("--home", default="", help="site where the job would run; else the first")
    parser.add_argument("--kw", type=float, default=1.0, help="power of the job's machines")
    parser.add_argument(
        "--power-limit", type=float, default=1.0, help="share of that power that may be drawn"
    )
    parser.add_argument(
        "--pause", type=float, default=0.0, help="hours of energy that a pause costs"
    )
    parser.add_argument("--move", type=float, default=0.0, help="hours of energy that a move costs")
    parser.add_argument(
        "--move-to",
        action="append",
        default=[],
        metavar="ZONE",
        help="compare this zone of the library, too",
    )


def run(options: dict[str, Any], setting: Setting) -> dict[str, object]:
    """Plan and return plain JSON."""
    if options["intensity"] is None and not options["move_to"]:
        msg = "Give hourly intensities (--intensity FILE.csv) or regions to compare (--move-to FR)."
        raise BadInput(msg, field="intensity")
    found: dict[str, object] = {}
    if options["move_to"]:
        found["regions"] = _regions(options, setting)
    if options["intensity"] is not None:
        found |= _planned(options, setting)
    return found


def _regions(options: dict[str, Any], setting: Setting) -> list[dict[str, object]]:
    from apps.scenarios.shifting.study import regions

    others = {zone: setting.elsewhere(zone) for zone in options["move_to"]}
    return regions({setting.site.zone: setting.site, **others})


def _planned(options: dict[str, Any], setting: Setting) -> dict[str, object]:
    from apps.scenarios.shifting import series, study
    from apps.scenarios.shifting.schedule import Job

    if options["hours"] is None or options["deadline"] is None:
        msg = "Say how long the work takes and until when it must be done: --hours and --deadline."
        raise BadInput(msg, field="hours")
    known = series.read(options["intensity"], options["unit"])
    shift = study.Shift(
        job=Job(
            hours=options["hours"],
            deadline=options["deadline"],
            pause_h=options["pause"],
            move_h=options["move"],
        ),
        kw=options["kw"],
        limit=options["power_limit"],
        home=known.place(options["home"]),
        start=options["start"],
    )
    return study.study(known, shift, setting.site)


def table(found: dict[str, Any]) -> list[list[str]]:
    """Return the rows that a person reads."""
    if "policies" not in found:
        return _regions_table(found["regions"])
    rows = [["policy", "kg CO2e", "saved", "saved, other starts (90 %)", "pauses", "moves"]]
    for each in found["policies"]:
        over = each.get("saved_over_starts")
        rows.append(
            [
                each["policy"],
                f"{each['kg_co2e']:,.4g}",
                f"{each['saved']:.1%}" if over else "",
                f"{over['p05']:.1%} to {over['p95']:.1%}" if over else "",
                str(each["pauses"]),
                str(each["moves"]),
            ]
        )
    return rows


def _regions_table(regions: list[dict[str, Any]]) -> list[list[str]]:
    rows = [
        [
            "zone",
            "kg CO2e per kWh of accelerators",
            "against the first",
            "L per kWh",
            "against the first",
        ]
    ]
    for each in regions:
        row = [each["zone"]]
        for name in ("gwp_location", "water"):
            stat = each["footprint"][name]
            apart = stat.get("difference")
            row += [
                f"{stat['nominal']:.3g} ({stat['p05']:.3g} to {stat['p95']:.3g})",
                f"{apart['nominal']:+.3g} ({apart['p05']:+.3g} to {apart['p95']:+.3g})"
                if apart
                else "",
            ]
        rows.append(row)
    return rows


def words(found: dict[str, Any]) -> list[str]:
    """Return what is said below the table."""
    marginal = found.get("marginal")
    if not marginal:
        return []
    best = next(each for each in marginal["policies"] if each["policy"] == "best")
    return [
        marginal["meaning"],
        (
            f"By marginal intensity the best schedule emits {best['kg_co2e']:,.4g} kg CO2e; the one chosen by average intensity "
            f"emits {marginal['kg_co2e_of_the_best_by_average']:,.4g} kg CO2e."
        ),
    ]

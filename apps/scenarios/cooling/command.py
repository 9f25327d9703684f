"""``manage.py whatif cool``: carbon against water of every kind of cooling, at one place or several."""

from argparse import ArgumentParser
from typing import Any

from apps.scenarios.setting import Setting

WORD = "cool"
HELP = "Compares kinds of cooling by carbon and water a kWh of the servers, with the electricity's own water, zone by zone."


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--zones", required=True, help="zones of the library, such as SE,PL,CA-QC")


def run(options: dict[str, Any], setting: Setting) -> dict[str, object]:
    """Compare and return plain JSON."""
    from apps.scenarios.cooling.study import study

    return study(options["zones"].split(","), setting)


def table(found: dict[str, Any]) -> list[list[str]]:
    """Return the rows that a person reads."""
    rows = [["zone", "cooling", "gCO2e/kWh", "L/kWh", "on site", "of electricity", "not beaten"]]
    rows += [
        [
            place["zone"],
            each["label"],
            f"{1e3 * each['gwp_location']['nominal']:.4g}",
            f"{each['water']['nominal']:.3g}",
            f"{each['water_on_site']['nominal']:.3g}",
            f"{each['water_of_electricity']['nominal']:.3g}",
            "yes" if each["on_front"] else "",
        ]
        for place in found["zones"]
        for each in place["kinds"]
    ]
    return rows


def words(found: dict[str, Any]) -> list[str]:
    """Return what is said below the table: what less carbon costs in water at each place."""
    lines = []
    for place in found["zones"]:
        names = {each["kind"]: each["label"] for each in place["kinds"]}
        carbon, water = names[place["least_carbon"]], names[place["least_water"]]
        sure = f"in {place['carbon_sureness']:.0%} and {place['water_sureness']:.0%} of draws"
        if "litres_per_kg" in place:
            lines.append(
                f"{place['zone']}: least carbon is {carbon}, least water {water} ({sure}); "
                f"a kilogram of CO2e less costs {place['litres_per_kg']:.3g} litres."
            )
        else:
            lines.append(f"{place['zone']}: {carbon} is least in carbon and water ({sure}).")
    return lines

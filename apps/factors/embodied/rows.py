"""The embodied rows of a release, computed; ``manage.py embodied`` writes them, a test holds the files to them."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from apps.factors.embodied.choice import LADDER, Choice, choose
from apps.factors.embodied.device import Device, Library
from apps.factors.embodied.estimate import PUBLISHED, Basis, Estimate
from apps.factors.embodied.methods import outcomes
from apps.factors.embodied.methods.published import COMPUTED, REMARK, basis_of
from apps.factors.embodied.reading import devices_in, library_in
from apps.factors.errors import FactorFilesRejected, Problem
from apps.factors.tables import Tables
from apps.factors.tables.rows import FACTOR_COLUMNS

FILE, SHARE_ALIKE = "accelerators.csv", "sharealike.csv"
DIGITS = {"BOM": 4}
USUAL_DIGITS = 3
RIVALS = {
    "BOM": "Upper bound: its memory term lies above every study.",
    "DIE_AREA": "Model, for comparison.",
    "ACT_MODEL": "Lower bound: dies and memory only.",
}
PUBLISHED_AS = (*PUBLISHED, Basis.ASSUMPTION, Basis.OTHER_DEVICE, Basis.OTHER_SPECIFICATION)
Row = dict[str, str]


def choices(device: Device, library: Library) -> list[Choice]:
    """The rule applied to every indicator of one device."""
    said = outcomes(device, library)
    return [choose(indicator, said, library) for indicator in LADDER]


def written(tables: Tables, folder: Path) -> dict[str, list[Row]]:
    """Both files that hold accelerators as they should be, by name."""
    devices, library = devices_in(tables), library_in(tables)
    _refuse_unclassified(devices)
    computed = {
        device.key: [row for choice in choices(device, library) for row in _rows(device, choice)]
        for device in devices
    }
    return {
        FILE: _merged(read(folder / FILE), computed),
        SHARE_ALIKE: [_updated(row, computed) for row in read(folder / SHARE_ALIKE)],
    }


def _refuse_unclassified(devices: Iterable[Device]) -> None:
    known = ", ".join(f"“{basis}”" for basis in PUBLISHED_AS)
    problems = [
        Problem(
            f"{device.key} / {row.indicator} / {row.source}",
            0,
            "scope",
            f"“{row.scope}” does not say what the figure is; begin it with one of {known}, then a semicolon.",
        )
        for device in devices
        for row in device.published
        if basis_of(row.scope) not in PUBLISHED_AS
    ]
    if problems:
        raise FactorFilesRejected(problems)


def write(rows: Iterable[Row], path: Path) -> None:
    """Write a factor file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FACTOR_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read(path: Path) -> list[Row]:
    """Read a factor file as it stands."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _rows(device: Device, choice: Choice) -> list[Row]:
    rivals = sorted(choice.rivals, key=lambda rival: (rival.source in COMPUTED, rival.source))
    rows = [_row(device, rival, note=_rival_note(rival), chosen=False) for rival in rivals]
    if choice.chosen is None:
        return []  # an indicator needs one chosen value: bounds alone stay on the page
    note = " ".join(filter(None, [choice.reason, choice.spread, _remark(choice.chosen)]))
    return [_row(device, choice.chosen, note=note, chosen=True), *rows]


def _rival_note(rival: Estimate) -> str:
    return " ".join(filter(None, [_bound(rival), _remark(rival)]))


def _bound(rival: Estimate) -> str:
    if rival.indicator == "embodied_gwp":
        return RIVALS.get(rival.source, "")
    return "Rival value." if rival.source in COMPUTED else ""


def _remark(figure: Estimate) -> str:
    return f"{REMARK}{figure.remark}" if figure.remark else ""


def _row(device: Device, figure: Estimate, *, note: str, chosen: bool) -> Row:
    lognormal = chosen and figure.gsd is not None
    spread = figure.gsd is not None and (chosen or figure.source in COMPUTED)
    return {
        "kind": "accelerator",
        "key": device.key,
        "indicator": figure.indicator,
        "value": _digits(figure, figure.value),
        "low": _digits(figure, figure.low),
        "high": _digits(figure, figure.high),
        "gsd": f"{figure.gsd:.3g}" if spread else "",
        "distribution": "lognormal" if lognormal or spread else _range(figure),
        "unit": figure.unit,
        "scope": figure.scope,
        "year": str(figure.year),
        "retrieval": figure.retrieval,
        "source": figure.source,
        "chosen": "yes" if chosen else "no",
        "note": note,
    }


def _range(figure: Estimate) -> str:
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    return "triangular" if low < high else "none"


def _digits(figure: Estimate, value: float | None) -> str:
    """Three digits of what was computed, four of a bill of materials; published numbers as they stand."""
    if value is None:
        return ""
    digits = DIGITS.get(figure.source, USUAL_DIGITS) if figure.source in COMPUTED else 10
    return f"{float(f'{value:.{digits}g}'):.10g}"


def _merged(rows: Sequence[Row], computed: dict[str, list[Row]]) -> list[Row]:
    """Specifications as they stand, each device's embodied rows after them."""
    apart = {row["source"] for row in rows if row["indicator"].startswith("embodied_")} | COMPUTED
    merged: list[Row] = []
    for key in dict.fromkeys(row["key"] for row in rows):
        own = [row for row in rows if row["key"] == key]
        merged += [row for row in own if not row["indicator"].startswith("embodied_")]
        merged += [row for row in computed.get(key, []) if row["source"] in apart]
    return merged


def _updated(row: Row, computed: dict[str, list[Row]]) -> Row:
    """A share-alike row stays in its own file; its choice, spread and note follow the rule."""
    if row["kind"] != "accelerator":
        return row
    place = (row["indicator"], row["source"])
    found = (r for r in computed[row["key"]] if (r["indicator"], r["source"]) == place)
    return next(found, row | {"chosen": "no", "note": ""})

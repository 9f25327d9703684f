"""Which column of a log of power is what, by its name or, without a heading, by its cells."""

import re
from collections.abc import Sequence

import attrs

from apps.ingest.importers._figures import moment
from apps.ingest.reading import figure

UNIT = r"(?:[ _]*[\[(]?(?:w|watts?)[\])]?)?"
ONE = re.compile(
    rf"(?:power\.draw(?:\.(?:average|instant))?|gpu[ _.]?(?:power|watts)(?:[ _.]?draw)?|power(?:[ _]?draw)?|watts?){UNIT}"
)
WIDE = re.compile(rf"gpu[ _.-]?(\d+)(?:[ _.-]?(?:power|watts)(?:[ _.]?draw)?)?{UNIT}")
CPU = re.compile(rf"cpu[ _.]?(?:power|watts){UNIT}")
TIMES = frozenset(
    [
        "timestamp",
        "time",
        "datetime",
        "date",
        "epoch",
        "unix_time",
        "time_s",
        "time_seconds",
        "time(s)",
        "elapsed",
        "elapsed_s",
        "seconds",
        "t",
    ]
) | {"time (s)", "time [s]"}
INDEXES = (
    "index",
    "uuid",
    "gpu_uuid",
    "pci.bus_id",
    "gpu",
    "gpu_id",
    "gpu_index",
    "gpu id",
    "device",
)
SENSORS = ("sensor_name", "sensor")
CELL = re.compile(r"\s*(-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)\s*[wW]?\s*")


@attrs.frozen(kw_only=True)
class Columns:
    """Places of what is needed; ``power`` has one place, or one for each device of a wide table by its number."""

    power: dict[str, int]
    time: int | None = None
    index: int | None = None
    sensor: int | None = None
    cpu: int | None = None
    model: int | None = None
    width: int
    has_heading: bool = True


def columns_of(cells: Sequence[str]) -> Columns | None:
    """Find the columns of a heading or, failing that, of a first row of figures; ``None`` if power is in neither."""
    names = [cell.strip().strip('"').lower() for cell in cells]
    if {"energy_consumed", "emissions"} & set(names):  # a tracker's own table
        return None
    wide = {found[1]: at for at, name in enumerate(names) if (found := WIDE.fullmatch(name))}
    one = next((at for at, name in enumerate(names) if ONE.fullmatch(name)), None)
    if not wide and one is None:
        return _of_figures(cells)
    return Columns(
        power=wide or {"": one or 0},
        time=_first(names, TIMES),
        index=None if wide else _first(names, INDEXES),
        sensor=_first(names, SENSORS),
        cpu=next((at for at, name in enumerate(names) if CPU.fullmatch(name)), None),
        model=_first(names, ("name", "gpu_name")),
        width=len(names),
    )


def _first(names: list[str], wanted: Sequence[str] | frozenset[str]) -> int | None:
    return next((at for at, name in enumerate(names) if name in wanted), None)


def _of_figures(cells: Sequence[str]) -> Columns | None:
    if len(cells) == 1:
        is_power = watts(cells[0]) is not None
        return Columns(power={"": 0}, width=1, has_heading=False) if is_power else None
    time = next((at for at, cell in enumerate(cells) if "/" in cell and moment(cell)[0]), None)
    power = next((at for at, cell in enumerate(cells) if cell.strip().endswith(" W")), None)
    if time is None or power is None:
        return None
    return Columns(power={"": power}, time=time, width=len(cells), has_heading=False)


def watts(cell: str) -> float | None:
    """Read a power with or without its unit [W]."""
    found = CELL.fullmatch(cell)
    return figure(found[1]) if found else None

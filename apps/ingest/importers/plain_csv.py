"""A table of runs that somebody keeps by hand or exports: plain names of columns, units in the names."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from apps.ingest.reading import Head, delimiter, head_of
from apps.ingest.record import Found
from apps.ingest.tables import Column, Layout, runs

NAME = "plain_csv"
TITLE = "Table of runs (CSV)"
TEXTS = {
    "external_id": ("id", "run_id", "job_id"),
    "name": ("name", "run", "run_name", "job", "job_name", "experiment"),
    "gpu_model": ("gpu", "gpu_model", "accelerator"),
    "country": ("country_iso_code", "country_code"),
    "region": ("region",),
}
TIMES = {
    "started_at": ("start", "started", "started_at", "start_time"),
    "ended_at": ("end", "ended", "ended_at", "end_time"),
}
NUMBERS: dict[str, dict[str, float]] = {  # names of a column, and what turns it into the field's unit
    "energy_kwh": {"energy_kwh": 1, "kwh": 1, "energy_wh": 1e-3, "energy_mwh": 1e3, "energy_j": 1 / 3.6e6},
    "emissions_kg": {"emissions_kg": 1, "kg_co2e": 1, "co2_kg": 1, "co2e_kg": 1, "co2_g": 1e-3, "emissions_g": 1e-3},
    "gpu_hours": {"gpu_hours": 1, "gpu_h": 1, "accelerator_hours": 1},
    "gpu_count": {"gpu_count": 1, "gpus": 1, "n_gpus": 1},
    "duration_s": {"duration_s": 1, "seconds": 1, "duration_min": 60, "duration_h": 3600, "hours": 3600},
    "pue_inside": {"pue": 1},
}  # fmt: skip
OUTCOME_NAMES = ("outcome", "state", "status", "result")


def score(head: Head) -> float:
    """Low, so that any format with a name of its own goes first."""
    columns = set(head.columns)
    amounts = {*NUMBERS["energy_kwh"], *NUMBERS["gpu_hours"]} & columns
    named = {*TEXTS["name"], *TEXTS["external_id"], *TIMES["started_at"]} & columns
    return 0.2 if amounts and named else 0.0


def read(path: Path) -> Iterator[Found]:
    """Stream one run a row."""
    head = head_of(path)
    first = next((line for line in head.lines if line.strip()), "")
    yield from runs(
        path, layout_of(head.columns, decimal="auto" if delimiter(first) == ";" else ".")
    )


def layout_of(columns: Collection[str], *, decimal: str = ".") -> Layout:
    """What plain names of columns say about themselves; the first of several names of a field counts."""
    return Layout(
        texts={field: name for field, names in TEXTS.items() if (name := _first(names, columns))},
        times={field: name for field, names in TIMES.items() if (name := _first(names, columns))},
        numbers={
            field: Column(name=name, scale=names[name])
            for field, names in NUMBERS.items()
            if (name := _first(names, columns))
        },
        outcome=_first(OUTCOME_NAMES, columns),
        decimal=decimal,
    )


def _first(names: Iterable[str], columns: Collection[str]) -> str:
    return next((name for name in names if name in columns), "")

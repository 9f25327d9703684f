"""BoAmps reports of every draft, as JSON or flattened to one line of CSV: the energy of each measure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from apps.ingest.reading import Head, document, figure, head_of, records
from apps.ingest.record import Boundary, Found, Note, Rejected, Run

NAME = "boamps"
TITLE = "BoAmps report"
ENERGY_KEYS = ("powerConsumption", "measureValue", "value")
UNIT_KEYS = ("unit", "measureUnit")
KWH = {"": 1.0, "kwh": 1.0, "wh": 1e-3, "mwh": 1e3, "j": 1 / 3.6e6, "joule": 1 / 3.6e6, "kjoule": 1 / 3.6e3, "kj": 1 / 3.6e3, "mjoule": 1 / 3.6, "mj": 1 / 3.6}  # fmt: skip
PARTS = {"measures", "measurementMethod"}


def score(head: Head) -> float:
    """By a header with a report's id beside measures."""
    if "header_reportid" in head.columns:
        return 0.9
    found = head.json
    is_report = isinstance(found, dict) and isinstance(found.get("header"), dict)
    return 0.9 if is_report and PARTS & set(found) else 0.0


def read(path: Path) -> Iterator[Found]:
    """Yield a run for each report."""
    if "header_reportid" in head_of(path).columns:
        for line, row in records(path):
            yield _run(_nested(row), line)
        return
    report = document(path)
    if isinstance(report, dict):
        yield _run(report, 0)
    else:
        yield Rejected(line=0, why="It is no report of BoAmps.")


def _nested(row: Mapping[str, str]) -> dict[str, Any]:
    """Build the parts that are read from a flattened line: ``measures_0_powerConsumption`` and the like."""
    measures: dict[str, dict[str, str]] = {}
    report: dict[str, Any] = {"header": {}, "environment": {}}
    for name, cell in row.items():
        part, _, rest = name.partition("_")
        if part == "measures":
            number, _, key = rest.partition("_")
            measures.setdefault(number, {})[key] = cell
        elif part in report:
            report[part][rest] = cell
    return {**report, "measures": list(measures.values())}


def _run(report: Mapping[str, Any], line: int) -> Found:
    measures = [found for found in _measures(report) if found is not None]
    notes: list[Note] = []
    energies = [value for measure in measures if (value := _energy(measure, notes)) is not None]
    if any(value < 0 for value in energies):
        return Rejected(line=line, why="A measure has a negative energy.")
    if not energies:
        notes.append(Note(code="no-energy", text="The report holds no measured energy."))
    durations = [figure(measure.get("measurementDuration")) for measure in measures]
    known = [value for value in durations if value is not None and value >= 0]
    header, place = _mapping(report, "header"), _mapping(report, "environment")
    return Run(
        line=line,
        external_id=str(header.get("reportId") or "")[:200],
        name=str(_mapping(report, "task").get("taskStage") or "BoAmps report"),
        ended_at=_moment(header.get("reportDatetime")),
        duration_s=sum(known) if known else None,
        energy_kwh=sum(energies) if energies else None,
        region=str(place.get("country") or ""),
        boundary=Boundary.UNKNOWN,
        tool=f"BoAmps, {measures[0].get('measurementMethod') or 'method not stated'}"
        if measures
        else "BoAmps",
        notes=tuple(notes),
    )


def _mapping(report: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = report.get(key)
    return found if isinstance(found, dict) else {}


def _measures(report: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Measures wherever a draft of the format puts them."""
    listed = report.get("measures")
    if isinstance(listed, list):
        yield from (item for item in listed if isinstance(item, dict))
    for kind in _mapping(report, "measurementMethod").values():
        if isinstance(kind, dict):
            yield from (item for item in kind.values() if isinstance(item, dict))


def _energy(measure: Mapping[str, Any], notes: list[Note]) -> float | None:
    value = next((v for key in ENERGY_KEYS if (v := figure(measure.get(key))) is not None), None)
    if value is None:
        return None
    unit = str(next((measure[key] for key in UNIT_KEYS if measure.get(key)), "")).strip()
    if unit.lower() not in KWH:
        text = f"The unit “{unit[:20]}” is not known, so this energy was left out."
        notes.append(Note(code="unknown-unit", text=text))
        return None
    if not unit:
        text = "No unit is given; by the format's own rule it is kWh."
        notes.append(Note(code="unit-by-rule", text=text))
    return value * KWH[unit.lower()]


def _moment(cell: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(cell or ""))
    except ValueError:
        return None

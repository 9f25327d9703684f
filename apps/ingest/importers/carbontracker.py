"""Carbontracker's logs, its console output pasted anywhere, and crashes: actual consumption, never predicted."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import attrs

from apps.ingest.reading import Head, lines
from apps.ingest.record import Boundary, Found, Note, Outcome, Run

NAME = "carbontracker"
TITLE = "Carbontracker log"
ACTUAL = re.compile(r"Actual consumption(?: for (\d+) epoch\(?s?\)?)?:", re.IGNORECASE)
PREDICTED = re.compile(r"Predicted consumption[^:]*:", re.IGNORECASE)
TIME = re.compile(r"^\s*Time:\s*(?:(\d+) days?, )?(\d+):(\d\d):(\d\d(?:\.\d+)?)")
ENERGY = re.compile(r"^\s*Energy:\s*([\d.eE+-]+)\s*(kWh|Wh|J)")
EMISSIONS = re.compile(r"^\s*CO2eq:\s*([\d.eE+-]+)\s*(kg|g)")
PUE = re.compile(r"PUE coefficient of ([\d.]+)")
VERSION = re.compile(r"carbontracker version ([\w.]+)", re.IGNORECASE)
DURATION = re.compile(r"Duration:\s*(\d+):(\d\d):(\d\d(?:\.\d+)?)")
POWER = re.compile(r"Average power usage \(W\) for \w+: \[?([\d.\seE+-]+)\]?")
STAMP = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[,\d]* - ")
GPUS = re.compile(r"GPU with device\(s\) ([^.]+)\.")
KWH = {"kWh": 1.0, "Wh": 1e-3, "J": 1 / 3.6e6}
J_PER_KWH = 3.6e6


def score(head: Head) -> float:
    """By words that only Carbontracker prints."""
    text = head.text
    if head.json is not None or '"__type__"' in text:
        return 0.0
    if VERSION.search(text) or "CarbonTracker:" in text or ACTUAL.search(text):
        return 0.8
    return 0.6 if "carbontracker" in text.lower() and STAMP.search(text) else 0.0


@attrs.define
class _Log:
    """What is known so far of the run that the log is about."""

    line: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    tool: str = "Carbontracker"
    gpus: str = ""
    pue: float | None = None
    crashed: bool = False
    epoch_s: float = 0.0
    duration_s: float = 0.0
    joules: float = 0.0


@attrs.define
class _Block:
    """One block of actual consumption."""

    line: int
    epochs: int
    duration_s: float | None = None
    energy_kwh: float | None = None
    emissions_kg: float | None = None


def read(path: Path) -> Iterator[Found]:
    """Yield a run for each process: blocks whose count of epochs rises are one run's, and the last of them counts."""
    log, block, in_block = _Log(), None, False
    told = 0
    for number, text in lines(path):
        _note_line(log, number, text)
        if found := ACTUAL.search(text):
            epochs = int(found[1] or 0)
            if block and epochs <= block.epochs:
                yield _of_block(log, block)
                told += 1
            block, in_block = _Block(number, epochs), True
        elif PREDICTED.search(text):
            in_block = False
        elif block and in_block:
            _fill(block, text)
    if block:
        yield _of_block(log, block)
    elif not told:
        yield _of_log(log)


def _note_line(log: _Log, number: int, text: str) -> None:
    log.line = log.line or number
    if found := STAMP.match(text):
        moment = datetime.fromisoformat(found[1])
        log.started_at, log.ended_at = log.started_at or moment, moment
    if found := VERSION.search(text):
        log.tool = f"Carbontracker {found[1]}"
    if found := PUE.search(text):
        log.pue = float(found[1])
    if found := GPUS.search(text):
        log.gpus = found[1].strip()
    log.crashed = log.crashed or "Traceback (most recent call last)" in text
    if found := DURATION.search(text):
        log.epoch_s = _seconds(found[1], found[2], found[3])
        log.duration_s += log.epoch_s
    if found := POWER.search(text):
        log.joules += log.epoch_s * sum(_figures(found[1]))


def _figures(text: str) -> list[float]:
    found = []
    for word in text.split():
        try:
            found.append(float(word))
        except ValueError:
            continue
    return found


def _seconds(hours: str, minutes: str, seconds: str, days: str = "") -> float:
    return int(days or 0) * 86_400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _fill(block: _Block, text: str) -> None:
    if found := TIME.match(text):
        block.duration_s = _seconds(found[2], found[3], found[4], found[1])
    elif (found := ENERGY.match(text)) and (values := _figures(found[1])):
        block.energy_kwh = values[0] * KWH[found[2]]
    elif (found := EMISSIONS.match(text)) and (values := _figures(found[1])):
        block.emissions_kg = values[0] * (1e-3 if found[2] == "g" else 1.0)


def _of_block(log: _Log, block: _Block) -> Run:
    pue = f", with PUE {log.pue:g}" if log.pue else ""
    text = f"The actual consumption{pue}; what was predicted is not counted."
    return Run(
        line=block.line,
        name="Carbontracker run",
        ended_at=log.ended_at,
        duration_s=block.duration_s,
        energy_kwh=block.energy_kwh,
        pue_inside=log.pue,
        emissions_kg=block.emissions_kg,
        gpu_model=log.gpus,
        outcome=Outcome.FAILED if log.crashed else Outcome.FINISHED,
        boundary=Boundary.NODE,
        tool=log.tool,
        notes=(Note(code="actual-not-predicted", text=text),),
    )


def _of_log(log: _Log) -> Run:
    """A log without a block of consumption: the sum of its epochs, which hold no PUE, or nothing measured."""
    has_energy = log.joules > 0
    if has_energy:
        note = Note(code="epochs-added", text="The sum of its epochs, without PUE.")
    elif log.crashed:
        note = Note(code="tracker-crashed", text="The tracker crashed before it measured anything.")
    else:
        note = Note(code="no-energy", text="The log holds no consumption.")
    return Run(
        line=log.line,
        name="Carbontracker run",
        started_at=log.started_at,
        ended_at=log.ended_at,
        duration_s=log.duration_s or None,
        energy_kwh=log.joules / J_PER_KWH if has_energy else None,
        pue_inside=1.0 if has_energy else None,
        gpu_model=log.gpus,
        outcome=Outcome.FAILED if log.crashed else Outcome.UNKNOWN,
        boundary=Boundary.NODE,
        tool=log.tool,
        notes=(note,),
    )

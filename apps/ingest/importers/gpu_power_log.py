"""Samples of power: what nvidia-smi prints, and tables of scripts over NVML, one device a line or one a column."""

import csv
import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import attrs

from apps.ingest.errors import FileRejected
from apps.ingest.importers import _power_tables as tables
from apps.ingest.importers._figures import kept, moment
from apps.ingest.importers._power import MOST_W, Devices, interleaved
from apps.ingest.importers._power_columns import Columns, columns_of, watts
from apps.ingest.reading import Head, delimiter, figure, lines
from apps.ingest.record import Boundary, Found, Note, Rejected, Run
from lca.engine import Provenance

NAME = "gpu_power_log"
TITLE = "Log of GPU power"

LOOKED_AT = 4000  # lines by which devices that take turns are told
FIRST_EPOCH_S = 946_684_800.0  # 2000

NO_TIMES = Note(
    code="no-times",
    text="Its samples have no times, so they give a mean power and no energy.",
)
ONE_SAMPLE = Note(code="one-sample", text="A single instant gives no energy.")
TURNS = Note(
    code="devices-by-turns",
    text="Its lines do not name their GPU; how many take turns was told by the times.",
)
OVERLAP = Note(
    code="sensors-overlap",
    text="Sensors contain each other, so only those of GPUs and of the CPU package are counted.",
)
CPU_APART = Note(
    code="cpu-apart",
    text="The power of the CPU is a series of its own; its energy is shown and not in the sum.",
)


def score(head: Head) -> float:
    """Tell a log of power by its columns, or a bare list of figures by all of its lines."""
    found = [line for line in head.lines[:50] if line.strip("\0 ")]
    if not found:
        return 0.0
    cells = next(csv.reader([found[0]], delimiter=delimiter(found[0])))
    if tables.kind_of(cells):
        return 0.8
    columns = columns_of(cells)
    if columns is None:
        return 0.0
    if columns.width == 1 and not columns.has_heading:
        return 0.4 if all(watts(line) is not None for line in found[:-1]) else 0.0
    is_smi = any(re.match(r"\s*power\.draw", cell) for cell in cells)
    return 0.9 if is_smi else 0.6 if columns.time is not None else 0.0


def read(path: Path) -> Iterator[Found]:
    """Stream refused samples, then the run that the others are; a table of runs gives each of its rows."""
    numbered: Iterator[tuple[int, str]] = (
        (number, text) for number, text in lines(path) if text.strip()
    )
    number, first = next(numbered, (0, ""))
    mark = delimiter(first)
    cells = next(csv.reader([first], delimiter=mark), [])
    if kind := tables.kind_of(cells):
        yield from tables.read(kind, path)
        return
    columns = columns_of(cells)
    if columns is None:
        raise FileRejected("It has no column of power.", "Name it power.draw [W] or GPU0, GPU1 ….")
    if not columns.has_heading:
        numbered = itertools.chain([(number, first)], numbered)
    log = Log(columns=columns, line=number)
    yield from log.take((at, next(csv.reader([text], delimiter=mark), [])) for at, text in numbered)
    yield from log.runs()


@attrs.define(kw_only=True)
class Log:
    """A log being read: its devices, and what was met."""

    columns: Columns
    line: int
    gpus: Devices = attrs.field(factory=Devices)
    cpu: Devices = attrs.field(factory=Devices)
    samples: int = 0
    watts: float = 0.0
    model: str = ""
    turns: int = 1
    notes: list[Note] = attrs.field(factory=list)

    def take(self, numbered: Iterator[tuple[int, list[str]]]) -> Iterator[Rejected]:
        """Take lines in; those that cannot be used come back."""
        if self._is_nameless:
            looked_at = list(itertools.islice(numbered, LOOKED_AT))
            times = (self._time(cells)[0] for _, cells in looked_at)
            self.turns = interleaved([time for time in times if time is not None])
            if self.turns > 1:
                self.notes.append(TURNS)
            numbered = itertools.chain(looked_at, numbered)
        for turn, (number, cells) in enumerate(numbered):
            if why := self._why_not(turn, cells):
                yield Rejected(line=number, why=why, remedy="Correct or leave out the line.")

    @property
    def _is_nameless(self) -> bool:
        columns = self.columns
        is_single = len(columns.power) == 1 and columns.index is None and columns.sensor is None
        return is_single and columns.time is not None

    def _time(self, cells: list[str]) -> tuple[float | None, Note | None]:
        """Read a time, as seconds since 1970 or since the beginning of the log."""
        if self.columns.time is None or self.columns.time >= len(cells):
            return None, None
        cell = cells[self.columns.time].strip()
        seconds = figure(cell)
        if seconds is not None and 0 <= seconds < FIRST_EPOCH_S:
            return seconds, None
        found, note = moment(cell)
        return (found.timestamp() if found else None), note

    def _why_not(self, turn: int, cells: list[str]) -> str:
        """Take one line in; else say why not."""
        columns = self.columns
        if len(cells) < columns.width:
            return f"It has {len(cells)} cells where there are {columns.width} columns."
        powers = {key: watts(cells[at]) for key, at in columns.power.items()}
        if any(power is None or not 0 <= power <= MOST_W for power in powers.values()):
            return "Its power is missing, negative or no number."
        time, note = self._time(cells)
        if time is None and columns.time is not None:
            return "Its time cannot be read."
        if note and note not in self.notes:
            self.notes.append(note)
        return self._add(turn, cells, time, {key: power or 0.0 for key, power in powers.items()})

    def _add(
        self, turn: int, cells: list[str], time: float | None, powers: dict[str, float]
    ) -> str:
        columns = self.columns
        if columns.model is not None:
            self.model = self.model or cells[columns.model].strip()[:100]
        for key, power in powers.items():
            name = self._device(key, turn, cells)
            devices = self._devices(name)
            if devices is None:
                continue
            if time is not None and not devices.add(name, time, power):
                return "Its time lies before that of the line before it."
            self.watts += power
        self._add_cpu(cells, time)
        self.samples += 1
        return ""

    def _device(self, key: str, turn: int, cells: list[str]) -> str:
        for at in (self.columns.sensor, self.columns.index):
            if at is not None:
                return cells[at].strip()
        return key or str(turn % self.turns)

    def _devices(self, name: str) -> Devices | None:
        if self.columns.sensor is None or name.lower().startswith("gpu"):
            return self.gpus
        return self.cpu if name.lower() == "cpu package" else None

    def _add_cpu(self, cells: list[str], time: float | None) -> None:
        if self.columns.cpu is None or time is None:
            return
        power = watts(cells[self.columns.cpu])
        if power is not None and 0 <= power <= MOST_W:
            self.cpu.add("cpu", time, power)

    def runs(self) -> Iterator[Run]:
        """Give the run that the samples are."""
        if not self.samples:
            return
        is_sensors = self.columns.sensor is not None
        energy, cpu = self.gpus.energy_kwh, self.cpu.energy_kwh
        span = self.gpus.span
        is_dated = span is not None and span[0] >= FIRST_EPOCH_S
        hours = self.gpus.device_hours
        yield Run(
            line=self.line,
            rows=1 if is_sensors and energy is None else self.samples,
            started_at=datetime.fromtimestamp(span[0], UTC) if span and is_dated else None,
            ended_at=datetime.fromtimestamp(span[1], UTC) if span and is_dated else None,
            duration_s=span[1] - span[0] if span else None,
            energy_kwh=energy,
            energy_parts_kwh={} if energy is None else {"gpu": energy},
            pue_inside=None if energy is None else 1.0,
            gpu_model=self.model,
            gpu_count=float(len(self.gpus.series)) if self.gpus.series else None,
            gpu_hours=hours,
            boundary=Boundary.ACCELERATOR,
            provenance=Provenance.SUPPLIED if energy is None else Provenance.MEASURED,
            tool="nvidia-smi" if self.columns.model is not None else "",
            facts={"mean_power_w": self._mean_w()}
            | ({} if cpu is None else {"cpu_energy_kwh": cpu}),
            notes=kept(*self.notes, *self.gpus.notes, *self._traps(energy, cpu)),
        )

    def _mean_w(self) -> float:
        hours, energy = self.gpus.device_hours, self.gpus.energy_kwh
        if hours and energy is not None:
            return energy * 1000 / hours
        return self.watts / self.samples

    def _traps(self, energy: float | None, cpu: float | None) -> Iterator[Note | None]:
        yield OVERLAP if self.columns.sensor is not None else None
        yield CPU_APART if cpu is not None else None
        if energy is None:
            yield NO_TIMES if self.columns.time is None else ONE_SAMPLE

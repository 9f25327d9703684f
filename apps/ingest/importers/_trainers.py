"""What the logs of trainers are read by: one reader for each dialect, fed line by line."""

import re
from collections.abc import Iterator
from typing import Protocol

import attrs

from apps.ingest.importers._figures import between, kept, moment
from apps.ingest.reading import figure
from apps.ingest.record import Found, Note, Outcome, Rejected, Run

LONGEST_S = 10 * 366 * 86_400.0
MOST_GPUS = 64

STEP_TIME = re.compile(r"step:(\d+)/(\d+).*?\btrain_time:(\d+(?:\.\d+)?)ms")
SMI_GPU = re.compile(r"\|\s+(\d+)\s+((?:NVIDIA|Tesla|GeForce|AMD)\b.*?)\s+(?:On|Off|N/A)\s+\|")
LLMC = re.compile(r"s:(\d+) (?:tel|trl|eval):\S+")
NEMO = re.compile(r"\[NeMo [A-Z] (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
HF_RUNTIME = re.compile(r"['\"]train_runtime['\"]:\s*['\"]?(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)")
MEGATRON = re.compile(r"iteration\s+(\d+)/\s*(\d+).*?elapsed time per iteration \(ms\):\s*([\d.]+)")

PAUSED = Note(
    code="clock-paused",
    text="Its clock stands still in validation and warm-up, so the machine was busy for longer.",
)
ONLY_STEPS = Note(code="no-duration", text="It gives steps and no times.")
FROM_STAMPS = Note(
    code="from-stamps",
    text="Its duration is that from the first to the last time stamp of the log.",
)
NO_GPUS = Note(code="gpus-unknown", text="It does not say how many GPUs were at work.")


class Reader(Protocol):
    """The reader of one dialect."""

    def take(self, line: int, text: str) -> Iterator[Found]:
        """Take a line in, and give what it completes."""
        ...

    def rest(self) -> Iterator[Found]:
        """Give what is left at the end."""
        ...


def gpu_hours(gpus: float | None, seconds: float | None) -> float | None:
    """GPUs times hours, where both are known."""
    return gpus * seconds / 3600 if gpus and seconds is not None else None


@attrs.define
class Steps:
    """Logs that count steps: with a running clock, with the time of each, or without any."""

    rows: int = 0
    line: int = 0
    step: float = 0.0
    steps: float | None = None
    seconds: float | None = None
    gpus: dict[str, str] = attrs.field(factory=dict)
    notes: dict[str, Note] = attrs.field(factory=dict)

    def take(self, line: int, text: str) -> Iterator[Found]:
        """Take a line in."""
        if found := STEP_TIME.search(text):
            self._count(line, found[1], found[2], PAUSED)
            self.seconds = max(self.seconds or 0.0, float(found[3]) / 1000)
        elif found := MEGATRON.search(text):
            before = self.step
            self._count(line, found[1], found[2], None)
            done = max(0.0, self.step - before)
            self.seconds = (self.seconds or 0.0) + done * (figure(found[3]) or 0.0) / 1000
        elif found := LLMC.fullmatch(text.strip()):
            self._count(line, found[1], None, None)
        elif (found := SMI_GPU.search(text)) and len(self.gpus) < MOST_GPUS:
            self.gpus[found[1]] = found[2][:100]
        elif found := HF_RUNTIME.search(text):
            yield from self._runtime(line, float(found[1]))

    def _count(self, line: int, step: str, steps: str | None, note: Note | None) -> None:
        self.line = self.line or line
        self.rows += 1
        self.step = figure(step) or 0.0
        self.steps = figure(steps) if steps else self.steps
        if note:
            self.notes[note.code] = note

    def _runtime(self, line: int, seconds: float) -> Iterator[Found]:
        self.rows += 1
        self.line = self.line or line
        if 0 <= seconds <= LONGEST_S:
            self.seconds, self.step, self.steps = seconds, 1.0, 1.0  # it is written at the end
            return
        self.rows -= 1
        why = f"A running time of {seconds:g} s cannot be."
        yield Rejected(line=line, why=why, remedy="Correct or leave out the line.")

    def rest(self) -> Iterator[Found]:
        """Give the run."""
        if not self.rows:
            return
        if self.seconds is not None and self.seconds > LONGEST_S:
            why = "Its running time is too long to be."
            yield Rejected(line=self.line, why=why, rows=self.rows, remedy="Leave out the run.")
            return
        gpus = float(len(self.gpus)) or None
        is_whole = self.steps is not None and self.step >= self.steps
        yield Run(
            line=self.line,
            rows=self.rows,
            duration_s=self.seconds,
            gpu_model=", ".join(dict.fromkeys(self.gpus.values())),
            gpu_count=gpus,
            gpu_hours=gpu_hours(gpus, self.seconds),
            outcome=Outcome.FINISHED if is_whole else Outcome.UNKNOWN,
            facts={"steps": self.step},
            notes=kept(
                *self.notes.values(),
                ONLY_STEPS if self.seconds is None else None,
                None if gpus else NO_GPUS,
            ),
        )


@attrs.define
class Stamps:
    """NeMo's log: nothing but time stamps."""

    rows: int = 0
    line: int = 0
    first: str = ""
    last: str = ""

    def take(self, line: int, text: str) -> Iterator[Found]:
        """Take a line in."""
        if found := NEMO.match(text):
            self.rows += 1
            self.line = self.line or line
            self.first, self.last = self.first or found[1], found[1]
        yield from ()

    def rest(self) -> Iterator[Found]:
        """Give the run."""
        if not self.rows:
            return
        (first, note), (last, other) = moment(self.first), moment(self.last)
        seconds = between(first, last)
        if seconds is not None and not 0 <= seconds <= LONGEST_S:
            why = "Its last time stamp lies before its first, or too long after it."
            yield Rejected(line=self.line, why=why, rows=self.rows, remedy="Sort the log by time.")
            return
        yield Run(
            line=self.line,
            rows=self.rows,
            started_at=first,
            ended_at=last,
            duration_s=seconds,
            tool="nemo",
            notes=kept(note, other, FROM_STAMPS, NO_GPUS),
        )

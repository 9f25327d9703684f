"""Traces: when requests come and how many tokens they have, read from a file or drawn from a process."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from apps.scenarios.errors import BadInput
from apps.scenarios.tables import read_table

Times = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
COLUMNS = {
    "time": ("time", "timestamp", "arrival", "arrival_s", "arrival_time"),
    "prompt": ("prompt_tokens", "contexttokens", "input_tokens", "num_prefill_tokens"),
    "generated": ("generated_tokens", "generatedtokens", "output_tokens", "num_decode_tokens"),
}
LARGEST_BYTES = 500_000_000
MOST_REQUESTS = 10_000_000
DAY_S = 86_400.0


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Requests in order of arrival: time [s] from the first, prompt tokens, generated tokens; shape (requests,)."""

    name: str
    arrival: Times
    prompt: Counts
    generated: Counts

    def __len__(self) -> int:
        return len(self.arrival)

    @property
    def context(self) -> Counts:
        """Tokens of each request, prompt and answer, shape (requests,)."""
        return self.prompt + self.generated

    def summary(self) -> dict[str, float | int | str]:
        """Return plain JSON."""
        span = float(self.arrival[-1] - self.arrival[0])
        gaps = np.diff(self.arrival)
        return {
            "name": self.name,
            "requests": len(self),
            "duration_s": span,
            "requests_per_s": len(self) / span if span else float(len(self)),
            "squared_variation_of_gaps": float(gaps.var() / gaps.mean() ** 2) if span else 0.0,
            "mean_prompt_tokens": float(self.prompt.mean()),
            "mean_generated_tokens": float(self.generated.mean()),
        }


def read(path: Path) -> Trace:
    """Read a CSV of time, prompt tokens and generated tokens: seconds or dates, any order, known names or the first three.

    Raises
    ------
    BadInput
        With the line and column of the first fault.
    """
    table = _table(path)
    columns = [_column(table, kind, place) for place, kind in enumerate(COLUMNS)]
    arrival = _seconds(table[columns[0]])
    prompt, generated = (_tokens(table[name]) for name in columns[1:])
    if (generated < 1).any():
        line = int(np.argmax(generated < 1)) + 2
        msg = f"Line {line}: a request generates at least 1 token."
        raise BadInput(msg, field=columns[2])
    order = np.argsort(arrival, kind="stable")
    arrival = arrival[order]
    return Trace(
        name=path.name,
        arrival=arrival - arrival[0],
        prompt=prompt[order],
        generated=generated[order],
    )


def _table(path: Path) -> pd.DataFrame:
    table = read_table(path, "trace", largest_bytes=LARGEST_BYTES)
    if len(table.columns) < len(COLUMNS) or table.empty:
        msg = f"{path}: three columns are needed (time, prompt tokens, generated tokens) and a line below their names."
        raise BadInput(msg, field="trace")
    return table


def _column(table: pd.DataFrame, kind: str, place: int) -> str:
    for name in table.columns:
        if str(name).strip().lower() in COLUMNS[kind]:
            return str(name)
    return str(table.columns[place])


def _seconds(column: "pd.Series[float]") -> Times:
    numbers = np.asarray(pd.to_numeric(column, errors="coerce"), dtype=float)
    if np.isnan(numbers).sum() > len(numbers) // 2:
        dates = pd.to_datetime(column, errors="coerce", utc=True, format="ISO8601")
        numbers = np.asarray((dates - dates.min()).dt.total_seconds(), dtype=float)
    bad = ~np.isfinite(numbers)
    if bad.any():
        line = int(np.argmax(bad))
        msg = f"Line {line + 2}: “{column.iloc[line]}” is neither seconds nor a date such as 2023-11-16 18:15:46.68."
        raise BadInput(msg, field=str(column.name))
    return numbers


def _tokens(column: "pd.Series[int]") -> Counts:
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
    bad = ~(np.isfinite(numbers) & (numbers >= 0) & (numbers == np.floor(numbers)))
    if bad.any():
        line = int(np.argmax(bad))
        msg = f"Line {line + 2}: “{column.iloc[line]}” is not a whole number of tokens."
        raise BadInput(msg, field=str(column.name))
    return numbers.astype(np.int64)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What to draw: requests a second on average, how many, mean tokens (geometric), and the process of arrivals.

    ``poisson``: independent. ``bursty``: a two-state process that is ten times as busy a tenth of the time, in episodes of a minute.
    ``diurnal``: Poisson at a rate that follows a day, from a fifth of the mean at night to 1.8 times at its peak.
    """

    process: str = "poisson"
    rate: float = 1.0
    requests: int = 10_000
    prompt: float = 500.0
    generated: float = 250.0

    def __post_init__(self) -> None:
        if self.process not in PROCESSES:
            msg = f"The process is {self.process!r}; there are {', '.join(PROCESSES)}."
            raise BadInput(msg, field="process")
        if not (0 < self.rate < np.inf and 1 <= self.requests <= MOST_REQUESTS):
            raise BadInput("A rate above 0 and 1 to 10 million requests are needed.", field="rate")
        if not (self.prompt >= 1 and self.generated >= 1):
            raise BadInput("Mean tokens are 1 or more.", field="tokens")


def draw(shape: Shape, seed: int = 1) -> Trace:
    """Draw a trace of a process; the same seed draws the same tokens whatever the process."""
    rng = np.random.default_rng(seed)
    prompt = rng.geometric(1 / shape.prompt, shape.requests)
    generated = rng.geometric(1 / shape.generated, shape.requests)
    unit = np.cumsum(rng.exponential(1.0, shape.requests))
    arrival = PROCESSES[shape.process](unit / shape.rate, shape.rate, rng)
    name = f"{shape.process}, {shape.rate:g} requests/s"
    return Trace(name=name, arrival=arrival - arrival[0], prompt=prompt, generated=generated)


def _poisson(times: Times, rate: float, rng: np.random.Generator) -> Times:  # noqa: ARG001
    return times


def _bursty(times: Times, rate: float, rng: np.random.Generator) -> Times:  # noqa: ARG001
    """Read even time through a clock that runs fast a tenth of the time: episodes of about a minute, mean rate kept."""
    need = int(times[-1] / 300) + 2
    spans = rng.exponential([[540.0, 60.0]], (2 * need, 2)).ravel()
    speeds = np.tile([BURST_LOW, 10 * BURST_LOW], 2 * need)
    work = np.concatenate([[0.0], np.cumsum(spans * speeds)])
    result: Times = np.interp(times, work, np.concatenate([[0.0], np.cumsum(spans)]))
    return result


BURST_LOW = 1 / 1.9


def _diurnal(times: Times, rate: float, rng: np.random.Generator) -> Times:  # noqa: ARG001
    """Read even time through the integral of 1 - 0.8 cos(2 pi t / day)."""
    grid = np.linspace(0.0, times[-1] + DAY_S, 2 + 96 * int(times[-1] / DAY_S + 1))
    turn = 2 * np.pi / DAY_S
    result: Times = np.interp(times, grid - 0.8 * np.sin(turn * grid) / turn, grid)
    return result


PROCESSES = {"poisson": _poisson, "bursty": _bursty, "diurnal": _diurnal}

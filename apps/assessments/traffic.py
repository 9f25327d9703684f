"""A trace of requests: when each came and how many tokens it read and wrote; read whole or refused whole."""

import hashlib
import io
from datetime import datetime
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from apps.assessments.rejection import FileRejected

MOST_BYTES = 50_000_000
MOST_TOKENS = 1e9
KEPT = 1_000  # requests kept of a trace, evenly spaced by length, to spread energy over
COLUMNS = {
    "time": {"time", "timestamp", "arrival", "arrived_at", "started_at"},
    "tokens_in": {"tokens_in", "input_tokens", "prompt_tokens", "contexttokens", "context_tokens"},
    "tokens_out": {
        "tokens_out", "output_tokens", "completion_tokens", "generatedtokens", "generated_tokens",
    },
}  # fmt: skip
PERCENTILES = (5, 50, 95)


class TraceRejected(FileRejected):
    """A trace that cannot be used."""

    code = "trace_rejected"


@attrs.frozen(kw_only=True)
class Traffic:
    """What is kept of a trace: its rate, the spread of its tokens, and some of its requests."""

    requests: int
    starts_at: datetime
    ends_at: datetime
    tokens_in: dict[str, float]
    tokens_out: dict[str, float]
    sample: list[list[int]]
    sha256: str

    @property
    def per_second(self) -> float | None:
        """Mean rate between the first request and the last; ``None`` if all came at once."""
        seconds = (self.ends_at - self.starts_at).total_seconds()
        return (self.requests - 1) / seconds if seconds > 0 else None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            **attrs.asdict(self),
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "requests_per_second": self.per_second,
        }


def read_trace(content: bytes) -> Traffic:
    """Read a CSV of time, prompt tokens and generated tokens, a request a line.

    Raises
    ------
    TraceRejected
        With each fault and its line; nothing is guessed.
    """
    table = _table(content)
    times = pd.to_datetime(table["time"], errors="coerce", utc=True, format="ISO8601")
    counts = {
        name: pd.to_numeric(table[name], errors="coerce") for name in ("tokens_in", "tokens_out")
    }
    faults = [
        *_faults(times.isna(), table["time"], "is not a time such as 2026-03-01 12:00:00"),
        *(
            fault
            for name, values in counts.items()
            for fault in _faults(_no_count(values), table[name], "is not a number of tokens")
        ),
    ]
    if faults:
        raise TraceRejected(faults)
    pairs = np.column_stack([counts["tokens_in"], counts["tokens_out"]]).astype(np.int64)
    return Traffic(
        requests=len(table),
        starts_at=times.min().to_pydatetime(),
        ends_at=times.max().to_pydatetime(),
        tokens_in=_spread(pairs[:, 0]),
        tokens_out=_spread(pairs[:, 1]),
        sample=_sample(pairs),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _table(content: bytes) -> pd.DataFrame:
    if len(content) > MOST_BYTES:
        raise TraceRejected([f"It is larger than {MOST_BYTES / 1e6:.0f} MB; give a shorter trace."])
    try:
        table = pd.read_csv(
            io.StringIO(content.decode("utf-8-sig")), dtype=str, keep_default_na=False
        )
    except UnicodeDecodeError as error:
        raise TraceRejected([f"It is not UTF-8 text ({error})."]) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise TraceRejected([f"It is not a CSV with a heading ({error})."]) from None
    names = {column: str(column).strip().lower() for column in table.columns}
    found = {
        wanted: [column for column, name in names.items() if name in known]
        for wanted, known in COLUMNS.items()
    }
    faults = [
        f"It needs one column for {wanted.replace('_', ' ')}, named one of {', '.join(sorted(COLUMNS[wanted]))};"
        f" it has {len(columns)}."
        for wanted, columns in found.items()
        if len(columns) != 1
    ]
    if not faults and table.empty:
        faults = ["It holds no request: a heading and a line for each request are needed."]
    if faults:
        raise TraceRejected(faults)
    return table.rename(columns={columns[0]: wanted for wanted, columns in found.items()})


def _no_count(values: "pd.Series[float]") -> "pd.Series[bool]":
    return ~(values.between(0, MOST_TOKENS) & (values % 1 == 0))


def _faults(wrong: "pd.Series[bool]", cells: "pd.Series[str]", what: str) -> list[str]:
    return [f"Line {row + 2}: “{str(cells[row])[:40]}” {what}." for row in np.flatnonzero(wrong)]


def _spread(values: npt.NDArray[np.int64]) -> dict[str, float]:
    quantiles = np.percentile(values, PERCENTILES)
    return {"mean": float(values.mean())} | {
        f"p{share:02d}": float(value) for share, value in zip(PERCENTILES, quantiles, strict=True)
    }


def _sample(pairs: npt.NDArray[np.int64]) -> list[list[int]]:
    """Requests in the middle of equal parts of the trace, put in order of what they wrote, then read."""
    ordered = pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]
    parts = min(KEPT, len(ordered))
    middles = ((np.arange(parts) + 0.5) * len(ordered) / parts).astype(np.int64)
    rows: list[list[int]] = ordered[middles].tolist()
    return rows

"""A file in figures: rows taken and refused, runs, energy, what the tool claimed."""

from collections.abc import Iterable
from typing import Any

import attrs

from apps.ingest.record import Found, Outcome, Rejected, Run


@attrs.define(kw_only=True)
class Summary:
    """Sums over what a file holds; ``None`` where no run says anything, which is not nought."""

    rows_accepted: int = 0
    rows_rejected: int = 0
    runs: int = 0
    failed: int | None = None
    energy_kwh: float | None = None
    emissions_kg: float | None = None
    gpu_hours: float | None = None
    rejected: list[dict[str, Any]] = attrs.field(factory=list)
    keeps_rejected: bool = True
    notes: dict[str, int] = attrs.field(factory=dict)

    def add(self, found: Found) -> None:
        """Count one run or refused row."""
        if isinstance(found, Rejected):
            self.rows_rejected += found.rows
            if self.keeps_rejected:
                self.rejected.append(attrs.asdict(found))
            return
        self._count(found)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            name: value for name, value in attrs.asdict(self).items() if name != "keeps_rejected"
        }

    def _count(self, run: Run) -> None:
        self.runs += 1
        self.rows_accepted += run.rows
        if run.outcome is not Outcome.UNKNOWN:
            self.failed = (self.failed or 0) + (run.outcome is Outcome.FAILED)
        for note in run.notes:
            self.notes[note.code] = self.notes.get(note.code, 0) + 1
        if run.is_impossible or run.is_alternative:
            return
        for name in ("energy_kwh", "emissions_kg", "gpu_hours"):
            value = getattr(run, name)
            if value is not None:
                setattr(self, name, (getattr(self, name) or 0.0) + value)


def summarise(found: Iterable[Found]) -> Summary:
    """Sum up what an importer streams, in constant memory but for the refused rows."""
    summary = Summary()
    for item in found:
        summary.add(item)
    return summary

"""What several formats read alike: moments, lengths of time and figures that cannot be."""

import re
from datetime import UTC, datetime
from typing import Any

from apps.ingest.reading import figure
from apps.ingest.record import Note

JOULES_PER_KWH = 3.6e6
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_JOULES = 1e15
EPOCH_IN_MS = 1e11  # what is larger is milliseconds
DURATION = re.compile(r"(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)")

WITHOUT_ZONE = Note(
    code="time-without-zone",
    text="Its times name no zone; they were taken as UTC, so they may be off by some hours.",
)
ODD_TIME = Note(code="odd-time", text="A time that cannot be was left out.")
ODD_ENERGY = Note(
    code="odd-energy",
    text="Its energy is negative or is the mark for “no value”; it was left out.",
)


def moment(cell: Any) -> tuple[datetime | None, Note | None]:
    """Read a time in ISO 8601 or in seconds or milliseconds since 1970, in UTC; nought and words are no time."""
    seconds = figure(cell)
    if seconds is not None:
        return _epoch(seconds)
    text = str(cell or "").strip().replace("/", "-")
    if not text or not text[0].isdigit():
        return None, None
    try:
        found = datetime.fromisoformat(text)
        note = WITHOUT_ZONE if found.tzinfo is None else None
        found = found.replace(tzinfo=UTC) if note else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None, ODD_TIME
    return (found, note) if FIRST_YEAR <= found.year <= LAST_YEAR else (None, ODD_TIME)


def _epoch(seconds: float) -> tuple[datetime | None, Note | None]:
    if seconds == 0:
        return None, None
    if seconds > EPOCH_IN_MS:
        seconds /= 1000
    try:
        found = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None, ODD_TIME
    return (found, None) if FIRST_YEAR <= found.year <= LAST_YEAR else (None, ODD_TIME)


def duration(cell: Any) -> float | None:
    """Read a length of time as ``[D-][HH:]MM:SS`` or as seconds [s]; negative ones stay negative."""
    seconds = figure(cell)
    if seconds is not None:
        return seconds
    if not (found := DURATION.fullmatch(str(cell or "").strip())):
        return None
    days, hours, minutes, rest = (float(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


def joules(cell: Any) -> tuple[float | None, Note | None]:
    """Read an energy in J as kWh; the mark for no value, and what is negative, is left out with a note."""
    value = figure(cell)
    if value is None:
        return None, None
    if not 0 <= value <= MOST_JOULES:
        return None, ODD_ENERGY
    return value / JOULES_PER_KWH, None


def between(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds from one time to another, where both are known [s]."""
    return (end - start).total_seconds() if start and end else None


def kept(*notes: Note | None) -> tuple[Note, ...]:
    """Notes that there are, each once."""
    return tuple({note.code: note for note in notes if note}.values())

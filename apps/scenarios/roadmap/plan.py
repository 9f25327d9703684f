"""Targets and actions of a roadmap, read from plain JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from apps.scenarios.errors import BadInput
from apps.scenarios.measure import PHASES
from apps.scenarios.stacking import plans
from apps.scenarios.stacking.stack import HEADLINES, MOST_MEASURES, Chosen
from lca.engine import Category

TOTAL, USE = "total", "functional unit"
BASES = (TOTAL, USE)
PLANNED, GIVEN_UP = "planned", "given up"
STATES = (PLANNED, "under way", "done", GIVEN_UP)
MOST_TARGETS, MOST_ACTIONS = 12, 40
NAME, NOTES = 120, 600
TARGET_KEYS = {"category", "basis", "reduction", "by"}
ACTION_KEYS = {"phase", "what", "owner", "starts", "due", "state", "notes", "measure", "options", "scenario"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Target:
    """A reduction from the baseline that is to be reached: ``reduction`` is a share, of the total or of one functional unit."""

    category: Category
    basis: str
    reduction: float
    by: date


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something that is done in a phase, and the measure by which it is expected to count; one may have none."""

    phase: str
    what: str
    owner: str = ""
    starts: date | None = None
    due: date | None = None
    state: str = PLANNED
    notes: str = ""
    scenario: str = ""
    measure: Chosen | None = field(default=None)

    @property
    def order(self) -> tuple[date, int]:
        """When it counts: by its due date, those without one last; then by phase."""
        return self.due or date.max, PHASES.index(self.phase)


def targets(rows: Any) -> list[Target]:
    """Read targets.

    Raises
    ------
    BadInput
        With the place and the field of what cannot be.
    """
    return [_target(row, place) for place, row in enumerate(_rows(rows, "targets", MOST_TARGETS))]


def actions(rows: Any) -> list[Action]:
    """Read actions, in the order in which they count.

    Raises
    ------
    BadInput
        With the place and the field of what cannot be.
    """
    found = [_action(row, place) for place, row in enumerate(_rows(rows, "actions", MOST_ACTIONS))]
    if sum(action.measure is not None for action in found) > MOST_MEASURES:
        msg = f"At most {MOST_MEASURES} actions can have a measure."
        raise BadInput(msg, field="actions")
    return sorted(found, key=lambda action: action.order)


def _target(row: dict[str, Any], place: int) -> Target:
    where = f"Target {place + 1}"
    _refuse_unknown(row, TARGET_KEYS, where)
    known = {category.value: category for category in HEADLINES}
    reduction = row.get("reduction")
    if isinstance(reduction, bool) or not isinstance(reduction, int | float) or not 0 < reduction <= 1:  # fmt: skip
        msg = f"{where}: reduction is {reduction!r}; it is a share of the baseline above 0, at most 1, such as 0.3."
        raise BadInput(msg, field="targets")
    by = _day(row.get("by"), f"{where}: by")
    if by is None:
        msg = f"{where} needs a date: “by”, such as 2030-12-31."
        raise BadInput(msg, field="targets")
    category = known[_among(row.get("category"), list(known), f"{where}: category")]
    basis = _among(row.get("basis", TOTAL), BASES, f"{where}: basis")
    return Target(category=category, basis=basis, reduction=float(reduction), by=by)


def _action(row: dict[str, Any], place: int) -> Action:
    where = f"Action {place + 1}"
    _refuse_unknown(row, ACTION_KEYS, where)
    starts, due = (_day(row.get(key), f"{where}: {key}") for key in ("starts", "due"))
    if starts and due and due < starts:
        msg = f"{where} is due on {due}, before it starts on {starts}."
        raise BadInput(msg, field="actions")
    what = _text(row, "what", NAME, where)
    if not what.strip():
        msg = f"{where} needs words: “what” is done."
        raise BadInput(msg, field="actions")
    key = _text(row, "measure", NAME, where)
    return Action(
        phase=_among(row.get("phase"), PHASES, f"{where}: phase"),
        what=what,
        owner=_text(row, "owner", NAME, where),
        starts=starts,
        due=due,
        state=_among(row.get("state", PLANNED), STATES, f"{where}: state"),
        notes=_text(row, "notes", NOTES, where),
        scenario=_text(row, "scenario", NAME, where),
        measure=plans.read([{"measure": key, "options": row.get("options", {})}])[0] if key else None,
    )  # fmt: skip


def _rows(rows: Any, name: str, most: int) -> list[dict[str, Any]]:
    if isinstance(rows, list) and len(rows) <= most and all(isinstance(row, dict) for row in rows):
        return rows
    msg = f"“{name}” is a list of at most {most} objects."
    raise BadInput(msg, field=name)


def _refuse_unknown(row: dict[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(row) - known):
        msg = f"{where} has {', '.join(unknown)}, which is not known; known are {', '.join(sorted(known))}."
        raise BadInput(msg, field=unknown[0])


def _among(value: Any, known: Sequence[str], where: str) -> str:
    if value in known:
        return str(value)
    msg = f"{where} is {value!r}; it is one of {', '.join(known)}."
    raise BadInput(msg, field=where)


def _text(row: dict[str, Any], key: str, most: int, where: str) -> str:
    value = row.get(key, "")
    if isinstance(value, str) and len(value) <= most and "\0" not in value:
        return value
    msg = f"{where}: {key} is a text of at most {most} characters."
    raise BadInput(msg, field=key)


def _day(value: Any, where: str) -> date | None:
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        msg = f"{where} is {value!r}; it is a date such as 2030-12-31."
        raise BadInput(msg, field=where) from None

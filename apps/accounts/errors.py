"""Errors of the domain: they know nothing about HTTP, and say what is wrong, where, why and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class DomainError(Exception):
    """Something the user asked for cannot be done.

    ``field`` names the input at fault (a form field or a JSON pointer's last part), ``code`` is stable for programs.
    """

    code = "invalid"
    status = 422

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code or self.code


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field that somebody changed."""

    field: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return (
            f"{self.field.replace('_', ' ')} (was {_shown(self.before)}, is {_shown(self.after)})"
        )


class StaleEdit(DomainError):
    """Somebody else changed the row since it was read; ``changes`` says what, ``version`` is today's."""

    code = "stale"
    status = 409

    def __init__(
        self, message: str, *, changes: Sequence[Change] = (), version: int | None = None
    ) -> None:
        super().__init__(message, field="version")
        self.changes = tuple(changes)
        self.version = version


class Conflict(DomainError):
    """The row collides with another one."""

    code = "conflict"
    status = 409


class NotPermitted(DomainError):
    """The actor's role does not allow this."""

    code = "not_permitted"
    status = 403


def _shown(value: Any) -> str:
    return "not declared" if value in {None, ""} else f"“{value}”"

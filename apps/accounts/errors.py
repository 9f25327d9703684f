"""Errors of the domain: they know nothing about HTTP, and say what is wrong, where, why and what to do."""


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


class StaleEdit(DomainError):
    """Somebody else changed the row since it was read."""

    code = "stale"
    status = 409


class Conflict(DomainError):
    """The row collides with another one."""

    code = "conflict"
    status = 409


class NotPermitted(DomainError):
    """The actor's role does not allow this."""

    code = "not_permitted"
    status = 403

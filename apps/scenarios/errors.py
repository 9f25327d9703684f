"""What a strategy cannot work with, in words for the person who gave it."""

from apps.accounts.errors import DomainError


class BadInput(DomainError):
    """A file or a choice that no answer can be computed from; ``field`` names it."""

    code = "scenario_input"

"""A golden case that cannot be read or computed."""

from apps.accounts.errors import DomainError


class MalformedCase(DomainError):
    """A case file that breaks the format; the message says which file, where, why and what to do."""

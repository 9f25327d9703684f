"""What can go wrong with snapshots and reports."""

from apps.accounts.errors import Conflict, DomainError


class NothingToFreeze(DomainError):
    """The assessment has no flow yet, so a report would be empty."""

    code = "nothing_declared"


class WrongStatus(Conflict):
    """The snapshot is not in the state that this needs."""

    code = "wrong_status"

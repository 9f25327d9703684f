"""What can go wrong with snapshots and reports."""

from apps.accounts.errors import Conflict, DomainError


class NothingToFreeze(DomainError):
    """The assessment has no flow yet, so a report would be empty."""

    code = "nothing_declared"


class WrongStatus(Conflict):
    """The snapshot is not in the state that this needs."""

    code = "wrong_status"


class SamePerson(Conflict):
    """Preparer, reviewer and approver must be different people."""

    code = "same_person"


class InputsChanged(Conflict):
    """What was reviewed is no longer what is declared; the report went back to draft."""

    code = "inputs_changed"


class GateClosed(Conflict):
    """Something that a report must have is missing; the message says what and where."""

    code = "gate_closed"


class LogoRefused(DomainError):
    """The file cannot be taken as a logo."""

    code = "logo_refused"


class Listed(Conflict):
    """A file that a submitted report lists cannot be removed."""

    code = "listed"


class Unanswered(Conflict):
    """A comment of the review is still open."""

    code = "unanswered"

"""What can go wrong for a caller of the command, each with its exit status."""


class ClientError(Exception):
    """Something the person must do something about; ``status`` is the exit status."""

    status = 2


class Refused(ClientError):
    """The server understood and said no; sending the same again will not help."""

    status = 3


class Unreachable(ClientError):
    """The server cannot be reached, or is out of order just now."""

    status = 4

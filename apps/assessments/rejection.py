"""A file that a user sent and that is refused whole, with each fault and its line."""

from collections.abc import Sequence

from apps.accounts.errors import DomainError

SHOWN = 20


class FileRejected(DomainError):
    """Nothing of a file can be used; ``faults`` says why, line by line."""

    def __init__(self, faults: Sequence[str]) -> None:
        more = f" And {len(faults) - SHOWN:,} more." if len(faults) > SHOWN else ""
        super().__init__(f"Nothing was saved. {' '.join(faults[:SHOWN])}{more}", field="file")
        self.faults = list(faults)

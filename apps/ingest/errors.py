"""What can be wrong with a whole file."""

from apps.accounts.errors import DomainError


class FileRejected(DomainError):
    """A file that no row can be taken from; the message says why and what to do."""

    code = "file_rejected"

    def __init__(self, why: str, remedy: str = "") -> None:
        super().__init__(f"{why} {remedy}".strip(), field="file")
        self.why, self.remedy = why, remedy

"""What can go wrong with factor files and releases."""

from dataclasses import dataclass
from pathlib import Path

from apps.accounts.errors import Conflict, DomainError

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in one cell of a factor file."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}{f' [{self.column}]' if self.column else ''}: {self.message}"


class FactorFilesRejected(DomainError):
    """The files hold faults; nothing was loaded."""

    code = "factor_files_rejected"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        lines = [str(problem) for problem in problems[:SHOWN]]
        if len(problems) > SHOWN:
            lines.append(f"... and {len(problems) - SHOWN} more.")
        super().__init__(
            "\n".join(
                [f"{len(problems)} fault(s) in the factor files; nothing was loaded.", *lines]
            )
        )


class ReleaseLabelTaken(Conflict):
    """Another content was published under this label."""

    def __init__(self, label: str, folder: Path) -> None:
        super().__init__(
            f"Release “{label}” is already published with other content, and a release never changes."
            f" Give {folder.name}/release.toml a new label."
        )


class NoRelease(DomainError):
    """The library is empty."""

    code = "no_factor_release"
    status = 409

    def __init__(self) -> None:
        super().__init__("No factors are loaded. Run `python manage.py factors load`.")


class UnknownRelease(DomainError):
    """No release has this label."""

    code = "unknown_release"
    status = 404

    def __init__(self, label: str, known: list[str]) -> None:
        super().__init__(
            f"There is no release “{label}”. Known: {', '.join(known) or 'none; import one first'}."
        )

"""``manage.py embodied [--write]``: the embodied rows of the factor files, computed and compared."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.errors import DomainError
from apps.factors import services
from apps.factors.embodied import rows
from apps.factors.tables import read_tables


class Command(BaseCommand):
    help = "Computes the embodied impacts of every accelerator; --write puts them into the files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--path", type=Path, default=services.DEFAULT_FOLDER)
        parser.add_argument("--write", action="store_true", help="write what differs")

    def handle(self, *args: Any, path: Path, write: bool, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            computed = rows.written(read_tables(path), path)
        except DomainError as error:
            raise CommandError(error.message) from error
        stale = [name for name, lines in computed.items() if lines != rows.read(path / name)]
        for name in stale if write else []:
            rows.write(computed[name], path / name)
        if stale and not write:
            message = f"{', '.join(stale)} differ from what the methods give; run `manage.py embodied --write`."
            raise CommandError(message)
        self.stdout.write(
            f"{', '.join(stale)} written." if stale else "The files hold what the methods give."
        )

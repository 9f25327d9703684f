"""``manage.py whatif``: what would reduce it, from files and the library alone.

A strategy is a package of this app with a module ``command``; adding one is adding the package.
"""

import json
import pkgutil
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps import scenarios
from apps.accounts.errors import DomainError
from apps.scenarios.site import WORLD, shipped


def strategies() -> dict[str, ModuleType]:
    """Return the command modules of every strategy, by the word that calls it."""
    found = {}
    for module in pkgutil.iter_modules(scenarios.__path__):
        name = f"apps.scenarios.{module.name}.command"
        if module.ispkg and module.name != "management" and _exists(name):
            command = import_module(name)
            found[command.WORD] = command
    return found


def _exists(name: str) -> bool:
    return find_spec(name) is not None


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # they would load every page
    help = "Simulates what would reduce a footprint; exit status 1 where the input is refused."

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="strategy", required=True, metavar="STRATEGY")
        for word, strategy in strategies().items():
            sub = words.add_parser(word, help=strategy.HELP, description=strategy.HELP)
            sub.add_argument("--json", action="store_true", help="print everything as JSON")
            sub.add_argument(
                "--zone", default=WORLD, help="electricity zone of the library, e.g. FR"
            )
            sub.add_argument(
                "--pue", type=float, help="of the data centre; else the library's default"
            )
            sub.add_argument("--wue", type=float, help="L per IT kWh; else the library's default")
            sub.add_argument("--grid", type=float, help="kg CO2e per kWh; else the zone's")
            strategy.arguments(sub)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        strategy = strategies()[options["strategy"]]
        try:
            found = strategy.run(options, shipped(options))
        except DomainError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2, allow_nan=False))
            return
        self._table(strategy.table(found))
        for line in strategy.words(found):
            self.stdout.write(line)

    def _table(self, rows: list[list[str]]) -> None:
        widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        for row in rows:
            cells = zip(row, widths, strict=True)
            self.stdout.write("  ".join(text.ljust(width) for text, width in cells).rstrip())

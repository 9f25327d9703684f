"""``manage.py factors load|list|show``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.errors import DomainError
from apps.factors import selectors, services
from apps.factors.indicators import Kind
from apps.factors.models import Entry


class Command(BaseCommand):
    help = "Loads, lists and shows the factor library."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        load = verbs.add_parser("load", help="publish the factor files as the current release")
        load.add_argument("--path", type=Path, default=services.DEFAULT_FOLDER)
        listing = verbs.add_parser(
            "list", help="count what the current release holds, or list one kind"
        )
        listing.add_argument("kind", nargs="?", choices=Kind.values)
        show = verbs.add_parser("show", help="print every factor of one entry with its source")
        show.add_argument("kind", choices=Kind.values)
        show.add_argument("key")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            getattr(self, f"_{verb}")(**options)
        except DomainError as error:
            raise CommandError(error.message) from error

    def _load(self, *, path: Path, **_: Any) -> None:
        release = services.load_release(path=path)
        held = selectors.counts(release).values()
        self.stdout.write(
            f"Release {release.label} of {release.published_on} is current: {sum(n for n, _ in held)} entries,"
            f" {sum(n for _, n in held)} factors, sha256 {release.sha256}."
        )

    def _list(self, *, kind: str | None, **_: Any) -> None:
        release = selectors.current_release()
        if kind is None:
            for name, (n_entries, n_factors) in selectors.counts(release).items():
                self.stdout.write(f"{name:<14}{n_entries:>6} entries{n_factors:>7} factors")
            return
        for entry in selectors.entries(release, kind):
            self.stdout.write(f"{entry.key:<36}{entry.name}")

    def _show(self, *, kind: str, key: str, **_: Any) -> None:
        try:
            entry = selectors.entry(selectors.current_release(), kind, key)
        except Entry.DoesNotExist:
            message = f"There is no {kind} “{key}”; `factors list {kind}` prints the keys."
            raise CommandError(message) from None
        self.stdout.write(f"{entry.name} ({kind} {key})")
        for row in entry.factors.all():
            spread = f" x/÷ {row.gsd:g}" if row.gsd else ""
            mark = "*" if row.chosen else " "
            self.stdout.write(
                f"{mark} {row.indicator:<26}{row.value:>12.6g} {row.unit}{spread}  [{row.source.key}, {row.year}, {row.retrieval}] {row.scope}"
            )

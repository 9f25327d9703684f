"""``manage.py factors list|show|diff|import``; a wrong word or file ends with exit status 1 and says what to do."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.errors import DomainError
from apps.factors import selectors, services
from apps.factors.indicators import Kind
from apps.factors.models import Entry, Factor, Release
from apps.factors.selectors import Moved
from apps.factors.tables import read_tables

SHOWN = 40


class Command(BaseCommand):
    help = "Imports, lists, shows and compares releases of the factor library."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list", help="releases and what they hold, or one kind's keys")
        listing.add_argument("kind", nargs="?", choices=Kind.values)
        listing.add_argument(
            "--markdown", action="store_true", help="the counts as docs/factors.md has them"
        )
        show = verbs.add_parser("show", help="every number of one entry, rivals and sources")
        show.add_argument("kind", choices=Kind.values)
        show.add_argument("key")
        diff = verbs.add_parser("diff", help="what changed from one release to another")
        diff.add_argument("before", metavar="FROM")
        diff.add_argument("after", metavar="TO")
        diff.add_argument("--all", action="store_true", help="every number, not the first ones")
        bring = verbs.add_parser("import", help="publish a folder of factor files as a release")
        bring.add_argument("folder", type=Path)
        bring.add_argument("--check", action="store_true", help="read and check only")
        load = verbs.add_parser("load", help="publish the factor files that ship with the product")
        load.add_argument("--path", type=Path, default=services.DEFAULT_FOLDER)

    def handle(self, *args: Any, verb: str, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            getattr(self, f"_{verb}")(**options)
        except DomainError as error:
            raise CommandError(error.message) from error
        except BrokenPipeError:  # `factors list | head` has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

    def _import(self, *, folder: Path, check: bool, **_: Any) -> None:
        path = folder.parent if folder.name == "release.toml" else folder
        if path.is_file():
            message = f"{path} is one file; a release is a folder with release.toml, sources.csv, entries.csv and tables. Give the folder."
            raise CommandError(message)
        if check:
            tables = read_tables(path)
            self.stdout.write(
                f"{path} is sound: release {tables.label}, {len(tables.entries)} entries, {len(tables.factors)} factors."
            )
            return
        self._load(path=path)

    def _load(self, *, path: Path, **_: Any) -> None:
        release = services.load_release(path=path)
        held = selectors.counts(release).values()
        self.stdout.write(
            f"Release {release.label} of {release.published_on} is current: {sum(n for n, _ in held)} entries,"
            f" {sum(n for _, n in held)} factors, sha256 {release.sha256}."
        )

    def _list(self, *, kind: str | None, markdown: bool, **_: Any) -> None:
        current = selectors.current_release()
        if markdown:
            self.stdout.write("| table | entries | factors |\n|---|---:|---:|")
            for name, n_entries, n_factors in selectors.tables_of(current):
                self.stdout.write(f"| {name} | {n_entries} | {n_factors} |")
            return
        if kind is not None:
            for entry in selectors.entries(current, kind):
                self.stdout.write(f"{entry.key:<36}{entry.name}")
            return
        for release in Release.objects.all():
            mark = "*" if release.is_current else " "
            held = selectors.counts(release).values()
            self.stdout.write(
                f"{mark} {release.label:<14}{release.published_on}{sum(n for n, _ in held):>7} entries"
                f"{sum(n for _, n in held):>7} factors  sha256 {release.sha256[:12]}"
            )
        self.stdout.write(f"\nRelease {current.label}:")
        for name, n_entries, n_factors in selectors.tables_of(current):
            self.stdout.write(f"{name:<56}{n_entries:>6} entries{n_factors:>7} factors")

    def _show(self, *, kind: str, key: str, **_: Any) -> None:
        try:
            entry = selectors.entry(selectors.current_release(), kind, key)
        except Entry.DoesNotExist:
            message = f"There is no {kind} “{key}”; `factors list {kind}` prints the keys."
            raise CommandError(message) from None
        self.stdout.write(f"{entry.name} ({kind} {key})")
        for row in entry.factors.all():
            self.stdout.write(_line(row))
        sources = {row.source.key: row.source for row in entry.factors.all()}
        for name, source in sorted(sources.items()):
            self.stdout.write(f"[{name}] {source.citation} {source.url} ({source.licence})")

    def _diff(self, *, before: str, after: str, **options: Any) -> None:
        found = selectors.difference(
            selectors.release_labelled(before), selectors.release_labelled(after)
        )
        shown = None if options["all"] else SHOWN
        for line in found.meaning:
            self.stdout.write(line)
        for title, rows in (
            ("Changed", found.changed),
            ("Added", found.added),
            ("Removed", found.removed),
        ):
            self.stdout.write(f"\n{title}: {len(rows)}")
            for row in rows[:shown]:
                self.stdout.write(_moved(row))
            if shown and len(rows) > shown:
                self.stdout.write(f"  ... and {len(rows) - shown} more; --all prints them.")
        self.stdout.write(f"\nSources: {len(found.sources)}")
        for key, text in found.sources:
            self.stdout.write(f"  {key}: {text}")


def _line(row: Factor) -> str:
    spread = f" x/÷ {row.gsd:g}" if row.gsd else ""
    mark = "*" if row.chosen else " "
    where = f"[{row.source.key}, {row.year}, {row.retrieval}]"
    return f"{mark} {row.indicator:<26}{row.value:>12.6g} {row.unit}{spread}  {where} {row.scope}"


def _moved(row: Moved) -> str:
    values = " → ".join("–" if x is None else f"{x:.6g}" for x in (row.before, row.after))
    share = f" ({row.share:+.1%})" if row.share is not None else ""
    others = [name for name in row.columns if name != "value"]
    also = f"; also {', '.join(others)}" if others else ""
    mark = "*" if row.is_chosen else " "
    return f"{mark} {row.kind}/{row.key}/{row.indicator} [{row.source}]: {values} {row.unit}{share}{also}"

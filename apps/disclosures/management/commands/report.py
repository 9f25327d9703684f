"""``manage.py report SLUG --pdf FILE --summary FILE --json FILE --exports DIR``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.errors import DomainError
from apps.assessments.models import Assessment
from apps.disclosures import exports, services
from apps.disclosures.models import Snapshot
from lca.engine import EngineError

WRITES = ("pdf", "summary", "json", "exports")


class Command(BaseCommand):
    help = (
        "Writes the report of an assessment: the newest published one, else a draft of the assessment "
        "as it stands."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the assessment's address, such as olmo-2025")
        parser.add_argument("--pdf", type=Path, help="file for the PDF")
        parser.add_argument("--summary", type=Path, help="file for the summary of two pages")
        parser.add_argument("--json", type=Path, help="file for the canonical JSON")
        parser.add_argument(
            "--exports", type=Path, help="folder for every other format, made if it is not there"
        )

    def handle(self, *args: Any, slug: str, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        if not any(options[name] for name in WRITES):
            raise CommandError("Say what to write: any of --pdf, --summary, --json and --exports.")
        assessment = Assessment.objects.select_related("organisation").filter(slug=slug).first()
        if assessment is None:
            msg = f"There is no assessment “{slug}” in this installation."
            raise CommandError(msg)
        try:
            snapshot = services.current(assessment=assessment)
        except (DomainError, EngineError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self._write(options["json"], snapshot.content)
        for name in ("pdf", "summary"):
            if options[name]:
                file = "report.pdf" if name == "pdf" else "summary.pdf"
                self._write(options[name], services.file_of(snapshot=snapshot, name=file))
        if options["exports"]:
            self._export(options["exports"], snapshot)
        self.stdout.write(f"{snapshot}, {snapshot.status}, SHA-256 {snapshot.sha256}")

    def _export(self, folder: Path, snapshot: Snapshot) -> None:
        """Write all formats that the document gives, and say why not the others."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            msg = f"{folder} cannot be made: {error.strerror}."
            raise CommandError(msg) from error
        for row in exports.rows(snapshot.read()):
            if row.missing:
                self.stdout.write(f"  {row.name}: not made. {row.missing}")
                continue
            self._write(folder / row.name, exports.make(row.name, snapshot.content))

    def _write(self, path: Path, content: bytes) -> None:
        try:
            path.write_bytes(content)
        except OSError as error:
            msg = f"{path} cannot be written: {error.strerror}."
            raise CommandError(msg) from error

"""``manage.py report SLUG --pdf FILE --json FILE``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.errors import DomainError
from apps.assessments.models import Assessment
from apps.disclosures import services
from lca.engine import EngineError


class Command(BaseCommand):
    help = (
        "Writes the report of an assessment: the newest published one, else a draft of the assessment "
        "as it stands."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the assessment's address, such as olmo-2025")
        parser.add_argument("--pdf", type=Path, help="file for the PDF")
        parser.add_argument("--json", type=Path, help="file for the canonical JSON")

    def handle(self, *args: Any, slug: str, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        if not options["pdf"] and not options["json"]:
            raise CommandError("Say what to write: --pdf FILE, --json FILE, or both.")
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
        if options["pdf"]:
            self._write(options["pdf"], services.render_pdf(snapshot.content, snapshot.edition))
        self.stdout.write(f"{snapshot}, {snapshot.status}, SHA-256 {snapshot.sha256}")

    def _write(self, path: Path, content: bytes) -> None:
        try:
            path.write_bytes(content)
        except OSError as error:
            msg = f"{path} cannot be written: {error.strerror}."
            raise CommandError(msg) from error

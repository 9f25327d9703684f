"""``manage.py import``: a file of another tool's records, from the command line."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.errors import DomainError
from apps.assessments.models import AISystem
from apps.ingest import services
from apps.ingest.models import Upload


class Command(BaseCommand):
    help = "Reads a file of another tool's records into a system's ledger, or says what it holds; exit status 1 if it is refused."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--org", help="short name of the organisation")
        parser.add_argument("--system", help="short name of the AI system")
        parser.add_argument("--format", default="", help="told by the content unless it is named")
        parser.add_argument("--dry-run", action="store_true", help="keep nothing")
        parser.add_argument("--json", action="store_true", help="print everything as JSON")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        path: Path = options["file"]
        if not path.exists():
            msg = f"There is no file {path}."
            raise CommandError(msg, returncode=2)
        try:
            name, summary = services.preview(path, options["format"])
            found = {"format": name, **summary.to_dict(), "rows_duplicate": 0}
            if not options["dry_run"]:
                found |= self._keep(path, options)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(json.dumps(found, indent=2) if options["json"] else _table(found))

    def _keep(self, path: Path, options: dict[str, Any]) -> dict[str, Any]:
        systems = AISystem.objects.filter(organisation__slug=options["org"], slug=options["system"])
        system = systems.first()
        if system is None:
            msg = f"There is no system “{options['system']}” in “{options['org']}”. Name both with --org and --system."
            raise CommandError(msg, returncode=2)
        if path.is_dir():
            raise CommandError(
                "A folder can be read with --dry-run alone; send an archive’s files."
            )
        with path.open("rb") as file:
            upload = services.receive(
                system=system,
                file=file,
                name=path.name,
                asked_format=options["format"],
                actor=None,
                by_hand=True,
            )
        services.read_upload(upload_id=upload.pk)
        upload.refresh_from_db()
        return _kept(upload)


def _kept(upload: Upload) -> dict[str, Any]:
    return {
        "upload": str(upload.uuid),
        "state": upload.state,
        "message": upload.message,
        "runs_added": upload.runs_added,
        "rows_duplicate": upload.runs_duplicate,
    }


def _table(found: dict[str, Any]) -> str:
    lines = [
        f"{key.replace('_', ' '):18} {value}" for key, value in found.items() if key != "rejected"
    ]
    refused = (f"  line {row['line']}: {row['why']} {row['remedy']}" for row in found["rejected"])
    return "\n".join([*lines, *refused])

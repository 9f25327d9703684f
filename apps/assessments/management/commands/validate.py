"""``manage.py validate``: every published study against the engine."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.assessments.validation import (
    Judgement,
    MalformedCase,
    Verdict,
    case_files,
    judge,
    read_study,
    writing,
)

WIDTHS = (34, 44, 18, 18, 10, 12)


class Command(BaseCommand):
    help = "Recomputes the published studies; exit status 1 on an unexplained failure, 2 on a file that cannot be read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print everything as JSON")
        parser.add_argument(
            "--file",
            type=Path,
            action="append",
            help="a case file to judge in place of the product's own; may be repeated",
        )
        parser.add_argument("--markdown", type=Path, help="write the document to this file instead")

    def handle(
        self,
        *args: Any,  # noqa: ARG002 - Django's signature
        file: list[Path] | None,
        json: bool,
        markdown: Path | None,
        **options: Any,  # noqa: ARG002 - Django's signature
    ) -> None:
        judgements = self._judge(file or case_files(), peers=markdown is None)
        if markdown:
            self._document(markdown, judgements)
        elif json:
            self._json(judgements)
        else:
            self._table(judgements)
        if failed := writing.counts(judgements)[Verdict.FAILED]:
            message = f"{failed} figures are neither reproduced nor explained."
            raise CommandError(message)

    def _judge(self, paths: list[Path], *, peers: bool) -> list[Judgement]:
        judgements, problems = [], []
        for path in paths:
            try:
                judgements.append(judge(read_study(path), peers=peers))
            except MalformedCase as error:
                problems.append(error.message)
        if problems:
            raise CommandError("\n".join(problems), returncode=2)
        if not judgements:
            message = "There is no case file in tests/golden. Name one with --file."
            raise CommandError(message, returncode=2)
        return judgements

    def _document(self, path: Path, judgements: list[Judgement]) -> None:
        try:
            path.write_text(writing.to_markdown(judgements), encoding="utf-8")
        except OSError as error:
            message = (
                f"{path} cannot be written ({error.strerror}). Name a file in an existing folder."
            )
            raise CommandError(message, returncode=2) from error
        self.stdout.write(f"{path} is written.")

    def _json(self, judgements: list[Judgement]) -> None:
        document = writing.to_json(judgements)
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))

    def _table(self, judgements: list[Judgement]) -> None:
        for judgement in judgements:
            self.stdout.write(f"\n{judgement.study.name} ({judgement.study.slug})")
            self.stdout.write(f"  {judgement.study.source.citation}")
            for finding, line in writing.lines(judgement):
                *cells, verdict = line
                padded = (
                    cell.ljust(width) if place < 2 else cell.rjust(width)  # noqa: PLR2004 - two columns of words
                    for place, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True))
                )
                shown = verdict.upper() if finding.verdict is Verdict.FAILED else verdict
                self.stdout.write(f"  {' '.join(padded)}  {shown}")
            for what, why in writing.reasons(judgement):
                self.stdout.write(f"  - {what}{': ' if what else ''}{why}")
        found = writing.counts(judgements)
        summary = ", ".join(f"{found[verdict]} {verdict.label}" for verdict in Verdict)
        self.stdout.write(f"\n{len(judgements)} cases, {sum(found.values())} figures: {summary}.")

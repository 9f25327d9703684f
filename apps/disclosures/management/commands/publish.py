"""``manage.py publish SLUG``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.errors import DomainError
from apps.assessments.models import Assessment
from apps.disclosures import selectors, services
from lca.engine import EngineError


class Command(BaseCommand):
    help = (
        "Publishes the newest report of an assessment, once it is reviewed and approved, and makes its files. "
        "One that is published already stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the assessment's address, such as olmo-2025")

    def handle(self, *args: Any, slug: str, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        assessment = Assessment.objects.select_related("organisation").filter(slug=slug).first()
        if assessment is None:
            msg = f"There is no assessment “{slug}” in this installation."
            raise CommandError(msg)
        snapshot = selectors.latest(assessment)
        if snapshot is None:
            msg = "No report of it was submitted yet. An editor submits one on the assessment's report page."
            raise CommandError(msg)
        try:
            services.publish(snapshot=snapshot, actor=None)
            files = services.file_all(snapshot_id=snapshot.pk)
        except (DomainError, EngineError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{snapshot} is published at {snapshot.get_absolute_url()}")
        for file in files:
            self.stdout.write(f"  {file.sha256}  {file.name}")

"""``manage.py demo load|remove``."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.errors import DomainError
from apps.disclosures import demo


class Command(BaseCommand):
    help = "Loads the finished examples and their logins, or removes them again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=("load", "remove"))

    def handle(self, *args: Any, verb: str, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            getattr(self, f"_{verb}")()
        except DomainError as error:
            raise CommandError(error.message) from error
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error

    def _load(self) -> None:
        self.stdout.write("The demo is loaded. Its logins:")
        for login in demo.load():
            self.stdout.write(f"  {login.email:<26}{login.password:<26}{login.who}")

    def _remove(self) -> None:
        kept = demo.remove()
        self.stdout.write("The demo is removed.")
        for organisation in kept:
            self.stdout.write(f"“{organisation}” stays, because others have joined it.")

"""Write the OpenAPI document to the file that other people's code relies on."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from lca.views import document

FILE = settings.BASE_DIR / "docs" / "api" / "openapi-v1.json"


class Command(BaseCommand):
    help = "Write docs/api/openapi-v1.json; the change is reviewed like any other."

    def handle(self, *_args: Any, **_options: Any) -> None:
        FILE.write_text(json.dumps(json.loads(document()), indent=1, sort_keys=True) + "\n")
        self.stdout.write(f"Wrote {FILE.relative_to(settings.BASE_DIR)}")

"""The page of importers names every format there is, and no other."""

import re

from django.conf import settings

from apps.ingest.importers import importers

PAGE = settings.BASE_DIR / "docs" / "methodology" / "importers.md"


def test_the_page_lists_every_format_by_title_and_name() -> None:
    rows = re.findall(r"^\| ([^|]+) \| `(\w+)` \|", PAGE.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted((module.TITLE, name) for name, module in importers().items())

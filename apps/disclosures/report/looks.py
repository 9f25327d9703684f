"""Which edition of templates, styles and libraries sets a report: part of a kept PDF's name."""

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

LIBRARIES = ("weasyprint", "vl-convert-python", "fontpkg-inter", "fontpkg-source-serif-4")
FOLDERS = (
    settings.BASE_DIR / "templates" / "reports",
    settings.BASE_DIR / "templates" / "disclosures",
    settings.BASE_DIR / "templates" / "cotton",
    settings.BASE_DIR / "apps" / "disclosures" / "report",
)
FILES = (
    settings.BASE_DIR / "apps" / "disclosures" / "linked_data.py",
    settings.BASE_DIR / "apps" / "disclosures" / "pages.py",
    settings.BASE_DIR / "apps" / "disclosures" / "locale" / "fr" / "LC_MESSAGES" / "django.mo",
    settings.BASE_DIR / "static" / "css" / "report_pdf.css",
    settings.BASE_DIR / "apps" / "accounts" / "presentation.py",
    settings.BASE_DIR / "apps" / "assessments" / "median.py",
)


@lru_cache
def fingerprint() -> str:
    """Hash of everything that a report's looks depend on."""
    digest = hashlib.sha256()
    for path in [*FILES, *(path for folder in FOLDERS for path in _sources(folder))]:
        digest.update(path.read_bytes())
    digest.update(" ".join(version(name) for name in LIBRARIES).encode())
    return digest.hexdigest()[:16]


def _sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in {".html", ".py"})

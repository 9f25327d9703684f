"""JavaScript that installed packages make rather than carry: found by ``collectstatic`` like any other static file."""

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

VEGA = "libraries/vega.js"  # Vega-Embed with Vega, Vega-Lite and an interpreter that needs no eval

SNIPPET = "window.vegaEmbed = vegaEmbed;"


class BundleFinder(BaseFinder):
    """Make the bundle once for each version of the package that it comes from."""

    def __init__(self, *_args: Any, **_options: Any) -> None:
        folder = Path(settings.DATA_DIR) / "bundles" / version("vl-convert-python")
        self.storage = FileSystemStorage(location=folder)

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:  # noqa: FBT001, FBT002  # Django's signature
        """Path of the bundle on disk, or nothing."""
        if path != VEGA:
            return []
        made = self._made()
        return [made] if find_all else made

    def list(self, _ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """The bundle with the storage that holds it."""
        self._made()
        yield VEGA, self.storage

    def _made(self) -> str:
        path = Path(self.storage.path(VEGA))
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_suffix(".part")
            half.write_text(vl_convert.javascript_bundle(SNIPPET), "utf-8")
            half.replace(path)
        return str(path)

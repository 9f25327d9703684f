"""How static files are stored: under names that carry their hash, gzipped once."""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # the library is untyped
    """Hashed names only; brotli is left out, since at its best setting it takes most of a first start."""

    keep_only_hashed_files = True

    def create_compressor(self, **options: Any) -> Compressor:
        """Compress by gzip alone."""
        return Compressor(use_brotli=False, **options)

"""Opening what a report is exported to."""

import io
import zipfile


def unpacked(content: bytes) -> dict[str, bytes]:
    """Files of a zip archive by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}

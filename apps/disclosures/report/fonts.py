"""Static cuts of the installed variable fonts.

WeasyPrint would cut a variable font anew for every size of text, and stamp the time on each cut, so that no two
PDFs were alike. HarfBuzz cuts each weight once, in a tenth of a second, always to the same bytes.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import attrs
import fontpkg_inter
import fontpkg_source_serif_4
import uharfbuzz

INTER = fontpkg_inter.ROOT / "files"
SERIF = fontpkg_source_serif_4.ROOT / "files"
FOLDERS = (INTER, SERIF)


@attrs.frozen
class Cut:
    """One weight and optical size of a variable font."""

    file: Path
    weight: int
    optical_size: int


CUTS: Mapping[str, Cut] = {
    "inter-400.ttf": Cut(INTER / "Inter[opsz,wght].ttf", 400, 14),
    "inter-500.ttf": Cut(INTER / "Inter[opsz,wght].ttf", 500, 14),
    "inter-600.ttf": Cut(INTER / "Inter[opsz,wght].ttf", 600, 14),
    "inter-italic-400.ttf": Cut(INTER / "Inter-Italic[opsz,wght].ttf", 400, 14),
    "serif-400.ttf": Cut(SERIF / "SourceSerif4[opsz,wght].ttf", 400, 12),
    "serif-500.ttf": Cut(SERIF / "SourceSerif4[opsz,wght].ttf", 500, 36),
    "serif-600.ttf": Cut(SERIF / "SourceSerif4[opsz,wght].ttf", 600, 14),
    "serif-italic-400.ttf": Cut(SERIF / "SourceSerif4-Italic[opsz,wght].ttf", 400, 12),
}


@lru_cache
def static(name: str) -> bytes:
    """Bytes of a cut as a plain TrueType font."""
    cut = CUTS[name]
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(cut.file)))
    wanted = uharfbuzz.SubsetInput()
    wanted.keep_everything()
    wanted.pin_axis_location(face, "wght", cut.weight)
    wanted.pin_axis_location(face, "opsz", cut.optical_size)
    return bytes(uharfbuzz.subset(face, wanted).blob.data)

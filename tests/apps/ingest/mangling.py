"""What every importer must bear: a file with bytes replaced, cut or doubled raises nothing but ``FileRejected``."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from apps.ingest.errors import FileRejected
from apps.ingest.importers import Importer, detect
from apps.ingest.record import Rejected, Run
from apps.ingest.summary import summarise

CELLS = (
    b"",
    b"-1",
    b"NaN",
    b"inf",
    b"1e400",
    b"18446744073709551614",
    b"1970-01-01T00:00:00",
    b"2999-01-01T00:00:00",
    b"\xff\xfe",
    b'"',
    b"\n",
    b"[",
    b"{}",
    b"null",
)


@st.composite
def mangled(draw: st.DrawFn, content: bytes) -> bytes:
    """A content with up to four stretches of it replaced."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 12))
        new = draw(st.sampled_from(CELLS) | st.binary(max_size=4))
        content = content[:start] + new + content[start + length :]
    return content


def bear(importer: Any, content: bytes) -> None:
    """Detect and read a content, minding nothing but ``FileRejected``."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        for module in (importer, None):
            try:
                chosen: Importer = module or detect(path)
                summarise(chosen.read(path))
            except FileRejected:
                continue


def found_in(importer: Any, folder: Path, text: str) -> list[Run | Rejected]:
    """Write a text, see that the importer knows it by content, and read it."""
    path = folder / "upload"
    path.write_bytes(text.encode())
    assert detect(path).NAME == importer.NAME
    return list(importer.read(path))


def codes(run: Any) -> set[str]:
    """Codes of the notes of a run."""
    return {note.code for note in run.notes}

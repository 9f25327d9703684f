"""What a file that was sent consists of: itself, the sheets of a workbook, or the files of an archive; nothing is trusted."""

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import attrs

from apps.ingest.errors import FileRejected
from apps.ingest.importers import Importer, detect, importers
from apps.ingest.mapping import MappedTable
from apps.ingest.reading import path_is_archive
from apps.ingest.record import Found, Note, Rejected
from apps.ingest.workbook import sheets

MOST_MEMBERS = 2_000
MOST_UNPACKED = 500_000_000
MOST_FOLDERS = 12
CHUNK = 1 << 20
LONGEST = 40  # of the names of formats that an upload keeps
WORKBOOK = "xl/workbook.xml"


@attrs.frozen(kw_only=True)
class Part:
    """Something that one format reads, or that none does and ``why``; ``name`` is empty for the whole of what was sent."""

    path: Path
    name: str = ""
    module: Importer | None = None
    why: str = ""

    @property
    def family(self) -> str:
        """Name of its format."""
        return self.module.NAME if self.module else "unknown"

    def read(self) -> Iterator[Found]:
        """Stream what it holds, each with the part it comes from."""
        found = self.module.read(self.path) if self.module else [Rejected(line=0, why=self.why)]
        for item in found:
            yield _named(item, self.name) if self.name else item


@contextmanager
def parts_of(path: Path, asked: Importer | None = None) -> Iterator[list[Part]]:
    """Unpack what must be unpacked, for as long as the context lasts; ``asked`` reads all of it where it is given.

    Raises
    ------
    FileRejected
        If nothing in it is of a known format, or unpacking it would not be safe.
    """
    if path.is_dir() or not is_archive(path):
        yield [Part(module=_module(path, asked), path=path)]
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        _unpack_safely(path, folder)
        yield _parts(folder, asked)


@contextmanager
def table_of(path: Path) -> Iterator[Path]:
    """The first sheet of a workbook or file of an archive that may be a table, else the file itself.

    Raises
    ------
    FileRejected
        If unpacking it would not be safe, or nothing is in it.
    """
    if path.is_dir() or not is_archive(path):
        yield path
        return
    with TemporaryDirectory() as name:
        _unpack_safely(path, Path(name))
        inside = sorted(item for item in Path(name).rglob("*") if item.is_file())
        if not inside:
            raise FileRejected("Nothing is in it.")
        yield inside[0]


def named(parts: list[Part]) -> str:
    """Name the formats of some parts, each once."""
    return ", ".join(dict.fromkeys(part.family for part in parts if part.module))[:LONGEST]


def is_archive(path: Path) -> bool:
    """Tell a zip, and so a workbook."""
    with path.open("rb") as file:
        return path_is_archive(file.read(4))


def asked_for(name: str, mapping: Mapping[str, Any] | None) -> Importer | None:
    """What is to read a file: columns that somebody named, or a format by its name; ``None`` where its content tells."""
    if mapping:
        return MappedTable(document=mapping)
    return importers()[name] if name else None


def _module(path: Path, asked: Importer | None) -> Importer:
    if isinstance(asked, MappedTable):
        asked.demand(path)
    return asked or detect(path)


def _unpack_safely(path: Path, folder: Path) -> None:
    try:
        _unpack(path, folder)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
    ) as error:
        msg = f"The archive cannot be opened ({error})."
        raise FileRejected(msg, "Pack it again, without a password.") from None


def _unpack(path: Path, folder: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = [item for item in archive.infolist() if not item.is_dir()]
        if len(members) > MOST_MEMBERS:
            msg = f"The archive holds {len(members):,} files; at most {MOST_MEMBERS:,} are read."
            raise FileRejected(msg, "Send it in parts.")
        if any(item.filename == WORKBOOK for item in members):
            _refuse_larger(sum(item.file_size for item in members))
            sheets(path, folder)
            return
        left = MOST_UNPACKED
        for item in members:
            left = _write(archive, item, folder / _safe(item.filename), left)


def _refuse_larger(size: int) -> None:
    if size > MOST_UNPACKED:
        msg = f"Unpacked it is larger than {MOST_UNPACKED / 1e6:.0f} MB."
        raise FileRejected(msg, "Send it in parts, or as plain CSV.")


def _safe(name: str) -> Path:
    """A member's name within the folder."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if (
        not parts
        or parts[0] == "/"
        or ".." in parts
        or ":" in parts[0]
        or len(parts) > MOST_FOLDERS
    ):
        msg = f"The archive names a file “{name[:60]}”, which lies outside of it or too deep."
        raise FileRejected(msg, "Pack it again from inside its folder.")
    return Path(*parts)


def _write(archive: zipfile.ZipFile, item: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Unpack one member, counting what really comes; return how much may follow."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(item) as source, target.open("xb") as file:
        while part := source.read(CHUNK):
            left -= len(part)
            _refuse_larger(MOST_UNPACKED - left)
            file.write(part)
    return left


def _parts(folder: Path, asked: Importer | None) -> list[Part]:
    """Parts of an unpacked folder: the whole as one run's folder where a format knows it so, else file by file."""
    top = _top(folder)
    if asked is None:
        try:
            return [Part(module=detect(top), path=top)]
        except FileRejected:
            pass
    found, refused = [], []
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        name = str(path.relative_to(folder)).removesuffix(".sheet.csv")
        try:
            found.append(Part(module=_module(path, asked), path=path, name=name))
        except FileRejected as error:
            refused.append(Part(path=path, name=name, why=error.message))
    if not found:
        why = refused[0].why if len(refused) == 1 else ""
        msg = f"Nothing in it is of a format that is known here. {why}".strip()
        raise FileRejected(msg)
    return [*found, *refused]


def _top(folder: Path) -> Path:
    """The folder itself, or the one folder in it."""
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def _named(item: Found, name: str) -> Found:
    if isinstance(item, Rejected):
        return attrs.evolve(item, why=f"{name}: {item.why}")
    note = Note(code="member", text=f"From “{name}” in the file.")
    return attrs.evolve(item, notes=(*item.notes, note))

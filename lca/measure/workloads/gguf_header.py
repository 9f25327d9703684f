"""A GGUF file's own statements (licence, file type), read from its header alone; tensors are none of its business.

Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little-endian).
"""

import mmap
import struct
from pathlib import Path

from lca.measure.errors import ModelUnavailable

MAGIC = b"GGUF"
HEADER = struct.Struct("<4sIQQ")
FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}  # fmt: skip
STRING, ARRAY = 8, 9
FILE_TYPES = {
    0: "F32",
    1: "F16",
    2: "Q4_0",
    3: "Q4_1",
    7: "Q8_0",
    8: "Q5_0",
    9: "Q5_1",
    10: "Q2_K",
    11: "Q3_K_S",
    12: "Q3_K_M",
    13: "Q3_K_L",
    14: "Q4_K_S",
    15: "Q4_K_M",
    16: "Q5_K_S",
    17: "Q5_K_M",
    18: "Q6_K",
    32: "BF16",
}


class _Reader:
    """Walks over the header from its first value."""

    def __init__(self, data: "mmap.mmap", at: int) -> None:
        self._data = data
        self._at = at

    def number(self, layout: str) -> float:
        (value,) = struct.unpack_from(layout, self._data, self._at)
        self._at += struct.calcsize(layout)
        return float(value) if layout in {"<f", "<d"} else value

    def text(self) -> str:
        length = int(self.number("<Q"))
        start, self._at = self._at, self._at + length
        return self._data[start : self._at].decode("utf-8", errors="replace")

    def value(self) -> str | float | None:
        """Return the next value; arrays are passed over."""
        kind = int(self.number("<I"))
        if kind == STRING:
            return self.text()
        if kind == ARRAY:
            self._pass_array()
            return None
        return self.number(FORMATS[kind])

    def _pass_array(self) -> None:
        kind, count = int(self.number("<I")), int(self.number("<Q"))
        if kind == STRING:
            for _ in range(count):
                length = int(self.number("<Q"))
                self._at += length
        else:
            self._at += count * struct.calcsize(FORMATS[kind])


def statements(path: Path) -> dict[str, str | float]:
    """Return the single values of a GGUF file's header by key.

    Raises
    ------
    ModelUnavailable
        If the file is none.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            magic, version, _tensors, count = HEADER.unpack_from(data, 0)
            if magic != MAGIC or version not in {2, 3}:
                msg = f"{path.name} is no GGUF file of version 2 or 3."
                raise ModelUnavailable(msg)
            reader = _Reader(data, HEADER.size)
            found = {reader.text(): reader.value() for _ in range(count)}
    except (OSError, ValueError, struct.error, KeyError, OverflowError, MemoryError) as error:
        msg = f"The header of {path.name} cannot be read: {error}."
        raise ModelUnavailable(msg) from error
    return {key: value for key, value in found.items() if value is not None}


def file_type(stated: dict[str, str | float]) -> str:
    """Return the name of the file's main storage type."""
    number = stated.get("general.file_type")
    if number is None:
        return "not declared"
    return FILE_TYPES.get(int(number), f"number {number}")

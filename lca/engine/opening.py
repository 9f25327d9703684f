"""Opening what was published: a JSON document, or the one attached to a report's PDF."""

import io
import json
import zlib
from typing import Any

from lca.engine.errors import EngineError

PDF = b"%PDF-"
MOST_BYTES = 100_000_000
NO_DATA = "it is a PDF without the data of a report attached."


def data_of(content: bytes) -> bytes:
    """The bytes of the JSON document of a file: the file itself, or what is attached to a PDF.

    Raises
    ------
    EngineError
        If it is a PDF without data, a damaged one, or pikepdf, which opens PDFs, is not installed.
    """
    return _attached(content) if content[:1024].lstrip().startswith(PDF) else content


def document_of(data: bytes) -> dict[str, Any]:
    """Read a JSON document.

    Raises
    ------
    EngineError
        If it is none.
    """
    try:
        document = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        msg = f"not JSON ({error})."
        raise EngineError(msg) from error
    if not isinstance(document, dict):
        msg = "the document must be a JSON object."
        raise EngineError(msg)
    return document


def _attached(content: bytes) -> bytes:
    try:
        import pikepdf
    except ImportError:
        msg = "opening a PDF needs pikepdf: pip install 'cradle-lca[verify]', or verify the JSON."
        raise EngineError(msg) from None
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for name, item in pdf.attachments.items():
                if name.endswith(".json"):
                    return _unpacked(item.get_file().obj)
    except EngineError:
        raise
    except Exception as error:
        msg = f"it is a damaged PDF ({type(error).__name__})."
        raise EngineError(msg) from error
    raise EngineError(NO_DATA)


def _unpacked(stream: Any) -> bytes:
    """The content of an attached file, unpacked within limits."""
    raw, packing = stream.read_raw_bytes(), str(stream.get("/Filter", ""))
    if packing not in {"", "/FlateDecode"}:
        raise EngineError(NO_DATA)
    if not packing:
        return bytes(raw)
    unpacker = zlib.decompressobj()
    found = unpacker.decompress(raw, MOST_BYTES + 1)
    if len(found) > MOST_BYTES:
        msg = f"its data is larger than {MOST_BYTES / 1e6:.0f} MB."
        raise EngineError(msg)
    return found

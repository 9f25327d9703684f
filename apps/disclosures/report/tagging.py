"""What WeasyPrint 70 leaves undone in a tagged PDF: files listed twice, and header cells without their direction."""

from typing import Any

import pydyf


def finish(_document: object, pdf: Any) -> None:
    """Mend a PDF before it is written."""
    files = pdf.catalog["AF"]
    files[:] = dict.fromkeys(files)
    known = {item.reference: item for item in pdf.objects if isinstance(item, pydyf.Dictionary)}
    for item in known.values():
        if item.get("S") == "/TH":
            item["A"]["Scope"] = _scope(item, known)


def _scope(cell: Any, known: dict[bytes, Any]) -> str:
    """A header in the head of its table stands over a column, another before a row."""
    row = known.get(cell["P"])
    part = known.get(row["P"]) if row is not None else None
    return "/Column" if part is not None and part.get("S") == "/THead" else "/Row"

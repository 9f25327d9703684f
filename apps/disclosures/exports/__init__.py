"""Files in other formats, made from a document alone; each format is one module with one shape.

A module says ``NAME`` (of its file), ``MEDIA_TYPE``, ``TITLE``, ``IS_PUBLIC``, ``missing(document)`` (why the document gives no
such file; empty: it does) and ``make(facts)``.
"""

from apps.disclosures.exports.found import (
    Format,
    faults,
    formats,
    make,
    media_type,
    public_names,
    rows,
)

__all__ = ["Format", "faults", "formats", "make", "media_type", "public_names", "rows"]

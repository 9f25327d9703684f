"""Factor files (CSV) to checked rows."""

from apps.factors.tables.reading import read_tables
from apps.factors.tables.rows import EntryRow, FactorRow, SourceRow, Tables

__all__ = ["EntryRow", "FactorRow", "SourceRow", "Tables", "read_tables"]

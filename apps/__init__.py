"""The Django apps of Cradle, each with its own models, pages and API."""

import csv

LONGEST_CELL = 4_000_000
"""Characters of a cell of any CSV that somebody gives."""

# The limit is the whole process's, so it is said once, before anything is read.
csv.field_size_limit(LONGEST_CELL)

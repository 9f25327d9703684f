"""A small library on disk, so that one fault at a time can be written into it."""

from pathlib import Path

import pytest

from apps.factors.tables.rows import ENTRY_COLUMNS, FACTOR_COLUMNS, SOURCE_COLUMNS


class Library:
    """A folder of factor files that a test edits before it is read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("release.toml", 'label = "test"\npublished_on = 2026-11-23\n')
        self.write(
            "sources.csv",
            ",".join(SOURCE_COLUMNS),
            "EMBER,Ember yearly data,https://ember-energy.org/,CC BY 4.0,2025,R",
            "RIVAL,Another study,,facts only,2024,T",
        )
        self.write(
            "entries.csv",
            ",".join(ENTRY_COLUMNS),
            'zone,FR,France,"{""zone_type"": ""country""}"',
            "zone,SE,Sweden,{}",
        )
        self.factors(self.row(), self.row(key="SE", value="0.035"))

    def write(self, name: str, *lines: str) -> None:
        (self.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def row(self, **cells: str) -> str:
        sound = {
            "kind": "zone",
            "key": "FR",
            "indicator": "gwp_location",
            "value": "0.041",
            "low": "",
            "high": "0.063",
            "gsd": "1.1",
            "distribution": "lognormal",
            "unit": "kg CO2e/kWh",
            "scope": "life-cycle",
            "year": "2025",
            "retrieval": "R",
            "source": "EMBER",
            "chosen": "yes",
            "note": "",
        }
        merged = sound | cells
        return ",".join(f'"{merged[column]}"' for column in FACTOR_COLUMNS)

    def factors(self, *rows: str) -> None:
        self.write("zones.csv", ",".join(FACTOR_COLUMNS), *rows)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)

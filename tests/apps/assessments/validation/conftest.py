from collections.abc import Callable
from pathlib import Path

import pytest

SMALL = """\
schema: golden-case/1.0
name: Training of a model
source: {authors: Author, title: Title, year: 2025, url: "https://example.org/paper", where: Table 3}
boundary: [training]
parameters:
  energy: {unit: MWh, value: 120}
  intensity: {unit: kg CO2e/kWh, value: 0.410}
flows:
  training:
    {stage: training, component: electricity, unit: kWh, terms: {energy: 1}, factors: {gwp_location: {intensity: 1}}}
figures:
  carbon: {unit: t CO2e, category: gwp_location, published: 49.2}
"""
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a case file and return its path."""

    def written(text: str) -> Path:
        path = tmp_path / "case.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written

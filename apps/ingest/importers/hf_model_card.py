"""A model card of Hugging Face: ``co2_eq_emissions`` of its front matter, which is in grams, and energy that the text states."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from apps.ingest.errors import FileRejected
from apps.ingest.reading import Head, figure, lines
from apps.ingest.record import Boundary, Found, Note, Outcome, Run

NAME = "hf_model_card"
TITLE = "Hugging Face model card"
KEY = "co2_eq_emissions"
FENCE = re.compile(r"^---\s*$", re.MULTILINE)
TOTAL_ENERGY = re.compile(
    r"total energy consumption[:*\s|]*([\d][\d.,]*(?:e[+-]?\d+)?)\s*(kWh|MWh|Wh)\b", re.IGNORECASE
)
STATED_KG = re.compile(r"emissions[:*\s|]*([\d][\d.,]*)\s*kg", re.IGNORECASE)
KWH = {"kwh": 1.0, "mwh": 1000.0, "wh": 1e-3}
ANCHOR = re.compile(r"(?:^|[\s:\-\[{,])&\w")
MOST_BYTES = 2_000_000
THOUSAND_APART = 100.0
LOWEST_GRAMS_PER_KWH = 5.0


def score(head: Head) -> float:
    """By a front matter that states emissions."""
    starts = head.text.lstrip("\ufeff \r\n").startswith("---")
    return 0.9 if starts and re.search(rf"^\s*{KEY}\s*:", head.text, re.MULTILINE) else 0.0


def read(path: Path) -> Iterator[Found]:
    """Yield the one training that a card is about."""
    if path.stat().st_size > MOST_BYTES:
        msg = f"A model card of more than {MOST_BYTES / 1e6:.0f} MB is not read."
        raise FileRejected(msg)
    text = "\n".join(line for _, line in lines(path))
    matter, body = _parts(text)
    stated = matter.get(KEY)
    more = stated if isinstance(stated, dict) else {}
    grams = figure(more.get("emissions") if more else stated)
    if grams is None or grams < 0:
        msg = f"{KEY} of the card is not a number of grams."
        raise FileRejected(msg, "Correct the card.")
    energy = _energy(body)
    yield Run(
        line=1,
        name=str(matter.get("model_name") or more.get("training_type") or "Training by a model card")[:200],
        energy_kwh=energy,
        emissions_kg=grams / 1000,
        gpu_model=str(more.get("hardware_used") or "")[:200],
        region=str(more.get("geographical_location") or "")[:100],
        outcome=Outcome.FINISHED,
        boundary=Boundary.UNKNOWN,
        tool=str(more.get("source") or "model card")[:60],
        notes=tuple(_notes(grams, energy, body)),
    )  # fmt: skip


def _parts(text: str) -> tuple[Mapping[str, Any], str]:
    """Front matter and body; a doubled fence is passed over."""
    parts = FENCE.split(text)
    place = next((k for k, part in enumerate(parts) if KEY in part), None)
    if place is None:
        msg = f"The card has no {KEY}."
        raise FileRejected(msg)
    if ANCHOR.search(parts[place]):
        raise FileRejected("The front matter uses anchors of YAML, which are not read.")
    try:
        found = yaml.safe_load(parts[place])
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        msg = f"The front matter is not YAML ({str(error)[:200]})."
        raise FileRejected(msg) from None
    return (found if isinstance(found, dict) else {}), "---".join(parts[place + 1 :])


def _energy(body: str) -> float | None:
    found = TOTAL_ENERGY.search(body)
    value = figure(found[1].replace(",", "")) if found else None
    return value * KWH[found[2].lower()] if found and value is not None else None


def _notes(grams: float, energy: float | None, body: str) -> Iterator[Note]:
    yield Note(code="grams-by-rule", text="By the card's rule emissions are in grams.")
    found = STATED_KG.search(body)
    said = figure(found[1].replace(",", "")) if found else None
    if said and grams and not 1 / THOUSAND_APART < said * 1000 / grams < THOUSAND_APART:
        text = f"The text says {said:g} kg, the front matter {grams:g} g: one of them has the wrong unit."
        yield Note(code="units-disagree", text=text)
    if energy and grams / energy < LOWEST_GRAMS_PER_KWH:
        text = f"{grams:g} g for {energy:g} kWh is {grams / energy:.2g} g/kWh, less than any grid: check the unit."
        yield Note(code="implausibly-small", text=text)

"""Devices and parameters, read from a published release or from the files of one to come."""

from collections.abc import Iterable, Mapping

from apps.factors.embodied.device import Device, Given, Library
from apps.factors.embodied.methods.published import COMPUTED
from apps.factors.indicators import Kind
from apps.factors.models import Entry, Factor, Release
from apps.factors.tables import FactorRow, Tables


def library_of(release: Release) -> Library:
    """Parameters of making hardware in a published release."""
    rows = Factor.objects.filter(
        entry__release=release, entry__kind=Kind.SEMICONDUCTOR, chosen=True
    ).select_related("entry", "source")
    given = {(row.entry.key, row.indicator): _from_factor(row) for row in rows}
    entries = Entry.objects.filter(release=release, kind=Kind.SEMICONDUCTOR)
    return Library(given=given, attributes={row.key: row.attributes for row in entries})


def device_of(entry: Entry) -> Device:
    """An accelerator of a published release, whose factors and sources were prefetched."""
    rows = [_from_factor(row) for row in entry.factors.all()]
    return _device(entry.key, entry.name, entry.attributes, rows)


def library_in(tables: Tables) -> Library:
    """Parameters of making hardware in factor files."""
    citations = _citations(tables)
    rows = [row for row in tables.factors if row.kind == Kind.SEMICONDUCTOR and row.chosen]
    entries = [row for row in tables.entries if row.kind == Kind.SEMICONDUCTOR]
    return Library(
        given={(row.key, row.indicator): _from_row(row, citations) for row in rows},
        attributes={row.key: row.attributes for row in entries},
    )


def devices_in(tables: Tables) -> list[Device]:
    """Every accelerator in factor files, in their order."""
    citations = _citations(tables)
    held: dict[str, list[Given]] = {}
    for row in tables.factors:
        if row.kind == Kind.ACCELERATOR:
            held.setdefault(row.key, []).append(_from_row(row, citations))
    return [
        _device(row.key, row.name, row.attributes, held.get(row.key, []))
        for row in tables.entries
        if row.kind == Kind.ACCELERATOR
    ]


def _citations(tables: Tables) -> Mapping[str, str]:
    return {row.key: row.citation for row in tables.sources}


def _device(key: str, name: str, attributes: Mapping[str, object], rows: Iterable[Given]) -> Device:
    rows = list(rows)
    return Device(
        key=key,
        name=name,
        attributes=attributes,
        specification={
            row.indicator: row
            for row in rows
            if row.chosen and not row.indicator.startswith("embodied_")
        },
        published=tuple(
            row
            for row in rows
            if row.indicator.startswith("embodied_") and row.source not in COMPUTED
        ),
    )


def _from_factor(row: Factor) -> Given:
    return Given(
        indicator=row.indicator,
        value=row.value,
        unit=row.unit,
        low=row.low,
        high=row.high,
        gsd=row.gsd,
        scope=row.scope,
        year=row.year,
        retrieval=row.retrieval,
        source=row.source.key,
        citation=row.source.citation,
        note=row.note,
        chosen=row.chosen,
    )


def _from_row(row: FactorRow, citations: Mapping[str, str]) -> Given:
    return Given(
        indicator=row.indicator,
        value=row.value,
        unit=row.unit,
        low=row.low,
        high=row.high,
        gsd=row.gsd,
        scope=row.scope,
        year=row.year,
        retrieval=row.retrieval,
        source=row.source,
        citation=citations.get(row.source, ""),
        note=row.note,
        chosen=row.chosen,
    )

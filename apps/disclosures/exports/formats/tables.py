"""The figures as a bundle of CSV files: results, inventory, parameters, sources, changes."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apps.disclosures.exports.archive import packed
from apps.disclosures.exports.facts import Facts
from apps.ingest.downloading import safe

NAME = "tables.zip"
TITLE = "CSV bundle"
MEDIA_TYPE = "application/zip"
IS_PUBLIC = True
STATISTICS = ("nominal", "mean", "p05", "p50", "p95", "unit")
SCOPES = {
    "totals": "total",
    "by_stage": "stage",
    "by_component": "component",
    "by_activity": "activity",
    "by_process": "process",
}


def missing(_document: Mapping[str, Any]) -> str:
    return ""


def make(facts: Facts) -> bytes:
    """A zip of tables, and one that says where they come from."""
    document = facts.document
    files = {
        "about.csv": _table(("name", "value"), facts.identity().items()),
        "results.csv": _table(("scope", "key", "indicator", *STATISTICS), results(document)),
        "inventory.csv": _table(
            ("name", "label", "stage", "process", "component", "activity", "amount", "unit"),
            (
                tuple(
                    flow[key]
                    for key in (
                        "name",
                        "label",
                        "stage",
                        "process",
                        "component",
                        "activity",
                        "amount",
                        "unit",
                    )
                )
                for flow in document["result"]["flows"]
            ),
        ),
        "parameters.csv": _table(
            ("name", "label", "value", "unit", "distribution", "provenance", "source", "evidence"),
            (_parameter(row) for row in document["inventory"]["parameters"]),
        ),
        "sources.csv": _table(
            ("number", "text", "url", "licence", "parameters"),
            (
                (
                    row["number"],
                    row["text"],
                    row.get("url", ""),
                    row.get("licence", ""),
                    " ".join(row["parameters"]),
                )
                for row in document["sources"]
            ),
        ),
        "changes.csv": _table(
            ("indicator", "before", "after", "unit", "change_percent"),
            (
                (row["category"], row["before"], row["after"], row["unit"], row["change_percent"])
                for row in facts.publication.get("changes", [])
            ),
        ),
    }
    return packed(files)


def results(document: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Every statistic of the result and of one use."""
    for scope, word in SCOPES.items():
        table = document["result"].get(scope, {})
        for key, impacts in ({"": table} if scope == "totals" else table).items():
            yield from (_row(word, key, indicator, stat) for indicator, stat in impacts.items())
    for kind in ("marginal", "fully_loaded"):
        impacts = document["per_use"].get(kind) or {}
        yield from (_row("use", kind, indicator, stat) for indicator, stat in impacts.items())


def _row(scope: str, key: str, indicator: str, stat: Mapping[str, Any]) -> tuple[Any, ...]:
    return (scope, key, indicator, *(stat[name] for name in STATISTICS))


def _parameter(row: Mapping[str, Any]) -> tuple[Any, ...]:
    spread = row["distribution"]
    words = " ".join(f"{key}={value}" for key, value in spread.items() if key != "values")
    return (
        row["name"],
        row["label"],
        row["value"],
        row["unit"],
        words,
        row["provenance"],
        row["source"],
        row["evidence"],
    )


def _table(heading: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows([safe(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")

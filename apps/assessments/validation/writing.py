"""Judgements for readers: numbers with the digits that matter, as JSON and as a document."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from apps.accounts.presentation import MINUS, SUPERSCRIPTS, THIN
from apps.assessments.validation.judging import Finding, Judgement, Verdict
from lca.engine import Stage

SCHEMA = "validation/1.0"
MOST_DIGITS = 10
SMALLEST_PLAIN = -4
HEAD = ("", "Figure", "Published", "Computed", "Error", "Tolerance", "Verdict")
INTRODUCTION = (
    "Published studies, recomputed by the engine that computes every assessment. A figure is *reproduced* when it lies"
    " within what rounding can hide: each input moved by half of its last printed digit, plus half a digit of the"
    " figure itself. Where it does not, the gap is *explained* or the check *fails*; a study that does not publish"
    " what it takes stays, as *not reproducible*, with the reason."
)


def number(value: float, exponent: int) -> str:
    """Write a value down to a power of ten, with ten digits at most."""
    exact = Decimal(value)
    last = max(exponent, exact.adjusted() - MOST_DIGITS + 1) if exact else exponent
    rounded = round(exact, -last) if exact.adjusted() >= last else Decimal(0)
    if rounded and (last > 0 or rounded.adjusted() < SMALLEST_PLAIN):
        mantissa, power = f"{rounded:E}".replace("E+", "E").split("E")
        return f"{mantissa} × 10{power.translate(SUPERSCRIPTS)}".replace("-", MINUS, 1)
    return f"{rounded:,f}".replace(",", THIN).replace("-", MINUS)


def published(finding: Finding) -> str:
    """The published figure with its own digits."""
    return number(finding.published.value, finding.published.exponent)


def computed(finding: Finding) -> str:
    """The computed figure, with a digit more than the published one."""
    if finding.computed is None:
        return "–"
    return number(finding.computed, finding.published.exponent - 1)


def share(value: float | None, *, signed: bool = False) -> str:
    """A relative error or tolerance in per cent."""
    if value is None:
        return "–"
    text = f"{100 * value:{'+' if signed else ''}.2f}"
    if float(text) == 0:
        text = "0.00" if value == 0 else "< 0.01"
    return f"{text.replace('-', MINUS)}{THIN}%"


def cells(finding: Finding) -> tuple[str, ...]:
    """One line of the table: row, figure, published, computed, error, tolerance, verdict."""
    if finding.published.value == 0 and finding.computed is not None:
        error, tolerance = computed(finding), f"{finding.tolerance:.2g}"
    else:
        error = share(finding.error, signed=True)
        tolerance = f"± {share(finding.relative_tolerance)}" if finding.tolerance else "–"
    unit = re.sub(r"\*\*(-?\d+)", lambda power: power[1].translate(SUPERSCRIPTS), finding.unit)
    figure = f"{finding.figure} [{unit}]" if unit != "1" else finding.figure
    return (
        finding.row,
        figure,
        published(finding),
        computed(finding),
        error,
        tolerance,
        finding.verdict.label,
    )


def lines(judgement: Judgement) -> Iterator[tuple[Finding, tuple[str, ...]]]:
    """Each finding with its line of the table; a figure of the whole study is said to be of all rows."""
    whole = "all rows" if judgement.study.columns() else ""
    for finding in judgement.findings:
        row, *rest = cells(finding)
        yield finding, (row or whole, *rest)


def reasons(judgement: Judgement) -> list[tuple[str, str]]:
    """What explains the gaps of a study, each with the figure it belongs to."""
    found = [
        (f"{finding.row}, {finding.figure}" if finding.row else finding.figure, finding.because)
        for finding in judgement.findings
        if finding.because and finding.verdict is not Verdict.NOT_REPRODUCIBLE
    ]
    study = judgement.study
    return found if study.is_reproducible else [("", study.not_reproducible_because)]


def counts(judgements: Sequence[Judgement]) -> dict[str, int]:
    """Number of figures by verdict."""
    return {verdict.value: sum(j.count(verdict) for j in judgements) for verdict in Verdict}


def stages(judgement: Judgement) -> str:
    """What a study counts, in words."""
    return ", ".join(Stage(stage).label.lower() for stage in judgement.study.boundary)


def to_json(judgements: Sequence[Judgement]) -> dict[str, Any]:
    """Plain JSON of everything."""
    return {
        "schema": SCHEMA,
        "counts": counts(judgements),
        "cases": [_case(judgement) for judgement in judgements],
    }


def _case(judgement: Judgement) -> dict[str, Any]:
    study = judgement.study
    return {
        "case": study.slug,
        "name": study.name,
        "source": study.source.citation,
        "address": study.source.address,
        "boundary": list(study.boundary),
        "notes": study.notes,
        "figures": [_finding(finding) for finding in judgement.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "row": finding.row,
        "figure": finding.figure,
        "unit": finding.unit,
        "published": finding.published.text,
        "computed": finding.computed,
        "relative_error": finding.error,
        "tolerance": finding.tolerance,
        "verdict": finding.verdict.value,
        "because": finding.because,
    }


def to_markdown(judgements: Sequence[Judgement]) -> str:
    """The document ``docs/validation.md``."""
    return "\n".join(_lines(judgements)) + "\n"


def _lines(judgements: Sequence[Judgement]) -> Iterator[str]:
    yield "# Validation"
    yield f"\n{INTRODUCTION}\n"
    yield "Written by `manage.py validate --markdown docs/validation.md`; a test holds it current. The cases are in `tests/golden`.\n"
    found = counts(judgements)
    yield f"{len(judgements)} cases, {sum(found.values())} figures: " + ", ".join(
        f"{found[verdict]} {verdict.label}" for verdict in Verdict
    )
    for judgement in judgements:
        yield from _section(judgement)


def _section(judgement: Judgement) -> Iterator[str]:
    study = judgement.study
    yield f"\n## {study.name}\n"
    yield f"[{study.source.citation}]({study.source.address}). Counts: {stages(judgement)}.\n"
    if study.notes:
        yield f"{study.notes}\n"
    yield f"| {' | '.join(HEAD)} |"
    yield "|---|---|--:|--:|--:|--:|---|"
    for _, line in lines(judgement):
        yield f"| {' | '.join(line)} |"
    for what, why in reasons(judgement):
        yield f"\n* {what + ': ' if what else ''}{why}"

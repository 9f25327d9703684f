"""A study run through the engine, and each of its figures judged against what was published.

The tolerance of a figure is what rounding can hide: every input is moved by half of its last printed
digit, the moves add up, and half a digit of the published figure comes on top.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

import attrs

from apps.assessments.validation.compiling import compile_study
from apps.assessments.validation.errors import MalformedCase
from apps.assessments.validation.peers import PEERS
from apps.assessments.validation.printed import Printed
from apps.assessments.validation.study import Study
from lca.engine import EngineError, Inventory, assess
from lca.engine.units import conversion

FEWEST_DRAWS = 2  # only nominal values are read
SLACK = 1 + 1e-9  # a difference equal to the tolerance is inside it in spite of binary fractions
Key = tuple[str, str]
Values = Mapping[Key, float]


class Verdict(StrEnum):
    """What became of a published figure."""

    REPRODUCED = "reproduced"
    EXPLAINED = "explained"
    NOT_REPRODUCIBLE = "not_reproducible"
    FAILED = "failed"

    @property
    def label(self) -> str:
        """Name for readers."""
        return self.value.replace("_", " ")


@attrs.frozen(kw_only=True)
class Finding:
    """One published figure beside the one computed."""

    row: str
    figure: str
    unit: str
    published: Printed
    computed: float | None
    tolerance: float | None
    verdict: Verdict
    because: str = ""

    @property
    def error(self) -> float | None:
        """Computed minus published, over published; the plain difference where 0 was published."""
        if self.computed is None:
            return None
        return (self.computed - self.published.value) / (abs(self.published.value) or 1.0)

    @property
    def relative_tolerance(self) -> float | None:
        """Tolerance over the published value; the plain tolerance where 0 was published."""
        if self.tolerance is None:
            return None
        return self.tolerance / (abs(self.published.value) or 1.0)


@attrs.frozen(kw_only=True, eq=False)
class Judgement:
    """A study with its findings."""

    study: Study
    findings: tuple[Finding, ...]

    def count(self, verdict: Verdict) -> int:
        """Number of figures with this verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)


@attrs.frozen(kw_only=True, eq=False)
class Bench:
    """A reproducible study with its inventory and what rounding can hide of each figure."""

    study: Study
    inventory: Inventory
    tolerances: Mapping[Key, float]

    def judge(self, override: Mapping[str, float], *, peers: bool = False) -> Judgement:
        """Compute the study with some inputs moved and judge every figure by the tolerance of those printed."""
        study = self.study
        with _named(study):
            values = compute(study, self.inventory.override(override))
        findings = [
            _finding(study, (row, figure.name), printed, values[row, figure.name], self.tolerances)
            for row, figure, printed in study.published()
        ]
        against = _against_peer(study, values) if peers else ()
        return Judgement(study=study, findings=(*findings, *against))


def bench(study: Study) -> Bench:
    """Compile a reproducible study once, to judge it with one input after another moved."""
    with _named(study):
        inventory = compile_study(study)
        return Bench(study=study, inventory=inventory, tolerances=_tolerances(study, inventory))


@contextmanager
def _named(study: Study) -> Iterator[None]:
    """Say which case it is that the engine refuses."""
    try:
        yield
    except EngineError as error:
        msg = f"{study.slug}: {error} Correct the flows, units or values of the case."
        raise MalformedCase(msg) from error


def judge(
    study: Study, override: Mapping[str, float] | None = None, *, peers: bool = False
) -> Judgement:
    """Compute a study and judge every figure.

    ``override`` moves inputs, to see that they matter; with ``peers`` an independent implementation
    that the case names is called too, where it is installed.

    Raises
    ------
    MalformedCase
        If the engine refuses the inventory.
    """
    if not study.is_reproducible:
        return Judgement(study=study, findings=tuple(_loose(study)))
    return bench(study).judge(override or {}, peers=peers)


def _loose(study: Study) -> Iterator[Finding]:
    for item in study.loose:
        yield Finding(
            row="",
            figure=item.name,
            unit=item.unit,
            published=item.value,
            computed=None,
            tolerance=None,
            verdict=Verdict.NOT_REPRODUCIBLE,
            because=study.not_reproducible_because,
        )


def compute(study: Study, inventory: Inventory) -> dict[Key, float]:
    """Every figure of a study as the engine gives it, by row and name, in the unit published.

    The row is empty for the study as a whole, that is, the sum over its rows.
    """
    result = assess(inventory, draws=FEWEST_DRAWS, by={"flow"})
    stats, found = iter(result.flow_stats), defaultdict[Key, float](float)
    lines = [(row.name, name) for row in study.rows for name in study.flows]
    for (row, name), flow, amount in zip(lines, inventory.flows, result.amounts, strict=True):
        impacts = {category: next(stats).nominal for category in flow.factors}
        for figure in study.figures.values():
            if figure.flows and name not in figure.flows:
                continue
            if figure.category is None:
                value, unit = amount, flow.unit
            elif figure.category in impacts:
                value = impacts[figure.category]
                unit = inventory.category_unit(figure.category)
            else:
                continue
            value *= conversion(((unit, 1.0),), figure.unit, figure.name)
            for place in {row, ""}:
                found[place, figure.name] += value
    return found


def _tolerances(study: Study, inventory: Inventory) -> dict[Key, float]:
    """What rounding of the inputs can move each figure by."""
    nominal = compute(study, inventory)
    total = dict.fromkeys(nominal, 0.0)
    for name, item in study.inputs.items():
        if item.exact:
            continue
        up, down = (compute(study, _moved(study, inventory, name, sign)) for sign in (1, -1))
        for key, value in nominal.items():
            total[key] += max(abs(up[key] - value), abs(down[key] - value))
    return total


def _moved(study: Study, inventory: Inventory, name: str, sign: int) -> Inventory:
    return inventory.override(
        {
            cell.parameter: cell.printed.value + sign * cell.printed.half_digit
            for cell in study.cells()
            if cell.input.name == name
        }
    )


def _finding(
    study: Study, key: Key, printed: Printed, computed: float, rounding: Values
) -> Finding:
    row, figure = key[0], study.figures[key[1]]
    tolerance = rounding[key] + printed.half_digit
    if figure.tolerance:
        tolerance = figure.tolerance.relative * abs(printed.value)
    verdict, because = _verdict(study, key, printed, computed, tolerance)
    return Finding(
        row=row,
        figure=figure.label,
        unit=figure.unit,
        published=printed,
        computed=computed,
        tolerance=tolerance,
        verdict=verdict,
        because=because,
    )


def _verdict(
    study: Study, key: Key, printed: Printed, computed: float, tolerance: float
) -> tuple[Verdict, str]:
    meets = abs(computed - printed.value) <= tolerance * SLACK
    explanation = study.explanations.get(key)
    if explanation is None:
        return (Verdict.REPRODUCED if meets else Verdict.FAILED), ""
    if meets:
        return Verdict.FAILED, "The gap that the case explains has closed: remove its explanation."
    ours = explanation.ours
    if abs(computed - ours.value) > ours.half_digit * SLACK:
        return Verdict.FAILED, f"The case expects {ours.text} instead of the published figure."
    return Verdict.EXPLAINED, explanation.because


def _against_peer(study: Study, values: Values) -> Iterator[Finding]:
    """The same figures against an independent implementation, where it is installed."""
    peer = PEERS.get(study.checked_against)
    for key, value in peer.values(study).items() if peer and peer.is_installed() else ():
        figure, computed = study.figures[key[1]], values[key]
        tolerance = figure.tolerance.relative * abs(value) if figure.tolerance else 0.0
        meets = abs(computed - value) <= tolerance
        yield Finding(
            row=key[0],
            figure=f"{figure.label}, by {study.checked_against} here",
            unit=figure.unit,
            published=Printed(repr(value)),
            computed=computed,
            tolerance=tolerance,
            verdict=Verdict.REPRODUCED if meets else Verdict.FAILED,
        )

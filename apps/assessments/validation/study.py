"""Golden cases as values: what a study put in, what it published, and what is known about the gap."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from apps.assessments.validation.printed import Printed
from lca.engine import Category


@attrs.frozen(kw_only=True)
class Source:
    """Where a study can be read."""

    authors: str
    title: str
    year: str
    where: str
    doi: str = ""
    url: str = ""

    @property
    def address(self) -> str:
        """Address of the publication."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    @property
    def citation(self) -> str:
        """One line: who, when, what, where in it."""
        return f"{self.authors} ({self.year}), {self.title}; {self.where}"


@attrs.frozen(kw_only=True)
class Input:
    """A parameter of a study; ``exact`` for counts and definitions, whose digits hide no rounding."""

    name: str
    unit: str
    label: str = ""
    value: Printed | None = None
    exact: bool = False
    because: str = ""


@attrs.frozen(kw_only=True)
class Tolerance:
    """An explicit tolerance, relative to the published value, where printed digits cannot give it."""

    relative: float
    because: str


@attrs.frozen(kw_only=True)
class Figure:
    """Something that a study publishes: an impact category, or an amount, of some or all flows.

    ``published`` is a value for the study as a whole; values by row stand in the rows.
    """

    name: str
    unit: str
    label: str
    category: Category | None = None
    flows: tuple[str, ...] = ()
    published: Printed | None = None
    tolerance: Tolerance | None = None


@attrs.frozen(kw_only=True)
class Row:
    """One line of a study's table: inputs of its own and what was published for them."""

    name: str
    inputs: Mapping[str, Printed]
    published: Mapping[str, Printed]


@attrs.frozen(kw_only=True)
class Explanation:
    """Why a published figure is knowingly not met, and the figure that stands in its place."""

    row: str
    figure: str
    ours: Printed
    because: str


@attrs.frozen(kw_only=True)
class Loose:
    """A published figure of a study that cannot be recomputed."""

    name: str
    unit: str
    value: Printed


@attrs.frozen(kw_only=True)
class Cell:
    """One printed input of a study, and the engine's parameter that holds it."""

    row: str
    input: Input
    printed: Printed

    @property
    def parameter(self) -> str:
        """Name of the parameter in the inventory."""
        return in_row(self.row, self.input.name)


@attrs.frozen(kw_only=True, eq=False)
class Study:
    """A published study as a case: its flows are the engine's own, one set for each row."""

    slug: str
    name: str
    source: Source
    boundary: tuple[str, ...]
    notes: str
    functional_unit: str
    inputs: Mapping[str, Input]
    derived: Mapping[str, Mapping[str, Any]]
    flows: Mapping[str, Mapping[str, Any]]
    figures: Mapping[str, Figure]
    rows: tuple[Row, ...]
    explanations: Mapping[tuple[str, str], Explanation]
    not_reproducible_because: str = ""
    loose: tuple[Loose, ...] = ()
    checked_against: str = ""

    @property
    def is_reproducible(self) -> bool:
        """Whether the publication gives what it takes to recompute it."""
        return not self.not_reproducible_because

    def columns(self) -> frozenset[str]:
        """Inputs that differ by row."""
        return frozenset(name for row in self.rows for name in row.inputs)

    def cells(self) -> Iterator[Cell]:
        """Every printed input, shared ones first."""
        own = self.columns()
        for item in self.inputs.values():
            if item.name not in own and item.value is not None:
                yield Cell(row="", input=item, printed=item.value)
        for row in self.rows:
            for name in sorted(own):
                printed = row.inputs.get(name) or self.inputs[name].value
                if printed is not None:
                    yield Cell(row=row.name, input=self.inputs[name], printed=printed)

    def published(self) -> Iterator[tuple[str, Figure, Printed]]:
        """Every published figure: the row (empty for the whole study), what it is, its value."""
        for row in self.rows:
            for name, printed in row.published.items():
                yield row.name, self.figures[name], printed
        for figure in self.figures.values():
            if figure.published is not None:
                yield "", figure, figure.published


def in_row(row: str, name: str) -> str:
    """Name of a parameter or flow of one row."""
    return f"{row}: {name}" if row else name

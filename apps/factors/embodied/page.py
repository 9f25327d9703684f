"""The page of an accelerator: what each source says, by part, and the sums behind it. Positions, no markup."""

from collections.abc import Iterable, Sequence

import attrs

from apps.factors.embodied.axis import WIDTH, Axis, Tick
from apps.factors.embodied.choice import LADDER, RULE, SPREAD_RULE, Choice, choose
from apps.factors.embodied.device import Device, Library
from apps.factors.embodied.estimate import CATEGORIES, Basis, Estimate, Missing
from apps.factors.embodied.methods import METHODS, Method, outcomes
from apps.factors.embodied.reading import device_of, library_of
from apps.factors.embodied.use import Use, wanted, year_of_work
from apps.factors.indicators import INDICATORS, Kind, label_of
from apps.factors.models import Entry, Factor, Release, Source
from apps.factors.selectors import factor_map
from lca.engine import Category, Flow, Inventory, Parameter, trace


@attrs.frozen(kw_only=True)
class Mark:
    """One figure on the axis of an indicator: a dot and the line of its interval."""

    figure: Estimate
    is_chosen: bool
    x: float
    low: float | None
    high: float | None


@attrs.frozen(kw_only=True)
class Sources:
    """One indicator: rivals on one logarithmic axis, the choice with its reason, and who says nothing."""

    indicator: str
    label: str
    unit: str
    choice: Choice
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    missing: tuple[Missing, ...]
    spread: float | None


@attrs.frozen(kw_only=True)
class Segment:
    """A part in a bar."""

    name: str
    css: str
    value: float
    share: float
    x: float
    width: float


@attrs.frozen(kw_only=True)
class Bar:
    """A computed figure cut into its parts, on the scale of the largest."""

    figure: Estimate
    title: str
    segments: tuple[Segment, ...]


@attrs.frozen(kw_only=True)
class ByPart:
    """Computed figures of one indicator by part."""

    indicator: str
    label: str
    unit: str
    bars: tuple[Bar, ...]

    @property
    def names(self) -> list[str]:
        """Parts of any of the figures, each once."""
        return list(dict.fromkeys(s.name for bar in self.bars for s in bar.segments))


@attrs.frozen(kw_only=True)
class Line:
    """One part of a sum, as a formula."""

    name: str
    formula: str
    value: float


@attrs.frozen(kw_only=True)
class Sum:
    """A method's sum for this device: formula of each part, and every parameter with its source."""

    figure: Estimate
    title: str
    about: str
    lines: tuple[Line, ...]
    parameters: tuple[Parameter, ...]

    @property
    def caption(self) -> str:
        """Name that no other sum of the page has."""
        return f"{self.title}, {self.figure.unit}"


@attrs.frozen(kw_only=True)
class Page:
    """Everything that the template prints."""

    device: Device
    specification: tuple[Factor, ...]
    sources: tuple[Sources, ...]
    by_part: tuple[ByPart, ...]
    sums: tuple[Sum, ...]
    methods: tuple[Method, ...]
    use: Use | None
    academic: float | None
    rule: str = RULE
    spread_rule: str = SPREAD_RULE

    @property
    def specification_sources(self) -> list[Source]:
        """Where the specification was read, each once."""
        return list({row.source_id: row.source for row in self.specification}.values())

    @property
    def gwp(self) -> Estimate | None:
        """The climate figure that assessments use."""
        return self.sources[0].choice.chosen


def accelerator_page(entry: Entry, release: Release) -> Page | None:
    """Compute the page of one accelerator; ``None`` for a release without parameters of making hardware."""
    device, library = device_of(entry), library_of(release)
    if not library.given:
        return None
    said = outcomes(device, library)
    choices = [choose(indicator, said, library) for indicator in LADDER]
    citations = {row.source.key: row.source.citation for row in entry.factors.all()}
    figures = [outcome for outcome in said if isinstance(outcome, Estimate)]
    chosen = choices[0].chosen
    return Page(
        device=device,
        specification=_specification(entry),
        sources=tuple(_sources(choice, citations) for choice in choices),
        by_part=tuple(_by_part(figures)),
        sums=tuple(_sums(figures)),
        methods=tuple(METHODS),
        use=year_of_work(device, release, factor_map(release, wanted()), chosen),
        academic=_academic(chosen, library),
    )


def _specification(entry: Entry) -> tuple[Factor, ...]:
    """Chosen figures that are not embodied impacts, in the order in which indicators are defined."""
    order = list(INDICATORS[Kind.ACCELERATOR])
    rows = [row for row in entry.factors.all() if row.chosen and row.indicator not in LADDER]
    return tuple(sorted(rows, key=lambda row: order.index(row.indicator)))


def _academic(chosen: Estimate | None, library: Library) -> float | None:
    """The die-area model brought to the level of independent studies, as a sensitivity."""
    if chosen is None or chosen.basis is not Basis.DIE_AREA:
        return None
    return chosen.value * library["die-area-academic", "value"].value


def _sources(choice: Choice, citations: dict[str, str]) -> Sources:
    figures = [
        attrs.evolve(figure, citation=figure.citation or citations.get(figure.source, ""))
        for figure in ([choice.chosen] if choice.chosen else []) + _sorted(choice.rivals)
    ]
    axis = Axis.of(figures)
    values = [figure.value for figure in figures if figure.is_whole]
    return Sources(
        indicator=choice.indicator,
        label=label_of(Kind.ACCELERATOR, choice.indicator),
        unit=figures[0].unit if figures else "",
        choice=choice,
        marks=tuple(_mark(figure, axis, choice) for figure in figures),
        ticks=axis.ticks(),
        missing=choice.missing,
        spread=max(values) / min(values) if len(values) > 1 else None,
    )


def _sorted(rivals: Iterable[Estimate]) -> list[Estimate]:
    return sorted(rivals, key=lambda rival: -rival.value)


def _mark(figure: Estimate, axis: Axis, choice: Choice) -> Mark:
    interval = figure.interval
    return Mark(
        figure=figure,
        is_chosen=choice.chosen is not None
        and (figure.source, figure.value) == (choice.chosen.source, choice.chosen.value),
        x=axis.at(figure.value),
        low=axis.at(interval[0]) if interval else None,
        high=axis.at(interval[1]) if interval else None,
    )


def _by_part(figures: Sequence[Estimate]) -> Iterable[ByPart]:
    """Indicators in which some figure has more than one part."""
    for indicator in LADDER:
        cut = [f for f in figures if f.indicator == indicator and len(f.parts) > 1]
        if cut:
            yield ByPart(
                indicator=indicator,
                label=label_of(Kind.ACCELERATOR, indicator),
                unit=cut[0].unit,
                bars=_bars(cut),
            )


def _bars(figures: Sequence[Estimate]) -> tuple[Bar, ...]:
    largest = max((figure.value for figure in figures), default=1.0)
    return tuple(
        Bar(figure=figure, title=figure.basis.label, segments=tuple(_segments(figure, largest)))
        for figure in figures
    )


def _segments(figure: Estimate, largest: float) -> Iterable[Segment]:
    x = 0.0
    for part in figure.parts:
        width = part.value / largest * WIDTH
        css = part.name.replace(" ", "_")
        yield Segment(
            name=part.name,
            css=css,
            value=part.value,
            share=part.value / figure.value,
            x=x,
            width=width,
        )
        x += width


def _sums(figures: Sequence[Estimate]) -> Iterable[Sum]:
    about = {method.BASIS: method.ABOUT for method in METHODS}
    for figure in figures:
        if figure.inventory is None:
            continue
        category = CATEGORIES[figure.indicator]
        yield Sum(
            figure=figure,
            title=figure.basis.label,
            about=about[figure.basis],
            lines=tuple(_line(figure.inventory, flow, category) for flow in figure.inventory.flows),
            parameters=_used(figure.inventory, category),
        )


def _line(inventory: Inventory, flow: Flow, category: Category) -> Line:
    written = trace(inventory, flow, category)
    return Line(name=flow.name, formula=written["formula"], value=written["value"])


def _used(inventory: Inventory, category: Category) -> tuple[Parameter, ...]:
    """Parameters of one category, in the order in which they were added."""
    names = {name for flow in inventory.flows for name, _ in flow.monomial(category)}
    for derived in inventory.derived:
        names.update(derived.arguments)
    return tuple(item for item in inventory.parameters if item.name in names)

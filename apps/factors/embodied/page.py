"""The page of an accelerator: what each source says, by part, and the sums behind it. Positions, no markup."""

import math
from collections.abc import Iterable, Sequence

import attrs

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

WIDTH, EDGE = 400.0, 12.0
ROOM = 1.15  # of a logarithmic axis beyond its outermost mark
TICKS, FINE_TICKS, FEWEST_TICKS, MOST_TICKS = (1, 2, 5), range(1, 10), 3, 6


@attrs.frozen(kw_only=True)
class Mark:
    """One figure on the axis of an indicator: a dot and the line of its interval."""

    figure: Estimate
    is_chosen: bool
    x: float
    low: float | None
    high: float | None


@attrs.frozen(kw_only=True)
class Tick:
    """A number under an axis."""

    x: float
    value: float


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


@attrs.frozen(kw_only=True)
class Page:
    """Everything that the template prints."""

    device: Device
    specification: tuple[Factor, ...]
    sources: tuple[Sources, ...]
    bars: tuple[Bar, ...]
    parts: tuple[str, ...]
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
    figures = [o for o in said if isinstance(o, Estimate) and o.indicator == "embodied_gwp"]
    bars = _bars([figure for figure in figures if figure.parts])
    chosen = choices[0].chosen
    return Page(
        device=device,
        specification=_specification(entry),
        sources=tuple(_sources(choice, citations) for choice in choices),
        bars=bars,
        parts=tuple(dict.fromkeys(s.name for bar in bars for s in bar.segments)),
        sums=tuple(_sums([o for o in said if isinstance(o, Estimate)])),
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
    axis = _Axis.of(figures)
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


def _mark(figure: Estimate, axis: "_Axis", choice: Choice) -> Mark:
    interval = figure.interval
    return Mark(
        figure=figure,
        is_chosen=choice.chosen is not None
        and (figure.source, figure.value) == (choice.chosen.source, choice.chosen.value),
        x=axis.at(figure.value),
        low=axis.at(interval[0]) if interval else None,
        high=axis.at(interval[1]) if interval else None,
    )


@attrs.frozen
class _Axis:
    """A logarithmic axis that holds every figure with its interval."""

    low: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[Estimate]) -> "_Axis":
        ends = [end for f in figures for end in (*(f.interval or ()), f.value) if end > 0] or [1.0]
        return cls(min(ends) / ROOM, max(ends) * ROOM)

    def at(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return EDGE + share * (WIDTH - 2 * EDGE)

    def ticks(self) -> tuple[Tick, ...]:
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for steps in (TICKS, FINE_TICKS):
            values = [step * 10.0**power for power in powers for step in steps]
            held = [value for value in values if self.low <= value <= self.high]
            if len(held) >= FEWEST_TICKS:
                break
        thinned = held[:: math.ceil(len(held) / MOST_TICKS) or 1]
        return tuple(Tick(x=self.at(value), value=value) for value in thinned)


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
        if figure.inventory is None or figure.indicator not in {"embodied_gwp", "embodied_water"}:
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

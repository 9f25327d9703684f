"""What a measure is: something that could be done, its evidence, what it changes in an inventory, and what else it does.

Each module in :mod:`apps.scenarios.measures` is one, and has the same shape: ``MEASURE`` and ``change(inventory, given, setting)``.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import attrs

from apps.scenarios.errors import BadInput
from apps.scenarios.quantity import Origin
from apps.scenarios.serving.profile import ServingProfile
from apps.scenarios.setting import Setting
from lca.engine import Fixed, Inventory, Lognormal, Parameter, Provenance

PHASES = ("measure", "optimise the model", "optimise serving", "optimise infrastructure", "report and iterate")  # fmt: skip
MODEL, SERVING, INFRASTRUCTURE = PHASES[1:4]
Given = Mapping[str, float | str]


@dataclass(frozen=True, kw_only=True)
class Option:
    """Something to choose: a number within bounds, or a word.

    ``choices`` lists the words where they are few, ``named`` says what they mean; without a default it must be given, unless it
    ``may_lack``.
    """

    name: str
    label: str
    unit: str = ""
    default: float | str | None = None
    least: float = -math.inf
    most: float = math.inf
    is_text: bool = False
    choices: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    may_lack: bool = False

    def read(self, value: float | str | None) -> float | str:
        """Return a value that may be, from what was given."""
        value = self.default if value is None else value
        if value is None:
            msg = f"“{self.label}” must be given."
            raise BadInput(msg, field=self.name)
        return self._word(str(value)) if self.is_text else self._number(value)

    def _word(self, value: str) -> str:
        if self.choices and value not in self.choices:
            msg = f"“{self.label}” is “{value}”; it is one of {', '.join(self.choices)}."
            raise BadInput(msg, field=self.name)
        return value

    def _number(self, value: float | str) -> float:
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not self.least <= number <= self.most:
            msg = f"“{self.label}” is {value}; it is a number from {self.least:g} to {self.most:g} {self.unit}".rstrip()
            raise BadInput(msg + ".", field=self.name)
        return number


COST = (
    Option(
        name="cost",
        label="cost in the period, less savings",
        least=-1e12,
        most=1e12,
        may_lack=True,
    ),
    Option(name="currency", label="currency", is_text=True, may_lack=True),
)
"""What every measure may say of money; not said is not nought."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Who says so, on what grounds, under which conditions; a ``claim`` is somebody's word that is shown and never applied."""

    source: str
    conditions: str
    is_claim: bool = False


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a measure does beside the impacts: to accuracy, latency or cost; ``value`` is in ``unit``, and none where only told."""

    on: str
    says: str
    provenance: Provenance
    value: float | None = None
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Change:
    """Parameters that take another value, and ratios by which others are multiplied, each drawn on its own; effects beside; validity."""

    overrides: Mapping[str, float | Parameter] = field(default_factory=dict)
    ratios: Mapping[str, Parameter] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What a module says of itself."""

    key: str
    label: str
    phase: str
    says: str
    options: tuple[Option, ...]
    evidence: tuple[Evidence, ...]

    @property
    def asked(self) -> tuple[Option, ...]:
        """Everything that may be given: its own options, and what it costs."""
        return (*self.options, *COST)


def ratio(measure: str, name: str, value: float, origin: Origin, label: str) -> Parameter:
    """Return a ratio that a measure multiplies a parameter by, with its own interval and source."""
    return Parameter(
        name=f"measure.{measure}.{name}",
        value=value,
        distribution=Lognormal(gsd=origin.gsd) if origin.gsd > 1 else Fixed(),
        minimum=0.0,
        provenance=origin.provenance,
        label=label,
        source=origin.source,
    )


def ratio_between(
    measure: str,
    phase: str,
    value: float,
    profiles: tuple[ServingProfile, ServingProfile],
    where: str,
) -> Parameter:
    """Return a ratio of two profiles in a phase: the weakest provenance, and the spreads of both unless they are one model's error."""
    before, after = profiles
    origins = before.origins[phase], after.origins[phase]
    weakest = max((origin.provenance for origin in origins), key=list(Provenance).index)
    apart = origins[0] != origins[1] or weakest is Provenance.MEASURED
    origin = Origin(
        provenance=weakest,
        source="; ".join(dict.fromkeys(origin.source for origin in origins)),
        gsd=_both(origins[0].gsd, origins[1].gsd) if apart else origins[0].gsd,
    )
    label = f"{phase.capitalize()} energy, {after.name} over {before.name}, {where}"
    return ratio(measure, phase, value, origin, label)


def _both(first: float, second: float) -> float:
    """Return the spread of a ratio of two independent log-normal figures."""
    return math.exp(math.hypot(math.log(first), math.log(second)))


def given_by(source: str) -> Origin:
    """Return the origin of a number that somebody supplied for a what-if."""
    return Origin(provenance=Provenance.SUPPLIED, source=source or "given for this what-if")


ChangeOf = Callable[[Inventory, Given, Setting], Change]


def read_options(measure: Measure, given: Given) -> dict[str, float | str]:
    """Return every option of a measure, read, but those that may lack and do; unknown ones are refused by name."""
    known = {option.name for option in measure.asked}
    if unknown := sorted(set(given) - known):
        msg = f"“{measure.label}” has no option {', '.join(unknown)}; it has {', '.join(sorted(known))}."
        raise BadInput(msg, field=unknown[0])
    return {
        option.name: option.read(given.get(option.name))
        for option in measure.asked
        if not (option.may_lack and given.get(option.name) in {None, ""})
    }


def cost_of(measure: Measure, given: Given) -> tuple[Effect, ...]:
    """Return what a measure is said to cost, as an effect beside the others; nothing where nobody said."""
    if ("cost" in given) != ("currency" in given):
        msg = f"“{measure.label}”: a cost needs its currency, and a currency its cost."
        raise BadInput(msg, field="currency" if "cost" in given else "cost")
    if "cost" not in given:
        return ()
    value, unit = float(given["cost"]), str(given["currency"])
    return (
        Effect(on="cost", says="as supplied", provenance=Provenance.SUPPLIED, value=value, unit=unit),
    )  # fmt: skip


def matching(inventory: Inventory, *endings: str, start: str = "") -> list[Parameter]:
    """Return the parameters whose names begin and end so."""
    return [
        item
        for item in inventory.parameters
        if item.name.startswith(start) and item.name.endswith(endings)
    ]


def needed(found: list[Parameter], what: str) -> list[Parameter]:
    """Return parameters, or refuse: a measure that finds nothing to change says so."""
    if not found:
        msg = f"This assessment declares no {what}, so there is nothing that this measure could change."
        raise BadInput(msg, field="measure")
    return found


def electricity(inventory: Inventory) -> tuple[list[Parameter], list[Parameter]]:
    """Return what says the carbon and the water of electricity: of zones, and what sites, runs and deployments declare in their place."""
    carbon = [*matching(inventory, ".gwp", start="zone."), *matching(inventory, ".grid")]
    water = [
        *matching(inventory, ".ewif", start="zone."),
        *matching(inventory, ".ewif", start="site."),
    ]
    return needed(carbon, "electricity of a zone"), water


def mixed(existing: Parameter, value: float, how: str, source: str) -> Parameter:
    """Return a parameter with a supplied share mixed into it: another value with the same relative spread, and both sources."""
    ratio = value / existing.value if existing.value else 0.0
    return attrs.evolve(
        existing,
        value=value,
        distribution=existing.distribution.scaled(ratio) if ratio else Fixed(),
        pedigree=existing.pedigree if ratio else None,
        provenance=Provenance.SUPPLIED,
        label=f"{existing.label}, {how}",
        source=f"{existing.source}; {source}",
    )


def taking(existing: Parameter, other: Parameter) -> Parameter:
    """Return a parameter that keeps its name, symbol and unit and takes another's value, interval, label and source."""
    return attrs.evolve(
        existing,
        value=other.value,
        distribution=other.distribution,
        minimum=min(existing.minimum, other.minimum),
        provenance=other.provenance,
        label=other.label,
        source=other.source,
        evidence=other.evidence,
        pedigree=other.pedigree,
    )

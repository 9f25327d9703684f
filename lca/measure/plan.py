"""What a sweep measures: points of one model within a budget of time. Loads no torch: servers and workers plan too."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from lca.measure.errors import InvalidRequest
from lca.measure.spec import ProbeSpec

MOST_POINTS = 200
AXES = {
    "precisions": "precision",
    "batches": "batch_size",
    "prompts": "prompt_tokens",
    "outputs": "output_tokens",
}
"""What a sweep varies, and the name of one such value in a :class:`~lca.measure.spec.ProbeSpec`."""
INDEX = "index.json"
OVERRUN_SHARE = 0.1


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a sweep varies around ``base``.

    Parameters
    ----------
    base : ProbeSpec
        What all points share.
    precisions, batches, prompts, outputs : sequence
        Values of which every combination is a point.
    budget_s : float
        For all points together, loading included: nothing begins that is not expected to end within it. [s]
    done : sequence of str
        Keys of points that were measured before and are left out.

    Raises
    ------
    InvalidRequest
        If there are no points or too many, a value stands twice, or lies outside its bounds.
    """

    base: ProbeSpec
    precisions: Sequence[str]
    batches: Sequence[int]
    prompts: Sequence[int]
    outputs: Sequence[int]
    budget_s: float
    done: Sequence[str] = ()

    def __post_init__(self) -> None:
        for axis, name in AXES.items():
            values = getattr(self, axis)
            if not values or len(set(values)) < len(values):
                msg = f"{axis} is {list(values)}; name at least one value, each once."
                raise InvalidRequest(msg, axis)
            for value in values:
                _check(self.base, axis, name, value)
        replace(self.base, budget_s=self.budget_s)
        if self._combinations() > MOST_POINTS:
            msg = f"The sweep has {self._combinations()} points; {MOST_POINTS} are the most. Name fewer values."
            raise InvalidRequest(msg, "batches")

    def _combinations(self) -> int:
        return len(self.precisions) * len(self.batches) * len(self.prompts) * len(self.outputs)

    def points(self, precision: str) -> list[ProbeSpec]:
        """Return the points of one precision still to be measured, which share a loaded model, the lightest first."""
        axes = itertools.product(sorted(self.outputs), sorted(self.prompts), sorted(self.batches))
        specs = [
            replace(
                self.base,
                precision=precision,
                batch_size=batch,
                prompt_tokens=prompt,
                output_tokens=output,
            )
            for output, prompt, batch in axes
        ]
        return [spec for spec in specs if key_of(spec.to_dict()) not in self.done]

    @property
    def count(self) -> int:
        """Number of points still to be measured."""
        return sum(len(self.points(precision)) for precision in self.precisions)

    @property
    def time_limit_s(self) -> float:
        """Seconds after which a pass under way is cut off: a tenth past the budget, since what began in time may end."""
        return self.budget_s * (1.0 + OVERRUN_SHARE)

    def covers(self, request: Mapping[str, Any]) -> bool:
        """Tell whether a document's request is that of a point of this sweep."""
        return all(request.get(name) in getattr(self, axis) for axis, name in AXES.items())

    def axes(self) -> dict[str, Any]:
        """Return what is varied, as plain values: :func:`plan_of` makes a plan of them and of ``base`` again."""
        values = {axis: list(getattr(self, axis)) for axis in AXES}
        return {**values, "budget_s": self.budget_s, "done": list(self.done)}

    def to_dict(self) -> dict[str, Any]:
        """Return the request of the whole sweep, as its index has it."""
        axes = self.axes()
        return {**self.base.to_dict(), **axes, "budget_s": None, "sweep_budget_s": self.budget_s}


def _check(base: ProbeSpec, axis: str, name: str, value: object) -> None:
    try:
        replace(base, **{name: value})  # type: ignore[arg-type]  # a wrong kind of value is what is looked for
    except TypeError as error:
        msg = f"{axis} holds {value!r}, which is no {name}."
        raise InvalidRequest(msg, axis) from error
    except InvalidRequest as error:
        raise InvalidRequest(str(error), axis) from error


def plan_of(spec: Mapping[str, Any], axes: Mapping[str, Any]) -> Plan:
    """Return a plan from plain values: arguments of a :class:`~lca.measure.spec.ProbeSpec`, and those of :meth:`Plan.axes`."""
    return Plan(base=ProbeSpec(**spec), **axes)


def key_of(request: Mapping[str, Any]) -> str:
    """Return the name of a point among the others of its sweep.

    Examples
    --------
    >>> key_of({"precision": "bf16", "batch_size": 8, "prompt_tokens": 128, "output_tokens": 32})
    'bf16-b8-p128-o32'
    """
    return (
        f"{request['precision']}-b{request['batch_size']}-p{request['prompt_tokens']}"
        f"-o{request['output_tokens']}"
    )


def base_values(base: ProbeSpec) -> dict[str, Any]:
    """Return the arguments of a spec that are not left at ``None``."""
    return {name: value for name, value in asdict(base).items() if value is not None}

"""Answers of Prometheus to range queries: what a server made of its energy over a window, joules per token among it."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs

from apps.ingest.errors import FileRejected
from apps.ingest.importers._figures import JOULES_PER_KWH, kept
from apps.ingest.importers._power import GAP, Devices
from apps.ingest.importers.prometheus import ENERGY, FACTS, SLICES
from apps.ingest.reading import Head, document, figure, parse
from apps.ingest.record import Boundary, Found, Note, Outcome, Rejected, Run
from lca.engine import Provenance

NAME = "prometheus_range"
TITLE = "Prometheus range queries of vLLM, TGI or DCGM"

MATRIX = re.compile(r'"resultType"\s*:\s*"matrix"')
J_PER_MJ = 1e-3
POWER = "power_w"
COUNTED = {name: fact for fact, names in FACTS.items() if fact != POWER for name in names}
LEAST_COMMON = 0.9
LAST_S = 4_102_444_800.0  # the year 2100
RESET = Note(
    code="counter-reset",
    text="A counter began again from nought in the window; what it had counted before stays in the sum.",
)
APART = Note(
    code="windows-apart",
    text="Energy and tokens cover different windows, so there is no energy per token.",
)


def score(head: Head) -> float:
    """By the type of the result."""
    return 0.9 if MATRIX.search(head.text[:4000]) else 0.0


def read(path: Path) -> Iterator[Found]:
    """Stream refused series, then the window as one run."""
    window = Window()
    for number, answer in enumerate(_answers(path), start=1):
        for why in window.take(answer):
            yield Rejected(line=number, why=why)
    if not window.counters and window.energy_kwh is None:
        raise FileRejected(
            "It holds no counter of tokens and no energy or power of a GPU.",
            "Query the metrics by their names, such as vllm:generation_tokens_total; rates and sums do not say what they are.",
        )
    yield window.run()


def _answers(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield each answer: of one document, of a list of them, or of a line each."""
    try:
        found = document(path)
    except FileRejected:
        lines = [text for text in path.read_text("utf-8", "replace").splitlines() if text.strip()]
        if len(lines) < 2:  # noqa: PLR2004  one line is the document that was refused
            raise
        found = [parse(text) for text in lines]
    for item in found if isinstance(found, list) else [found]:
        if isinstance(item, dict):
            yield item


@attrs.define
class Counter:
    """What a counter grew by over its samples."""

    grew: float = 0.0
    first_s: float = 0.0
    last_s: float = 0.0
    was_reset: bool = False

    @classmethod
    def of(cls, samples: list[tuple[float, float]]) -> "Counter":
        """Sum the steps up; where it fell it began again."""
        made = cls(first_s=samples[0][0], last_s=samples[-1][0])
        for (_, before), (_, after) in pairwise(samples):
            made.was_reset = made.was_reset or after < before
            made.grew += after if after < before else after - before
        return made


@attrs.define(kw_only=True)
class Window:
    """Counters and power of all series."""

    counters: dict[str, list[Counter]] = attrs.field(factory=dict)
    energy: dict[str, Counter] = attrs.field(factory=dict)
    power: Devices = attrs.field(factory=Devices)
    models: dict[str, None] = attrs.field(factory=dict)
    gpu_models: dict[str, None] = attrs.field(factory=dict)
    is_twice: bool = False

    def take(self, answer: Mapping[str, Any]) -> Iterator[str]:
        """Take the series of an answer in; yield why one is not."""
        if answer.get("status") == "error":
            yield f"Prometheus answered with an error: {str(answer.get('error'))[:200]}."
            return
        data = answer.get("data")
        series = data.get("result") if isinstance(data, dict) else None
        for item in series if isinstance(series, list) else []:
            labels = item.get("metric") if isinstance(item, dict) else None
            if not isinstance(labels, dict):
                yield "A series has no labels."
            elif why := self._series(labels, _samples(item.get("values"))):
                yield why

    def _series(self, labels: Mapping[str, Any], samples: list[tuple[float, float]]) -> str:
        name = str(labels.get("__name__", ""))
        if not (name in COUNTED or name == ENERGY or name in FACTS[POWER]):
            return (
                ""
                if name
                else "A series has no name, as of a rate or a sum: it does not say what it is."
            )
        if len(samples) < 2:  # noqa: PLR2004  a window has two ends
            return f"A series of {name} has fewer than two usable samples."
        _name(self.models, labels.get("model_name"))
        _name(self.gpu_models, labels.get("modelName"))
        device = json.dumps([labels.get("UUID") or [labels.get("Hostname"), labels.get("gpu")]])
        if name in FACTS[POWER]:
            for at, watts in samples:
                self.power.add(device, at, watts)
        elif name == ENERGY:
            self._energy(device, Counter.of(samples))
        else:
            self.counters.setdefault(COUNTED[name], []).append(Counter.of(samples))
        return ""

    def _energy(self, device: str, found: Counter) -> None:
        known = self.energy.get(device)
        self.is_twice = self.is_twice or known is not None
        if known is None or found.grew > known.grew:
            self.energy[device] = found

    def run(self) -> Run:
        """Give the window as one run."""
        facts = {fact: sum(c.grew for c in rows) for fact, rows in self.counters.items()}
        kwh = self.energy_kwh
        first, last = self._span([*self._all(), *self.energy.values()], self.power.span)
        is_one = self._is_one_window()
        if kwh is not None and facts.get("output_tokens") and is_one:
            facts["joules_per_output_token"] = kwh * JOULES_PER_KWH / facts["output_tokens"]
        devices = len(self.energy or self.power.series)
        return Run(
            line=1,
            rows=len(self._all()) + devices,
            name=", ".join(self.models),
            started_at=datetime.fromtimestamp(first, UTC),
            ended_at=datetime.fromtimestamp(last, UTC),
            duration_s=last - first,
            energy_kwh=kwh,
            energy_parts_kwh={} if kwh is None else {"gpu": kwh},
            pue_inside=None if kwh is None else 1.0,
            gpu_model=", ".join(self.gpu_models),
            gpu_count=float(devices) or None,
            gpu_hours=devices * (last - first) / 3600 if devices else None,
            outcome=Outcome.UNKNOWN,
            boundary=Boundary.UNKNOWN if kwh is None else Boundary.ACCELERATOR,
            provenance=Provenance.SUPPLIED if kwh is None else Provenance.MEASURED,
            tool="Prometheus",
            facts=facts,
            notes=kept(*self._traps(kwh, is_one=is_one)),
        )

    def _all(self) -> list[Counter]:
        return [counter for rows in self.counters.values() for counter in rows]

    @property
    def energy_kwh(self) -> float | None:
        """Energy by the counters of GPUs, else by their power."""
        if self.energy:
            millijoules = sum(counter.grew for counter in self.energy.values())
            return millijoules * J_PER_MJ / JOULES_PER_KWH
        return self.power.energy_kwh

    @staticmethod
    def _span(counters: list[Counter], power: tuple[float, float] | None) -> tuple[float, float]:
        spans = [(counter.first_s, counter.last_s) for counter in counters]
        spans += [power] if power else []
        return min(span[0] for span in spans), max(span[1] for span in spans)

    def _is_one_window(self) -> bool:
        """Whether energy and tokens were counted over the same time."""
        tokens = self.counters.get("output_tokens")
        if not tokens or (not self.energy and not self.power.series):
            return True
        power = None if self.energy else self.power.span
        one = self._span(tokens, None)
        other = self._span(list(self.energy.values()), power)
        common = min(one[1], other[1]) - max(one[0], other[0])
        longest = max(one[1] - one[0], other[1] - other[0])
        return longest > 0 and common >= LEAST_COMMON * longest

    def _traps(self, kwh: float | None, *, is_one: bool) -> Iterator[Note | None]:
        counters = [*self._all(), *self.energy.values()]
        yield RESET if any(counter.was_reset for counter in counters) else None
        yield SLICES if self.is_twice else None
        yield APART if kwh is not None and not is_one else None
        yield GAP if not self.energy and self.power.notes else None


def _samples(values: Any) -> list[tuple[float, float]]:
    """Pairs of time [s] and value in their order; those that cannot be are left out."""
    pairs = values if isinstance(values, list) else []
    found = [
        (at, value)
        for item in pairs
        if isinstance(item, list)
        and len(item) == 2  # noqa: PLR2004  a pair
        and (at := figure(item[0])) is not None
        and (value := figure(item[1])) is not None
        and value >= 0
        and 0 < at < LAST_S
    ]
    return sorted(found)


def _name(names: dict[str, None], name: Any) -> None:
    if isinstance(name, str) and name and len(names) < 10:  # noqa: PLR2004  a field for readers
        names[name[:100]] = None

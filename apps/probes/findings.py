"""What measurements say about precision and batch: heat maps of energy ratios, published ones and an organisation's own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import attrs
import numpy as np
from django.conf import settings

from apps.accounts.models import Organisation
from apps.probes.models import Measurement
from lca.measure.profiles.accelerators import accelerators
from lca.measure.profiles.serving import BYTES, CODE, IMAGE, TEXT, VIDEO
from lca.measure.profiles.table import Table, read

PUBLISHED = "fixtures/profiles/text.csv"
SOURCE = "ML.ENERGY benchmark v3, Chung et al., arXiv 2601.22076"
TASK_WORDS = {
    "lm-arena-chat": "chat",
    "gpqa": "problem solving",
    IMAGE: "images in chat",
    VIDEO: "video in chat",
    CODE: "code completion",
    TEXT: "text",
}
BATCHES = (8, 16, 32, 64, 128, 256, 512, 1024, 2048)
STEPS = (1.03, 1.2, 1.8)
"""Ratios, either way, from which a cell takes the next stronger colour."""
PHASES = ("prefill", "decode")
Energies = Mapping[tuple[str, int], float]


@attrs.frozen(kw_only=True)
class Cell:
    """Energy over that of the row's reference, and joules per token; ``tone`` picks the colour."""

    ratio: float
    joules: float

    @property
    def change(self) -> float:
        """Percent more (positive) or less than the reference."""
        return 100 * (self.ratio - 1)

    @property
    def tone(self) -> str:
        """Save or cost, in three steps; equal within 3 %."""
        distance = abs(np.log(self.ratio))
        step = sum(distance >= np.log(limit) for limit in STEPS)
        if step == 0:
            return "even"
        return f"{'saves' if self.ratio < 1 else 'costs'}-{step}"


@attrs.frozen(kw_only=True)
class HeatMap:
    """Rows of cells by column; ``None`` where nothing was measured."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]


@cache
def published() -> tuple[HeatMap, ...]:
    """Heat maps of the published table: low precision against 16 bits, and batches against the smallest."""
    table = read(settings.BASE_DIR / PUBLISHED)
    return (_precisions(table), _batches(table))


def _precisions(table: Table) -> HeatMap:
    rows = []
    for (base, task, device), energies in _grouped(table).items():
        low = sorted({name for name, _ in energies if BYTES[name] < BYTES["bf16"]})
        for name in low:
            cells = _against(energies, name, "bf16")
            if any(cells):
                rows.append((_label(base, name, device, task), cells))
    return HeatMap(
        title="Energy per generated token in low precision, against bf16",
        note="At each batch the number of accelerators that takes least energy, for either precision.",
        columns=tuple(map(str, BATCHES)),
        rows=tuple(sorted(rows)),
    )


def _batches(table: Table) -> HeatMap:
    widest: dict[tuple[str, str, str], tuple[int, str, tuple[Cell | None, ...]]] = {}
    for (base, task, device), energies in _grouped(table).items():
        for name in sorted({name for name, _ in energies}):
            first = energies.get((name, BATCHES[0]))
            if first is not None:
                cells = tuple(_cell(energies.get((name, batch)), first) for batch in BATCHES)
                row = (sum(map(bool, cells)), _label(base, name, device, task), cells)
                key = (base, name, device)
                widest[key] = max(row, widest.get(key, row), key=lambda item: item[0])
    rows = [(label, cells) for _, label, cells in widest.values()]
    return HeatMap(
        title=f"Energy per generated token by batch, against a batch of {BATCHES[0]}",
        note="Of each model the task measured at most batches; the number of accelerators that takes least energy.",
        columns=tuple(map(str, BATCHES)),
        rows=tuple(sorted(rows)),
    )


def _label(base: str, precision: str, device: str, task: str) -> str:
    return f"{base}, {precision} · {accelerators()[device].name} · {TASK_WORDS[task]}"


def _grouped(table: Table) -> dict[tuple[str, str, str], Energies]:
    """Least joules per token by base model, task and accelerator, then by precision and batch."""
    found: dict[tuple[str, str, str], dict[tuple[str, int], float]] = defaultdict(dict)
    rows = table.rows
    for k in range(len(rows)):
        key = (str(table.base[k]), str(rows.task[k]), str(rows.accelerator[k]))
        point = (str(rows.precision[k]), int(rows.batch[k]))
        energy = float(table.energy[k])
        found[key][point] = min(energy, found[key].get(point, energy))
    return dict(found)


def _against(energies: Energies, name: str, reference: str) -> tuple[Cell | None, ...]:
    return tuple(
        _cell(energies.get((name, batch)), energies.get((reference, batch))) for batch in BATCHES
    )


def _cell(energy: float | None, reference: float | None) -> Cell | None:
    if energy is None or reference is None:
        return None
    return Cell(ratio=energy / reference, joules=energy)


@attrs.frozen(kw_only=True)
class Own:
    """Heat maps of one model on one device, a phase each; modelled ones say so."""

    model: str
    device: str
    is_modelled: bool
    maps: tuple[HeatMap, ...]


def own(organisation: Organisation) -> tuple[Own, ...]:
    """Heat maps of an organisation's measurements, where two precisions or batches can be compared."""
    rows = Measurement.objects.of(organisation).values(
        "model_name", "device", "precision", "is_modelled",
        "prefill_j_per_token", "decode_j_per_token", "document__request__batch_size",
    )  # fmt: skip
    groups: dict[tuple[str, str, bool], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["model_name"], row["device"], row["is_modelled"]].append(row)
    found = []
    for (model, device, modelled), mine in sorted(groups.items()):
        name = f"{model} on {device}{', modelled' if modelled else ''}"
        maps = tuple(heat for phase in PHASES if (heat := _of_phase(phase, mine, name)))
        if maps:
            found.append(Own(model=model, device=device, is_modelled=modelled, maps=maps))
    return tuple(found)


def _of_phase(phase: str, rows: Sequence[Mapping[str, Any]], name: str) -> HeatMap | None:
    energies: dict[tuple[str, int], float] = {}
    for row in rows:  # newest first
        batch = row["document__request__batch_size"]
        if isinstance(batch, int):
            energies.setdefault((row["precision"], batch), row[f"{phase}_j_per_token"])
    if len(energies) < 2:  # noqa: PLR2004  a comparison takes two
        return None
    batches = sorted({batch for _, batch in energies})
    reference = _reference(energies)
    return HeatMap(
        title=f"{phase.capitalize()} of {name}, against {reference[0]} at a batch of {reference[1]}",
        note="",
        columns=tuple(map(str, batches)),
        rows=tuple(
            (each, tuple(_cell(energies.get((each, b)), energies[reference]) for b in batches))
            for each in _by_size({each for each, _ in energies})
        ),
    )


def _reference(energies: Energies) -> tuple[str, int]:
    """The widest precision at its smallest batch."""
    name = _by_size({name for name, _ in energies})[0]
    return name, min(batch for other, batch in energies if other == name)


def _by_size(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-BYTES.get(name, 0.0), name))

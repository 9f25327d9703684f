"""Results of Zeus and of the ML.ENERGY benchmark: energy of GPUs in joules, for a window, a request or an epoch."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from apps.ingest.errors import FileRejected
from apps.ingest.importers._figures import JOULES_PER_KWH, kept
from apps.ingest.reading import Head, document, figure, head_of, records
from apps.ingest.record import Boundary, Found, Note, Outcome, Rejected, Run
from lca.engine import Provenance

NAME = "zeus_mlenergy"
TITLE = "Zeus and ML.ENERGY"

MOST_J = 1e15
PER_UNIT = re.compile(r"Energy/(\w+) \(J\)")
GPU_ENERGY = re.compile(r"gpu\d+_energy")

AVERAGE = Note(
    code="average",
    text="Its energy is the mean of one request; it is shown and not added up.",
)
ALTERNATIVE = Note(
    code="alternative",
    text="Its row is one of several ways to do the same work; it is shown and not added up.",
)
ONE_EPOCH = Note(
    code="one-epoch",
    text="Its energy is that of one epoch, from its mean power and its time.",
)
NO_TARGET = Note(code="no-target", text="The run never reached its target.")
GPUS_ONLY = Note(code="gpus-only", text="Its energy is that of the GPUs alone.")

Row: TypeAlias = dict[str, Any]
Reader: TypeAlias = Callable[[int, Row], Found]


def score(head: Head) -> float:
    """Tell by the names of columns, or of keys of a document."""
    if head.text.lstrip().startswith("{"):
        return 0.9 if _is_document(head.text) else 0.0
    return 0.8 if _table(set(head.columns)) else 0.0


def _is_document(text: str) -> bool:
    is_v2 = '"Model"' in text and bool(PER_UNIT.search(text))
    is_v3 = '"configurations"' in text and '"energy_per_' in text
    is_result = '"steady_state_energy"' in text or '"entire_benchmark_measurement"' in text
    is_window = '"gpu_energy"' in text and '"time"' in text
    return is_v2 or is_v3 or is_result or is_window


def read(path: Path) -> Iterator[Found]:
    """Stream the runs of a table or of a document."""
    head = head_of(path)
    if head.text.lstrip().startswith("{"):
        yield from _document(document(path))
        return
    reader = _table(set(head.columns))
    if reader is None:
        raise FileRejected("It has no columns that Zeus or ML.ENERGY writes.")
    for line, row in records(path):
        yield reader(line, {name.lower(): cell for name, cell in row.items()})


def _table(names: set[str]) -> Reader | None:
    """Choose the reader of a table by its columns."""
    is_window = {"window_name", "elapsed_time"} <= names and any(map(GPU_ENERGY.fullmatch, names))
    fits: tuple[tuple[bool, Reader], ...] = (
        (names == {"time", "energy"}, _frontier),
        ({"model", "energy", "response_length", "latency"} <= names, _leaderboard),
        ({"power_limit", "time_per_epoch", "average_power"} <= names, _epoch),
        ({"network", "optimizer", "target_metric", "target_epoch"} <= names, _training),
        (is_window, _window),
    )
    return next((reader for is_so, reader in fits if is_so), None)


def _energy(cell: Any) -> float | None:
    value = figure(cell)
    return value if value is not None and 0 <= value <= MOST_J else None


def _refused(line: int) -> Rejected:
    why = "Its energy or its time is missing, negative or no number."
    return Rejected(line=line, why=why, remedy="Correct or leave out the row.")


def _run(line: int, joules: float | None, **fields: Any) -> Run:
    energy = None if joules is None else joules / JOULES_PER_KWH
    parts = {} if energy is None else {"gpu": energy}
    defaults = {
        "energy_parts_kwh": parts,
        "pue_inside": None if energy is None else 1.0,
        "boundary": Boundary.ACCELERATOR,
        "provenance": Provenance.SUPPLIED if energy is None else Provenance.MEASURED,
        "tool": "zeus",
    }
    return Run(line=line, energy_kwh=energy, **(defaults | fields))


def _frontier(line: int, row: Row) -> Found:
    joules, seconds = _energy(row.get("energy")), _energy(row.get("time"))
    if joules is None or seconds is None:
        return _refused(line)
    return _run(line, joules, duration_s=seconds, is_alternative=True, notes=(ALTERNATIVE,))


def _leaderboard(line: int, row: Row) -> Found:
    joules = _energy(row.get("energy"))
    if joules is None:
        return _refused(line)
    facts = {"joules_per_request": joules} | _positive(
        output_tokens_per_second=row.get("throughput"),
        output_tokens_per_request=row.get("response_length"),
        latency_s=row.get("latency"),
    )
    return _average(line, row.get("model"), joules, facts)


def _positive(**cells: Any) -> dict[str, float]:
    found = {name: _energy(cell) for name, cell in cells.items()}
    return {name: value for name, value in found.items() if value is not None}


def _average(line: int, model: Any, joules: float, facts: dict[str, float], **fields: Any) -> Run:
    return _run(
        line,
        joules,
        name=str(model or "")[:200],
        facts=facts,
        notes=(AVERAGE, GPUS_ONLY),
        is_alternative=True,
        **fields,
    )


def _named(row: Row) -> str:
    return " · ".join(str(row.get(name, "")) for name in ("dataset", "network", "optimizer"))[:200]


def _epoch(line: int, row: Row) -> Found:
    seconds, power = _energy(row.get("time_per_epoch")), _energy(row.get("average_power"))
    if seconds is None or power is None or seconds * power > MOST_J:
        return _refused(line)
    return _run(
        line,
        seconds * power,
        name=_named(row),
        duration_s=seconds,
        facts=_positive(power_limit_w=row.get("power_limit"), mean_power_w=power),
        notes=(ONE_EPOCH,),
    )


def _training(line: int, row: Row) -> Found:
    epochs = _energy(row.get("target_epoch"))
    is_reached = epochs is not None
    return _run(
        line,
        None,
        name=_named(row),
        outcome=Outcome.FINISHED if is_reached else Outcome.FAILED,
        facts=_positive(epochs_to_target=epochs),
        notes=kept(None if is_reached else NO_TARGET),
    )


def _window(line: int, row: Row) -> Found:
    cells = [_energy(cell) for name, cell in row.items() if GPU_ENERGY.fullmatch(name)]
    seconds = _energy(row.get("elapsed_time"))
    if seconds is None or not cells or None in cells:
        return _refused(line)
    return _measurement(line, [cell or 0.0 for cell in cells], seconds, str(row["window_name"]))


def _measurement(line: int, joules: list[float], seconds: float, name: str, **fields: Any) -> Run:
    fields = {"notes": (GPUS_ONLY,)} | fields
    return _run(
        line,
        sum(joules),
        name=name[:200],
        duration_s=seconds,
        gpu_count=float(len(joules)),
        gpu_hours=len(joules) * seconds / 3600,
        **fields,
    )


def _document(found: Any) -> Iterator[Found]:
    if not isinstance(found, dict):
        raise FileRejected("It is no object of Zeus or ML.ENERGY.")
    configurations = found.get("configurations")
    if isinstance(configurations, list):
        for item in configurations:
            yield _v3(found.get("model_id"), item if isinstance(item, dict) else {})
    elif any(PER_UNIT.fullmatch(name) for name in found):
        yield _v2(found)
    else:
        yield _result(found)


def _v3(model: Any, item: Row) -> Found:
    joules = _energy(item.get("energy_per_request_joules"))
    if joules is None:
        return _refused(0)
    facts = {"joules_per_request": joules} | _positive(
        joules_per_output_token=item.get("energy_per_token_joules"),
        mean_power_w=item.get("avg_power_watts"),
        output_tokens_per_request=item.get("avg_output_len"),
        output_tokens_per_second=item.get("output_throughput_tokens_per_sec"),
        mean_batch_size=item.get("avg_batch_size"),
    )
    gpu, count = str(item.get("gpu_model") or "")[:100], _energy(item.get("num_gpus"))
    return _average(0, model, joules, facts, gpu_model=gpu, gpu_count=count)


def _v2(found: Row) -> Found:
    key = next(name for name in found if PER_UNIT.fullmatch(name))
    joules, unit = _energy(found[key]), key[len("Energy/") :].split()[0]
    if joules is None:
        return _refused(0)
    unit = "request" if unit == "req" else unit
    facts = {f"joules_per_{unit}": joules} | _positive(
        output_tokens_per_request=found.get("Avg Output Tokens"),
        output_tokens_per_second=found.get("Token tput (tok/s)"),
        mean_batch_size=found.get("Avg BS (reqs)"),
    )
    if tokens := facts.get("output_tokens_per_request"):
        facts["joules_per_output_token"] = joules / tokens
    ways = [_energy(found.get(name)) for name in ("TP", "PP")]
    count = None if None in ways else (ways[0] or 0.0) * (ways[1] or 0.0)
    gpu = str(found.get("GPU") or "")[:100]
    return _average(0, found.get("Model"), joules, facts, gpu_model=gpu, gpu_count=count)


def _result(found: Row) -> Found:
    """Read one measurement, or the result of a benchmark that holds the measurement of the whole."""
    whole = found.get("entire_benchmark_measurement", found)
    whole = whole if isinstance(whole, dict) else {}
    gpus = whole.get("gpu_energy")
    cells = [_energy(cell) for cell in gpus.values()] if isinstance(gpus, dict) else []
    seconds = _energy(whole.get("time"))
    if seconds is None or not cells or None in cells:
        return _refused(0)
    return _measurement(
        0,
        [cell or 0.0 for cell in cells],
        seconds,
        str(found.get("model_id") or ""),
        gpu_model=str(found.get("gpu_model") or "")[:100],
        facts=_positive(
            joules_per_output_token=found.get("steady_state_energy_per_token"),
            output_tokens=found.get("total_output_tokens"),
            prompt_tokens=found.get("total_input_tokens"),
        ),
    )

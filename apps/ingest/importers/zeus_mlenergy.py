"""Results of Zeus and of the ML.ENERGY benchmark: energy of GPUs in joules, for a window, a request or an epoch."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from apps.ingest.errors import FileRejected
from apps.ingest.importers._figures import MOST_JOULES, kept
from apps.ingest.importers._zeus import average, energy, measurement, positive, refused, run_of
from apps.ingest.reading import Head, document, head_of, records
from apps.ingest.record import Found, Note, Outcome

NAME = "zeus_mlenergy"
TITLE = "Zeus and ML.ENERGY"

PER_UNIT = re.compile(r"Energy/(\w+) \(J\)")
GPU_ENERGY = re.compile(r"gpu\d+_energy")

ALTERNATIVE = Note(
    code="alternative",
    text="Its row is one of several ways to do the same work; it is shown and not added up.",
)
ONE_EPOCH = Note(
    code="one-epoch",
    text="Its energy is that of one epoch, from its mean power and its time.",
)
NO_TARGET = Note(code="no-target", text="The run never reached its target.")

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


def _frontier(line: int, row: Row) -> Found:
    joules, seconds = energy(row.get("energy")), energy(row.get("time"))
    if joules is None or seconds is None:
        return refused(line)
    return run_of(line, joules, duration_s=seconds, is_alternative=True, notes=(ALTERNATIVE,))


def _leaderboard(line: int, row: Row) -> Found:
    joules = energy(row.get("energy"))
    if joules is None:
        return refused(line)
    facts = {"joules_per_request": joules} | positive(
        output_tokens_per_second=row.get("throughput"),
        output_tokens_per_request=row.get("response_length"),
        latency_s=row.get("latency"),
    )
    return average(line, row.get("model"), joules, facts)


def _named(row: Row) -> str:
    return " · ".join(str(row.get(name, "")) for name in ("dataset", "network", "optimizer"))[:200]


def _epoch(line: int, row: Row) -> Found:
    seconds, power = energy(row.get("time_per_epoch")), energy(row.get("average_power"))
    if seconds is None or power is None or seconds * power > MOST_JOULES:
        return refused(line)
    return run_of(
        line,
        seconds * power,
        name=_named(row),
        duration_s=seconds,
        facts=positive(power_limit_w=row.get("power_limit"), mean_power_w=power),
        notes=(ONE_EPOCH,),
    )


def _training(line: int, row: Row) -> Found:
    epochs = energy(row.get("target_epoch"))
    is_reached = epochs is not None
    return run_of(
        line,
        None,
        name=_named(row),
        outcome=Outcome.FINISHED if is_reached else Outcome.FAILED,
        facts=positive(epochs_to_target=epochs),
        notes=kept(None if is_reached else NO_TARGET),
    )


def _window(line: int, row: Row) -> Found:
    cells = [energy(cell) for name, cell in row.items() if GPU_ENERGY.fullmatch(name)]
    seconds = energy(row.get("elapsed_time"))
    if seconds is None or not cells or None in cells:
        return refused(line)
    return measurement(line, [cell or 0.0 for cell in cells], seconds, str(row["window_name"]))


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
    joules = energy(item.get("energy_per_request_joules"))
    if joules is None:
        return refused(0)
    facts = {"joules_per_request": joules} | positive(
        joules_per_output_token=item.get("energy_per_token_joules"),
        mean_power_w=item.get("avg_power_watts"),
        output_tokens_per_request=item.get("avg_output_len"),
        output_tokens_per_second=item.get("output_throughput_tokens_per_sec"),
        mean_batch_size=item.get("avg_batch_size"),
    )
    gpu, count = str(item.get("gpu_model") or "")[:100], energy(item.get("num_gpus"))
    return average(0, model, joules, facts, gpu_model=gpu, gpu_count=count)


def _v2(found: Row) -> Found:
    key = next(name for name in found if PER_UNIT.fullmatch(name))
    joules, unit = energy(found[key]), key[len("Energy/") :].split()[0]
    if joules is None:
        return refused(0)
    unit = "request" if unit == "req" else unit
    facts = {f"joules_per_{unit}": joules} | positive(
        output_tokens_per_request=found.get("Avg Output Tokens"),
        output_tokens_per_second=found.get("Token tput (tok/s)"),
        mean_batch_size=found.get("Avg BS (reqs)"),
    )
    if tokens := facts.get("output_tokens_per_request"):
        facts["joules_per_output_token"] = joules / tokens
    ways = [energy(found.get(name)) for name in ("TP", "PP")]
    count = None if None in ways else (ways[0] or 0.0) * (ways[1] or 0.0)
    gpu = str(found.get("GPU") or "")[:100]
    return average(0, found.get("Model"), joules, facts, gpu_model=gpu, gpu_count=count)


def _result(found: Row) -> Found:
    """Read one measurement, or the result of a benchmark that holds the measurement of the whole."""
    whole = found.get("entire_benchmark_measurement", found)
    whole = whole if isinstance(whole, dict) else {}
    gpus = whole.get("gpu_energy")
    cells = [energy(cell) for cell in gpus.values()] if isinstance(gpus, dict) else []
    seconds = energy(whole.get("time"))
    if seconds is None or not cells or None in cells:
        return refused(0)
    return measurement(
        0,
        [cell or 0.0 for cell in cells],
        seconds,
        str(found.get("model_id") or ""),
        gpu_model=str(found.get("gpu_model") or "")[:100],
        facts=positive(
            joules_per_output_token=found.get("steady_state_energy_per_token"),
            output_tokens=found.get("total_output_tokens"),
            prompt_tokens=found.get("total_input_tokens"),
        ),
    )

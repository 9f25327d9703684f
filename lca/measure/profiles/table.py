"""Read a table of measured configurations: the columns of the ML.ENERGY leaderboard, one row a configuration."""

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lca.measure.errors import InvalidRequest
from lca.measure.profiles.accelerators import find
from lca.measure.profiles.serving import (
    BYTES,
    PRECISION_NAMES,
    TASKS,
    TEXT,
    Column,
    Serving,
    Words,
    serving,
)
from lca.measure.profiles.text import PROMPT_TOKENS

COLUMNS = (
    "task",
    "model_id",
    "total_params_billions",
    "activated_params_billions",
    "architecture",
    "weight_precision",
    "gpu_model",
    "num_gpus",
    "data_parallel",
    "max_num_seqs",
    "avg_output_len",
    "energy_per_token_joules",
)
POSITIVE = (*COLUMNS[2:4], *COLUMNS[7:])
LARGEST = 50_000_000
SHOWN = 20
VARIANT = re.compile(
    r"fp8|bf16|instruct|thinking|vl|omni|coder|it|base|chat|awq|gptq|\d{4}|e\d+|v\d+"
)
DERIVED = {"nemotron-nano-9b": "nemotron-nano-12b"}
"""Pruned from another model of the table, so that leaving one out without the other would be no test."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Measured configurations, shape (rows,): energy per generated token [J], and the name of the base model."""

    rows: Serving
    energy: Column
    base: Words
    model: Words

    def joined(self, other: "Table") -> "Table":
        """Return this table with the rows of another below."""
        return Table(
            rows=self.rows.joined(other.rows),
            energy=np.concatenate([self.energy, other.energy]),
            base=np.concatenate([self.base, other.base]),
            model=np.concatenate([self.model, other.model]),
        )


def base_model(model_id: str) -> str:
    """Return what a model's precisions, fine-tunes and modalities have in common, e.g. ``qwen3-30b-a3b``."""
    words = model_id.rsplit("/", 1)[-1].lower().removeprefix("nvidia-").split("-")
    name = "-".join(word for word in words if not VARIANT.fullmatch(word))
    return DERIVED.get(name, name)


def read(path: Path) -> Table:
    """Read a table whole or not at all.

    Raises
    ------
    InvalidRequest
        With line and column of everything that is wrong, up to twenty.
    """
    records = _records(path)
    faults: list[str] = []
    rows = [_row(record, number, faults) for number, record in enumerate(records, start=2)]
    if faults:
        more = f"\nand {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        raise InvalidRequest(f"{path}: nothing was read.\n" + "\n".join(faults[:SHOWN]) + more)
    return Table(
        rows=serving(rows),
        energy=np.array([float(record["energy_per_token_joules"]) for record in records]),
        base=np.array([base_model(record["model_id"]) for record in records]),
        model=np.array([record["model_id"] for record in records]),
    )


def _records(path: Path) -> list[dict[str, str]]:
    try:
        if path.stat().st_size > LARGEST:
            msg = f"{path}: larger than {LARGEST / 1e6:.0f} MB."
            raise InvalidRequest(msg)
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})."
        raise InvalidRequest(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path}: not UTF-8 text ({error.reason})."
        raise InvalidRequest(msg) from error
    reader = csv.DictReader(text.splitlines())
    try:
        records = list(reader)
    except csv.Error as error:
        msg = f"{path}: not a table in CSV ({error})."
        raise InvalidRequest(msg) from error
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        msg = f"{path}: the first line lacks the column {', '.join(missing)}."
        raise InvalidRequest(msg)
    if not records:
        msg = f"{path}: no row below the first line."
        raise InvalidRequest(msg)
    return records


def _row(record: Mapping[str, str | None], line: int, faults: list[str]) -> dict[str, object]:
    values = {name: (record[name] or "").strip() for name in COLUMNS}
    for name in POSITIVE:
        if not _positive(values[name]):
            faults.append(f"line {line}, {name}: {values[name]!r} is not a number above 0.")
            values[name] = "1"
    if float(values["activated_params_billions"]) > float(values["total_params_billions"]):
        faults.append(f"line {line}, activated_params_billions: more than total_params_billions.")
    precision = PRECISION_NAMES.get(values["weight_precision"], values["weight_precision"])
    if precision not in BYTES:
        faults.append(
            f"line {line}, weight_precision: {precision!r} is not one of {', '.join(BYTES)}."
        )
    if values["task"] not in TASKS:
        faults.append(f"line {line}, task: {values['task']!r} is not one of {', '.join(TASKS)}.")
    return {
        "total": 1e9 * float(values["total_params_billions"]),
        "active": 1e9 * float(values["activated_params_billions"]),
        "hybrid": "mamba" in values["architecture"].lower(),
        "precision": precision,
        "accelerator": _accelerator(values["gpu_model"], line, faults),
        "gpus": values["num_gpus"],
        "data_parallel": values["data_parallel"],
        "batch": values["max_num_seqs"],
        "output": values["avg_output_len"],
        "context": PROMPT_TOKENS.get(values["task"], 0.0),
        "task": values["task"] if values["task"] in TASKS else TEXT,
    }


def _positive(text: str) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    return math.isfinite(value) and value > 0


def _accelerator(name: str, line: int, faults: list[str]) -> str:
    try:
        return find(name).key
    except InvalidRequest as error:
        faults.append(f"line {line}, gpu_model: {error}")
        return "nvidia-h100-sxm5-80gb"

"""Measurement documents of accelerators as rows of a fit; they alone tell what a prompt's token takes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lca.measure.document import check_results
from lca.measure.errors import InvalidDocument, InvalidRequest
from lca.measure.profiles.accelerators import find
from lca.measure.profiles.serving import BYTES, TEXT, Column, serving
from lca.measure.profiles.table import Table
from lca.measure.profiles.text import prefill

BOUNDARIES = ("board", "accelerator")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Decoding as a table, and measured over ideal joules of a prompt's token, shape (documents,)."""

    table: Table
    prefill_ratio: Column


def read_documents(paths: Sequence[Path], accelerator: str | None = None) -> Measured:
    """Read documents of ``python -m lca.measure run``; ``accelerator`` names the device where its own name does not.

    Raises
    ------
    InvalidDocument, InvalidRequest
        For a document that is damaged, modelled, of more than the accelerator, or of a device that is not known.
    """
    return measured_of([(str(path), _load(path)) for path in paths], accelerator)


def measured_of(
    named: Sequence[tuple[str, Mapping[str, Any]]],
    accelerator: str | None = None,
    *,
    with_modelled: bool = False,
) -> Measured:
    """Return documents, each with the name that an error calls it by, as rows of a fit; as :func:`read_documents`."""
    for name, each in named:
        _check(name, each, with_modelled=with_modelled)
    documents = [each for _, each in named]
    rows = serving([_row(name, each, accelerator) for name, each in named])
    names = np.array([str(each["model"]["name"]) for each in documents])
    table = Table(rows=rows, energy=_joules(documents, "decode"), base=names, model=names)
    return Measured(table=table, prefill_ratio=_joules(documents, "prefill") / prefill(rows))


def _load(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        check_results(document)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        msg = f"{path}: not a measurement document ({type(error).__name__}: {error})."
        raise InvalidDocument(msg) from error
    return dict(document)


def _check(name: str, document: Mapping[str, Any], *, with_modelled: bool) -> None:
    meter: Mapping[str, Any] = document["meter"]
    if meter["is_modelled"] and not with_modelled:
        msg = f"{name}: its energy is modelled; a fit takes measured energy only."
        raise InvalidDocument(msg)
    if meter["boundary"] not in BOUNDARIES:
        msg = f"{name}: its meter reads the {meter['boundary']}; a fit takes the accelerator alone."
        raise InvalidDocument(msg)


def _row(name: str, document: Mapping[str, Any], accelerator: str | None) -> dict[str, object]:
    request, model = document["request"], document["model"]
    if request["precision"] not in BYTES:
        msg = f"{name}: {request['precision']} is not a precision of profiles ({', '.join(BYTES)})."
        raise InvalidRequest(msg)
    try:
        device = find(accelerator or document["environment"]["device"]["name"])
    except InvalidRequest as error:
        msg = f"{name}: {error} Name it with --measured-on."
        raise InvalidRequest(msg) from error
    return {
        "total": model["parameters"],
        "active": model.get("parameters_active") or model["parameters"],
        "hybrid": False,
        "precision": request["precision"],
        "accelerator": device.key,
        "gpus": 1,
        "data_parallel": 1,
        "batch": request["batch_size"],
        "output": request["output_tokens"],
        "context": request["prompt_tokens"],
        "task": TEXT,
    }


def _joules(documents: Sequence[Mapping[str, Any]], phase: str) -> Column:
    return np.array([each["results"][phase]["joules_per_token"]["mean"] for each in documents])

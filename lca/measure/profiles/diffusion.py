r"""Energy per image or video of a diffusion transformer, from the few models that were measured.

Terms are joules of an ideal device, as in :mod:`~lca.measure.profiles.text`. With :math:`S` steps, :math:`P` parameters,
:math:`L` latent tokens (one for 16 x 16 pixels, and for four frames after the first), batch :math:`B`:

* ``linear``: :math:`2 \cdot 2 P L S W / \varphi` (the factor 2 is the second pass that guidance needs);
* ``attention``: :math:`2 \cdot 4 L^2 d n S W / \varphi`, layers times width as :math:`0.066\,P^{2/3}`;
* ``step``: fixed time a layer and step; ``link``: activations between devices.

Whether guidance takes a second pass, and how far latents are compressed, differs between models and is not an input: the
error says so. Four image and three video models were measured, too few for quantiles: the interval is Student's t on the
mean log-errors of models held out in turn.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from lca.measure.errors import DoesNotFit, InvalidRequest
from lca.measure.profiles import regression
from lca.measure.profiles.accelerators import find
from lca.measure.profiles.regression import Coefficients
from lca.measure.profiles.serving import Column, Flags, Words
from lca.measure.profiles.text import LINK_B_S

IMAGE, VIDEO = "image", "video"
TERMS: Mapping[str, tuple[str, ...]] = {
    IMAGE: ("linear", "step", "link"),
    VIDEO: ("linear", "attention", "step", "link"),
}
WEIGHT_BYTES = 2.0
NUMBERS = ("params_billions", "num_gpus", "batch_size", "inference_steps", "height", "width", "num_frames")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """Configurations, shape (rows,); ``frames`` is 1 for an image."""

    parameters: Column
    accelerator: Words
    tdp: Column
    arithmetic: Column
    gpus: Column
    batch: Column
    steps: Column
    pixels: Column
    frames: Column


def pictures(rows: list[dict[str, str]]) -> Pictures:
    """Return columns of rows with the names of the published tables."""
    devices = [find(row["gpu_model"]) for row in rows]
    number = {name: np.array([float(row[name]) for row in rows]) for name in NUMBERS}
    return Pictures(
        parameters=1e9 * number["params_billions"],
        accelerator=np.array([device.key for device in devices]),
        tdp=np.array([device.tdp_w for device in devices]),
        arithmetic=np.array([1e12 * device.bf16_tflops for device in devices]),
        gpus=number["num_gpus"],
        batch=number["batch_size"],
        steps=number["inference_steps"],
        pixels=number["height"] * number["width"],
        frames=number["num_frames"],
    )


def terms(rows: Pictures, kind: str) -> Column:
    """Return joules per image or video of each term at coefficient 1, shape (rows, :data:`TERMS` of the kind)."""
    tokens = rows.pixels / 256 * (1 + (rows.frames - 1) / 4)
    per_operation = rows.steps * rows.tdp / rows.arithmetic
    size = (rows.parameters / 8e9) ** (1 / 3)
    moved = tokens * 40 * size * 4096 * size * 2
    found = {
        "linear": 2 * 2 * rows.parameters * tokens * per_operation,
        "attention": 2 * 4 * tokens**2 * 0.066 * rows.parameters ** (2 / 3) * per_operation,
        "step": rows.steps * rows.gpus * rows.tdp * 40 * size * 1e-4 / rows.batch,
        "link": (rows.gpus - 1) * rows.tdp * rows.steps * moved / LINK_B_S,
    }
    return np.column_stack([found[name] for name in TERMS[kind]])


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image (``frames`` 1) or a video to make, on ``gpus`` accelerators, ``batch`` at a time; parameters in billions."""

    params: float
    gpu: str
    gpus: int = 1
    batch: int = 1
    steps: int = 30
    width: int = 1024
    height: int = 1024
    frames: int = 1

    def __post_init__(self) -> None:
        for name in ("params", "gpus", "batch", "steps", "width", "height", "frames"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0):
                msg = f"{name} is {value:g}; it must be a number above 0."
                raise InvalidRequest(msg, name)

    @property
    def kind(self) -> str:
        """``image`` or ``video``."""
        return VIDEO if self.frames > 1 else IMAGE

    def row(self) -> dict[str, str]:
        """Return it as a row of the table."""
        values = (self.params, self.gpus, self.batch, self.steps, self.height, self.width, self.frames)  # fmt: skip
        return {"gpu_model": self.gpu, **dict(zip(NUMBERS, map(str, values), strict=True))}


@cache
def shipped() -> dict[str, Any]:
    """Return the fits that come with the program, by kind."""
    text = files("lca.measure.profiles").joinpath("diffusion.json").read_text(encoding="utf-8")
    result: dict[str, Any] = json.loads(text)
    return result


def predict(picture: Picture) -> dict[str, Any]:
    """Return joules per image or video with 5 and 95 % bounds, as plain JSON.

    Raises
    ------
    InvalidRequest
        For an accelerator that is not known.
    DoesNotFit
        Where the weights need more memory than one accelerator has: each holds them all.
    """
    device, fit = find(picture.gpu), shipped()[picture.kind]
    weights = picture.params * WEIGHT_BYTES
    if device.memory_gb is not None and weights > device.memory_gb:
        msg = f"The weights need {weights:,.0f} GB; {device.name} has {device.memory_gb:,.0f} GB."
        raise DoesNotFit(msg)
    rows = pictures([picture.row()])
    coefficients = Coefficients(
        names=TERMS[picture.kind], log=np.array(fit["log_coefficients"]), offsets=fit["offsets"]
    )
    value = float((terms(rows, picture.kind) * coefficients.by_term(rows.accelerator)).sum())
    measured = device.key in fit["offsets"]
    half = float(
        np.hypot(fit["log_half_width"], 0.0 if measured else fit["accelerator_half_width"])
    )
    unseen = [] if measured else [f"{device.name} was not measured"]
    return {
        f"energy_per_{picture.kind}_j": {
            "value": value,
            "p05": value * np.exp(-half),
            "p95": value * np.exp(half),
        },
        "boundary": "accelerators",
        "provenance": "modelled",
        "extrapolates": [
            *unseen,
            f"only {fit['models']} models were measured, all with diffusion transformers",
        ],
        "request": {"kind": picture.kind, **picture.row(), "gpu_model": device.key},
        "fit": fit["source"],
    }


def fit(path: Path, kind: str, source: str) -> dict[str, Any]:
    """Fit a published table and hold out each model in turn; returns what :func:`shipped` holds of a kind."""
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    rows, names = pictures(table), TERMS[kind]
    each = terms(rows, kind)
    energy = np.array([float(row["energy_joules"]) for row in table])
    model = np.array([row["model_id"] for row in table])

    def coefficients(chosen: Flags) -> Coefficients:
        return regression.fit(
            each[chosen],
            names=names,
            energy=energy[chosen],
            accelerators=rows.accelerator[chosen],
            weights=regression.weights_by_count(model[chosen]),
            offset_names=("linear",),
        )

    def errors(chosen: Flags) -> Column:
        by_term = coefficients(~chosen).by_term(rows.accelerator[chosen])
        result: Column = np.log(energy[chosen] / (each[chosen] * by_term).sum(axis=1))
        return result

    held_out = {str(name): errors(model == name) for name in sorted(set(model.tolist()))}
    devices = [errors(rows.accelerator == key) for key in sorted(set(rows.accelerator.tolist()))]
    whole = coefficients(np.ones(len(energy), dtype=bool))
    return {
        "source": source,
        "models": len(held_out),
        "log_coefficients": [round(float(value), 6) for value in whole.log],
        "offsets": {
            key: {name: round(value, 6) for name, value in offsets.items()}
            for key, offsets in whole.offsets.items()
        },
        "errors": {name: round(float(np.median(np.expm1(-e))), 4) for name, e in held_out.items()},
        "log_errors": {name: round(float(e.mean()), 6) for name, e in held_out.items()},
        "accelerator_half_width": round(1.6449 * float(np.sqrt(np.mean(np.concatenate(devices) ** 2))), 6),
    }  # fmt: skip


def document(fits: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the fits of both kinds with one interval: seven models are few enough to be pooled."""
    from scipy.stats import t

    logs = np.array([value for each in fits.values() for value in each["log_errors"].values()])
    half = float(t.ppf(0.95, len(logs)) * np.sqrt(np.mean(logs**2)))
    return {kind: {**each, "log_half_width": round(half, 6)} for kind, each in fits.items()}

"""Predict the energy of a request: prefill and decode apart, with an interval and a word on what it extrapolates.

Boundary: the accelerators alone. Host, cooling and embodied impacts are added where a prediction becomes a footprint.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from lca.measure.errors import DoesNotFit, InvalidRequest
from lca.measure.profiles.accelerators import Accelerator, find
from lca.measure.profiles.fit import PREFILL_GSD, Fit, shipped
from lca.measure.profiles.interval import LEVELS
from lca.measure.profiles.serving import BYTES, PRECISION_NAMES, TEXT, Column, Serving, serving
from lca.measure.profiles.text import DECODE, NAMES, prefill, terms

NORMAL_95 = 1.6449
JOULES_PER_KWH = 3.6e6


@dataclass(frozen=True, kw_only=True)
class Request:
    """A configuration and a mean request; parameters in billions.

    ``cached_tokens`` of the input are found in a prefix cache: attended to, not computed anew. ``reasoning_tokens`` are
    generated like the answer's and not shown. Mixtures of experts over several accelerators are served with parallel
    experts, dense models with parallel tensors; ``replicas`` counts data-parallel attention.
    """

    params_total: float
    params_active: float
    gpu: str
    gpus: int = 1
    precision: str = "bf16"
    batch: int = 64
    input_tokens: float = 0.0
    output_tokens: float = 400.0
    cached_tokens: float = 0.0
    reasoning_tokens: float = 0.0
    replicas: int = 1
    hybrid: bool = False

    def __post_init__(self) -> None:
        for name in ("params_total", "params_active", "gpus", "batch", "output_tokens", "replicas"):
            _check(name, getattr(self, name), above=0.0)
        for name in ("input_tokens", "cached_tokens", "reasoning_tokens"):
            _check(name, getattr(self, name), above=None)
        if self.params_active > self.params_total:
            msg = f"params_active is {self.params_active:g} billion, more than params_total ({self.params_total:g})."
            raise InvalidRequest(msg, "params_active")
        if self.cached_tokens > self.input_tokens:
            msg = f"cached_tokens is {self.cached_tokens:g}, more than the input has ({self.input_tokens:g})."
            raise InvalidRequest(msg, "cached_tokens")
        if PRECISION_NAMES.get(self.precision, self.precision) not in BYTES:
            msg = f"precision is {self.precision!r}; known are {', '.join(BYTES)}."
            raise InvalidRequest(msg, "precision")

    @property
    def generated(self) -> float:
        """Tokens generated a request, shown or not."""
        return self.output_tokens + self.reasoning_tokens


def _check(name: str, value: float, *, above: float | None) -> None:
    good = np.isfinite(value) and (value > above if above is not None else value >= 0)
    if not good:
        limit = "above 0" if above is not None else "0 or more"
        msg = f"{name} is {value:g}; it must be a number {limit}."
        raise InvalidRequest(msg, name)


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """Joules a request, each with 5 and 95 % bounds; ``terms`` are joules a generated token."""

    request: Request
    accelerator: Accelerator
    energy: tuple[float, float, float]
    decode: tuple[float, float, float]
    prefill: tuple[float, float, float]
    terms: dict[str, float]
    extrapolates: tuple[str, ...]
    source: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON: ``energy = a + b × prompt tokens computed + c × generated tokens``."""
        request = self.request
        fresh = request.input_tokens - request.cached_tokens
        per_token = tuple(value / request.generated for value in self.decode)
        return {
            "energy_per_request_j": _bounds(self.energy),
            "a_j_per_request": 0.0,
            "b_j_per_input_token": _bounds(self.prefill, fresh) if fresh else None,
            "c_j_per_output_token": _bounds(per_token),
            "phases_j": {"prefill": _bounds(self.prefill), "decode": _bounds(self.decode)},
            "terms_j_per_output_token": self.terms,
            "per_400_output_tokens_wh": _bounds(per_token, 3600 / 400),
            "per_million_output_tokens_kwh": _bounds(per_token, JOULES_PER_KWH / 1e6),
            "boundary": "accelerators",
            "provenance": "modelled",
            "extrapolates": list(self.extrapolates),
            "request": asdict(request) | {"gpu": self.accelerator.key},
            "fit": self.source,
        }


def _bounds(values: tuple[float, ...], divisor: float = 1.0) -> dict[str, float]:
    return {
        name: value / divisor for name, value in zip(("value", "p05", "p95"), values, strict=True)
    }


def predict(request: Request, fit: Fit | None = None) -> Prediction:
    """Predict the energy of a request.

    Raises
    ------
    InvalidRequest
        For an accelerator that is not known.
    DoesNotFit
        Where the weights alone need more memory than the accelerators have.
    """
    fit = fit or shipped()
    device = find(request.gpu)
    rows = _rows(request, device)
    _check_memory(request, rows, device)
    coefficients = fit.coefficients.by_term(rows.accelerator)[0]
    each = dict(zip(NAMES, (terms(rows)[0] * coefficients).tolist(), strict=True))
    decode = request.generated * sum(each[name] for name in DECODE)
    fresh = request.input_tokens - request.cached_tokens
    assumed = (float(np.log(coefficients[NAMES.index("compute")])), float(np.log(PREFILL_GSD)))
    log_ratio, prompt_sd = fit.prefill or assumed
    prompt = fresh * float(prefill(rows)[0]) * float(np.exp(log_ratio))
    further = _further_sd(request, device, fit)
    decode_bounds = _widened(fit.interval.bounds(rows)[0], further)
    half = float(np.exp(NORMAL_95 * np.hypot(prompt_sd, further)))
    prompt_bounds = (1 / half, half)
    return Prediction(
        request=request,
        accelerator=device,
        energy=_sum(decode, decode_bounds, prompt, prompt_bounds),
        decode=_sum(decode, decode_bounds, 0.0, prompt_bounds),
        prefill=_sum(0.0, decode_bounds, prompt, prompt_bounds),
        terms={name: each[name] for name in DECODE},
        extrapolates=tuple(_extrapolations(request, rows, device, fit)),
        source=f"{fit.source} ({fit.table})",
    )


def _rows(request: Request, device: Accelerator) -> Serving:
    row = {
        "total": 1e9 * request.params_total,
        "active": 1e9 * request.params_active,
        "hybrid": request.hybrid,
        "precision": PRECISION_NAMES.get(request.precision, request.precision),
        "accelerator": device.key,
        "gpus": request.gpus,
        "data_parallel": request.replicas,
        "batch": request.batch,
        "output": request.generated,
        "context": request.input_tokens,
        "task": TEXT,
    }
    return serving([row])


def _check_memory(request: Request, rows: Serving, device: Accelerator) -> None:
    weights = float((rows.total * rows.weight_bytes)[0]) / 1e9
    if device.memory_gb is not None and weights > request.gpus * device.memory_gb:
        msg = (
            f"The weights need {weights:,.0f} GB; {request.gpus} x {device.name} have "
            f"{request.gpus * device.memory_gb:,.0f} GB. Take more accelerators or a lower precision."
        )
        raise DoesNotFit(msg)


def _further_sd(request: Request, device: Accelerator, fit: Fit) -> float:
    precision = PRECISION_NAMES.get(request.precision, request.precision)
    unseen = (
        fit.accelerator_sd * (device.key not in fit.accelerators),
        fit.precision_sd * (precision not in fit.precisions),
    )
    return float(np.hypot(*unseen))


def _widened(bounds: Column, sd: float) -> tuple[float, float]:
    """Return the 5 and 95 % bounds with an independent logarithmic deviation added."""
    middle = np.log(bounds[LEVELS.index(0.5)])
    logs = np.log(bounds)
    low = middle - np.hypot(middle - logs[0], NORMAL_95 * sd)
    high = middle + np.hypot(logs[-1] - middle, NORMAL_95 * sd)
    return float(np.exp(low)), float(np.exp(high))


def _sum(
    first: float, ratios: tuple[float, float], second: float, others: tuple[float, float]
) -> tuple[float, float, float]:
    """Return the sum of two independent parts with bounds: distances from the value add in quadrature."""
    value = first + second
    low = value - np.hypot(first * (1 - ratios[0]), second * (1 - others[0]))
    high = value + np.hypot(first * (ratios[1] - 1), second * (others[1] - 1))
    return value, float(low), float(high)


LABELS = {
    "total": ("params_total", 1e9, "billion"),
    "active": ("params_active", 1e9, "billion"),
    "gpus": ("gpus", 1.0, ""),
    "batch": ("batch", 1.0, ""),
    "output": ("tokens generated", 1.0, ""),
}


def _extrapolations(request: Request, rows: Serving, device: Accelerator, fit: Fit) -> list[str]:
    found = []
    for name, (low, high) in fit.ranges.items():
        value = float(getattr(rows, name)[0])
        if not low <= value <= high:
            label, scale, unit = LABELS[name]
            seen = f"{low / scale:,.4g} to {high / scale:,.4g} {unit}".rstrip()
            found.append(f"{label} {value / scale:,.4g} lies outside the measured {seen}")
    if device.key not in fit.accelerators:
        found.append(f"{device.name} was not measured; measured are {', '.join(fit.accelerators)}")
    precision = PRECISION_NAMES.get(request.precision, request.precision)
    if precision not in fit.precisions:
        found.append(f"{precision} was not measured; measured are {', '.join(fit.precisions)}")
    if request.input_tokens > request.cached_tokens and fit.prefill is None:
        found.append("the energy of prompt tokens is modelled: no published table has their number")
    return found

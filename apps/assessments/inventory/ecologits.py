"""Modelled energy per output token: the published regression of EcoLogits 0.11.

Wh per token and GPU = a exp(b B) P_active + c, for a batch of B requests on H100-class
accelerators; hosts draw 1.2 kW per eight accelerators, shared by the batch over the latency.
Checked against ML.ENERGY v3 measurements the formula is off by -36 % to +45 %, which the parameter
``model error`` carries. Batch sizes beyond about 64 extrapolate.
"""

import math

import attrs

from apps.assessments.inventory.draft import Draft, Terms, from_factor, supplied
from apps.assessments.inventory.records import Records
from lca.engine import Lognormal, Parameter, llm

GPUS_PER_HOST = 8


@attrs.frozen(kw_only=True)
class TokenEnergy:
    """Products that give the energy of one output token, accelerators and hosts apart."""

    accelerators: Terms
    hosts: Terms


def accelerators_needed(records: Records, total_b: float) -> int:
    """Smallest power of two of accelerators whose memory holds the model."""
    coefficients = llm.Coefficients(
        bits=records.default("ecologits_bits").value,
        gpu_memory_gb=records.default("ecologits_gpu_memory_gb").value,
        memory_overhead=records.default("ecologits_memory_overhead").value,
    )
    return int(llm.accelerators_needed(total_b, coefficients))


def token_energy(
    draft: Draft, name: str, batch: float | None, active_b: float, total_b: float
) -> TokenEnergy:
    """Add the regression's parameters and return the energy per output token as products."""
    label = "Active parameters, billion"
    active = draft.add(
        supplied("system.params_active_b", active_b, "1", label=label, symbol="P_active")
    )
    size = _batch(draft, name, batch)
    gpus = draft.add(_accelerators(draft.records, name, total_b))
    error = draft.add(_error(draft.records))
    host = _default(draft, "host_w", "W", "P_host", "Power of a host of eight accelerators")
    per_host = draft.add(
        supplied(
            "ecologits.gpus_per_host",
            GPUS_PER_HOST,
            "GPU",
            label="Accelerators per host",
            symbol="n_host",
            provenance="modelled",
            source=draft.records.default("ecologits_host_w").source.citation,
        )
    )
    latency = _latency(draft, name, active, size)
    return TokenEnergy(
        accelerators={_per_accelerator(draft, name, active, size): 1, gpus: 1, error: 1},
        hosts={host: 1, gpus: 1, per_host: -1, size: -1, latency: 1, error: 1},
    )


def _default(draft: Draft, key: str, unit: str, symbol: str, label: str) -> str:
    """Add a constant of the regression; its error is the parameter ``ε`` alone, so scores would count it twice."""
    factor = draft.records.default(f"ecologits_{key}")
    constant = from_factor(
        f"ecologits.{key}", factor, label=label, symbol=symbol, unit=unit, minimum=-math.inf
    )
    return draft.add(attrs.evolve(constant, pedigree=None))


def _accelerators(records: Records, name: str, total_b: float) -> Parameter:
    return supplied(
        f"{name}.accelerators",
        accelerators_needed(records, total_b),
        "GPU",
        label="Accelerators that hold the model",
        symbol="n_GPU",
        provenance="modelled",
        source=records.default("ecologits_bits").source.citation,
    )


def _error(records: Records) -> Parameter:
    factor = records.default("modelled_inference_gsd")
    return supplied(
        "ecologits.model_error",
        1.0,
        "1",
        label="Error of the regression against measurements",
        symbol="ε",
        provenance="modelled",
        source=factor.note,
        distribution=Lognormal(gsd=factor.value),
    )


def _per_accelerator(draft: Draft, name: str, active: str, size: str) -> str:
    """Energy per output token and accelerator, a exp(b B) P + c [Wh]."""
    unit = "Wh/token/GPU"
    beta = _default(draft, "energy_beta", "1", "b", "Batch exponent")
    effect = draft.derive(f"{name}.batch_effect", "exponential", beta, size, symbol="exp(b B)")
    alpha = _default(draft, "energy_alpha", unit, "a", "Energy per token and billion parameters")
    moving = draft.derive(
        f"{name}.wh_active",
        "product",
        alpha,
        effect,
        active,
        unit=unit,
        symbol="a exp(b B) P_active",
    )
    gamma = _default(draft, "energy_gamma", unit, "c", "Energy per token, constant part")
    return draft.derive(f"{name}.wh_per_token", "sum", moving, gamma, unit=unit, symbol="e_GPU")


def _batch(draft: Draft, name: str, batch: float | None) -> str:
    label, symbol = "Requests answered at once", "B"
    if batch is None:
        factor = draft.records.default("ecologits_batch")
        counted = from_factor(f"{name}.batch", factor, label=label, symbol=symbol, unit="1")
        return draft.add(attrs.evolve(counted, pedigree=None))
    return draft.add(supplied(f"{name}.batch", batch, "1", label=label, symbol=symbol))


def _latency(draft: Draft, name: str, active: str, size: str) -> str:
    unit = "s/token"
    slope = _default(draft, "latency_alpha", unit, "l_P", "Latency per billion active parameters")
    load = _default(draft, "latency_beta", unit, "l_B", "Latency per request in the batch")
    base = _default(draft, "latency_gamma", unit, "l_0", "Latency, constant part")
    first = draft.derive(
        f"{name}.latency_active", "product", slope, active, unit=unit, symbol="l_P P_active"
    )
    second = draft.derive(f"{name}.latency_batch", "product", load, size, unit=unit, symbol="l_B B")
    return draft.derive(f"{name}.latency", "sum", first, second, base, unit=unit, symbol="t_token")

r"""Energy per generated token as a sum of physical terms, each with one coefficient to be fitted.

Every term is the joules that an ideal device at its design power would need, so a coefficient of 1 means "as the data
sheet says". With :math:`N` accelerators of power :math:`W`, bandwidth :math:`\beta` and arithmetic :math:`\varphi`,
batch :math:`B`, active parameters :math:`A` of :math:`P`, bytes a weight :math:`q`:

* ``weights``: :math:`A_s q W / (\beta B)`, those every token passes, read once a step;
* ``experts``: the same for experts, of which a step touches :math:`1-(1-a)^{0.7 B}`; ``experts_low`` is what a precision
  below two bytes adds to it;
* ``compute``: :math:`2 A W / \varphi`;
* ``context``: bytes of keys and values of the mean context;
* ``launch``: fixed time a layer and step; ``replicas``: the same where data-parallel replicas wait for each other;
* ``sequence``: fixed time a token; ``link``: activations between devices;
* ``request_*`` and ``prompt_*``: prefill of the tasks of the published table, whose prompt length is not published.

Layers, width and size of keys and values follow from the number of parameters by powers read off published architectures
(8B: 32 to 36 layers, 131 to 147 kB a token; 405B: 126 layers, 516 kB), as the inputs have no more than that.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from lca.measure.profiles.serving import BYTES, CODE, IMAGE, VIDEO, Column, Serving

SHARED = 0.55
"""Share of a mixture's active parameters that every token passes (attention, embeddings, shared experts)."""
SKEW = 0.7
"""Exponent on the batch in the share of experts touched: routing is not even."""
LOW_PRECISION_SPEED = 1.3
"""Arithmetic below two bytes a weight, as a multiple of bf16: far from the data sheet's 2, as activations stay bf16."""
HYBRID_CONTEXT = 0.5
"""Share of layers with keys and values where the rest are state-space layers."""
LINK_B_S = 900e9
PROMPTS: Mapping[str, str] = MappingProxyType(
    {"lm-arena-chat": "chat", "gpqa": "problem", IMAGE: "image", VIDEO: "video", CODE: "code"}
)
PROMPT_TOKENS: Mapping[str, float] = MappingProxyType(
    {"lm-arena-chat": 100.0, "gpqa": 200.0, IMAGE: 500.0, VIDEO: 2000.0, CODE: 500.0}
)
"""Orders of magnitude that scale the ``prompt_*`` terms, which the fit is free to correct; not measurements."""
DECODE = ("weights", "experts", "experts_low", "compute", "context", "launch", "replicas", "sequence", "link")  # fmt: skip
NAMES = (*DECODE, "request_image", "request_video", *(f"prompt_{name}" for name in PROMPTS.values()))  # fmt: skip
OFFSETS = ("weights", "experts", "context")
"""Terms whose coefficient may differ between accelerators: how near software comes to the bandwidth."""


def terms(rows: Serving) -> Column:
    """Return joules per generated token of each term at coefficient 1, shape (rows, :data:`NAMES`)."""
    found = {**_reading(rows), **_working(rows), **_prompts(rows)}
    return np.column_stack([found[name] for name in NAMES])


def _reading(rows: Serving) -> dict[str, Column]:
    per_byte = rows.tdp / rows.bandwidth
    shared = np.where(rows.experts, SHARED * rows.active, rows.active)
    rest = rows.total - shared
    share = np.where(rows.experts, (rows.active - shared) / np.maximum(rest, 1.0), 0.0)
    touched = np.where(rows.experts, 1 - (1 - share) ** (SKEW * rows.batch), 0.0)
    experts = rest * rows.weight_bytes * touched * per_byte / rows.batch
    held = 131e3 * (rows.active / 8e9) ** 0.35 * np.where(rows.hybrid, HYBRID_CONTEXT, 1.0)
    return {
        "weights": shared * rows.weight_bytes * per_byte / rows.batch * rows.data_parallel,
        "experts": experts,
        "experts_low": np.where(rows.low_precision, experts, 0.0),
        "context": (rows.context + rows.output / 2) * held * per_byte,
    }


def _working(rows: Serving) -> dict[str, Column]:
    size = (np.sqrt(rows.total * rows.active) / 8e9) ** 0.33
    layers, width = 40 * size, 4096 * size
    active_layers = 40 * (rows.active / 8e9) ** 0.33
    power = rows.gpus * rows.tdp
    others = (rows.gpus - 1) * rows.tdp * rows.data_parallel
    waiting = np.where(rows.data_parallel > 1, power * layers * rows.data_parallel, 0.0)
    return {
        "compute": prefill(rows),
        "launch": power * active_layers * 1e-5 / rows.batch,
        "replicas": waiting * 1e-5 / rows.batch,
        "sequence": power * layers * 1e-7,
        "link": others * layers * width * 2 / LINK_B_S,
    }


def prefill(rows: Serving) -> Column:
    """Return joules per token of the arithmetic alone at full rate, shape (rows,)."""
    speed = np.select(
        [rows.low_precision, rows.weight_bytes > BYTES["bf16"]], [LOW_PRECISION_SPEED, 0.5], 1.0
    )
    result: Column = 2 * rows.active * rows.tdp / (rows.arithmetic * speed)
    return result


def _prompts(rows: Serving) -> dict[str, Column]:
    encoder = rows.gpus * rows.tdp * 1e-2 / rows.output
    whole = prefill(rows) * rows.data_parallel / rows.output
    return {
        "request_image": np.where(rows.task == IMAGE, encoder, 0.0),
        "request_video": np.where(rows.task == VIDEO, encoder, 0.0),
        **{
            f"prompt_{name}": np.where(rows.task == task, PROMPT_TOKENS[task] * whole, 0.0)
            for task, name in PROMPTS.items()
        },
    }

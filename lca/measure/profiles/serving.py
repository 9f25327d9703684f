"""What is served and how, as columns: one row a configuration, every column an array of the same length."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from lca.measure.profiles.accelerators import find

Column = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.str_]

BYTES: Mapping[str, float] = MappingProxyType(
    {"fp32": 4.0, "bf16": 2.0, "fp16": 2.0, "fp8": 1.0, "int8": 1.0, "mxfp4": 0.53125}
    | {"nvfp4": 0.5625, "fp4": 0.5625, "nf4": 0.5625, "int4": 0.5625}
)
"""Bytes a weight, scales included: MXFP4 shares 8 bits among 32 weights, the other 4-bit formats among 16."""

PRECISION_NAMES = MappingProxyType({"bfloat16": "bf16", "float16": "fp16", "float32": "fp32"})
TEXT, IMAGE, VIDEO, CODE = "text", "image-chat", "video-chat", "sourcegraph-fim"
TASKS = MappingProxyType(
    {"lm-arena-chat": TEXT, "gpqa": TEXT, IMAGE: IMAGE, VIDEO: VIDEO, CODE: CODE, TEXT: TEXT}
)
"""Tasks of the published table, and the load of their prompts; ``text`` is a prompt whose length is known."""


@dataclass(frozen=True, kw_only=True)
class Serving:
    """Configurations of a decoder behind a server that batches continuously, in steady state.

    ``total`` and ``active`` are parameters, ``batch`` is the number of requests served at a time (the server's limit,
    ``max_num_seqs``), ``tdp`` is in W, ``bandwidth`` in B/s, ``arithmetic`` in bf16 FLOP/s, ``output`` in tokens a
    request, ``context`` the tokens before the first generated one. ``task`` names the load of the prompt.
    """

    total: Column
    active: Column
    hybrid: Flags
    precision: Words
    accelerator: Words
    tdp: Column
    bandwidth: Column
    arithmetic: Column
    gpus: Column
    data_parallel: Column
    batch: Column
    output: Column
    context: Column
    task: Words

    def __len__(self) -> int:
        return len(self.total)

    def rows(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> "Serving":
        """Return some of the rows."""
        return Serving(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})

    def joined(self, other: "Serving") -> "Serving":
        """Return these rows and others below them."""
        return Serving(
            **{
                f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)])
                for f in fields(self)
            }
        )

    @property
    def experts(self) -> Flags:
        """True where a model has experts: fewer parameters are active than there are."""
        return self.active < 0.99 * self.total

    @property
    def weight_bytes(self) -> Column:
        """Bytes a weight."""
        return np.array([BYTES[name] for name in self.precision])

    @property
    def low_precision(self) -> Flags:
        """True below two bytes a weight."""
        return self.weight_bytes < BYTES["bf16"]


def serving(rows: Sequence[Mapping[str, object]]) -> Serving:
    """Return columns of rows whose keys are the names of :class:`Serving`, with accelerators by name."""
    devices = [find(str(row["accelerator"])) for row in rows]

    def column(name: str, scale: float = 1.0) -> Column:
        return scale * np.array([float(str(row[name])) for row in rows])

    return Serving(
        total=column("total"),
        active=column("active"),
        hybrid=np.array([bool(row["hybrid"]) for row in rows]),
        precision=np.array([str(row["precision"]) for row in rows]),
        accelerator=np.array([device.key for device in devices]),
        tdp=np.array([device.tdp_w for device in devices]),
        bandwidth=np.array([1e9 * device.bandwidth_gb_s for device in devices]),
        arithmetic=np.array([1e12 * device.bf16_tflops for device in devices]),
        gpus=column("gpus"),
        data_parallel=column("data_parallel"),
        batch=column("batch"),
        output=column("output"),
        context=column("context"),
        task=np.array([str(row["task"]) for row in rows]),
    )

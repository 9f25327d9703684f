"""Does the model fit? Answered from its shape before a single weight is loaded."""

import os
from pathlib import Path

from lca.measure.errors import DoesNotFit

FOUR_BITS = 0.5 + 4 / 64  # half a byte, and a 32-bit scale for each block of 64
BYTES_PER_WEIGHT = {
    "fp32": 4.0,
    "bf16": 2.0,
    "fp16": 2.0,
    "int8": 1.0,
    "fp4": FOUR_BITS,
    "nf4": FOUR_BITS,
    "torch-int8": 1.0,
}
BYTES_PER_ACTIVATION = {
    "fp32": 4,
    "bf16": 2,
    "fp16": 2,
    "int8": 2,
    "fp4": 2,
    "nf4": 2,
    "torch-int8": 4,
}
MARGIN = 1.2
GIB = 2**30
CGROUP = Path("/sys/fs/cgroup")


def required_bytes(
    *,
    linear_parameters: int,
    other_parameters: int,
    layers: int,
    key_value_width: int,
    widest: int,
    positions: int,
    precision: str,
) -> int:
    """Memory that weights, cache and activations take while the model runs.

    Parameters
    ----------
    linear_parameters, other_parameters : int
        Weights that are quantised, and those that stay as they are (embeddings, head, norms). [1]
    layers, key_value_width, widest : int
        Layers; keys' width of one layer; widest activation of one layer. [1]
    positions : int
        Batch size times (prompt plus output) tokens. [1]
    precision : str
        Precision of the linear layers.

    Returns
    -------
    int
        Bytes, with a margin of a fifth.
    """
    activation = BYTES_PER_ACTIVATION[precision]
    weights = linear_parameters * BYTES_PER_WEIGHT[precision] + other_parameters * activation
    cache = 2 * layers * key_value_width * positions * activation
    activations = 3 * widest * positions * activation
    return int(MARGIN * (weights + cache + activations))


def host_bytes_free() -> int:
    """Return how much memory this process may still take: the least of the machine's and the container's."""
    free = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        fields = dict(line.split(":") for line in meminfo.read_text().splitlines())
        free = int(fields["MemAvailable"].split()[0]) * 1024
    limit = CGROUP / "memory.max"
    used = CGROUP / "memory.current"
    if limit.exists() and used.exists() and (text := limit.read_text().strip()) != "max":
        free = min(free, int(text) - int(used.read_text()))
    return free


def refuse_if_too_large(needed: int, free: int, where: str) -> None:
    """Raise if the model needs more than is free.

    Raises
    ------
    DoesNotFit
        Saying how much is needed, how much is free, and what helps.
    """
    if needed > free:
        msg = (
            f"The model needs about {needed / GIB:.2f} GiB of {where} memory and {max(free, 0) / GIB:.2f} GiB are free. "
            "Take a smaller model, a lower precision, fewer tokens or a smaller batch."
        )
        raise DoesNotFit(msg)

"""Accelerators that a profile can predict for: power, memory bandwidth and arithmetic, from the factor library.

``accelerators.json`` is written by ``scripts/profiles.py`` from the library, so that a host without a database has it.
"""

import difflib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lca.measure.errors import InvalidRequest

SHORT_NAMES = {
    "a100": "nvidia-a100-sxm4-80gb",
    "h100": "nvidia-h100-sxm5-80gb",
    "h200": "nvidia-h200-sxm-141gb",
    "v100": "nvidia-v100-sxm2-32gb",
}


@dataclass(frozen=True, kw_only=True)
class Accelerator:
    """What a device can do at most: design power [W], memory bandwidth [GB/s], dense bf16 arithmetic [TFLOP/s]."""

    key: str
    name: str
    tdp_w: float
    bandwidth_gb_s: float
    bf16_tflops: float
    memory_gb: float | None = None


@cache
def accelerators() -> dict[str, Accelerator]:
    """Return every accelerator with power, bandwidth and arithmetic in the factor library, by key."""
    text = files("lca.measure.profiles").joinpath("accelerators.json").read_text(encoding="utf-8")
    return {row["key"]: Accelerator(**row) for row in json.loads(text)["accelerators"]}


def find(name: str) -> Accelerator:
    """Return the accelerator of a key, a full name, or a short name such as ``H100`` (the SXM board).

    Raises
    ------
    InvalidRequest
        For a name that fits none or several; the message lists those that come near.
    """
    known = accelerators()
    wanted = name.strip().lower().replace(" ", "-").replace("_", "-")
    for key in (SHORT_NAMES.get(wanted.removeprefix("nvidia-"), ""), wanted, f"nvidia-{wanted}"):
        if key in known:
            return known[key]
    by_name = {row.name.lower().replace(" ", "-"): row for row in known.values()}
    if wanted in by_name:
        return by_name[wanted]
    near = [key for key in known if wanted and wanted in key]
    if len(near) == 1:
        return known[near[0]]
    near = near or difflib.get_close_matches(wanted, [*known, *by_name], n=5, cutoff=0.5)
    hint = f"; did you mean {', '.join(near)}" if near else ""
    msg = f"No accelerator is called “{name}”{hint}? --list-gpus names all {len(known)}."
    raise InvalidRequest(msg, "gpu")

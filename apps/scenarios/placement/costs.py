"""Time and energy of a request for every pair of devices: prompt on one, answer on another, and what moving between them takes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.scenarios.errors import BadInput
from apps.scenarios.serving.profile import ServingProfile

Table = npt.NDArray[np.float64]
GOALS = ("energy", "latency", "energy-delay product")


@dataclass(frozen=True, kw_only=True)
class Link:
    """What carries keys and values from one device to another: ``bytes_per_token`` of the prompt, ``gb_s``, and ``j_per_gb`` of its own."""

    bytes_per_token: float
    gb_s: float
    j_per_gb: float = 0.0

    def __post_init__(self) -> None:
        good = 0 <= self.bytes_per_token < np.inf and 0 < self.gb_s < np.inf
        if not (good and 0 <= self.j_per_gb < np.inf):
            msg = "A link has bytes a token and joules a GB of 0 or more, and a speed above 0 GB/s."
            raise BadInput(msg, field="link")

    def seconds(self, prompt: Table) -> Table:
        """Return the time to move a prompt's keys and values [s]."""
        found: Table = prompt * (self.bytes_per_token / (1e9 * self.gb_s))
        return found

    def joules(self, prompt: Table) -> Table:
        """Return the link's own energy [J]."""
        found: Table = prompt * self.bytes_per_token / 1e9 * self.j_per_gb
        return found


@dataclass(frozen=True, kw_only=True)
class Costs:
    """Of every pair (prefill device, decode device), over a grid of lengths.

    ``parts`` are joules of a request by cause, shape (pairs, causes, ...grid): prefill, decode, and waiting and moving. ``seconds`` is the time
    to the last token, shape (pairs, ...grid).
    """

    pairs: tuple[tuple[int, int], ...]
    parts: Table
    seconds: Table

    def goal(self, name: str, parts: Table | None = None) -> Table:
        """Return what is to be small, shape (pairs, ...grid): J, s or J s."""
        energy = (self.parts if parts is None else parts).sum(axis=1)
        if name == "latency":
            return self.seconds
        found: Table = energy if name == "energy" else energy * self.seconds
        return found


CAUSES = ("prefill", "decode", "idle")


def costs(
    devices: Sequence[ServingProfile],
    link: Link,
    prompt: Table,
    generated: Table,
    *,
    batch: int = 1,
    reserved: bool = False,
) -> Costs:
    """Price every pair of devices; ``prompt`` and ``generated`` are tokens, of one shape.

    ``batch`` requests are decoded at a time, each bearing its share of a step's energy. Where devices are ``reserved``, the one that waits
    draws idle power meanwhile; else others use it. Both wait while keys and values move.

    Raises
    ------
    BadInput
        For a batch that a device was not measured for.
    """
    pairs = [(a, b) for a in range(len(devices)) for b in range(len(devices))]
    for device in devices:
        if not 1 <= batch <= device.room:
            msg = f"{device.name} was measured up to {device.room} requests at a time, not {batch}."
            raise BadInput(msg, field="batch")
    lengths = prompt, generated
    rows = [
        _pair((devices[a], devices[b]), link if a != b else None, lengths, batch, reserved)
        for a, b in pairs
    ]
    parts, seconds = zip(*rows, strict=True)
    return Costs(pairs=tuple(pairs), parts=np.array(parts), seconds=np.array(seconds))


def _pair(
    devices: tuple[ServingProfile, ServingProfile],
    link: Link | None,
    lengths: tuple[Table, Table],
    batch: int,
    reserved: bool,  # noqa: FBT001  internal
) -> tuple[Table, Table]:
    first, second = devices
    prompt, generated = lengths
    prefill = first.prefill_s + first.prefill_s_per_token * prompt
    steps = np.maximum(generated - 1, 0)
    context = steps * (prompt + 1) + steps * (steps - 1) / 2
    decode = steps * second.step_s[batch] + second.context_s * batch * context
    moving = np.zeros_like(prompt)
    own = np.zeros_like(prompt)
    waiting = np.zeros_like(prompt)
    if link is not None:
        moving, own = link.seconds(prompt), link.joules(prompt)
        waiting = moving * (first.idle_w + second.idle_w / batch)
        if reserved:
            waiting = waiting + prefill * second.idle_w / batch + decode * first.idle_w
    joules = np.array(
        [prefill * first.prefill_w, decode * second.step_w[batch] / batch, waiting + own]
    )
    return joules, prefill + moving + decode

"""Put prefill and decoding on the devices that suit them: a request on one device against one on a pair, with what moving costs."""

import numpy as np

from apps.scenarios.errors import BadInput
from apps.scenarios.measure import (
    SERVING,
    Change,
    Effect,
    Evidence,
    Given,
    Measure,
    Option,
    matching,
    needed,
    ratio_between,
)
from apps.scenarios.placement.costs import Link, costs
from apps.scenarios.serving.profile import ServingProfile
from apps.scenarios.setting import Setting
from lca.engine import Inventory

PREFILL, DECODE, WAITING = range(3)
MEASURE = Measure(
    key="placement",
    label="Split prefill and decoding",
    phase=SERVING,
    says="Both phases of a request take the energy of other devices; keys and values are moved between them, which costs time and idle power.",
    options=(
        Option(name="from", label="serving profile today", is_text=True),
        Option(name="prefill", label="serving profile for the prompt", is_text=True),
        Option(name="decode", label="serving profile for the answer", is_text=True),
        Option(name="prompt", label="prompt", unit="token", least=1.0, most=100_000.0, default=500.0),
        Option(name="generated", label="answer", unit="token", least=2.0, most=20_000.0, default=250.0),
        Option(name="batch", label="requests decoded at a time", least=1.0, most=100_000.0, default=8.0),
        Option(name="kv_bytes", label="keys and values", unit="B/token", least=0.0, most=1e8),
        Option(name="gb_s", label="speed between the devices", unit="GB/s", least=1e-3, most=1e5, default=25.0),
    ),
    evidence=(
        Evidence(
            source="the profiles; shipped ones are measured by ML.ENERGY v3",
            conditions="the same model on every device, at these lengths; whatif place maps the best pair over all lengths",
        ),
    ),
)  # fmt: skip


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:
    """Multiply joules per token of each phase by what it costs on the new device; moving is borne by the answer."""
    decode = needed(matching(inventory, ".joules_decode", start="deployment."), "energy per generated token")  # fmt: skip
    prefill = matching(inventory, ".joules_prefill", start="deployment.")
    before, first, second = (setting.profile(str(given[key])) for key in ("from", "prefill", "decode"))  # fmt: skip
    if first.name == second.name == before.name:
        raise BadInput("Name a device for the prompt or the answer that is another one than today's.", field="prefill")  # fmt: skip
    old, old_s = _priced([before], given, (0, 0))
    devices = [first] if first.name == second.name else [first, second]
    new, new_s = _priced(devices, given, (0, len(devices) - 1))
    borne = new[DECODE] + new[WAITING]
    ratios = {
        **dict.fromkeys((i.name for i in decode), ratio_between(MEASURE.key, "decode", borne / old[DECODE], (before, second), "with what moving costs")),
        **dict.fromkeys((i.name for i in prefill), ratio_between(MEASURE.key, "prefill", new[PREFILL] / old[PREFILL], (before, first), "a prompt token")),
    }  # fmt: skip
    return Change(
        ratios=ratios,
        effects=(
            Effect(
                on="latency",
                says="time to the last token of such a request",
                provenance=second.origins["decode"].provenance,
                value=new_s - old_s,
                unit="s",
            ),
        ),
        notes=tuple(dict.fromkeys([*before.notes, *first.notes, *second.notes])),
    )


def _priced(devices: list[ServingProfile], given: Given, pair: tuple[int, int]) -> tuple[list[float], float]:  # fmt: skip
    """Return joules by phase and seconds of one request on a pair of devices."""
    link = Link(bytes_per_token=float(given["kv_bytes"]), gb_s=float(given["gb_s"]))
    prompt, generated = (np.array([float(given[key])]) for key in ("prompt", "generated"))
    found = costs(devices, link, prompt, generated, batch=round(float(given["batch"])))
    place = found.pairs.index(pair)
    return [float(part[0]) for part in found.parts[place]], float(found.seconds[place][0])

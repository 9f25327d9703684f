"""Which device for which phase: the best pair over lengths, how sure that is, and one request's footprint for every pair."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.scenarios.errors import BadInput
from apps.scenarios.placement.costs import CAUSES, GOALS, Costs, Link, Table, costs
from apps.scenarios.quantity import Origin
from apps.scenarios.request import Energy, Site, footprint, inventory, valued
from apps.scenarios.serving.profile import ServingProfile
from lca.engine import DEFAULT_SEED, Inventory, Provenance

FEWEST_DEVICES, MOST_DEVICES = 2, 6
DRAWS = 512
PROMPTS = (16, 64, 256, 1024, 4096, 16384)
ANSWERS = (1, 16, 64, 256, 1024, 4096)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A goal, one request to look at closely, the batch that is decoded, and whether devices are reserved for the pair."""

    goal: str = "energy"
    prompt: int = 1024
    generated: int = 256
    batch: int = 1
    reserved: bool = False

    def __post_init__(self) -> None:
        if self.goal not in GOALS:
            msg = f"The goal is {self.goal!r}; there are {', '.join(GOALS)}."
            raise BadInput(msg, field="goal")
        if self.prompt < 0 or self.generated < 1:
            msg = "A request has a prompt of 0 tokens or more, and generates 1 or more."
            raise BadInput(msg, field="generated")


def study(
    devices: Sequence[ServingProfile], link: Link, site: Site, asked: Asked
) -> dict[str, object]:
    """Return plain JSON: every pair for one request, and the map of the best pair over lengths."""
    names = [device.name for device in devices]
    if not FEWEST_DEVICES <= len(devices) <= MOST_DEVICES or len(set(names)) < len(names):
        msg = (
            f"Placement is between 2 to {MOST_DEVICES} different devices; {len(devices)} are given."
        )
        raise BadInput(msg, field="device")
    one = _priced(devices, link, np.array([float(asked.prompt)]), np.array([float(asked.generated)]), asked)  # fmt: skip
    prompt, generated = np.meshgrid(PROMPTS, ANSWERS, indexing="ij")
    grid = _priced(devices, link, prompt.astype(float), generated.astype(float), asked)
    return {
        "goal": asked.goal,
        "request": {"prompt": asked.prompt, "generated": asked.generated, "batch": asked.batch},
        "devices": [_device(each) for each in devices],
        "link": {
            "bytes_per_token": link.bytes_per_token,
            "gb_s": link.gb_s,
            "j_per_gb": link.j_per_gb,
            "reserved": asked.reserved,
        },
        "site": site.to_dict(),
        "pairs": _pairs(devices, one, site, asked),
        "map": _map(devices, grid, asked),
    }


def _priced(
    devices: Sequence[ServingProfile], link: Link, prompt: Table, generated: Table, asked: Asked
) -> Costs:
    return costs(devices, link, prompt, generated, batch=asked.batch, reserved=asked.reserved)


def _device(device: ServingProfile) -> dict[str, object]:
    return {
        "name": device.name,
        "figures": {name: each.to_dict() for name, each in device.quantities().items()},
        "validity": list(device.notes),
    }


def _pairs(
    devices: Sequence[ServingProfile], one: Costs, site: Site, asked: Asked
) -> list[dict[str, object]]:
    goal = one.goal(asked.goal)[:, 0]
    order = np.argsort(goal, kind="stable")
    alone = [place for place in order if one.pairs[place][0] == one.pairs[place][1]]
    baseline = int(alone[0])
    names = {int(place): _name(devices, one.pairs[place]) for place in order}
    first = {names[baseline]: _inventory(devices, one, baseline, site)}
    others = {name: _inventory(devices, one, place, site) for place, name in names.items()}
    results = valued({**first, **others}, DEFAULT_SEED)
    return [
        {
            "prefill": devices[one.pairs[place][0]].name,
            "decode": devices[one.pairs[place][1]].name,
            "is_best_single": place == baseline,
            "energy_j": float(one.parts[place].sum()),
            "energy_by_phase_j": dict(zip(CAUSES, one.parts[place, :, 0].tolist(), strict=True)),
            "seconds": float(one.seconds[place, 0]),
            "goal": float(goal[place]),
            "footprint": footprint(results[name], results[names[baseline]]),
        }
        for place, name in names.items()
    ]


def _name(devices: Sequence[ServingProfile], pair: tuple[int, int]) -> str:
    return f"{devices[pair[0]].name} -> {devices[pair[1]].name}"


def _inventory(devices: Sequence[ServingProfile], one: Costs, place: int, site: Site) -> Inventory:
    """Return one request's flows; what is measured on two devices errs apart, what one model says of both errs together."""
    joules, origins = {}, {}
    for cause, amount, device in zip(
        CAUSES, one.parts[place, :, 0], _doing(one, place), strict=True
    ):
        origin = devices[device].origins[cause]
        apart = origin.provenance is Provenance.MEASURED
        name = f"{cause}, {devices[device].name}" if apart else cause
        joules[name], origins[name] = float(amount), origin
    return inventory(Energy(joules=joules, origins=origins), site)


def _doing(one: Costs, place: int) -> tuple[int, int, int]:
    """Return the device behind each cause: idle power is taken as sure as that of the first."""
    first, second = one.pairs[place]
    return first, second, first


def _map(devices: Sequence[ServingProfile], grid: Costs, asked: Asked) -> dict[str, object]:
    """Return the best pair by prompt and answer, what it saves against the best single device, and how sure it is the best."""
    goal = grid.goal(asked.goal)
    best = goal.argmin(axis=0)
    single = [place for place, (a, b) in enumerate(grid.pairs) if a == b]
    saved = 1 - goal.min(axis=0) / goal[single].min(axis=0)
    sure = _sureness(devices, grid, asked, best)
    return {
        "prompt_tokens": list(PROMPTS),
        "generated_tokens": list(ANSWERS),
        "best": [
            [
                {
                    "prefill": devices[grid.pairs[best[i, j]][0]].name,
                    "decode": devices[grid.pairs[best[i, j]][1]].name,
                    "saved_against_best_single": float(saved[i, j]),
                    "sureness": float(sure[i, j]),
                }
                for j in range(len(ANSWERS))
            ]
            for i in range(len(PROMPTS))
        ],
    }


def _sureness(
    devices: Sequence[ServingProfile], grid: Costs, asked: Asked, best: np.ndarray
) -> Table:
    """Return the share of draws of each device's powers in which the best pair stays the best, shape (prompts, answers)."""
    if asked.goal == "latency":
        return np.ones(best.shape)
    rng = np.random.default_rng(DEFAULT_SEED)
    shared: dict[tuple[str, Origin], Table] = {}
    factors = [
        {cause: _drawn(cause, device.origins[cause], shared, rng) for cause in CAUSES}
        for device in devices
    ]
    scale = np.array(
        [
            [factors[d][cause] for cause, d in zip(CAUSES, _doing(grid, place), strict=True)]
            for place in range(len(grid.pairs))
        ]
    )
    hits = [
        grid.goal(asked.goal, grid.parts * scale[:, :, draw, None, None]).argmin(axis=0) == best
        for draw in range(DRAWS)
    ]
    found: Table = np.mean(hits, axis=0)
    return found


def _drawn(
    cause: str, origin: Origin, shared: dict[tuple[str, Origin], Table], rng: np.random.Generator
) -> Table:
    """Return factors on a power, shape (draws,); those that one model gives for several devices are the same."""
    drawn: Table = np.exp(np.log(origin.gsd) * rng.standard_normal(DRAWS))
    if origin.provenance is Provenance.MEASURED:
        return drawn
    return shared.setdefault((cause, origin), drawn)

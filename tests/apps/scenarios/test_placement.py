"""Every pair of devices, priced by hand and by the loop that makes each token."""

import json
from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from apps.scenarios.errors import BadInput
from apps.scenarios.placement import study
from apps.scenarios.placement.costs import Link, costs
from apps.scenarios.serving.policy import Policy
from apps.scenarios.serving.profile import ServingProfile
from apps.scenarios.serving.simulator import serve
from apps.scenarios.serving.trace import Trace
from apps.scenarios.site import site
from tests.apps.scenarios.paths import FACTORS
from tests.apps.scenarios.serving_support import server

LINK = Link(bytes_per_token=100e3, gb_s=10.0)
# good at prompts, and good at answers
READER = replace(server(4, context_s=1e-6), name="reader", prefill_s_per_token=1e-4, idle_w=10.0)
WRITER = replace(
    server(4), name="writer", step_s=(0.01,) * 5, step_w=(40.0,) * 5, prefill_s_per_token=0.005, idle_w=5.0
)  # fmt: skip


def priced(prompt: float, generated: float, **kwargs: Any) -> Any:
    return costs([READER, WRITER], LINK, np.array([prompt]), np.array([generated]), **kwargs)


@pytest.mark.parametrize("device", [0, 1])
def test_one_device_alone_is_what_the_simulation_serves(device: int) -> None:
    profile: ServingProfile = [READER, WRITER][device]
    trace = Trace(
        name="one", arrival=np.array([0.0]), prompt=np.array([700]), generated=np.array([90])
    )
    served = serve(trace, profile, Policy(name="x", replicas=1))
    found = priced(700, 90)
    place = found.pairs.index((device, device))
    assert found.seconds[place, 0] == pytest.approx(served.last[0])
    assert found.parts[place].sum() == pytest.approx(served.energy.total)


def test_a_pair_moves_the_prompt_and_waits() -> None:
    found = priced(1000, 11)
    place = found.pairs.index((0, 1))
    moving = 1000 * 100e3 / 10e9
    prefill = 0.01 + 1000 * 1e-4
    assert found.seconds[place, 0] == pytest.approx(prefill + moving + 10 * 0.01)
    assert found.parts[place, :, 0].tolist() == pytest.approx(
        [prefill * 300.0, 10 * 0.01 * 40.0, moving * 15.0]
    )
    reserved = priced(1000, 11, reserved=True)
    assert reserved.parts[place, 2, 0] == pytest.approx(
        moving * 15.0 + prefill * 5.0 + 10 * 0.01 * 10.0
    )


def test_a_batch_shares_its_steps() -> None:
    alone, four = (priced(10, 101, batch=batch) for batch in (1, 4))
    place = alone.pairs.index((1, 1))
    assert four.parts[place, 1, 0] == pytest.approx(alone.parts[place, 1, 0] / 4)


def test_the_links_own_energy_counts_where_it_is_given() -> None:
    given = replace(LINK, j_per_gb=8.0)
    found = costs([READER, WRITER], given, np.array([1000.0]), np.array([1.0]))
    place = found.pairs.index((0, 1))
    assert found.parts[place, 2, 0] == pytest.approx(priced(1000, 1).parts[place, 2, 0] + 0.1 * 8.0)


def result(**asked: Any) -> dict[str, Any]:
    out = StringIO()
    words = [word for name, value in asked.items() for word in (f"--{name}", str(value))]
    call_command(
        "whatif", "place", "--device", "llama-3.1-8b-instruct/h100", "--device", "llama-3.1-8b-instruct/b200",
        "--kv-bytes", "131072", "--link-gb-s", "64", "--json", *words, stdout=out,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_each_phase_goes_where_it_is_cheap() -> None:
    asked = study.Asked(prompt=2000, generated=200)
    found: Any = study.study([READER, WRITER], LINK, site(FACTORS), asked)
    first = found["pairs"][0]
    assert (first["prefill"], first["decode"]) == ("reader", "writer")
    apart = first["footprint"]["gwp_location"]["difference"]
    assert apart["p95"] < 0
    rows = found["map"]["best"]
    assert {each["decode"] for row in rows for each in row[2:]} == {"writer"}
    assert all(each["saved_against_best_single"] >= -1e-12 for row in rows for each in row)
    assert all(0 < each["sureness"] <= 1 for row in rows for each in row)


def test_the_map_is_the_least_of_every_pair() -> None:
    for goal in ("energy", "latency", "energy-delay product"):
        found = result(goal=goal, batch=128)
        pairs = found["pairs"]
        assert [each["goal"] for each in pairs] == sorted(each["goal"] for each in pairs)
        assert sum(each["is_best_single"] for each in pairs) == 1
        cell = found["map"]["best"][3][3]  # 1024 prompt tokens, 256 generated
        assert (cell["prefill"], cell["decode"]) == (pairs[0]["prefill"], pairs[0]["decode"])


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"goal": "beauty"}, "The goal is 'beauty'"),
        ({"generated": 0}, "generates 1 or more"),
        ({"batch": 100_000}, "was measured up to"),
        ({"kv-bytes": -1}, "0 or more"),
        ({"device": "llama-3.1-8b-instruct/h100"}, "different devices"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else None,
)
def test_bad_choices_are_said(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        result(**asked)


def test_a_link_without_speed_is_refused() -> None:
    with pytest.raises(BadInput, match="speed above 0"):
        Link(bytes_per_token=1.0, gb_s=0.0)

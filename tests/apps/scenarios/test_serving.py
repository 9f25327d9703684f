"""The event loop against a loop that takes every step, and against what queueing theory says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.scenarios.errors import BadInput
from apps.scenarios.serving.policy import Policy, fewest, spacing, usual
from apps.scenarios.serving.profile import PowerCap, by_batch
from apps.scenarios.serving.simulator import serve
from apps.scenarios.serving.trace import Shape, Trace, draw
from tests.apps.scenarios.serving_support import ORIGIN, server, step_by_step

REQUESTS = st.lists(
    st.tuples(st.floats(0, 3), st.integers(0, 40), st.integers(1, 30)), min_size=1, max_size=40
)


def trace_of(rows: list[tuple[float, int, int]]) -> Trace:
    gaps, prompts, lengths = zip(*rows, strict=True)
    return Trace(
        name="test",
        arrival=np.cumsum(gaps) - gaps[0],
        prompt=np.array(prompts),
        generated=np.array(lengths),
    )


@given(
    rows=REQUESTS,
    room=st.integers(1, 5),
    context=st.sampled_from([0.0, 1e-5, 1e-3]),
    memory=st.sampled_from([70.0, 90.0, 150.0, np.inf]),
)
@settings(max_examples=400, deadline=None)
def test_stretches_of_steps_are_the_steps(
    rows: list[tuple[float, int, int]], room: int, context: float, memory: float
) -> None:
    trace, profile = trace_of(rows), server(room, context_s=context, memory_tokens=memory)
    found = serve(trace, profile, Policy(name="x", replicas=1))
    first, last, decode_s = step_by_step(
        profile, trace.arrival.tolist(), trace.prompt.tolist(), trace.generated.tolist()
    )
    np.testing.assert_allclose(found.first, first, rtol=1e-9)
    np.testing.assert_allclose(found.last, last, rtol=1e-9)
    np.testing.assert_allclose(found.decode_s, decode_s, rtol=1e-9, atol=1e-12)


@given(
    rows=REQUESTS,
    policy=st.sampled_from(
        [
            Policy(name="turns", replicas=3),
            Policy(name="fill", replicas=3, fill=2),
            Policy(name="off", replicas=2, fill=1, off_after_s=0.5, wake_s=0.7),
            Policy(name="window", replicas=2, window_s=0.6),
            Policy(name="spaced", replicas=2, spacing_s=0.4),
        ]
    ),
)
@settings(max_examples=150, deadline=None)
def test_machine_time_and_tokens_are_kept(
    rows: list[tuple[float, int, int]], policy: Policy
) -> None:
    trace = trace_of(rows)
    found = serve(trace, server(3), policy)
    end = found.last.max()
    assert (found.first >= trace.arrival).all()
    assert (found.last >= found.first).all()
    assert found.machine_s == pytest.approx(policy.replicas * end, rel=1e-9)
    tokens = found.decode_s / np.array(found.profile.step_s) @ np.arange(4)
    assert tokens == pytest.approx((trace.generated - 1).sum(), abs=1e-6)
    assert found.energy.total * len(trace) >= 50 * (end * policy.replicas - found.off_s) * 0.999


def test_memory_for_one_request_serves_one_at_a_time() -> None:
    trace = trace_of([(0.0, 40, 30)] * 6)
    tight = serve(trace, server(memory_tokens=70), Policy(name="x", replicas=1))
    alone = serve(trace, server(), Policy(name="x", replicas=1, room=1))
    np.testing.assert_allclose(tight.last, alone.last)
    assert tight.energy.total == pytest.approx(alone.energy.total)
    assert tight.energy.total > serve(trace, server(), Policy(name="x", replicas=1)).energy.total


def test_memory_that_is_short_takes_more_machines_and_holds_no_request_twice() -> None:
    trace = draw(Shape(process="poisson", rate=20.0, requests=500, prompt=40, generated=30))
    wide, tight = (fewest(server(16, memory_tokens=memory), trace, 16) for memory in (np.inf, 300))
    assert tight > wide
    with pytest.raises(BadInput, match="memory for 60"):
        serve(trace, server(memory_tokens=60), Policy(name="x"))
    with pytest.raises(BadInput, match="no memory for a single token"):
        server(memory_tokens=0)


def test_one_at_a_time_waits_as_pollaczek_and_khinchine_say() -> None:
    shape = Shape(rate=1.6, requests=200_000, prompt=20, generated=20)
    trace, profile = draw(shape, seed=3), server(1)
    found = serve(trace, profile, Policy(name="one", replicas=1, room=1))
    service = profile.prefill_s + profile.prefill_s_per_token * trace.prompt
    service = service + profile.step_s[1] * (trace.generated - 1)
    rate = len(trace) / trace.arrival[-1]
    load = rate * service.mean()
    expected = rate * (service**2).mean() / (2 * (1 - load))
    waited = (found.last - trace.arrival - service).mean()
    assert 0.7 < load < 0.9
    assert waited == pytest.approx(expected, rel=0.05)
    assert found.utilisation == pytest.approx(load, rel=0.01)


def test_waiting_grows_with_bursts() -> None:
    profile = server(4)
    waits = [
        serve(draw(Shape(process=name, rate=5, requests=20_000, prompt=20, generated=20), 5), profile, Policy(name="x", replicas=1)).latencies()["last_token_s"]["p95"]
        for name in ("poisson", "bursty")
    ]  # fmt: skip
    assert waits[1] > 2 * waits[0]


def test_drawn_traces_keep_their_rate() -> None:
    day = draw(Shape(process="diurnal", rate=0.5, requests=3 * 43_200), seed=2)
    hours = np.histogram(day.arrival % 86_400, bins=24)[0]
    assert len(day) / day.arrival[-1] == pytest.approx(0.5, rel=0.03)
    assert hours[12] / hours[0] == pytest.approx(1.8 / 0.2, rel=0.3)
    burst = draw(Shape(process="bursty", rate=2, requests=200_000), seed=2)
    assert len(burst) / burst.arrival[-1] == pytest.approx(2, rel=0.2)


def test_a_replica_without_work_switches_off_and_wakes() -> None:
    trace = trace_of([(0, 0, 1), (100, 0, 1)])
    policy = Policy(name="off", replicas=1, off_after_s=30, wake_s=5)
    found = serve(trace, server(2), policy)
    assert found.idle_s == pytest.approx(30)
    assert found.off_s == pytest.approx(70 - 0.01)
    assert (found.waking_s, found.wakes) == (pytest.approx(5), 1)
    assert found.first.tolist() == pytest.approx([0.01, 105.01])


def test_filling_one_replica_leaves_the_other_off() -> None:
    trace = trace_of([(0.15, 10, 10)] * 50)
    spread, filled = (
        serve(trace, server(4), Policy(name="x", replicas=2, fill=fill, off_after_s=0.0))
        for fill in (None, 4)
    )
    assert filled.off_s > spread.off_s
    assert filled.mean_batch >= spread.mean_batch


def test_windows_and_spacing_let_in_later_and_never_earlier() -> None:
    arrival = draw(Shape(requests=500, rate=2)).arrival
    windowed = Policy(name="w", window_s=3).released(arrival)
    spaced = Policy(name="s", spacing_s=0.4).released(arrival)
    assert (windowed >= arrival).all()
    np.testing.assert_allclose(windowed % 3, 0, atol=1e-9)
    assert (windowed - arrival < 3).all()
    assert (spaced >= arrival - 1e-9).all()
    assert (np.diff(spaced) >= 0.4 - 1e-9).all()


def test_a_power_cap_is_slower_and_draws_less() -> None:
    trace = draw(Shape(rate=3, requests=2_000, prompt=20, generated=20))
    cap = PowerCap(name="cap", slower=1.1, power=0.7, origin=ORIGIN)
    full, capped = (
        serve(trace, server(4, prefill_s=0.0), Policy(name="x", replicas=1, cap=each))
        for each in (None, cap)
    )
    assert capped.energy.joules["prefill"] == pytest.approx(0.77 * full.energy.joules["prefill"])
    assert capped.latencies()["last_token_s"]["mean"] > full.latencies()["last_token_s"]["mean"]


def test_the_fewest_replicas_keep_up_and_fewer_do_not() -> None:
    trace = draw(Shape(rate=20, requests=8_000, prompt=20, generated=20))
    profile = server(2)
    count = fewest(profile, trace, 2)
    assert count > 2
    assert not serve(trace, profile, Policy(name="x")).falls_behind
    assert serve(trace, profile, Policy(name="x", replicas=count // 2)).falls_behind


def test_even_spacing_is_shorter_than_the_mean_gap() -> None:
    trace = draw(Shape(rate=4, requests=1_000))
    assert spacing(trace) == pytest.approx(0.95 / 4, rel=0.1)
    assert spacing(trace_of([(0, 1, 1)])) == 0
    assert {policy.name for policy in usual(server(8), trace)} > {"one at a time", "as they come"}


def test_values_between_measured_batches_lie_on_lines() -> None:
    values = by_batch([4, 2], [10.0, 6.0], floor=1.0)
    assert values == (4.0, 4.0, 6.0, 8.0, 10.0)
    assert by_batch([3], [7.0], floor=1.0) == (7.0, 7.0, 7.0, 7.0)
    assert by_batch([3, 5], [2.0, 10.0], floor=1.0)[1] == 1.0


@pytest.mark.parametrize(
    "kwargs",
    [{"replicas": 0}, {"room": 0}, {"fill": 0}, {"window_s": -1}, {"spacing_s": float("nan")}],
    ids=str,
)
def test_a_policy_that_cannot_be_is_refused(kwargs: dict[str, float]) -> None:
    with pytest.raises(BadInput, match="bad"):
        Policy(name="bad", **kwargs)


def test_more_requests_at_a_time_than_measured_are_refused() -> None:
    with pytest.raises(BadInput, match="measured up to 4"):
        serve(draw(Shape(requests=3)), server(4), Policy(name="x", room=5))

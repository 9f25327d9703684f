"""Drift alarms and scheduled probes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.errors import DomainError
from apps.accounts.models import Membership
from apps.probes import services
from apps.probes.models import DriftAlarm, Measurement, ProbeHost, ProbeRequest, ProbeSchedule

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
LOAD = {"preset": "tiny", "precision": "fp4", "prompt_tokens": 100, "output_tokens": 10}
Measure = Callable[..., list[DriftAlarm]]


@pytest.fixture
def measure(
    member: Membership, added: tuple[ProbeHost, str], make_document: Callable[..., dict[str, Any]]
) -> Measure:
    """Record one more measurement of the device, a day after the last; the meter is good to 5 %."""

    def record(decode_j: float, *, modelled: bool = False, **origin: Any) -> list[DriftAlarm]:
        count = Measurement.objects.count()
        document = make_document(modelled=modelled, decode_j=decode_j)
        document["duration_s"] += count  # another document
        columns = {
            "host": added[0],
            "host_device": "cpu",
            "load": "100 in, 10 out, batch of 1",
            "measured_at": BEGIN + timedelta(days=count),
        }
        made = services.record_measurement(
            organisation=member.organisation,
            actor=None,
            document=document,
            origin={**columns, **origin},
        )
        return services.watch_drift(made)

    return record


def test_a_device_within_its_interval_raises_no_alarm(measure: Measure) -> None:
    measure(250.0)
    low = Measurement.objects.get()
    inside = 250.0 * low.decode_j_per_token_p95 / low.decode_j_per_token
    assert measure(inside) == []


def test_modelled_figures_raise_no_alarm(measure: Measure) -> None:
    measure(250.0, modelled=True)
    assert measure(2_500.0, modelled=True) == []


def test_a_device_that_moved_by_more_than_its_interval_raises_one(measure: Measure) -> None:
    measure(250.0)
    [alarm] = measure(500.0)
    assert (alarm.phase, round(alarm.change, 6)) == ("decode", 1.0)
    assert alarm.baseline == Measurement.objects.order_by("measured_at").first()


def test_a_slow_creep_is_noticed_because_the_baseline_stays(measure: Measure) -> None:
    creep = [measure(250.0 * 1.02**step) for step in range(30)]
    assert [bool(alarms) for alarms in creep].count(True) == 1


def test_an_open_alarm_is_not_repeated_and_an_accepted_one_moves_the_baseline(
    member: Membership, measure: Measure
) -> None:
    measure(250.0)
    [alarm] = measure(500.0)
    assert measure(500.0) == []
    services.accept_drift(alarm=alarm, actor=member.user)
    assert measure(500.0) == []
    [back] = measure(250.0)
    assert back.baseline == alarm.measurement


@pytest.mark.parametrize(
    "other", [{"host_device": "GPU-2"}, {"load": "1 in, 1 out, batch of 8"}, {"host": None}]
)
def test_only_like_is_compared_with_like(measure: Measure, other: dict[str, Any]) -> None:
    measure(250.0)
    assert measure(500.0, **other) == []


@pytest.fixture
def schedule(member: Membership, host: ProbeHost) -> ProbeSchedule:
    return services.add_schedule(
        organisation=member.organisation,
        actor=member.user,
        host=host,
        device="cpu",
        every_h=24,
        **LOAD,
    )


def test_a_schedule_asks_when_its_time_has_come_and_not_twice(schedule: ProbeSchedule) -> None:
    now = timezone.now()
    assert [services.run_due(now=now), services.run_due(now=now)] == [1, 0]
    probe = ProbeRequest.objects.get()
    assert (probe.host, probe.device, probe.prompt_tokens) == (schedule.host, "cpu", 100)
    schedule.refresh_from_db()
    assert (schedule.last, schedule.problem) == (probe, "")
    assert now < schedule.next_at <= now + timedelta(hours=24)


def test_it_waits_for_the_last_probe_and_skips_what_it_missed(schedule: ProbeSchedule) -> None:
    now = timezone.now()
    services.run_due(now=now)
    assert services.run_due(now=now + timedelta(days=1)) == 0
    ProbeRequest.objects.update(state="succeeded")
    assert services.run_due(now=now + timedelta(days=10)) == 1
    assert services.run_due(now=now + timedelta(days=10)) == 0


def test_what_keeps_it_from_asking_is_told(schedule: ProbeSchedule) -> None:
    ProbeHost.objects.update(devices=[])
    assert services.run_due(now=timezone.now()) == 0
    schedule.refresh_from_db()
    assert "has no device cpu" in schedule.problem


def test_a_removed_host_has_no_schedule_and_no_open_probe(schedule: ProbeSchedule) -> None:
    services.run_due(now=timezone.now())
    services.remove_host(host=schedule.host, actor=None)
    assert not ProbeSchedule.objects.exists()
    assert ProbeRequest.objects.get().state == "failed"


@pytest.mark.parametrize("change", [{"every_h": 0}, {"every_h": 10**6}, {"device": "cuda:9"}])
def test_a_schedule_that_cannot_be_is_refused(
    member: Membership, host: ProbeHost, change: dict[str, Any]
) -> None:
    wanted = {"device": "cpu", "every_h": 24, **LOAD, **change}
    with pytest.raises(DomainError):
        services.add_schedule(organisation=member.organisation, actor=None, host=host, **wanted)

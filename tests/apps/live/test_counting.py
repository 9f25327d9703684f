"""Each token counts once, in its hour, at what it takes."""

import itertools
from datetime import timedelta

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.assessments.models import Deployment, HourlySeries
from apps.live import selectors, services
from apps.live.models import Counter, HourlyUse, PeriodUse, Seen, Valuation
from apps.live.services import counting
from tests.apps.live.conftest import GRID, J_IN, J_OUT, NOON, PUE, point

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
J_PER_KWH = 3.6e6


def take(service, *points, now=NOON + HOUR):
    return services.count(service=service, points=points, now=now)


def counted(service, name="output_tokens"):
    return sum(HourlyUse.objects.filter(service=service).values_list(name, flat=True))


def test_a_counter_that_ran_before_gives_a_start_and_then_differences(service):
    take(service, point(1000, NOON))
    assert counted(service) == 0
    take(service, point(1500, NOON + MINUTE))
    take(service, point(1500, NOON + 2 * MINUTE), point(1800, NOON + 3 * MINUTE))
    assert counted(service) == 800


def test_a_counter_that_began_since_counts_whole(service):
    take(service, point(1000, NOON, start=NOON - HOUR))
    assert counted(service) == pytest.approx(1000)


def test_a_counter_that_fell_or_has_a_new_start_began_again(service):
    take(service, point(1000), point(1200, NOON + MINUTE), point(50, NOON + 2 * MINUTE))
    assert counted(service) == 250
    began = NOON + 3 * MINUTE
    take(service, point(9000, NOON + 4 * MINUTE, start=began))
    assert counted(service) == pytest.approx(9250)


def test_the_same_message_again_and_older_ones_change_nothing(service):
    points = [point(0), point(100, NOON + MINUTE), point(250, NOON + 2 * MINUTE)]
    for order in itertools.permutations(points):
        take(service, *order)
    for one in points:
        take(service, one)
    assert counted(service) == 250


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_deltas_in_any_order_and_number_count_once(service, data):
    HourlyUse.objects.all().delete()
    Seen.objects.all().delete()
    deltas = [point(n + 1, NOON + n * MINUTE, delta=True) for n in range(6)]
    sent = data.draw(st.lists(st.sampled_from(deltas), min_size=1, max_size=20))
    for one in sent:
        take(service, one)
    assert counted(service) == sum({p.time_ns: p.value for p in sent}.values())


def test_tokens_take_energy_grid_and_water_of_their_deployment(service):
    take(
        service,
        point(4000, delta=True, fact="prompt_tokens"),
        point(1000, delta=True, fact="output_tokens"),
        point(1000, delta=True, fact="cached_prompt_tokens"),
        point(7, delta=True, fact="requests"),
    )
    [hour] = HourlyUse.objects.all()
    kwh = (3000 * J_IN + 1000 * J_OUT) * PUE / J_PER_KWH
    assert hour.kwh == pytest.approx(kwh)
    assert hour.kg_co2e == pytest.approx(kwh * GRID)
    assert hour.litres > kwh / PUE * 0.5  # on site, and that of its electricity
    assert (hour.requests, hour.unvalued_tokens, hour.grid_is_hourly) == (7, 0, False)
    state = selectors.state(service, NOON + HOUR)
    stat = state.total.stats["kwh"]
    assert stat["p05"] < stat["nominal"] < stat["p95"]
    assert state.valuation.document["site"] == "Hall"


def test_a_share_of_cached_prompts_that_is_declared_is_not_taken_twice(service, deployment):
    Deployment.objects.update(cached_share=0.3)
    take(
        service,
        point(1000, delta=True, fact="prompt_tokens"),
        point(900, delta=True, fact="cached_prompt_tokens"),
    )
    assert counted(service, "kwh") == pytest.approx(1000 * J_IN * PUE / J_PER_KWH)


def test_an_hour_that_the_sites_series_knows_has_its_own_grid_factor(service, deployment):
    HourlySeries.objects.create(
        organisation=service.organisation,
        assessment=deployment.assessment,
        site=deployment.site,
        starts_at=NOON - HOUR,
        factors=[0.1, None, 0.9],
        source="operator",
    )
    take(
        service,
        point(3000, NOON + 2 * HOUR - MINUTE, start=NOON - HOUR, delta=True),
        now=NOON + 2 * HOUR,
    )
    known = {row.hour.hour: row for row in HourlyUse.objects.all()}
    grids = [known[h].grid_kg_per_kwh for h in (11, 12, 13)]
    assert grids == pytest.approx([0.1, GRID, 0.9])
    assert [known[h].grid_is_hourly for h in (11, 12, 13)] == [True, False, True]
    assert known[11].output_tokens == pytest.approx(3000 * 60 / 179)
    assert known[13].kg_co2e == pytest.approx(known[13].kwh * 0.9)


def test_tokens_without_a_deployment_are_counted_and_not_valued(service):
    services.value_anew(service=service, deployment=None, actor=None)
    service.refresh_from_db()
    take(service, point(500, delta=True))
    [hour] = HourlyUse.objects.all()
    assert (hour.output_tokens, hour.unvalued_tokens, hour.kwh) == (500, 500, None)
    assert selectors.state(service).total.stats == {}


def test_another_energy_holds_from_then_on(service, deployment):
    take(service, point(100, NOON, delta=True))
    before = counted(service, "kwh")
    Deployment.objects.update(joules_per_output_token=2 * J_OUT)
    take(service, point(100, NOON + MINUTE, delta=True), now=NOON + HOUR + timedelta(seconds=30))
    assert counted(service, "kwh") == pytest.approx(2 * before)  # looked at again after a minute
    take(service, point(100, NOON + 2 * MINUTE, delta=True), now=NOON + HOUR + 2 * MINUTE)
    assert counted(service, "kwh") == pytest.approx(4 * before)
    assert Valuation.objects.count() == 2


def test_a_second_set_of_names_is_refused_with_the_reason(service):
    take(service, point(100, delta=True, family="vllm"))
    taken = take(service, point(100, delta=True, family="gen_ai.client.token.usage"))
    assert (taken.used, taken.refused) == (0, 1)
    assert "again" in taken.why
    assert counted(service) == 100


@pytest.mark.parametrize("at", [NOON - timedelta(days=9), NOON + timedelta(days=1)])
def test_points_of_another_time_are_refused(service, at):
    taken = take(service, point(100, at, delta=True))
    assert taken.refused == 1
    assert not HourlyUse.objects.exists()


def test_series_without_end_are_refused_and_the_known_ones_go_on(service, monkeypatch):
    monkeypatch.setattr(counting, "MOST_SERIES", 3)
    taken = take(service, *(point(1, series=f"s{n}") for n in range(5)))
    assert (taken.refused, Counter.objects.count()) == (2, 3)
    assert "series" in taken.why
    assert take(service, *(point(9, NOON + MINUTE, series=f"s{n}") for n in range(5))).refused == 2
    assert counted(service) == 3 * 8


@pytest.mark.parametrize(
    ("start_ns", "delta"),
    [(1, True), (2**64 - 1, True), (2**64 - 1, False), (2**63, False)],
    ids=["a delta of half a century", "a delta's end first", "an end first", "beyond 63 bits"],
)
def test_points_with_a_start_that_cannot_be_are_refused(service, start_ns, delta):
    taken = take(service, attrs.evolve(point(100, delta=delta), start_ns=start_ns))
    assert taken.refused == 1
    assert not HourlyUse.objects.exists()


def test_what_was_seen_is_forgotten_when_it_would_be_refused(service):
    take(service, point(100, delta=True))
    assert services.prune(NOON + timedelta(days=7)) == 0
    assert services.prune(NOON + timedelta(days=9)) == 1


def test_now_is_what_came_in_the_last_minutes(service):
    take(service, point(300, NOON, start=NOON - 5 * MINUTE, delta=True), now=NOON)
    service.refresh_from_db()
    found = selectors.state(service, NOON).now
    assert found.tokens_per_s == pytest.approx(1.0)
    assert found.watts == pytest.approx(J_OUT * PUE)
    assert selectors.state(service, NOON + 6 * MINUTE).now.watts is None


def test_periods_are_the_sums_of_their_hours(service):
    for n in range(5):
        at = NOON - timedelta(days=n) - HOUR
        take(service, point(100 + n, at, delta=True), point(10, at, delta=True, fact="requests"))
    hours = list(HourlyUse.objects.all())
    for kind in ("total", "month", "week"):
        rows = PeriodUse.objects.filter(kind=kind)
        for name in ("output_tokens", "requests", "kwh", "kg_co2e", "litres"):
            assert sum(getattr(row, name) for row in rows) == pytest.approx(
                sum(getattr(row, name) for row in hours)
            )
    assert all(row.begins.weekday() == 0 for row in PeriodUse.objects.filter(kind="week"))
    [row] = selectors.states(service.organisation)
    assert row["total"].counts["output_tokens"] == 510


def test_weeks_and_months_add_all_services_up(service, system):
    take(service, point(100, NOON, delta=True), point(50, NOON - 2 * HOUR, delta=True))
    for kind in ("week", "month"):
        found = selectors.periods(system.organisation, kind)
        assert sum(entry["use"].tokens for entry in found) == 150
        assert found[0]["systems"][0]["name"] == "Aurora"
    stranger = type(system.organisation).objects.create(name="Else", slug="else")
    assert selectors.periods(stranger, "week") == []


def test_a_service_that_is_forgotten_takes_its_counts_along(service):
    take(service, point(1), point(2, NOON + MINUTE), point(3, delta=True, series="d"))
    services.forget(service=service, actor=None)
    for model in (Counter, HourlyUse, PeriodUse, Seen, Valuation):
        assert not model.objects.exists()

"""Monthly sums equal a plain sum over the ledger, whatever happened to it; flags between runs."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ingest import flags, services
from apps.ingest.models import MonthlySum, RecordedRun, Rule, StaleSums
from apps.ingest.record import Boundary, Outcome, Run
from lca.engine import Provenance
from tests.apps.ingest.conftest import csv, line, send


def one(external_id, kwh=1.0, *, at=datetime(2026, 3, 5, 12, tzinfo=UTC), **more):
    given = {
        "line": 0,
        "external_id": external_id,
        "started_at": at - timedelta(hours=1) if at else None,
        "ended_at": at,
        "duration_s": 3600.0,
        "energy_kwh": kwh,
        "pue_inside": 1.25,
        "gpu_hours": 2.0,
        "outcome": Outcome.FINISHED,
        "boundary": Boundary.NODE,
        "provenance": Provenance.MEASURED,
    }
    return Run(**{**given, **more})


def plainly(system):
    """The same sums by a loop."""
    found = defaultdict(lambda: [0, 0.0, 0.0])
    rows = RecordedRun.objects.filter(system=system, counts=True).select_related("upload")
    for run in rows:
        if run.upload and run.upload.state != "done":
            continue
        month = f"{run.happened_at:%Y-%m}" if run.happened_at else ""
        sums = found[month, run.category, run.team, run.outcome]
        sums[0] += 1
        sums[1] += (run.energy_kwh or 0.0) / (run.pue_inside or 1.0)
        sums[2] += run.gpu_hours or 0.0
    return {key: pytest.approx(value) for key, value in found.items()}


def summed(system):
    found = defaultdict(lambda: [0, 0.0, 0.0])
    for row in MonthlySum.objects.filter(system=system):
        sums = found[row.month, row.category, row.team, row.outcome]
        sums[0] += row.runs
        sums[1] += row.it_energy_kwh or 0.0
        sums[2] += row.gpu_hours or 0.0
    return dict(found)


def test_sums_follow_uploads_posts_growth_labels_and_undo(system, member):
    upload = send(system, csv([line("a"), line("b", energy=2.0)]), team="Speech")
    services.record(system=system, run=one("x"))
    services.record(system=system, run=one("y", None, at=None))
    services.refresh_all()
    assert summed(system) == plainly(system)
    assert ("", "", "", "finished") in summed(system)

    services.record(system=system, run=one("x", 9.0))
    services.record(system=system, run=one("z", at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC)))
    assert set(StaleSums.objects.values_list("month", flat=True)) == {"2026-03", "2025-12"}
    services.refresh_all()
    assert summed(system) == plainly(system)

    rows = RecordedRun.objects.filter(external_id="z")
    services.relabel(
        organisation=system.organisation, rows=rows, actor=member.user, category="ablation"
    )
    services.undo(upload=upload, actor=member.user)
    services.refresh_all()
    assert summed(system) == plainly(system)
    assert ("2025-12", "ablation", "", "finished") in summed(system)
    assert not StaleSums.objects.exists()


def test_rules_label_what_arrives_and_leave_what_people_said(system, member):
    who = {"organisation": system.organisation}
    Rule.objects.create(**who, name="short", place=1, outcome="finished", shorter_than_min=10, category="debugging")  # fmt: skip
    Rule.objects.create(**who, name="rest", place=2, outcome="finished", category="exploration", team="Speech")  # fmt: skip
    send(system, csv([line("a", duration=60.0), line("b")]))
    found = dict(system.recorded_runs.values_list("external_id", "category"))
    assert found == {"a": "debugging", "b": "exploration"}
    assert set(system.recorded_runs.values_list("team", flat=True)) == {"Speech"}
    send(system, csv([line("c")]), category="evaluation")
    assert system.recorded_runs.get(external_id="c").category == "evaluation"
    services.record(system=system, run=one("x"))
    assert system.recorded_runs.get(external_id="x").category == "exploration"


@pytest.mark.parametrize(
    ("kwh", "hours", "code"),
    [(0.0, 2.0, "zero-energy"), (0.01, 2.0, "power-odd"), (10.0, 2.0, "power-odd"), (1.0, 2.0, ""), (1.0, None, "")],
)  # fmt: skip
def test_a_run_is_flagged_by_itself(kwh, hours, code):
    found = flags.own_flags(one("x", kwh, gpu_hours=hours, pue_inside=1.0))
    assert found == ([code] if code else [])


def table(*rows):
    return pd.DataFrame(rows, columns=["pk", "start", "end", "gpus", "tool"])


def chunks(runs, size):
    ordered = runs.sort_values(["start", "end", "gpus", "pk"], ignore_index=True)
    return (ordered[place : place + size] for place in range(0, len(ordered), size))


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_runs_that_may_stand_twice_are_flagged(size):
    found = flags.between(
        chunks(
            table(
                (1, 0.0, 100.0, 8, "a"),
                (2, 0.0, 100.0, 8, "a"),  # the same window
                (3, 200.0, 300.0, 8, "a"),
                (4, 205.0, 302.0, 8, "b"),  # the same time by another tool
                (5, 200.0, 300.0, 4, "b"),  # other GPUs
                (6, 500.0, 600.0, 8, "a"),
                (7, 550.0, 650.0, 8, "b"),  # half of it
            ),
            size,
        )
    )
    assert (sorted(found["twice"]), sorted(found["overlap"])) == ([1, 2], [3, 4])


@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 20), st.integers(1, 20), st.sampled_from([1, 8]), st.sampled_from("ab")
        ),
        max_size=60,
    ),
    size=st.integers(1, 70),
)
def test_flags_do_not_depend_on_chunks(rows, size):
    runs = table(*((n, float(a), float(a + d), g, t) for n, (a, d, g, t) in enumerate(rows)))
    whole, parts = (flags.between(chunks(runs, n)) for n in (1000, size))
    for code in ("twice", "overlap"):
        assert sorted(parts[code]) == sorted(set(parts[code]))
    assert sorted(parts["twice"]) == sorted(whole["twice"])
    either = [set(found["twice"]) | set(found["overlap"]) for found in (whole, parts)]
    assert either[0] == either[1]


def test_flags_between_runs_come_with_an_upload_and_go_with_its_undo(system, member):
    services.record(system=system, run=one("x", gpu_count=8.0, tool="a"))
    content = (
        "name,started_at,ended_at,gpus,kwh\n"
        "pretrain,2026-03-05T11:00:00+00:00,2026-03-05T12:00:00+00:00,8,4\n"
    )
    upload = send(system, content.encode(), name="t.csv")
    services.refresh_all()
    assert set(system.recorded_runs.values_list("flags", flat=True)) == {",twice,"}
    services.undo(upload=upload, actor=member.user)
    services.refresh_all()
    assert set(system.recorded_runs.values_list("flags", flat=True)) == {""}

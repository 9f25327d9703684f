"""A report lists the contracts, the hourly series and the choices of source behind its factors."""

import gzip
import json
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from apps.assessments import services as assessments
from apps.assessments.models import (
    Assessment,
    ComputeRun,
    Contract,
    Deployment,
    HourlySeries,
    Site,
)
from apps.disclosures import canonical, services

OLD = gzip.decompress((Path(__file__).parent / "snapshot-1.0.json.gz").read_bytes())
START = datetime(2025, 5, 1, tzinfo=UTC)
H100 = ("accelerator", "nvidia-h100-sxm5-80gb", "embodied_adpe")


def frozen(study: Assessment) -> dict[str, Any]:
    return services.freeze(assessment=study, actor=None).read()


def html(document: dict[str, Any]) -> str:
    return services.render_html(canonical.canonical(document))


def contract(study: Assessment, **fields: Any) -> Contract:
    given = {
        "name": "Wind farm North",
        "kind": "ppa",
        "coverage_share": 0.25,
        "kg_co2e_per_kwh": 0.012,
        "source": "Contract 17, annex B",
    }
    part = {"organisation": study.organisation, "assessment": study, "site": study.sites.get()}
    return assessments.create(record=Contract(**part, **{**given, **fields}), actor=None)


def series(
    site: Site, factors: list[float | None], first_hour: int = 0, **fields: Any
) -> HourlySeries:
    row = HourlySeries(
        organisation=site.organisation,
        assessment=site.assessment,
        site=site,
        starts_at=START + timedelta(hours=first_hour),
        factors=factors,
        source="Grid operator, hourly, 2025",
        **fields,
    )
    return assessments.create(record=row, actor=None)


def test_contracts_stand_in_a_table_of_their_own(study: Assessment) -> None:
    contract(study, supplier="Nordwind AG", vintage_year=2025, zone="DE", matching="hourly")
    document = frozen(study)
    [row] = document["contracts"]
    assert (row["supplier"], row["site"], row["kind"]) == ("Nordwind AG", "Jupiter", "ppa")
    assert (row["coverage_share"], row["kg_co2e_per_kwh"]) == (0.25, 0.012)
    text = html(document)
    for shown in ("Electricity contracts", "Nordwind AG", "power purchase agreement", "2025"):
        assert shown in text
    assert "by hour" in text
    assert "Contract 17, annex B" in text


def test_what_a_contract_leaves_open_is_said(study: Assessment) -> None:
    contract(study, source="")
    text = html(frozen(study))
    assert "supplier not declared" in text
    assert "No source." in text


def test_without_them_there_is_no_heading(study: Assessment) -> None:
    document = frozen(study)
    assert document["contracts"] == document["hourly_series"] == document["factor_choices"] == []
    text = html(document)
    for heading in ("Electricity contracts", "Hourly grid factors", "Factors from another source"):
        assert heading not in text


@pytest.fixture
def timed(served: Assessment) -> Assessment:
    """One run in two hours of a series, 0.2 and 0.4; a deployment of the whole day after; 30 hours in all."""
    series(
        served.sites.get(),
        [0.2, 0.4, *[0.3] * 22, *[0.5] * 24, None, None],
        timezone="UTC",
        sha256="ab" * 32,
    )
    ComputeRun.objects.filter(assessment=served, name="OLMo 2 7B").update(
        started_at=START, ended_at=START + timedelta(hours=2)
    )
    Deployment.objects.update(period_start=date(2025, 5, 2), period_end=date(2025, 5, 2))
    return served


def test_a_series_says_who_uses_it_and_what_they_consume(timed: Assessment) -> None:
    document = frozen(timed)
    [row] = document["hourly_series"]
    assert (row["hours"], row["gap_hours"], row["years"]) == (50, 2, [2025])
    assert [use["name"] for use in row["used_by"]] == ["OLMo 2 7B", "Public API"]
    run, deployment = row["used_by"]
    assert run["kwh"] == pytest.approx(157_000)
    assert (run["kg_co2e_per_kwh"], run["hours"]) == (pytest.approx(0.3), 2)
    assert (deployment["kg_co2e_per_kwh"], deployment["hours"]) == (pytest.approx(0.5), 24)
    electricity = document["result"]["by_stage"]["inference"]["electricity"]["nominal"]
    assert deployment["kwh"] == pytest.approx(electricity)
    weighted = (157_000 * 0.3 + electricity * 0.5) / (157_000 + electricity)
    assert row["weighted_kg_co2e_per_kwh"] == pytest.approx(weighted)
    assert row["yearly_kg_co2e_per_kwh"] == 0.332
    assert row["mean_kg_co2e_per_kwh"] == pytest.approx((0.6 + 22 * 0.3 + 24 * 0.5) / 48)


def test_the_weighted_factor_times_what_was_consumed_is_the_total(timed: Assessment) -> None:
    """Law: over the users of one series it gives their climate change again."""
    document = frozen(timed)
    [row] = document["hourly_series"]
    kwh = sum(use["kwh"] for use in row["used_by"])
    counted = [
        flow["impacts"]["gwp_location"]["nominal"]
        for flow in document["result"]["flows"]
        if flow["process"] in {use["name"] for use in row["used_by"]}
        and flow["component"] in {"electricity", "cooling_overhead"}
    ]
    assert kwh * row["weighted_kg_co2e_per_kwh"] == pytest.approx(sum(counted))


def test_a_run_in_two_series_is_shared_between_them(timed: Assessment) -> None:
    site = timed.sites.get()
    series(site, [0.6] * 10, first_hour=50)
    ComputeRun.objects.filter(assessment=timed, name="OLMo 2 7B").update(
        started_at=START + timedelta(hours=46), ended_at=START + timedelta(hours=52)
    )
    first, second = frozen(timed)["hourly_series"]
    shares = [row["used_by"][0] for row in (first, second)]
    assert [share["hours"] for share in shares] == [2, 2]
    assert [share["kwh"] for share in shares] == [pytest.approx(157_000 / 2)] * 2
    assert shares[0]["missing_hours"] == 2


def test_the_page_prints_the_series(timed: Assessment) -> None:
    text = html(frozen(timed))
    for shown in ("Hourly grid factors", "clock UTC", "abababababababab…", "Jupiter, 2025"):
        assert shown in text
    assert "Public API <span" in text


def test_a_series_that_nobody_uses_is_not_listed(study: Assessment) -> None:
    series(study.sites.get(), [0.1, 0.2])
    assert frozen(study)["hourly_series"] == []


def choose(study: Assessment, source: str, reason: str) -> None:
    assessments.choose_factor(
        assessment=study, place=H100, source=source, reason=reason, actor=None
    )


def test_a_choice_is_listed_with_its_reason_and_its_difference(study: Assessment) -> None:
    before = frozen(study)["result"]["totals"]["adpe"]["nominal"]
    item = next(i for i in assessments.used_factors(study) if i.place == H100)
    rival = next(row for row in item.rivals if row.source.key != item.library.source.key)
    choose(study, rival.source.key, "It weighs a dismantled card.")
    document = frozen(study)
    [row] = document["factor_choices"]
    assert row["chosen"]["value"] == rival.value
    assert row["library"]["value"] == item.library.value
    after = document["result"]["totals"]["adpe"]["nominal"]
    assert row["effects"]["adpe"]["nominal"] == pytest.approx(after - before)
    assert row["effects"]["adpe"]["p05"] < row["effects"]["adpe"]["p95"]
    assert set(row["effects"]) == {"adpe"}
    text = html(document)
    assert "It weighs a dismantled card." in text
    assert "The library’s choice" in text


def test_a_choice_that_nothing_uses_any_more_is_not_listed(study: Assessment) -> None:
    item = next(i for i in assessments.used_factors(study) if i.place == H100)
    rival = next(row for row in item.rivals if row.source.key != item.library.source.key)
    choose(study, rival.source.key, "Better.")
    study.hardware.update(embodied_kg_sb_eq=0.01)
    assert frozen(study)["factor_choices"] == []


def test_a_snapshot_from_before_these_tables_still_opens_verifies_and_prints() -> None:
    document = json.loads(OLD)
    assert "contracts" not in document
    assert canonical.canonical(document) == OLD
    text = services.render_html(OLD)
    assert canonical.sha256(OLD) in text
    assert "Electricity contracts" not in text
    with pikepdf.open(BytesIO(services.render_pdf(OLD))) as pdf:
        assert pdf.attachments["disclosure.json"].get_file().read_bytes() == OLD

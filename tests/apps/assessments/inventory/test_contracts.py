"""Contracts: the market-based factor is the share-weighted mean of what covers the consumption."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.assessments.models import Contract, Site
from lca.engine import Category
from tests.apps.assessments.inventory.conftest import Study


@pytest.fixture
def place(study: Study) -> Site:
    site = study.site(name="Hall", zone="FR", pue=1.0, grid_kg_co2e_per_kwh=0.4)
    study.run(site, energy_kwh=1000)
    return site


def cover(study: Study, site: Site, share: float, factor: float, **fields: Any) -> Contract:
    known = {"name": f"Contract {share:g}", "kind": "ppa", "source": "contract 7"}
    figures = {"coverage_share": share, "kg_co2e_per_kwh": factor}
    return study.add(Contract, site=site, **known | figures | fields)  # type: ignore[no-any-return]


def market_gaps(study: Study) -> list[str]:
    return [gap.reason for gap in study.inventory().gaps if gap.category is Category.GWP_MARKET]


def test_what_contracts_leave_over_takes_the_grid_average_and_is_said(
    study: Study, place: Site
) -> None:
    cover(study, place, 0.5, 0.0)
    cover(study, place, 0.25, 0.1, kind="certificates")

    assert study.nominal("gwp_location") == pytest.approx(400)
    assert study.nominal("gwp_market") == pytest.approx(1000 * (0.25 * 0.1 + 0.25 * 0.4))
    assert any("the grid average stands in" in reason for reason in market_gaps(study))


def test_what_contracts_leave_over_takes_the_residual_mix_where_it_is_declared(
    study: Study, place: Site
) -> None:
    place.market_kg_co2e_per_kwh = 0.6
    place.save()
    cover(study, place, 0.5, 0.0)

    assert study.nominal("gwp_market") == pytest.approx(300)
    assert market_gaps(study) == []


def test_contracts_for_everything_need_no_rest(study: Study, place: Site) -> None:
    cover(study, place, 0.7, 0.02)
    cover(study, place, 0.3, 0.12)

    assert study.nominal("gwp_market") == pytest.approx(1000 * (0.7 * 0.02 + 0.3 * 0.12))
    assert market_gaps(study) == []


def test_certificates_of_another_zone_or_year_are_named(study: Study, place: Site) -> None:
    study.assessment.period_start, study.assessment.period_end = "2025-01-01", "2025-12-31"
    study.assessment.save()
    study.assessment.refresh_from_db()
    cover(study, place, 1.0, 0.0, name="Far wind", zone="NO", vintage_year=2019)

    reasons = market_gaps(study)
    assert any("generated in NO, not in FR" in reason for reason in reasons)
    assert any("are of 2019, outside the study's period" in reason for reason in reasons)


@settings(max_examples=25)
@given(
    shares=st.lists(st.floats(0.01, 0.3), min_size=1, max_size=3),
    factors=st.lists(st.floats(0, 1), min_size=3, max_size=3),
)
def test_the_market_based_factor_lies_between_the_smallest_and_the_largest(
    shares: list[float], factors: list[float]
) -> None:
    """On the inventory's own arithmetic, without a database."""
    from apps.assessments.inventory.draft import Draft
    from apps.assessments.inventory.market import market_terms
    from lca.engine.sampling import nominal

    draft, site, grid = unsaved(shares, factors)
    terms = market_terms(draft, site, "site.x", grid)
    assert isinstance(draft, Draft)
    assert terms is not None
    inventory = whole(draft, terms)
    value = nominal(inventory)["site.x.market"][0]
    used = [*factors[: len(shares)], 0.4]
    assert min(used) - 1e-12 <= value <= max(used) + 1e-12


def unsaved(shares: list[float], factors: list[float]) -> tuple[Any, Site, str]:
    """A draft of a site with contracts that no database has seen."""
    from apps.assessments.inventory.draft import Draft, supplied
    from apps.assessments.inventory.records import Records
    from apps.assessments.models import Assessment

    site = Site(pk=1, name="X", zone="FR")
    contracts = [
        Contract(pk=k, name=f"C{k}", site=site, kind="ppa", coverage_share=s, kg_co2e_per_kwh=f)
        for k, (s, f) in enumerate(zip(shares, factors, strict=False))
    ]
    records = Records(
        assessment=Assessment(),
        sites={1: site},
        contracts={1: contracts},
        series={},
        hardware={},
        runs=(),
        upstream=(),
        deployments=(),
        declarations={},
        factors={},
        keys={("Contract", row.pk): f"c{row.pk}" for row in contracts},
    )
    draft = Draft(records)
    grid = draft.add(supplied("site.x.grid", 0.4, "kg CO2e/kWh", label="Grid", symbol="EF"))
    return draft, site, grid


def whole(draft: Any, terms: dict[str, float]) -> Any:
    """The draft's inventory, with one flow that uses the terms."""
    from lca.engine import Flow

    line = Flow(
        name="f",
        stage="training",
        process="p",
        component="electricity",
        unit="kg CO2e/kWh",
        terms=terms,
        factors={},
    )
    draft.flows.append(line)
    return draft.inventory()

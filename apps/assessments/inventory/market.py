"""The market-based factor of a site: its contracts by their shares, and the rest by residual mix or grid average."""

from collections.abc import Sequence

from apps.assessments.inventory.draft import Draft, Terms, supplied
from apps.assessments.models import Contract, Site
from lca.engine import Category, Stage

FULL = 1 - 1e-9
UNIT = "kg CO2e/kWh"


def market_terms(draft: Draft, site: Site, prefix: str, location: str | None) -> Terms | None:
    """Factor of a site's electricity by contract; ``None`` where some of it has no factor at all.

    The share-weighted mean of its contracts' factors; what they leave over takes the site's own factor for
    electricity without contract, else the grid average, which is noted.
    """
    if not draft.records.has_contract:
        return None
    contracts = draft.records.contracts.get(site.pk, ())
    rest = _rest(draft, site, prefix) or location
    if not contracts:
        return {rest: 1} if rest else None
    parts = [_part(draft, site, contract) for contract in contracts]
    if sum(contract.coverage_share for contract in contracts) < FULL:
        if rest is None:
            return None
        parts.append(_uncovered(draft, site, prefix, rest, contracts))
    mean = draft.derive(
        f"{prefix}.market",
        "sum",
        *parts,
        unit=UNIT,
        label=f"Contractual electricity, {site.name}",
        symbol="EF_market",
    )
    return {mean: 1}


def _rest(draft: Draft, site: Site, prefix: str) -> str | None:
    if site.market_kg_co2e_per_kwh is None:
        return None
    return draft.add(
        supplied(
            f"{prefix}.residual",
            site.market_kg_co2e_per_kwh,
            UNIT,
            label=f"Electricity without contract, {site.name}",
            symbol="EF_residual",
            source=site.market_source,
        )
    )


def _share(draft: Draft, contract: Contract) -> str:
    return draft.add(
        supplied(
            f"contract.{draft.records.key(contract)}.share",
            contract.coverage_share,
            "1",
            label=f"Share covered, {contract.name}",
            symbol="s",
            source=contract.source,
            maximum=1.0,
        )
    )


def _part(draft: Draft, site: Site, contract: Contract) -> str:
    """Share of one contract times its factor."""
    name = f"contract.{draft.records.key(contract)}"
    factor = supplied(
        f"{name}.factor",
        contract.kg_co2e_per_kwh,
        UNIT,
        label=f"{contract.get_kind_display().capitalize()}, {contract.name}",
        symbol="EF_contract",
        source=contract.source,
    )
    _note_mismatch(draft, site, contract)
    return draft.derive(
        f"{name}.part",
        "product",
        _share(draft, contract),
        draft.add(factor),
        unit=UNIT,
        label=f"Part of {contract.name}",
        symbol="s EF_contract",
    )


def _uncovered(
    draft: Draft, site: Site, prefix: str, rest: str, contracts: Sequence[Contract]
) -> str:
    """What the contracts leave over, times the factor of electricity without contract."""
    covered = draft.derive(
        f"{prefix}.covered",
        "sum",
        *(_share(draft, contract) for contract in contracts),
        label=f"Share covered by contracts, {site.name}",
        symbol="Σ s",
    )
    left = draft.derive(
        f"{prefix}.uncovered",
        "complement",
        covered,
        label=f"Share without contract, {site.name}",
        symbol="(1 − Σ s)",
    )
    return draft.derive(
        f"{prefix}.rest",
        "product",
        left,
        rest,
        unit=UNIT,
        label=f"Part without contract, {site.name}",
        symbol="(1 − Σ s) EF_rest",
    )


def _note_mismatch(draft: Draft, site: Site, contract: Contract) -> None:
    """Say where a contract is of another zone or another time than the consumption that it covers."""
    period = draft.records.assessment
    faults = []
    if contract.zone and site.zone and contract.zone != site.zone:
        faults.append(f"were generated in {contract.zone}, not in {site.zone}")
    years = {day.year for day in (period.period_start, period.period_end) if day}
    if contract.vintage_year and years and not min(years) <= contract.vintage_year <= max(years):
        faults.append(f"are of {contract.vintage_year}, outside the study's period")
    for fault in faults:
        draft.gap(
            Stage.TRAINING,
            f"The kilowatt-hours of {contract.name} {fault}.",
            remedy="Check whether the contract may be claimed for this consumption.",
            category=Category.GWP_MARKET,
        )

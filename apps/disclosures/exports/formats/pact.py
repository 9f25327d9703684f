"""A product footprint for supply-chain exchange (PACT 3.0.3): one functional unit, climate change alone.

Decimals are strings without an exponent, in kilograms; water and minerals go into an extension of our own.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import urlsplit

from apps.disclosures.exports.facts import Facts, dumped, plain

NAME = "pact.json"
TITLE = "PACT 3.0.3 product footprint"
MEDIA_TYPE = "application/json"
IS_PUBLIC = True
ISO_COUNTRY = re.compile(r"[A-Z]{2}")
SERVICES = "urn:pact:productclassification:un-cpc:8315"
SCHEMA = "schemas/ai-footprint-disclosure/1.0.json"
UNTOLD = "The factors used do not tell fossil from biogenic carbon; all of it is given as fossil."


def missing(document: Mapping[str, Any]) -> str:
    scope = document["goal_and_scope"]
    if not (document["per_use"].get("fully_loaded") or {}).get("gwp_location"):
        return "It holds one functional unit, fully loaded, and that figure is not declared."
    if not (scope.get("period_start") and scope.get("period_end")):
        return "It needs the period that the figures cover."
    if (document.get("disclosure") or {}).get("cut_off_percent") is None:
        return "It needs the share of emissions left out, which is not declared."
    return ""


def make(facts: Facts) -> bytes:
    """The footprint of one functional unit."""
    domain = (urlsplit(facts.address).hostname or "localhost").lower()
    before = facts.publication.get("predecessor")
    company = f"urn:uuid:{facts.document['organisation']['uuid']}"
    return dumped(
        {
            "id": facts.meta["uuid"],
            "specVersion": "3.0.3",
            **({"precedingPfIds": [before["uuid"]]} if before else {}),
            "created": facts.moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "status": "Active",
            "companyName": facts.publisher,
            "companyIds": [company],
            "productDescription": f"{facts.scope['functional_unit']} by {facts.system['name']}, fully loaded",
            "productIds": [f"urn:pact:{domain}:product-id:{facts.meta['slug']}"],
            "productClassifications": [SERVICES],
            "productNameCompany": facts.system["name"],
            "comment": f"{UNTOLD} Location-based. Disclosure {facts.meta['number']}: {facts.address}, SHA-256 {facts.sha256}",
            "pcf": _footprint(facts),
            "extensions": [_extension(facts)],
        }
    )


def _footprint(facts: Facts) -> dict[str, Any]:
    loaded = facts.document["per_use"]["fully_loaded"]
    carbon = plain(loaded["gwp_location"]["nominal"])
    said = facts.particulars
    country = _country(facts)
    return {
        "declaredUnitOfMeasurement": "piece",
        "declaredUnitAmount": "1",
        "productMassPerDeclaredUnit": "0",
        "referencePeriodStart": _instant(facts.scope["period_start"]),
        "referencePeriodEnd": _instant(facts.scope["period_end"]),
        **({"geographyCountry": country} if country else {}),
        "boundaryProcessesDescription": _boundary(facts),
        "pcfExcludingBiogenicUptake": carbon,
        "pcfIncludingBiogenicUptake": carbon,
        "fossilGhgEmissions": carbon,
        "fossilCarbonContent": "0",
        "packagingEmissionsIncluded": False,
        "ccsTechnologicalCO2CaptureIncluded": False,
        "ipccCharacterizationFactors": ["AR6"],
        "crossSectoralStandards": ["ISO14040-44"],
        "exemptedEmissionsPercent": plain(said["cut_off_percent"]),
        "exemptedEmissionsDescription": said.get("cut_off") or "No cut-off rule is declared.",
        "allocationRulesDescription": "Hardware by hours used over lifetime times utilisation; development, training and their hardware by declared queries of the model's life",
        "secondaryEmissionFactorSources": _sources(facts),
        **_primary(facts),
        **_verification(facts),
    }


def _instant(day: str) -> str:
    moment = datetime.combine(datetime.fromisoformat(day).date(), time(), UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _country(facts: Facts) -> str:
    """ISO code, if all serving happens in one country."""
    sites = {row["site"] for row in facts.document["deployments"]}
    codes = {facts.site(name).get("zone", "").split("-")[0] for name in sites}
    code = codes.pop() if len(codes) == 1 else ""
    return code if ISO_COUNTRY.fullmatch(code) else ""


def _boundary(facts: Facts) -> str:
    by_stage = facts.document["result"]["by_stage"]
    outside = [
        row["stage"].replace("_", " ")
        for row in facts.scope["stages"]
        if row["status"] != "included"
    ]
    inside = ", ".join(key.replace("_", " ") for key in by_stage)
    return f"Inside: {inside}. Excluded or not declared: {', '.join(outside) or 'nothing'}."


def _sources(facts: Facts) -> list[dict[str, str]]:
    """The factor release, and every library source that it was taken from."""
    release = facts.document["factor_release"]
    own = [{"name": "Cradle factor release", "version": release["label"]}]
    library = [
        {"name": row["text"][:200], "version": release["label"]}
        for row in facts.document["sources"]
        if row.get("url")
    ]
    return own + library


def _primary(facts: Facts) -> dict[str, str]:
    rating = facts.document["result"].get("data_quality", {}).get("gwp_location")
    return {"primaryDataShare": plain(100 * rating["primary_share"])} if rating else {}


def _verification(facts: Facts) -> dict[str, Any]:
    review = facts.publication.get("review")
    if not review or not review["is_independent"]:
        return {}
    return {
        "verification": {
            "coverage": "product level",
            "providerName": f"{review['name']}, {review['affiliation']}",
            "completedAt": datetime.fromisoformat(review["signed_at"])
            .astimezone(UTC)
            .strftime("%Y-%m-%dT%H:%M:%SZ"),
            "standardName": review["standard"],
        }
    }


def _extension(facts: Facts) -> dict[str, Any]:
    loaded = facts.document["per_use"]["fully_loaded"]
    keys = {
        "gwp_location": "ghg_kgCO2e",
        "water": "waterConsumption_L",
        "adpe": "adpElements_kgSbEq",
        "electricity": "electricity_kWh",
    }
    data = {
        f"{name}{end}": plain(loaded[key][stat])
        for key, name in keys.items()
        if key in loaded
        for end, stat in (("", "nominal"), ("_p5", "p05"), ("_p95", "p95"))
    }
    site = urlsplit(facts.address)
    schema = f"{site.scheme}://{site.netloc}/{SCHEMA}"
    return {"specVersion": "2.0.0", "dataSchema": schema, "data": data | facts.identity()}

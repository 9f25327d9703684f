"""The library that ships: sourced throughout, covered as promised, and never mixing what must stay apart."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from apps.factors import selectors, services
from apps.factors.indicators import MIX_SHARES
from apps.factors.services import DEFAULT_FOLDER
from apps.factors.tables import read_tables


@pytest.fixture(scope="module")
def tables():
    return read_tables(DEFAULT_FOLDER)


def chosen(tables, kind, key):
    return {
        row.indicator: row
        for row in tables.factors
        if (row.kind, row.key, row.chosen) == (kind, key, True)
    }


def test_every_row_has_source_unit_year_and_retrieval(tables):
    assert len(tables.factors) > 2900
    for row in tables.factors:
        assert row.source
        assert row.unit
        assert row.year
        assert row.retrieval in "PRTC"


def test_every_source_is_used(tables):
    used = {row.source for row in tables.factors} | {
        row.attributes.get("source") for row in tables.entries
    }
    assert {row.key for row in tables.sources} <= used


def test_countries_have_life_cycle_carbon_and_water(tables):
    carbon = {
        row.key for row in tables.factors if row.kind == "zone" and row.indicator == "gwp_location"
    }
    water = {row.key for row in tables.factors if row.kind == "zone" and row.indicator == "water"}
    countries = {row.key for row in tables.entries if row.attributes.get("zone_type") == "country"}
    assert len(countries & carbon) == 213
    assert len(countries & water) == 213
    assert {"WORLD", "EU27"} <= carbon


def test_direct_factors_are_never_offered_as_life_cycle(tables):
    for row in tables.factors:
        if row.indicator == "gwp_location":
            assert "life-cycle" in row.scope
        if row.scope.startswith("direct"):
            assert row.indicator == "gwp_direct"
    assert "gwp_location" not in chosen(tables, "zone", "US-TX")


def test_withdrawal_is_never_used_as_consumption(tables):
    for row in tables.factors:
        if row.indicator == "wue":
            assert "withdrawal" not in row.scope


def test_water_effectiveness_per_facility_energy_was_converted(tables):
    google = chosen(tables, "datacentre", "google_fleet")
    assert google["wue"].value == pytest.approx(0.94 * google["pue"].value)
    assert "0.94 L per facility kWh" in google["wue"].note


def test_odbl_tables_stay_out_and_share_alike_rows_stay_apart(tables):
    licences = {row.key: row.licence for row in tables.sources}
    assert not [key for key, licence in licences.items() if "ODbL" in licence]
    with (DEFAULT_FOLDER / "sharealike.csv").open() as file:
        apart = {row["source"] for row in csv.DictReader(file)}
    share_alike = {key for key, licence in licences.items() if "BY-SA" in licence}
    assert apart == share_alike
    for path in DEFAULT_FOLDER.glob("*.csv"):
        assert path.stat().st_size < 900_000


@pytest.mark.parametrize(
    ("where", "value", "source"),
    [
        ("zone/FR/gwp_location", 0.04144, "OWID_EMBER_2026"),
        ("zone/FR/water", 3.6737, "WRI2020"),
        ("zone/FR/primary_energy", 8.927, "PE_MIX"),
        ("zone/US-EGRID-ERCT/gwp_direct", 0.33413, "EGRID2023R2"),
        ("zone/US-EGRID-ERCT/gwp_location", 0.40839, "EGRID_LC"),
        ("accelerator/nvidia-h100-sxm5-80gb/embodied_gwp", 164, "NV_PCF_H100"),
        ("accelerator/nvidia-h100-sxm5-80gb/tdp_w", 700, "EPOCH_HW"),
        ("accelerator/nvidia-l40s/embodied_adpe", 0.004205, "BOM"),
        ("default/pue/value", 1.54, "UPTIME2025"),
    ],
)
def test_known_values_carry_over(tables, where, value, source):
    kind, key, indicator = where.split("/")
    row = chosen(tables, kind, key)[indicator]
    assert (row.value, row.source) == (value, source)


def test_the_derived_defaults_follow_from_the_numbers_in_their_notes(tables):
    value = {row.key: row.value for row in tables.factors if row.kind == "default"}
    energy_wh = ((19 + 109 + 196 + 19) / 1.2 + 116) * 1e6
    assert value["power_share_of_tdp"] == pytest.approx(energy_wh / 680_000 / 700, abs=5e-4)
    assert value["node_overhead"] == pytest.approx((0.14 + 0.06) / 0.14, abs=5e-3)
    assert value["wue"] == pytest.approx(66e9 / (176e9 * 0.70), abs=5e-3)
    building = 9_000_000 / (50_000 * 20 * 8760) / value["utilisation"]
    assert value["building_kg_co2e_per_kwh"] == pytest.approx(building, rel=1e-4)
    assert value["development_per_training"] == pytest.approx(159 / 312, abs=5e-3)
    assert value["host_share_embodied_gwp"] == 2200 / 8


def test_published_footprints_are_preferred_to_the_model(tables):
    rivals = [
        row
        for row in tables.factors
        if row.kind == "accelerator" and row.indicator == "embodied_gwp"
    ]
    assert sum(row.chosen for row in rivals) == 84
    by_key = {row.key: row.source for row in rivals if row.chosen}
    assert by_key["nvidia-a100-sxm4-40gb"] == "FALK2025"
    assert by_key["nvidia-rtx-4090"] == "DIE_AREA"
    assert "BOAV_GPU" not in by_key.values()


def test_cloud_regions_point_at_zones_that_exist(tables):
    zones = {row.key for row in tables.entries if row.kind == "zone"}
    regions = [row for row in tables.entries if row.kind == "cloud_region"]
    assert len(regions) == 168
    assert {row.attributes["zone"] for row in regions} <= zones


@pytest.mark.parametrize(
    ("where", "value", "source"),
    [
        ("zone/FR/share_nuclear", 0.65288, "MIX_OWID"),
        ("zone/US-EGRID-ERCT/share_wind", 0.226, "EGRID2023R2"),
        ("zone/CA-QC/share_hydro", 0.9209, "CER_2023"),
        ("zone/FR/aware_non_agricultural", 4.99, "AWARE2"),
        ("zone/IN-KA/aware_non_agricultural", None, "AWARE2"),
        ("zone/FR/fossil_energy", 9.31353, "BOAV_PE"),
        ("water_technology/hydro/water_consumption", 17.0, "MACKNICK2012"),
        ("network/net_swd4_op/electricity_per_gb", 0.059, "SWD4"),
        ("device/smartphone/embodied_gwp", 84, "ADEME_TERM"),
        ("storage/ssd/embodied_gwp_per_gb", 0.017325, "GREENSKU"),
        ("method/gwp100_ar6/ch4_fossil", 29.8, "IPCC_AR6"),
        ("pedigree/expert-reliability/gsd_score_5", 1.2247, "PEDIGREE1"),
        ("datacentre/google_fleet/wue_facility", 0.94, "GOOGLE_DC"),
        ("datacentre/meta_fleet/wue_estimated", 0.1368, "META2025"),
    ],
)
def test_the_further_tables_carry_over(tables, where, value, source):
    kind, key, indicator = where.split("/")
    row = chosen(tables, kind, key)[indicator]
    assert row.source == source
    assert value is None or row.value == value


def test_the_shares_of_every_mix_add_up(tables):
    sums: Counter[str] = Counter()
    for row in tables.factors:
        if row.indicator in MIX_SHARES:
            sums[row.key] += row.value
    assert len(sums) == 254
    assert all(total == pytest.approx(1, abs=0.005) for total in sums.values())


def test_a_rival_from_the_mix_follows_from_its_shares(tables):
    medians = {
        "coal": 0.82,
        "gas": 0.49,
        "oil": 0.65,
        "nuclear": 0.012,
        "hydro": 0.024,
        "wind": 0.011,
        "solar": 0.048,
        "bioenergy": 0.23,
        "other_renewable": 0.038,
    }
    rivals = [row for row in tables.factors if row.source == "MIX_X_IPCC"]
    assert len(rivals) == 212  # the 213 countries with a mix, but one without a published value
    shares = {
        (row.key, row.indicator): row.value for row in tables.factors if "share_" in row.indicator
    }
    near = 0
    for row in rivals:
        computed = sum(shares.get((row.key, f"share_{n}"), 0) * x for n, x in medians.items())
        near += abs(row.value - computed) <= 0.05 * max(computed, 0.02)
    assert near == len(rivals)


def test_water_by_technology_has_the_defaults_of_eight_fuels(tables):
    entries = [row for row in tables.entries if row.kind == "water_technology"]
    assert len(entries) == 44
    assert sum(row.attributes.get("default_for_fuel", False) for row in entries) == 8


def test_scarcity_is_at_hand_for_countries_and_places_inside_them(tables):
    places = {row.key for row in tables.factors if row.indicator.startswith("aware_")}
    assert len(places) == 334
    assert not places & {"CN-HA", "CN-HB", "CN-HE", "CN-HN"}, "codes that can be read in two ways"


def test_estimates_from_withdrawal_are_never_taken_by_themselves(tables):
    estimates = [row for row in tables.factors if row.indicator == "wue_estimated"]
    withdrawn = {
        (row.kind, row.key): row.value
        for row in tables.factors
        if row.indicator == "wue_withdrawal"
    }
    assert len(estimates) == 71
    for row in estimates:
        assert row.value == pytest.approx(0.72 * withdrawn[row.kind, row.key], abs=1e-6)
        assert row.high == withdrawn[row.kind, row.key]


def test_every_source_has_a_title_and_who_published_it(tables):
    for row in tables.sources:
        assert row.title, row.key
        assert row.publisher, row.key


def test_scores_never_claim_what_no_rule_gives(tables):
    for row in tables.factors:
        assert {"reliability", "temporal"} <= set(row.pedigree)
        assert "completeness" not in row.pedigree
        assert ("geographical" in row.pedigree) <= (row.kind == "zone")


@pytest.mark.django_db
def test_the_documents_and_the_front_page_state_what_is_covered(client):
    release = services.load_release()
    covered = selectors.tables_of(release)
    documented = (settings.BASE_DIR / "docs" / "factors.md").read_text()
    page = client.get("/factors/").content.decode()
    for name, n_entries, n_factors in covered:
        assert f"| {name} | {n_entries} | {n_factors} |" in documented, "factors list --markdown"
        assert name in page
    assert documented.count("| Electricity zone: ") == 9
    read = read_tables(DEFAULT_FOLDER)
    assert sum(n for _, n, _ in covered) == len(read.entries)
    assert sum(n for _, _, n in covered) == len(read.factors)


@pytest.mark.django_db
def test_the_shipped_library_loads_and_offers_choices():
    release = services.load_release()
    zones = dict(selectors.offered(release, "zone"))
    hosts = dict(selectors.offered(release, "host"))
    assert zones["FR"] == "France"
    assert "US-TX" not in zones
    assert "boav_p5_48xlarge_host" in hosts
    assert not {"boav_p5_48xlarge", "google_tpu_v6e_host_share"} & set(hosts)
    assert selectors.defaults(release)["pue"].value == 1.54


def test_no_path_of_a_machine_is_named():
    for path in Path(DEFAULT_FOLDER).glob("*"):
        text = path.read_text()
        assert str(Path.cwd()) not in text
        assert "shared/" not in text

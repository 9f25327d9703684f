"""The library that ships: sourced throughout, covered as promised, and never mixing what must stay apart."""

import csv
from pathlib import Path

import pytest

from apps.factors import selectors, services
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

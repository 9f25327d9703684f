"""Bad factor files are refused whole, with every fault named by file, line and column."""

import pytest

from apps.factors.errors import FactorFilesRejected
from apps.factors.indicators import INDICATORS
from apps.factors.tables import read_tables
from apps.factors.tables.rows import FACTOR_COLUMNS, FACTOR_DETAILS
from lca.engine.units import parse


def faults(library) -> list[str]:
    with pytest.raises(FactorFilesRejected) as refused:
        read_tables(library.folder)
    return [str(problem) for problem in refused.value.problems]


def test_a_sound_folder_is_read_with_its_numbers(library):
    tables = read_tables(library.folder)
    assert tables.label == "test"
    assert {(row.key, row.value) for row in tables.factors} == {("FR", 0.041), ("SE", 0.035)}
    assert tables.factors[0].low is None
    assert tables.entries[0].attributes == {"zone_type": "country"}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"unit": "kg CO2e/MWh/furlong"}, "does not measure the same thing"),
        ({"unit": "kWh"}, "“kWh” does not measure the same thing as “kg CO2e/kWh”"),
        ({"unit": "kg COO"}, "is not a unit that is known here"),
        ({"unit": ""}, "[unit]: is empty"),
        ({"value": "nan"}, "“nan” is not a finite number"),
        ({"value": "inf"}, "“inf” is not a finite number"),
        ({"value": "1e999"}, "“1e999” is not a finite number"),
        ({"value": "0,041"}, "“0,041” has a comma; write a decimal point"),
        ({"value": "about 40"}, "“about 40” is not a finite number"),
        ({"value": ""}, "[value]: is empty"),
        (
            {"value": "41", "high": ""},
            "outside the physical range of gwp_location, 0 to 2.5 kg CO2e/kWh",
        ),
        ({"value": "-0.1"}, "outside the physical range"),
        ({"value": "0.07"}, "lies outside its own range"),
        ({"gsd": "0.9"}, "0.9 is not above 1"),
        ({"gsd": ""}, "lognormal needs a gsd"),
        ({"distribution": "triangular"}, "triangular needs a low below a high"),
        ({"distribution": "bell"}, "“bell” is not one of none, lognormal"),
        ({"year": "2027"}, "“2027” is not a year from 1990 to 2026"),
        ({"year": "25"}, "“25” is not a year"),
        ({"year": "²⁰²⁵"}, "is not a year"),
        ({"source": "NOBODY"}, "“NOBODY” is not in sources.csv"),
        ({"source": ""}, "[source]: is empty"),
        ({"key": "XX"}, "zone “XX” is not in entries.csv"),
        ({"indicator": "happiness"}, "“happiness” is not one of gwp_location"),
        ({"kind": "planet"}, "“planet” is not one of zone"),
        ({"chosen": "perhaps"}, "“perhaps” is not one of yes, no"),
        ({"chosen": "no"}, "zone / FR / gwp_location has no chosen value; write yes in one row"),
    ],
)
def test_a_faulty_cell_is_named_with_what_is_wrong(library, cells, expected):
    library.factors(library.row(key="SE"), library.row(**cells))
    found = faults(library)
    assert any(expected in fault for fault in found), found
    assert all("SE" not in fault for fault in found), "the sound row must not be blamed"


def test_every_fault_of_every_row_is_reported_at_once(library):
    library.factors(library.row(value="nan"), library.row(key="SE", unit="kWh", year="3000"))
    assert [fault.split("]")[0] for fault in faults(library)] == [
        "zones.csv:2 [value",
        "zones.csv:3 [year",
        "zones.csv:3 [unit",
    ]


def test_a_value_in_another_unit_of_the_same_kind_is_converted(library):
    library.factors(library.row(value="41", low="30", high="63", unit="g CO2e/kWh"))
    row = read_tables(library.folder).factors[0]
    assert (row.value, row.low, row.high) == pytest.approx((0.041, 0.030, 0.063))
    assert row.unit == "kg CO2e/kWh"


def test_the_same_factor_of_the_same_source_twice_is_refused(library):
    library.factors(library.row(), library.row(chosen="no"))
    assert faults(library) == [
        "zones.csv:3 [key]: zone / FR / gwp_location / EMBER stands in zones.csv:2 already; remove one of them."
    ]


def test_two_chosen_rivals_are_refused(library):
    library.factors(library.row(), library.row(source="RIVAL"))
    assert faults(library) == [
        "zones.csv:3 [chosen]: zone / FR / gwp_location has a chosen value in zones.csv:2 already; choose one."
    ]


def test_rivals_stand_side_by_side_when_one_is_chosen(library):
    library.factors(library.row(), library.row(source="RIVAL", chosen="no"))
    assert len(read_tables(library.folder).factors) == 2


def test_a_duplicated_entry_or_source_is_refused(library):
    lines = (library.folder / "entries.csv").read_text().splitlines()
    library.write("entries.csv", *lines, lines[1])
    assert (
        "entries.csv:4 [key]: zone / FR stands in entries.csv:2 already; remove one of them."
        in faults(library)
    )


def test_the_same_key_in_two_files_is_refused_where_it_stands_again(library):
    text = (library.folder / "zones.csv").read_text()
    library.write("again.csv", *text.splitlines())
    assert [fault.split(" stands")[0] for fault in faults(library) if "stands" in fault] == [
        "zones.csv:2 [key]: zone / FR / gwp_location / EMBER",
        "zones.csv:3 [key]: zone / SE / gwp_location / EMBER",
    ]


@pytest.mark.parametrize("value", ["1_000", "٤", "0x1", "1e", "--1", "1.234,5", "1 000"])
def test_a_number_is_written_with_digits_and_a_point_alone(library, value):
    library.factors(library.row(key="SE"), library.row(value=value, high=""))
    assert "zones.csv:3 [value]" in faults(library)[0]


def test_decimal_commas_mixed_with_points_are_named_row_by_row(library):
    library.factors(library.row(), library.row(key="SE", value="0,035", low="0,03", high="0.04"))
    assert faults(library) == [
        f"zones.csv:3 [{column}]: “{text}” has a comma; write a decimal point and no separators."
        for column, text in (("value", "0,035"), ("low", "0,03"))
    ]


def test_a_table_separated_by_semicolons_is_refused_with_what_to_do(library):
    path = library.folder / "zones.csv"
    path.write_text(path.read_text().replace('","', '";"').replace(",", ";"))
    assert "zones.csv:1: is separated by semicolons; save it with commas" in faults(library)[0]


def test_details_are_read_and_scores_follow_from_the_rule_unless_stated(library):
    library.write(
        "zones.csv",
        ",".join([*FACTOR_COLUMNS, *FACTOR_DETAILS]),
        library.row(year="2019") + ",FR,generation mix,Ember,",
        library.row(key="SE", retrieval="T") + ",WORLD,,,1;;2;;3",
    )
    first, second = read_tables(library.folder).factors
    assert (first.geography, first.technology, first.method) == ("FR", "generation mix", "Ember")
    assert first.pedigree == {"reliability": 2, "temporal": 3, "geographical": 1}
    assert second.pedigree == {"reliability": 1, "temporal": 2, "technological": 3}


@pytest.mark.parametrize("scores", ["6;;;;", "1;1", "1;1;1;1;x", "1,1,1,1,1", "0;;;;"])
def test_scores_out_of_the_matrix_are_refused(library, scores):
    header = ",".join([*FACTOR_COLUMNS, *FACTOR_DETAILS])
    library.write(
        "zones.csv", header, library.row() + f',,,,"{scores}"', library.row(key="SE") + ",,,,"
    )
    assert "zones.csv:2 [pedigree]: “" in faults(library)[0]


def test_a_text_that_does_not_fit_is_refused_before_the_database(library):
    library.factors(library.row(scope="x" * 201), library.row(key="SE"))
    assert faults(library) == [
        "zones.csv:2 [scope]: is longer than 200 characters; shorten it, or use the note."
    ]


def test_a_byte_order_mark_is_refused(library):
    path = library.folder / "zones.csv"
    path.write_text("\ufeff" + path.read_text(), encoding="utf-8")
    assert "byte-order mark" in faults(library)[0]


def test_a_file_that_is_not_utf8_is_refused(library):
    (library.folder / "zones.csv").write_bytes(b"kind,key\n\xff\xfe")
    assert "cannot be read as UTF-8" in faults(library)[0]


def test_missing_columns_are_refused(library):
    library.write("zones.csv", "kind,key,value", "zone,FR,0.04")
    assert "has the columns kind, key, value; expected kind, key, indicator" in faults(library)[0]


def test_a_row_with_too_many_cells_is_refused(library):
    library.factors(library.row() + ',"extra"', library.row(key="SE"))
    assert faults(library) == ["zones.csv:2: does not have 15 cells."]


def test_a_huge_file_is_refused_without_being_read(library):
    with (library.folder / "zones.csv").open("ab") as file:
        file.truncate(50_000_000)
    assert faults(library)[0] == (
        "zones.csv: is larger than 5 MB, the most a factor file may have; split it by subject."
    )


def test_a_missing_folder_is_one_clear_message(tmp_path):
    with pytest.raises(FactorFilesRejected, match=r"release\.toml: cannot be read"):
        read_tables(tmp_path / "nowhere")


def test_a_source_without_citation_or_licence_is_refused(library):
    library.write("sources.csv", "key,citation,url,licence,year,retrieval", "EMBER,,,,2025,R")
    assert [fault.split(":")[2] for fault in faults(library)[:2]] == [
        " is empty; every row needs it."
    ] * 2


def test_attributes_must_be_a_json_object(library):
    library.write(
        "entries.csv", "kind,key,name,attributes", "zone,FR,France,[1]", "zone,SE,Sweden,{oops"
    )
    assert [fault for fault in faults(library) if "is not a JSON object" in fault] == [
        "entries.csv:2 [attributes]: is not a JSON object.",
        "entries.csv:3 [attributes]: is not a JSON object.",
    ]


def test_the_hash_follows_content_and_not_order(library):
    first = read_tables(library.folder).sha256
    library.factors(library.row(key="SE", value="0.035"), library.row())
    assert read_tables(library.folder).sha256 == first
    library.factors(library.row(key="SE", value="0.036"), library.row())
    assert read_tables(library.folder).sha256 != first


def test_every_unit_of_the_library_is_known_to_the_engine_or_a_computing_rate():
    units = {indicator.unit for kind in INDICATORS.values() for indicator in kind.values()}
    for unit in units - {None, "TFLOP/s", "TOP/s"}:
        parse(unit)

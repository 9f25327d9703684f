"""The rule that chooses, the spread that it carries, and the files that hold what it gives."""

import csv
import shutil

import attrs
import pytest
from django.core.management import CommandError, call_command

from apps.factors.embodied import outcomes, rows
from apps.factors.embodied.choice import LADDER, choose
from apps.factors.embodied.estimate import Basis, Estimate
from apps.factors.services import DEFAULT_FOLDER

H100, A100 = "nvidia-h100-sxm5-80gb", "nvidia-a100-sxm4-40gb"


def estimate(basis, value, **given):
    sound = {"indicator": "embodied_gwp", "unit": "kg CO2e", "source": str(basis), "scope": "x"}
    return Estimate(
        basis=basis, value=value, year=2025, retrieval="T", **({"gsd": 1.29} | sound | given)
    )


def test_every_accelerator_has_a_sourced_figure_with_an_interval_or_a_reason(choices):
    assert len(choices) >= 113
    for key, found in choices.items():
        choice = found["embodied_gwp"]
        if choice.chosen is None:
            assert choice.reason.strip(), key
        else:
            assert choice.chosen.source, key
            assert choice.chosen.gsd > 1, key
            assert choice.reason, key
            assert choice.spread, key


def test_a_chosen_figure_lies_within_its_interval_and_no_narrower_than_its_source(choices, said):
    own = {
        (key, o.indicator, o.source): o.gsd
        for key, found in said.items()
        for o in found
        if isinstance(o, Estimate)
    }
    for key, found in choices.items():
        for indicator, choice in found.items():
            if choice.chosen is None:
                continue
            low, high = choice.chosen.interval
            assert low < choice.chosen.value < high or indicator == "embodied_water"
            assert low <= choice.chosen.value <= high
            if choice.chosen.gsd is not None:
                assert choice.chosen.gsd >= (own[key, indicator, choice.chosen.source] or 1.29)


def test_the_95_percent_interval_reaches_every_rival_of_the_whole_device(choices):
    for found in choices.values():
        for choice in found.values():
            if choice.chosen is None or choice.chosen.gsd is None:
                continue
            reach = choice.chosen.gsd**2
            for rival in (rival for rival in choice.rivals if rival.is_whole):
                assert choice.chosen.value / reach <= rival.value <= choice.chosen.value * reach


def test_a_product_footprint_comes_before_a_study_and_a_study_before_a_model(making):
    model = estimate(Basis.DIE_AREA, 155)
    study = estimate(Basis.STUDY, 225)
    footprint = estimate(Basis.FOOTPRINT, 164)
    assert choose("embodied_gwp", [model], making).chosen.basis is Basis.DIE_AREA
    assert choose("embodied_gwp", [model, study], making).chosen.basis is Basis.STUDY
    assert choose("embodied_gwp", [model, study, footprint], making).chosen.value == 164


def test_bounds_assumptions_and_other_devices_are_never_chosen_for_climate_change(making):
    for basis in (Basis.BILL, Basis.ACT, Basis.ASSUMPTION, Basis.OTHER_DEVICE):
        assert choose("embodied_gwp", [estimate(basis, 300)], making).chosen is None


def test_the_newest_of_two_studies_is_chosen(making):
    old = estimate(Basis.STUDY, 225, source="A")
    new = attrs.evolve(old, value=273, source="B", year=2026)
    assert choose("embodied_gwp", [old, new], making).chosen.value == 273


def test_a_partial_figure_and_another_device_do_not_widen_the_spread(making):
    footprint = estimate(Basis.FOOTPRINT, 164)
    far = estimate(Basis.ACT, 1, is_whole=False)
    assert choose("embodied_gwp", [footprint, far], making).chosen.gsd == 1.29
    near = estimate(Basis.BILL, 656)
    assert choose("embodied_gwp", [footprint, far, near], making).chosen.gsd == 2


def test_minerals_are_never_surer_than_a_factor_of_two(choices):
    for found in choices.values():
        for indicator in ("embodied_adpe", "embodied_primary_energy"):
            if found[indicator].chosen:
                assert found[indicator].chosen.gsd >= 2


def test_known_choices_are_as_published(choices):
    known = {
        (H100, "embodied_gwp"): (164, "NV_PCF_H100"),
        (A100, "embodied_gwp"): (127.6, "FALK2025"),
        ("nvidia-b200", "embodied_gwp"): (284.25, "NV_PCF_B200"),
        ("nvidia-h200-sxm-141gb", "embodied_gwp"): (364, "LEES2026"),
        (H100, "embodied_adpe"): (0.00895, "LEES2026"),
    }
    for (key, indicator), expected in known.items():
        chosen = choices[key][indicator].chosen
        assert (chosen.value, chosen.source) == expected


def test_a_figure_of_another_device_is_not_used_for_the_h800(choices):
    assert choices["nvidia-h800-sxm5"]["embodied_adpe"].chosen.source == "BOM"


def test_apple_chips_have_a_reason(choices):
    choice = choices["apple-m3-max"]["embodied_gwp"]
    assert choice.chosen is None
    assert "die area" in choice.reason


def test_the_files_hold_what_the_methods_give(tables):
    for name, lines in rows.written(tables, DEFAULT_FOLDER).items():
        with (DEFAULT_FOLDER / name).open(newline="", encoding="utf-8") as file:
            assert list(csv.DictReader(file)) == lines, f"run `manage.py embodied --write`: {name}"


def test_every_note_of_a_chosen_row_gives_the_reason_and_the_spread(tables):
    chosen = [
        row
        for row in tables.factors
        if row.kind == "accelerator" and row.indicator in LADDER and row.chosen
    ]
    assert len(chosen) > 280
    for row in chosen:
        assert "GSD" in row.note or "range" in row.note
        assert row.gsd or row.low is not None


def test_a_figure_that_does_not_say_what_it_is_is_shown_and_never_chosen(devices, making):
    h100 = devices[H100]
    rows_ = tuple(attrs.evolve(row, scope="from a blog") for row in h100.published)
    found = outcomes(attrs.evolve(h100, published=rows_), making)
    choice = choose("embodied_gwp", found, making)
    assert choice.chosen.basis is Basis.DIE_AREA
    assert {r.basis for r in choice.rivals} >= {Basis.UNCLASSIFIED}


@pytest.mark.django_db
def test_the_command_refuses_a_published_row_that_does_not_say_what_it_is(tmp_path):
    folder = tmp_path / "factors"
    shutil.copytree(DEFAULT_FOLDER, folder)
    text = (folder / "accelerators.csv").read_text()
    (folder / "accelerators.csv").write_text(text.replace("product footprint; cradle", "cradle"))
    with pytest.raises(CommandError, match=r"NV_PCF_H100 \[scope\].*begin it with one of “product"):
        call_command("embodied", path=folder)


@pytest.mark.django_db
def test_the_command_says_what_is_stale_and_writes_it(tmp_path):
    folder = tmp_path / "factors"
    shutil.copytree(DEFAULT_FOLDER, folder)
    text = (folder / "accelerators.csv").read_text()
    (folder / "accelerators.csv").write_text(
        text.replace(",die_area_mm2,814,", ",die_area_mm2,800,")
    )
    with pytest.raises(CommandError, match=r"accelerators\.csv.*embodied --write"):
        call_command("embodied", path=folder)
    call_command("embodied", path=folder, write=True)
    call_command("embodied", path=folder)
    assert (folder / "accelerators.csv").read_text() != text

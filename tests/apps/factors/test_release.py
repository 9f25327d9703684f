"""A release is loaded whole, once, and never changes."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from apps.factors import selectors, services
from apps.factors.errors import FactorFilesRejected, NoRelease, ReleaseLabelTaken
from apps.factors.models import Entry, Factor, Release, ReleasedRowImmutable, Source

pytestmark = pytest.mark.django_db


def test_loading_twice_publishes_once(library):
    first = services.load_release(path=library.folder)
    assert services.load_release(path=library.folder) == first
    assert (Release.objects.count(), Factor.objects.count()) == (1, 2)
    assert selectors.current_release() == first


def test_nothing_is_loaded_from_a_folder_with_one_fault(library):
    library.factors(library.row(), library.row(key="SE", value="nan"))
    with pytest.raises(FactorFilesRejected):
        services.load_release(path=library.folder)
    assert not Release.objects.exists()
    assert not Source.objects.exists()


def test_a_label_is_never_given_to_other_content(library):
    services.load_release(path=library.folder)
    library.factors(library.row(value="0.05"))
    with pytest.raises(ReleaseLabelTaken, match="new label"):
        services.load_release(path=library.folder)
    assert Factor.objects.get(entry__key="FR").value == 0.041


def test_a_new_release_becomes_current_and_the_old_one_stays(library):
    old = services.load_release(path=library.folder)
    library.write("release.toml", 'label = "next"\npublished_on = 2026-12-01\n')
    library.factors(library.row(value="0.05"))
    new = services.load_release(path=library.folder)
    assert selectors.current_release() == new
    values = [
        selectors.factor_map(r, [("zone", "FR")])["zone", "FR", "gwp_location"].value
        for r in (old, new)
    ]
    assert values == [0.041, 0.05]
    assert services.load_release(path=library.folder) == new


@pytest.mark.parametrize("model", [Release, Source, Entry, Factor])
def test_a_released_row_can_be_neither_saved_nor_deleted(library, model):
    services.load_release(path=library.folder)
    row = model.objects.first()
    with pytest.raises(ReleasedRowImmutable):
        row.save()
    with pytest.raises(ReleasedRowImmutable):
        row.delete()


@pytest.mark.parametrize("model", [Source, Entry, Factor])
def test_released_rows_cannot_be_changed_in_bulk(library, model):
    services.load_release(path=library.folder)
    with pytest.raises(ReleasedRowImmutable):
        model.objects.update(id=1)
    with pytest.raises(ReleasedRowImmutable):
        model.objects.all().delete()


@pytest.mark.parametrize(
    ("cells", "constraint"),
    [
        ({"source_key": "EMBER"}, "factor_once_per_source"),
        ({"chosen": True}, "one_chosen_factor"),
        ({"low": 2.0}, "factor_within_its_range"),
        ({"gsd": 0.9}, "factor_gsd_above_one"),
        ({"unit": ""}, "factor_has_unit"),
    ],
)
def test_the_database_itself_refuses_what_cannot_hold(library, cells, constraint):
    release = services.load_release(path=library.folder)
    source = release.sources.get(key=cells.pop("source_key", "RIVAL"))
    sound = {"value": 1.0, "unit": "kg CO2e/kWh", "year": 2025, "retrieval": "R", "chosen": False}
    entry = release.entries.get(key="FR")
    names = {"factor_once_per_source": "source_id", "one_chosen_factor": "indicator"}
    with (
        pytest.raises(IntegrityError, match=f"{constraint}|{names.get(constraint, constraint)}"),
        transaction.atomic(),
    ):
        Factor.objects.create(**sound | cells, entry=entry, source=source, indicator="gwp_location")


def test_an_empty_library_says_what_to_do():
    with pytest.raises(NoRelease, match="factors load"):
        selectors.current_release()


def test_factor_map_takes_one_query_and_leaves_unknown_keys_out(library, django_assert_num_queries):
    release = services.load_release(path=library.folder)
    with django_assert_num_queries(1):
        found = selectors.factor_map(
            release, [("zone", "FR"), ("zone", "XX"), ("accelerator", "FR")]
        )
        assert found["zone", "FR", "gwp_location"].source.citation == "Ember yearly data"
        assert found["zone", "FR", "gwp_location"].entry.name == "France"
    assert list(found) == [("zone", "FR", "gwp_location")]
    assert selectors.factor_map(release, []) == {}


def test_search_finds_by_name_and_by_key(library):
    release = services.load_release(path=library.folder)
    assert [row.key for row in selectors.entries(release, "zone", "fra")] == ["FR"]
    assert [row.key for row in selectors.entries(release, "zone", "se")] == ["SE"]
    assert not selectors.entries(release, "zone", "fra swe")
    assert not selectors.entries(release, "zone", "%\0'")


def test_the_command_loads_lists_and_shows(library, capsys):
    call_command("factors", "load", f"--path={library.folder}")
    call_command("factors", "list")
    call_command("factors", "list", "zone")
    call_command("factors", "show", "zone", "FR")
    printed = capsys.readouterr().out
    assert "2 entries, 2 factors" in printed
    assert "SE " in printed
    assert "* gwp_location" in printed
    assert "[EMBER, 2025, R]" in printed


def test_the_command_explains_what_it_refuses(library):
    with pytest.raises(CommandError, match="factors load"):
        call_command("factors", "list")
    library.factors(library.row(value="nan"))
    with pytest.raises(CommandError, match=r"zones\.csv:2 \[value\]"):
        call_command("factors", "load", f"--path={library.folder}")
    library.factors(library.row())
    call_command("factors", "load", f"--path={library.folder}", verbosity=0)
    with pytest.raises(CommandError, match="There is no zone “XX”"):
        call_command("factors", "show", "zone", "XX")

"""What changed between two releases, in numbers and in sentences."""

import pytest
from django.core.management import CommandError, call_command

from apps.factors import selectors, services

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(library):
    library.factors(
        library.row(),
        library.row(source="RIVAL", value="0.063", chosen="no"),
        library.row(key="SE", value="0.035"),
    )
    return services.load_release(path=library.folder)


def publish(library, *rows, label="next"):
    library.write("release.toml", f'label = "{label}"\npublished_on = 2026-12-01\n')
    library.factors(*rows)
    return services.load_release(path=library.folder)


def test_a_changed_value_shows_old_and_new_with_percentage(library, old):
    new = publish(
        library,
        library.row(value="0.05"),
        library.row(source="RIVAL", value="0.063", chosen="no"),
        library.row(key="SE", value="0.035"),
    )
    found = selectors.difference(old, new)
    assert (found.added, found.removed) == ([], [])
    (moved,) = found.changed
    assert (moved.key, moved.before, moved.after) == ("FR", 0.041, 0.05)
    assert moved.share == pytest.approx(0.05 / 0.041 - 1)
    assert moved.columns == ("value",)
    assert found.meaning == [
        "Electricity zone: 1 chosen value(s) move, most France, Climate change, life-cycle: +22.0%."
    ]


def test_what_came_and_went_is_told_apart(library, old):
    library.write(
        "entries.csv", "kind,key,name,attributes", "zone,FR,France,{}", "zone,DE,Germany,{}"
    )
    new = publish(library, library.row(), library.row(key="DE", value="0.33", high=""))
    found = selectors.difference(old, new)
    assert [(row.key, row.source) for row in found.removed] == [("FR", "RIVAL"), ("SE", "EMBER")]
    assert [(row.key, row.after) for row in found.added] == [("DE", 0.33)]
    assert found.meaning == [
        "Electricity zone: 1 chosen value(s) are new; 1 chosen value(s) are gone."
    ]


def test_another_source_chosen_is_named_by_its_column(library, old):
    new = publish(
        library,
        library.row(chosen="no"),
        library.row(source="RIVAL", value="0.063"),
        library.row(key="SE", value="0.035"),
    )
    assert {row.source: row.columns for row in selectors.difference(old, new).changed} == {
        "EMBER": ("chosen",),
        "RIVAL": ("chosen",),
    }


def test_sources_that_say_something_else_are_listed(library, old):
    library.write(
        "sources.csv",
        "key,citation,url,licence,year,retrieval",
        "EMBER,Ember yearly data,https://ember-energy.org/,CC BY-SA 4.0,2025,R",
        "RIVAL,Another study,,facts only,2024,T",
        "THIRD,A third,,facts only,2024,T",
    )
    rows = library.folder.joinpath("zones.csv").read_text().splitlines()[1:]
    found = selectors.difference(old, publish(library, *rows))
    assert found.sources == [("EMBER", "changed: licence"), ("THIRD", "added: A third")]
    assert found.meaning == ["No number that assessments use moves; sources or notes alone differ."]


def test_a_release_does_not_differ_from_itself(old):
    found = selectors.difference(old, old)
    assert found.is_empty
    assert found.meaning == ["Nothing differs."]


def test_comparing_takes_a_handful_of_queries(library, old, django_assert_num_queries):
    new = publish(library, library.row(value="0.05"))
    with django_assert_num_queries(4):
        selectors.difference(old, new)


def test_the_command_prints_the_difference(library, old, capsys):
    publish(library, library.row(value="0.05"))
    call_command("factors", "diff", "test", "next")
    printed = capsys.readouterr().out
    assert "* zone/FR/gwp_location [EMBER]: 0.041 → 0.05 kg CO2e/kWh (+22.0%)" in printed
    assert "Removed: 2" in printed


def test_the_command_names_the_releases_there_are(old):
    with pytest.raises(CommandError, match=r"no release “nope”\. Known: test"):
        call_command("factors", "diff", "test", "nope")


def test_import_publishes_a_folder_and_check_only_reads_it(library, capsys):
    call_command("factors", "import", str(library.folder), "--check")
    assert "is sound: release test, 2 entries, 2 factors" in capsys.readouterr().out
    with pytest.raises(CommandError, match="No factors are loaded"):
        call_command("factors", "list")
    call_command("factors", "import", str(library.folder))
    call_command("factors", "list")
    assert "* test          2026-11-23      2 entries      2 factors" in capsys.readouterr().out


def test_import_says_what_a_lone_file_lacks(library):
    with pytest.raises(CommandError, match="is one file; a release is a folder"):
        call_command("factors", "import", str(library.folder / "zones.csv"))


def test_import_lists_every_fault_and_loads_nothing(library):
    library.factors(library.row(value="0,041"), library.row(key="SE", source="", year="2999"))
    with pytest.raises(CommandError) as refused:
        call_command("factors", "import", str(library.folder))
    text = str(refused.value)
    assert "3 fault(s) in the factor files; nothing was loaded." in text
    for place in ("zones.csv:2 [value]", "zones.csv:3 [source]", "zones.csv:3 [year]"):
        assert place in text
    with pytest.raises(CommandError, match="No factors are loaded"):
        call_command("factors", "list")


def test_the_page_shows_the_difference_and_refuses_unknown_labels(client, library, old):
    publish(library, library.row(value="0.05"))
    page = client.get("/factors/diff/", {"from": "test", "to": "next"}).content.decode()
    assert "What changed from test to next" in page
    assert "+22" in page
    assert client.get("/factors/diff/", {"from": "test", "to": "nope"}).status_code == 404
    assert client.get("/factors/diff/", {"from": "\0", "to": "test"}).status_code == 404
    assert client.get("/factors/diff/").status_code == 200

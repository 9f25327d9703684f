import pytest

from apps.accounts import services
from apps.accounts.errors import StaleEdit
from apps.accounts.models import AuditEvent, Membership
from apps.assessments.models import AISystem


@pytest.fixture
def system(editor: Membership) -> AISystem:
    return AISystem.objects.create(organisation=editor.organisation, slug="s", name="First")


def read(system: AISystem) -> AISystem:
    return AISystem.objects.get(pk=system.pk)


def test_an_edit_moves_the_version_and_is_logged(system: AISystem, editor: Membership) -> None:
    mine = read(system)
    mine.name = "Second"
    services.save_versioned(mine, 1, actor=editor.user)
    assert (read(system).name, read(system).version, mine.version) == ("Second", 2, 2)
    event = AuditEvent.objects.get()
    assert event.data == {"version": 2, "changes": {"name": ["First", "Second"]}}
    assert event.actor == editor.user


def test_a_stale_edit_is_refused_with_who_changed_what(
    system: AISystem, editor: Membership
) -> None:
    first, second = read(system), read(system)
    first.name, first.provider = "Theirs", "A provider"
    services.save_versioned(first, 1, actor=editor.user)
    second.name = "Mine"
    with pytest.raises(StaleEdit) as refused:
        services.save_versioned(second, 1)
    assert [change.field for change in refused.value.changes] == ["name", "provider"]
    assert editor.user.email in refused.value.message
    assert "name (was “First”, is “Theirs”)" in refused.value.message
    assert "provider (was not declared, is “A provider”)" in refused.value.message
    assert refused.value.version == 2
    assert read(system).name == "Theirs"


def test_several_edits_in_between_are_told_as_one(system: AISystem, editor: Membership) -> None:
    stale = read(system)
    for name in ("Second", "Third"):
        row = read(system)
        row.name = name
        services.save_versioned(row, row.version, actor=editor.user)
    stale.description = "Mine"
    with pytest.raises(StaleEdit) as refused:
        services.save_versioned(stale, 1)
    assert [str(change) for change in refused.value.changes] == ["name (was “First”, is “Third”)"]


def test_a_form_sent_twice_is_accepted_once(system: AISystem) -> None:
    for _ in range(2):
        row = read(system)
        row.name = "Second"
        services.save_versioned(row, 1)
    assert read(system).version == 2
    assert AuditEvent.objects.count() == 1


def test_a_change_behind_the_services_back_is_still_not_overwritten(system: AISystem) -> None:
    mine = read(system)
    AISystem.objects.filter(pk=system.pk).update(name="Elsewhere", version=2)
    mine.name = "Mine"
    with pytest.raises(StaleEdit) as refused:
        services.save_versioned(mine, 1)
    assert [change.after for change in refused.value.changes] == ["Elsewhere"]


def test_rows_are_visible_to_members_alone(
    system: AISystem, editor: Membership, stranger: Membership
) -> None:
    assert list(AISystem.objects.visible_to(editor.user)) == [system]
    assert not AISystem.objects.visible_to(stranger.user).exists()
    assert not AISystem.objects.of(stranger.organisation).exists()


def test_a_version_that_no_database_could_hold_is_stale(system: AISystem) -> None:
    row = read(system)
    row.name = "Second"
    with pytest.raises(StaleEdit):
        services.save_versioned(row, 10**30)
    assert read(system).name == "First"

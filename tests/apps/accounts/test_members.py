import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts import services
from apps.accounts.errors import Conflict, NotPermitted
from apps.accounts.models import (
    ApiToken,
    AuditEvent,
    Invitation,
    Membership,
    Organisation,
    Role,
    User,
)
from tests.apps.accounts.conftest import signed_in
from tests.factories import MembershipFactory, UserFactory, bearer, token_of

GUEST = "guest@example.org"


def base(member: Membership) -> str:
    return f"/o/{member.organisation.slug}"


def invite(owner: Membership, email: str = GUEST, role: str = "editor") -> str:
    """Invite somebody through the page, and return the link shown there."""
    response = signed_in(owner).post(f"{base(owner)}/members/", {"email": email, "role": role})
    found = re.search(r'id="invitation-link">https?://[^/]+([^<]+)<', response.content.decode())
    assert found is not None, response.content.decode()
    return found[1]


def test_an_invited_person_makes_an_account_and_is_a_member(
    owner: Membership, mailoutbox: list[object]
) -> None:
    link = invite(owner, "Guest@Example.org")
    assert link in str(mailoutbox[0].body)  # type: ignore[attr-defined]  # a letter
    browser = Client()
    assert "guest@example.org" in browser.get(link).content.decode()
    data = {"name": "Guest", "password": "several unrelated words here"}
    assert browser.post(link, data).status_code == 302
    member = Membership.objects.get(user__email=GUEST)
    assert (member.role, member.organisation) == ("editor", owner.organisation)
    assert browser.get("/accounts/").status_code == 200
    assert Client().get(link).status_code == 404


def test_a_weak_password_is_refused_at_its_field(owner: Membership) -> None:
    response = Client().post(invite(owner), {"name": "Guest", "password": "password1234"})
    assert response.status_code == 422
    assert "too common" in response.content.decode()
    assert not User.objects.filter(email=GUEST).exists()


def test_a_person_with_an_account_signs_in_and_joins(owner: Membership) -> None:
    guest = UserFactory(email=GUEST)
    link = invite(owner)
    assert "Sign in to accept" in Client().get(link).content.decode()
    browser = Client()
    browser.force_login(guest)
    assert browser.post(link).status_code == 302
    assert owner.organisation.memberships.filter(user=guest).exists()


def test_somebody_else_cannot_use_an_invitation(owner: Membership, stranger: Membership) -> None:
    link = invite(owner)
    browser = signed_in(stranger)
    assert "signed in as" in browser.get(link).content.decode()
    assert browser.post(link).status_code == 403
    assert not owner.organisation.memberships.filter(user=stranger.user).exists()


def test_an_expired_invitation_no_longer_works(owner: Membership) -> None:
    link = invite(owner)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 404


def test_inviting_again_replaces_the_first_link(owner: Membership) -> None:
    first, second = invite(owner), invite(owner)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


def test_a_withdrawn_invitation_no_longer_works(owner: Membership, page: Client) -> None:
    link = invite(owner)
    uuid = Invitation.objects.get().uuid
    assert page.post(f"{base(owner)}/invitations/{uuid}/withdraw/").status_code == 302
    assert Client().get(link).status_code == 404


def test_a_member_is_not_invited_twice(owner: Membership, editor: Membership, page: Client) -> None:
    data = {"email": editor.user.email, "role": "viewer"}
    response = page.post(f"{base(owner)}/members/", data)
    assert response.status_code == 422
    assert "a member already" in response.content.decode()


def test_a_role_that_does_not_exist_is_refused(
    owner: Membership, editor: Membership, page: Client
) -> None:
    data = {"email": GUEST, "role": "emperor"}
    assert page.post(f"{base(owner)}/members/", data).status_code == 422
    page.post(f"{base(owner)}/members/{editor.pk}/role/", {"role": "emperor"})
    editor.refresh_from_db()
    assert editor.role == Role.EDITOR


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.EDITOR])
def test_only_owners_decide_who_belongs(owner: Membership, role: Role) -> None:
    member = MembershipFactory(organisation=owner.organisation, role=role)
    browser = signed_in(member)
    invitation, _ = services.invite_member(actor=owner, email=GUEST, role=Role.VIEWER)
    assert browser.get(f"{base(owner)}/members/").status_code == 200
    for address, data in [
        ("members/", {"email": "x@example.org", "role": "owner"}),
        (f"members/{member.pk}/role/", {"role": "owner"}),
        (f"invitations/{invitation.uuid}/withdraw/", {}),
    ]:
        assert browser.post(f"{base(owner)}/{address}", data).status_code == 403
    browser.post(f"{base(owner)}/members/{owner.pk}/remove/")
    assert owner.organisation.memberships.count() == 2
    member.refresh_from_db()
    assert member.role == role


def test_an_owner_changes_a_role(owner: Membership, editor: Membership, page: Client) -> None:
    page.post(f"{base(owner)}/members/{editor.pk}/role/", {"role": "reviewer"})
    editor.refresh_from_db()
    assert editor.role == Role.REVIEWER
    event = AuditEvent.objects.get(verb="changed role")
    assert (event.actor, event.data) == (owner.user, {"role": ["editor", "reviewer"]})


def test_the_last_owner_stays(owner: Membership, page: Client) -> None:
    page.post(f"{base(owner)}/members/{owner.pk}/remove/")
    page.post(f"{base(owner)}/members/{owner.pk}/role/", {"role": "viewer"})
    owner.refresh_from_db()
    assert owner.role == Role.OWNER
    shown = page.get(f"{base(owner)}/members/").content.decode()
    assert "needs an owner" in shown


def test_an_owner_may_leave_when_there_is_another(owner: Membership) -> None:
    MembershipFactory(organisation=owner.organisation, role=Role.OWNER)
    services.remove_member(actor=owner, member=owner)
    assert not Membership.objects.filter(pk=owner.pk).exists()


def test_a_removed_members_tokens_stop_working(owner: Membership, editor: Membership) -> None:
    headers = bearer(editor)
    assert Client().get("/api/v1/organisations/", headers=headers).status_code == 200
    services.remove_member(actor=owner, member=editor)
    response = Client().get("/api/v1/organisations/", headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "token_revoked")


def test_a_member_may_leave_but_not_remove_others(editor: Membership, viewer: Membership) -> None:
    with pytest.raises(NotPermitted):
        services.remove_member(actor=editor, member=viewer)
    services.remove_member(actor=editor, member=editor)
    assert not Membership.objects.filter(pk=editor.pk).exists()


def test_anybody_signed_in_creates_an_organisation_and_owns_it(db: None) -> None:
    user = UserFactory()
    browser = Client()
    browser.force_login(user)
    response = browser.post("/accounts/organisations/new/", {"name": "Möbius Labs"})
    assert response["Location"] == "/o/mobius-labs/members/"
    assert Membership.objects.get(user=user).role == Role.OWNER
    again = browser.post("/accounts/organisations/new/", {"name": "Möbius Labs"})
    assert again.status_code == 422
    assert "exists already" in again.content.decode()
    assert browser.post("/accounts/organisations/new/", {"name": "???"}).status_code == 422
    assert Organisation.objects.count() == 1


def test_two_people_cannot_take_one_address(owner: Membership) -> None:
    name = owner.organisation.name
    with pytest.raises(Conflict):
        services.create_organisation(actor=owner.user, name=name)


def test_the_switcher_offers_only_ones_own_organisations(
    owner: Membership, stranger: Membership, page: Client
) -> None:
    second = MembershipFactory(user=owner.user)
    shown = page.get(f"{base(owner)}/members/").content.decode()
    assert second.organisation.name in shown
    assert stranger.organisation.name not in shown


def test_the_token_page_shows_a_token_once(owner: Membership, page: Client) -> None:
    data = {"name": "cluster", "scopes": ["read", "write"], "days": "30"}
    shown = page.post(f"{base(owner)}/tokens/", data).content.decode()
    found = re.search(r'id="new-token">([^<]+)<', shown)
    assert found is not None
    token = ApiToken.objects.get()
    assert found[1] not in page.get(f"{base(owner)}/tokens/").content.decode()
    assert found[1].startswith(token.prefix)
    assert found[1] not in (token.secret_sha256, token.prefix)
    headers = {"Authorization": f"Bearer {found[1]}"}
    assert Client().get("/api/v1/organisations/", headers=headers).status_code == 200


def test_a_token_without_a_scope_or_with_a_foreign_term_is_refused(
    owner: Membership, page: Client
) -> None:
    address = f"{base(owner)}/tokens/"
    assert page.post(address, {"name": "x", "days": "30"}).status_code == 422
    assert page.post(address, {"name": "x", "scopes": ["root"], "days": "30"}).status_code == 422
    forever = {"name": "x", "scopes": ["read"], "days": "99999"}
    assert page.post(address, forever).status_code == 422
    assert not ApiToken.objects.exists()


def test_revoking_a_token_stops_it_at_once(owner: Membership, page: Client) -> None:
    secret = token_of(owner)
    token = ApiToken.objects.get()
    page.post(f"{base(owner)}/tokens/{token.uuid}/revoke/")
    response = Client().get("/api/v1/tokens/", headers={"Authorization": f"Bearer {secret}"})
    assert (response.status_code, response.json()["code"]) == (401, "token_revoked")


def test_an_editor_does_not_revoke_an_owners_token(owner: Membership, editor: Membership) -> None:
    token_of(owner)
    token = ApiToken.objects.get()
    signed_in(editor).post(f"{base(owner)}/tokens/{token.uuid}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at is None


def test_the_audit_log_tells_who_did_what(
    owner: Membership, editor: Membership, viewer: Membership, page: Client
) -> None:
    services.change_role(actor=owner, member=editor, role=Role.REVIEWER)
    shown = page.get(f"{base(owner)}/audit/").content.decode()
    assert owner.user.email in shown
    assert "changed role" in shown
    assert signed_in(viewer).get(f"{base(owner)}/audit/").status_code == 403
    assert page.get(f"{base(owner)}/audit/?page=nonsense").status_code == 200


def test_upkeep_forgets_what_is_over(owner: Membership) -> None:
    services.invite_member(actor=owner, email=GUEST, role=Role.VIEWER)
    services.prune()
    assert Invitation.objects.count() == 1
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=31))
    services.prune()
    assert Invitation.objects.count() == 0

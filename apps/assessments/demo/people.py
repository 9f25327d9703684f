"""The demo's people and their organisations."""

import json
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings

from apps.accounts import services as accounts
from apps.accounts.models import Membership, Organisation, Role, User

FOLDER: Path = settings.BASE_DIR / "fixtures" / "demo"
ORGANISATIONS = {"demo-olmo": "OLMo study (demo)", "demo-assistant": "Fjordlight Helpdesk (demo)"}


@dataclass(frozen=True, slots=True)
class Login:
    """One demo person; ``password`` is empty where it was told when the account was made."""

    email: str
    password: str
    name: str
    role: str
    who: str


def logins() -> list[Login]:
    """The demo people; a site served over HTTPS gets passwords of its own instead of the published ones."""
    people = [Login(**row) for row in json.loads((FOLDER / "logins.json").read_text("utf-8"))]
    if not settings.HTTPS_ONLY:
        return people
    there = set(
        User.objects.values_list("email", flat=True).filter(email__in=[p.email for p in people])
    )
    return [
        replace(person, password="" if person.email in there else secrets.token_urlsafe(15))
        for person in people
    ]


def organisations(people: list[Login]) -> dict[str, Organisation]:
    """The demo's organisations by slug, with every demo person in each; made if they are not there."""
    owner = next(login for login in people if login.role == Role.OWNER)
    user = _user(owner)
    found = {slug: _organisation(user, slug) for slug in ORGANISATIONS}
    for organisation in found.values():
        boss = organisation.memberships.get(user=user)
        for login in people:
            _join(boss, login)
    return found


def holding(organisation: Organisation, role: Role) -> User:
    """The demo person with that role."""
    member = organisation.memberships.select_related("user").filter(user__email__in=emails())
    return member.get(role=role).user


def existing() -> list[Organisation]:
    """The demo's organisations that are there: by address, and owned by the demo's owner."""
    return list(
        Organisation.objects.filter(
            slug__in=ORGANISATIONS,
            memberships__role=Role.OWNER,
            memberships__user__email__in=emails(),
        ).distinct()
    )


def emails() -> set[str]:
    """Addresses of the demo people."""
    return {login.email for login in logins()}


def has_others(organisation: Organisation) -> bool:
    """Whether somebody who is not of the demo has joined."""
    return organisation.memberships.exclude(user__email__in=emails()).exists()


def forget_people() -> None:
    """Delete the demo people who belong to no organisation any more."""
    User.objects.filter(email__in=emails(), memberships__isnull=True).delete()


def leave(organisation: Organisation) -> None:
    """Take the demo people out of an organisation that others go on with."""
    Membership.objects.filter(organisation=organisation, user__email__in=emails()).delete()


def _user(login: Login) -> User:
    found = User.objects.filter(email=login.email).first()
    return found or User.objects.create_user(login.email, login.password, name=login.name)


def _organisation(owner: User, slug: str) -> Organisation:
    found = Organisation.objects.filter(slug=slug, memberships__user=owner).first()
    return found or accounts.create_organisation(actor=owner, name=ORGANISATIONS[slug], slug=slug)


def _join(boss: Membership, login: Login) -> None:
    if boss.organisation.memberships.filter(user__email=login.email).exists():
        return
    user = _user(login)
    invitation, _ = accounts.invite_member(actor=boss, email=login.email, role=Role(login.role))
    accounts.accept_invitation(invitation=invitation, user=user)

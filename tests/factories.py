"""Typed test objects, with the values that matter to a test given by the test."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory, Password

from apps.accounts import keys
from apps.accounts.models import ApiToken, Membership, Organisation, Role, Scope, User

PASSWORD = "correct horse battery staple"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = Password(PASSWORD)


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Laboratory {n}")
    slug = factory.Sequence(lambda n: f"laboratory-{n}")


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    organisation = factory.SubFactory(OrganisationFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.EDITOR


def token_of(
    member: Membership,
    *scopes: Scope,
    lives: timedelta = timedelta(days=1),
    revoked: bool = False,
) -> str:
    """Issue a token of ``member`` with all scopes, or those given, and return its secret."""
    secret, prefix = keys.new_token()
    ApiToken.objects.create(
        organisation=member.organisation,
        user=member.user,
        name="test",
        prefix=prefix,
        secret_sha256=keys.digest(secret),
        scopes=[scope.value for scope in scopes or Scope],
        expires_at=timezone.now() + lives,
        revoked_at=timezone.now() if revoked else None,
    )
    return secret


def bearer(member: Membership, *scopes: Scope) -> dict[str, str]:
    """Headers of a program that calls with a token of ``member``."""
    return {"Authorization": f"Bearer {token_of(member, *scopes)}"}

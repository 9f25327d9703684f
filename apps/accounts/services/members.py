"""Organisations and the people in them."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from apps.accounts import keys
from apps.accounts.errors import Conflict, DomainError, NotPermitted
from apps.accounts.models import ApiToken, Invitation, Membership, Organisation, Role, User
from apps.accounts.services.audit import record_event

INVITATION_LIVES = timedelta(days=14)
RESERVED_SLUGS = {"new", "admin", "api"}


@transaction.atomic
def create_organisation(*, actor: User, name: str, slug: str = "") -> Organisation:
    """Create an organisation whose first owner is ``actor``."""
    address = slugify(slug or name)[:60]
    if not address or address in RESERVED_SLUGS:
        raise DomainError(
            "This name leaves no usable address. Use letters or digits.", field="name"
        )
    try:
        with transaction.atomic():
            organisation = Organisation.objects.create(name=name, slug=address)
    except IntegrityError:
        msg = f"An organisation with the address “{address}” exists already. Choose another name."
        raise Conflict(msg, field="name") from None
    Membership.objects.create(organisation=organisation, user=actor, role=Role.OWNER)
    record_event(organisation, actor, "created", organisation)
    return organisation


@transaction.atomic
def invite_member(*, actor: Membership, email: str, role: Role) -> tuple[Invitation, str]:
    """Invite somebody by e-mail; an earlier invitation of theirs is replaced. Returns its secret once."""
    _demand_owner(actor)
    organisation = actor.organisation
    if organisation.memberships.filter(user__email=email).exists():
        raise Conflict("This person is a member already.", field="email")
    secret = keys.new_secret()
    invitation, _ = Invitation.objects.update_or_create(
        organisation=organisation,
        email=email,
        defaults={
            "role": role,
            "secret_sha256": keys.digest(secret),
            "invited_by": actor.user,
            "expires_at": timezone.now() + INVITATION_LIVES,
        },
    )
    record_event(organisation, actor.user, "invited", invitation, {"role": role})
    return invitation, secret


@transaction.atomic
def withdraw_invitation(*, actor: Membership, invitation: Invitation) -> None:
    """Take an invitation back; its link stops working."""
    _demand_owner(actor)
    record_event(actor.organisation, actor.user, "withdrew", invitation)
    invitation.delete()


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User) -> Membership:
    """Make ``user`` a member; the invitation is used up."""
    if invitation.is_expired:
        raise DomainError("This invitation has expired. Ask for a new one.")
    if user.email != invitation.email:
        msg = f"This invitation is for {invitation.email}. Sign out, then open the link again."
        raise NotPermitted(msg)
    member, _ = Membership.objects.get_or_create(
        organisation=invitation.organisation, user=user, defaults={"role": invitation.role}
    )
    record_event(invitation.organisation, user, "joined", member, {"role": member.role})
    invitation.delete()
    return member


@transaction.atomic
def sign_up(*, invitation: Invitation, name: str, password: str) -> User:
    """Create the account of an invited person and make them a member."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name)
    except IntegrityError:
        raise Conflict("An account with this address exists already. Sign in instead.") from None
    accept_invitation(invitation=invitation, user=user)
    return user


@transaction.atomic
def change_role(*, actor: Membership, member: Membership, role: Role) -> Membership:
    """Give a member another role."""
    _demand_owner(actor)
    _keep_an_owner(member, leaves=role is not Role.OWNER)
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    record_event(
        member.organisation, actor.user, "changed role", member, {"role": [before, role.value]}
    )
    return member


@transaction.atomic
def remove_member(*, actor: Membership, member: Membership) -> None:
    """End a membership, an owner's act or one's own; the tokens issued under it stop working."""
    if actor.pk != member.pk:
        _demand_owner(actor)
    _keep_an_owner(member, leaves=True)
    ApiToken.objects.filter(
        organisation=member.organisation, user=member.user, revoked_at__isnull=True
    ).update(revoked_at=timezone.now())
    record_event(member.organisation, actor.user, "removed", member)
    member.delete()


def _demand_owner(actor: Membership) -> None:
    if not actor.may(Role.OWNER):
        raise NotPermitted("Only an owner may decide who belongs to the organisation.")


def _keep_an_owner(member: Membership, *, leaves: bool) -> None:
    """Refuse to leave an organisation without an owner; the lock keeps two owners from leaving at once."""
    owners = Membership.objects.select_for_update().filter(
        organisation=member.organisation, role=Role.OWNER
    )
    if leaves and {owner.pk for owner in owners} == {member.pk}:
        raise Conflict("An organisation needs an owner. Make somebody else an owner first.")

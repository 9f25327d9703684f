"""Letters about the way of a report; sent after the commit, in the background."""

from django.conf import settings
from django.urls import reverse

from apps.accounts import mail
from apps.accounts.models import Membership, Role, User
from apps.disclosures.models import Snapshot
from lca.queue import offer

WORDS = {
    "submitted": "was submitted for review",
    "changes": "needs changes, says its review",
    "passed": "passed its review and waits for approval",
    "approved": "is approved and can be published",
    "returned": "went back to draft, because inputs or factors changed after it was frozen",
    "answered": "has an answer to a comment",
    "published": "is published",
    "withdrawn": "was withdrawn",
}
READERS = {
    "submitted": (Role.REVIEWER, Role.OWNER),
    "answered": (Role.REVIEWER,),
    "passed": (Role.OWNER,),
}
NOBODYS = ".example"  # no letter arrives there (RFC 2606); the demo's people live there
EVERYBODY = (Role.REVIEWER, Role.EDITOR, Role.OWNER)


def tell(snapshot: Snapshot, what: str, actor: User | None) -> None:
    """Write to those whose turn it is; not to the person who did it."""
    offer("disclosures.write", snapshot.pk, what, actor.pk if actor else 0)


def letter(snapshot: Snapshot, what: str) -> tuple[str, str]:
    """Subject and text."""
    address = reverse(
        "disclosures:numbered",
        args=[snapshot.organisation.slug, snapshot.assessment.slug, snapshot.number],
    )
    subject = f"{snapshot} {WORDS[what]}"
    text = f"{subject}.\n\n{settings.SITE_URL.rstrip('/')}{address}\n"
    return " ".join(subject.split())[:200], text


def readers(snapshot: Snapshot, what: str, actor_id: int | None) -> list[str]:
    """Addresses of the members whom it concerns."""
    members = Membership.objects.filter(
        organisation=snapshot.organisation,
        role__in=READERS.get(what, EVERYBODY),
        user__is_active=True,
    ).exclude(user__email__endswith=NOBODYS)
    if actor_id is not None:
        members = members.exclude(user_id=actor_id)
    return list(members.values_list("user__email", flat=True))


def write(*, snapshot_id: int, what: str, actor_id: int | None) -> None:
    """Write to each of them, so that nobody learns another's address."""
    rows = Snapshot.objects.select_related("assessment", "organisation").defer("document")
    snapshot = rows.filter(pk=snapshot_id).first()
    if snapshot is None:
        return
    subject, text = letter(snapshot, what)
    for address in readers(snapshot, what, actor_id):
        mail.send(f"report {what}", subject, text, [address])

"""Letters to people."""

from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from apps.accounts.models import Invitation

log = structlog.get_logger()
DELIVERS = "django.core.mail.backends.smtp.EmailBackend"


def is_delivered() -> bool:
    """Tell whether letters leave this machine, or only reach its console."""
    return bool(settings.EMAIL_BACKEND == DELIVERS)


def send_invitation(invitation: Invitation, link: str) -> bool:
    """Send an invitation; tell whether the mail server took it."""
    context = {"invitation": invitation, "link": link}
    text = render_to_string("accounts/mail/invitation.txt", context)
    subject = f"{invitation.organisation} invites you to Cradle"
    return send("invitation", subject, text, [invitation.email])


def send(kind: str, subject: str, text: str, to: list[str]) -> bool:
    """Send a letter; tell whether the mail server took it."""
    try:
        send_mail(subject, text, None, to)
    except (SMTPException, OSError) as error:
        log.warning("mail.failed", kind=kind, fault=type(error).__name__)
        return False
    return True

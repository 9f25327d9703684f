"""Throwing away what has served its purpose."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from apps.accounts.models import IdempotentRequest, Invitation

ANSWERS_KEPT = timedelta(days=7)
EXPIRED_KEPT = timedelta(days=30)


def prune() -> None:
    """Forget old idempotent answers, expired sessions and invitations long expired."""
    now = timezone.now()
    IdempotentRequest.objects.filter(created_at__lt=now - ANSWERS_KEPT).delete()
    Invitation.objects.filter(expires_at__lt=now - EXPIRED_KEPT).delete()
    Session.objects.filter(expire_date__lt=now).delete()

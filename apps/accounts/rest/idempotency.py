"""A create request that is sent twice with one key is done once and answered twice."""

import hashlib
import json
import re
from collections.abc import Callable

from django.db import IntegrityError, transaction
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import IdempotentRequest, Membership
from apps.accounts.rest.problems import BadRequest, KeyReused

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,255}")


def once(request: Request, member: Membership, act: Callable[[], Response]) -> Response:
    """Run ``act`` in a transaction, unless this key has been answered before."""
    key = request.headers.get(HEADER)
    if key is None:
        with transaction.atomic():
            return act()
    if not KEY.fullmatch(key):
        msg = f"{HEADER} must be 1 to 255 visible ASCII characters."
        raise BadRequest(msg, code="bad_header")
    return _first(request, member, key, act) or _again(request, member, key)


def _first(
    request: Request, member: Membership, key: str, act: Callable[[], Response]
) -> Response | None:
    with transaction.atomic():
        record = _claim(request, member, key)
        if record is None:
            return None
        response = act()
        record.status, record.body = response.status_code, response.data
        record.save(update_fields=["status", "body"])
        return response


def _claim(request: Request, member: Membership, key: str) -> IdempotentRequest | None:
    """Take the key; the database lets only one request have it."""
    try:
        with transaction.atomic():
            return IdempotentRequest.objects.create(
                organisation=member.organisation,
                user=member.user,
                key=key,
                request_sha256=fingerprint(request),
            )
    except IntegrityError:
        return None


def _again(request: Request, member: Membership, key: str) -> Response:
    record = IdempotentRequest.objects.get(
        organisation=member.organisation, user=member.user, key=key
    )
    if record.request_sha256 != fingerprint(request):
        raise KeyReused
    return Response(record.body, record.status, headers={"Idempotent-Replayed": "true"})


def fingerprint(request: Request) -> str:
    """Return a hash of what is asked, whatever the order of names and the spacing."""
    asked = json.dumps([request.method, request.path, request.data], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()

"""Who is calling: a program with a token, or a person with a session."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.accounts import keys
from apps.accounts.models import ApiToken, User

USE_IS_NOTED_EVERY = timedelta(minutes=5)


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer cradle_…``; the token's organisation is the one worked in."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        header = get_authorization_header(request).split()
        if not header or header[0].lower() != b"bearer":
            return None
        if len(header) != len(("Bearer", "token")):
            raise AuthenticationFailed(
                "Send the token as “Authorization: Bearer TOKEN”.", code="token_invalid"
            )
        token = living_token(header[1].decode("latin-1"))
        note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002  # the framework's signature
        return 'Bearer realm="api"'


def living_token(secret: str) -> ApiToken:
    """Return the token with this secret, or say why it does not work."""
    token = (
        ApiToken.objects.select_related("organisation", "user")
        .filter(secret_sha256=keys.digest(secret), user__is_active=True)
        .first()
    )
    if token is None:
        raise AuthenticationFailed(
            "This token is not known. Issue one on the tokens page of your organisation.",
            code="token_invalid",
        )
    if token.state != "active":
        moment = token.revoked_at or token.expires_at
        msg = f"This token was {token.state} on {moment:%d %B %Y}. Issue a new one on the tokens page."
        if token.state == "expired":
            msg = msg.replace("was expired", "expired")
        raise AuthenticationFailed(msg, code=f"token_{token.state}")
    return token


def note_use(token: ApiToken) -> None:
    """Remember roughly when the token was last used, without a write for every request."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library registers it on definition
    target_class = "apps.accounts.rest.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002  # the library's signature
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of your organisation, issued on its tokens page.",
        }

"""Random secrets that are shown once and kept only as a hash."""

import hashlib
import secrets

PREFIX = "cradle_"
SHOWN = len(PREFIX) + 8


def new_secret() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def new_token() -> tuple[str, str]:
    """Return a token and its visible beginning."""
    token = PREFIX + new_secret()
    return token, token[:SHOWN]


def digest(secret: str) -> str:
    """Return the hash a secret is found by; a plain one suffices because the secret cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()

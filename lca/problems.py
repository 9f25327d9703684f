"""What each problem code means, and what to do about it; the page behind a problem's ``type``."""

MEANINGS = {
    "bad_header": "A header cannot be read; the detail says which and what it should look like.",
    "bad_query": "A query parameter is unknown or out of bounds; the detail lists what is known.",
    "bad_request": "The request cannot be read at all.",
    "parse_error": "The body is not strict JSON: look for NaN, Infinity, repeated names, or a missing bracket.",
    "organisation_needed": "You belong to several organisations: name one by its slug in X-Organisation.",
    "not_authenticated": "Send a token as “Authorization: Bearer TOKEN”, or sign in.",
    "token_invalid": "Nobody issued this token. Copy it whole, or issue another.",
    "token_expired": "Issue another token on your organisation's tokens page.",
    "token_revoked": "Somebody made this token useless on purpose. Ask them, or issue another.",
    "csrf": "A browser session sends changes with the X-CSRFToken header.",
    "permission_denied": "The session's form token is missing or the action is not for you.",
    "not_permitted": "Your role does not allow this; ask an owner.",
    "role_too_low": "Your role does not allow this; ask an owner.",
    "scope_missing": "Issue a token with the scope that the detail names.",
    "not_found": "No such thing in this organisation, or no such address.",
    "method_not_allowed": "This address does not answer that method.",
    "unsupported_media_type": "Send application/json.",
    "not_acceptable": "Answers are application/json.",
    "conflict": "The row collides with another one.",
    "unique": "A row with these values exists already; change yours or edit that one.",
    "in_use": "Other rows refer to this one: change or delete them first.",
    "stale": "Somebody edited the row since you read it; changes lists what. Read it again, then edit.",
    "version_needed": "Send the ETag you read as If-Match, or the field version.",
    "too_large": "Split the request.",
    "too_many_rows": "At most 5 000 rows in one request: split the list.",
    "idempotency_key_reused": "A key belongs to one request for ever: send a new key.",
    "invalid": "Well formed, but not possible: errors names each place by its JSON pointer and says why.",
    "engine": "The inventory cannot be computed as it stands; errors names the parameters.",
    "broker_refuses": "The broker cannot admit GPU hosts just now; the detail says why and what to do.",
    "fault": "A fault of ours, already in the log. Try again.",
}


def anchor(code: str) -> str:
    """Return the address that explains a code; those of single fields are explained together."""
    return f"/api/v1/problems/#{code if code in MEANINGS else 'invalid'}"

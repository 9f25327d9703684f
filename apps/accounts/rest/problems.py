"""Errors of the API itself, as opposed to those of the domain."""

from rest_framework import status
from rest_framework.exceptions import APIException


class BadRequest(APIException):
    """A header or a query parameter cannot be read."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "bad_request"


class TooLarge(APIException):
    """The request is larger than the server accepts at once."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class VersionNeeded(APIException):
    """An edit does not say which version it is based on."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "version_needed"
    default_detail = (
        "Say which version your edit is based on: send the header If-Match with the ETag you read, "
        "or the field version."
    )


class KeyReused(APIException):
    """An idempotency key comes back with another request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = "This Idempotency-Key was used for a different request. Send a new key."

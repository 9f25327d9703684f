"""Requests that are refused before anything of them is read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from lca.errors import too_large

MOST_BYTES = 101_000_000  # a file of 100 MB and the form around it
Answer = Callable[[HttpRequest], HttpResponse]


def limit_body(answer: Answer) -> Answer:
    """Refuse a body that says it is larger than anything that is taken here, before it is written to disk."""

    def limited(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) <= MOST_BYTES:
            return answer(request)
        return too_large(request, "At most 100 MB are taken at once. Send the file in parts.")

    return limited

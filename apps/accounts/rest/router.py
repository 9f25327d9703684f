"""Addresses of the API: typed path converters, a trailing slash, no format suffixes."""

from rest_framework.routers import SimpleRouter


class Router(SimpleRouter):
    def __init__(self) -> None:
        super().__init__(use_regex_path=False)

"""The only files that a PDF may read: its stylesheet and its fonts."""

from django.conf import settings
from weasyprint.urls import URLFetcher, URLFetcherResponse

from apps.disclosures.report import fonts

SCHEME = "asset:"
STYLESHEET = settings.BASE_DIR / "static" / "css" / "report_pdf.css"


class AddressRefused(ValueError):
    """A report asked for something other than one of the project's assets."""


class AssetFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Serve ``asset:NAME`` and refuse every other address, files and networks alike.

    ``logo`` is the one asset that is the document's own: a PNG that was drawn anew when it was uploaded.
    """

    def __init__(self, logo: bytes = b"") -> None:
        super().__init__()
        self.logo = logo

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002  # WeasyPrint's signature
        name = url.removeprefix(SCHEME) if url.startswith(SCHEME) else ""
        if name == "report.css":
            return URLFetcherResponse(url, STYLESHEET.read_bytes(), {"Content-Type": "text/css"})
        if name == "logo.png" and self.logo:
            return URLFetcherResponse(url, self.logo, {"Content-Type": "image/png"})
        if name in fonts.CUTS:
            return URLFetcherResponse(url, fonts.static(name), {"Content-Type": "font/ttf"})
        msg = f"A report may only read its own assets, not {url[:80]}"
        raise AddressRefused(msg)

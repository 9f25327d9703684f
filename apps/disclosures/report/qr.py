"""The code that leads from a printed report to its page."""

import re

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _


def code(address: str) -> SafeString:
    """An address as a QR code, drawn as SVG with the address in words."""
    made = segno.make(address, error="m", micro=False)
    width, height = made.symbol_size(border=0)
    lines = "".join(re.findall(r'd="([^"]+)"', made.svg_inline(border=0, omitsize=True)))
    path = mark_safe(lines)  # noqa: S308  # segno draws digits and letters of a path alone
    return format_html(
        '<svg class="cover__qr" role="img" xmlns="http://www.w3.org/2000/svg" viewBox="0 -0.5 {} {}" width="{}" height="{}">'
        '<title>{}, {}</title><path d="{}" stroke="#191b20" fill="none" /></svg>',
        width,
        height,
        width,
        height,
        _("Code that leads to the page of this report"),
        address,
        path,
    )

"""A report's HTML read as XML, which costs a tenth of what an HTML parser does; the boxes that come of it are the same."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import cssselect2  # type: ignore[import-untyped]
from weasyprint import HTML

_VOID = re.compile(r"<(br|col|img|link|meta)\b([^<>]*?)/?>")
_BARE_SVG = re.compile(r"<svg (?![^<>]*xmlns=)")
_UNIT = re.compile(r'<span class="unit">([^<]*)</span>')
BASE = "asset:"


class Page(HTML):  # type: ignore[misc]  # WeasyPrint ships no types
    """WeasyPrint's document of a report."""

    def __init__(self, html: str, fetcher: Any) -> None:
        html = flat(html)
        try:
            root = ET.fromstring(as_xml(html))  # noqa: S314  # our own templates; what people wrote is escaped in them
        except ET.ParseError:  # a control character in what somebody wrote
            super().__init__(string=html, base_url=BASE, url_fetcher=fetcher)
            return
        self.base_url, self.url_fetcher, self.media_type = BASE, fetcher, "print"
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element


def as_xml(html: str) -> str:
    """The same with every element closed, drawings in their name space, and no named character but XML's own."""
    body = html.removeprefix("<!doctype html>").lstrip().replace("&nbsp;", "&#160;")
    named = _BARE_SVG.sub('<svg xmlns="http://www.w3.org/2000/svg" ', body)
    return _VOID.sub(r"<\1\2/>", named)


def flat(html: str) -> str:
    """The same words in fewer boxes: a subscript of the font's own, and units as part of their figure's text."""
    return _UNIT.sub(r"\1", html.replace("CO<sub>2</sub>", "CO₂"))

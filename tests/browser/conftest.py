"""A real Chromium, pages as wide as a desk and as narrow as a phone, and an eye on what the browser complains about."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, sync_playwright

from tests.conftest import missing

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 30_000


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver; Django's guard against databases in an event loop is told that this one is harmless."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "true"  # Playwright's sync API keeps a loop in this thread
    )
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A headless Chromium, the one that ``CHROMIUM`` names or that the machine has."""
    import system  # the same search that `make test` does

    path = system.chromium()
    if path is None:
        missing("Chromium", f"Add it with: {system.by_hand(system.CHROMIUM_NEED)}")
    chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield chromium
    chromium.close()


class Watch:
    """Collects what the browser complains about: script errors, refused resources, broken policy."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.expected: list[str] = []

    def expect(self, *texts: str) -> None:
        """Allow complaints that contain one of these texts, because the test provokes them."""
        self.expected += texts

    def attach(self, page: Page) -> None:
        """Listen to a page."""
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("console", self._on_console)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            where = message.location.get("url", "")
            self.complaints.append(f"{message.text} ({where})")

    def unexpected(self) -> list[str]:
        """Return the complaints no test asked for."""
        return [
            text for text in self.complaints if not any(known in text for known in self.expected)
        ]


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fail the test when the browser complained."""
    seen = Watch()
    yield seen
    assert seen.unexpected() == []


@pytest.fixture
def open_page(
    browser: Browser, live_server: Any, watch: Watch, tmp_path: Path
) -> Iterator[Callable[..., Page]]:
    """Open pages of a browser with no history; keyword arguments go to Playwright's context."""
    contexts = []

    def opened(**options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url, locale="en-GB", **{"viewport": DESK} | options
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        watch.attach(page)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page on a desk."""
    return open_page()


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """A page on a phone."""
    return open_page(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)


@pytest.fixture
def plain_page(open_page: Callable[..., Page]) -> Page:
    """A page with JavaScript switched off."""
    return open_page(java_script_enabled=False)


@pytest.fixture
def log_in(live_server: Any) -> Callable[[Page, str, str], None]:
    """Log in through the form, as a person does."""

    def log_in(page: Page, email: str, password: str) -> None:
        page.goto("/accounts/login/")
        page.locator("main input[type=email]").fill(email)
        page.locator("main input[type=password]").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/accounts/login" not in url)

    return log_in


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[[Page], None]:
    """Check a page with axe; any finding fails with its rule and its elements."""
    axe = Axe()

    def check(page: Page) -> None:
        results = axe.run(
            page,
            options={
                "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
            },
        )
        findings = [
            f"{finding['id']}: {finding['help']} — {node['target']}"
            for finding in results.response["violations"]
            for node in finding["nodes"]
        ]
        assert findings == [], "\n".join(findings)

    return check


@pytest.fixture
def no_sideways_scroll() -> Callable[[Page], None]:
    """Check that a page is not wider than its window."""

    def check(page: Page) -> None:
        width, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width <= window, f"{page.url} is {width} px wide in a window of {window} px"

    return check

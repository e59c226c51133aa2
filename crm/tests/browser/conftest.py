"""Chromium with the back office in it, listening for anything that goes wrong in silence."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, beside which Django shuns its database.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["wide-light", "narrow-dark"])
def window(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[BrowserContext]:
    width, scheme = request.param
    window = chromium.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, locale="en-US"
    )
    yield window
    window.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: it must stay empty."""
    return []


@pytest.fixture
def page(window: BrowserContext, live_server: Any, complaints: list[str]) -> Page:
    page = window.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda said: complaints.append(f"{page.url} {said.type}: {said.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/admin/")
    return page

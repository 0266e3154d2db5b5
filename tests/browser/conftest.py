"""What browser tests share: Debian's Chromium, one demo server for all, and pages that report every mistake."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_servers import Home, Server, copy_of, install, logged_in, said_by, serving
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
WAIT_MILLISECONDS_MAX = 20_000
FILL = (Path(__file__).parent / "fill_demo.py").read_text()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed: apt-get install chromium")
        pytest.skip("Chromium is not installed: apt-get install chromium")
    expect.set_options(timeout=WAIT_MILLISECONDS_MAX)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An empty installation, to be copied."""
    return install(tmp_path_factory.mktemp("installed") / "home")


@pytest.fixture(scope="session")
def demo(
    browser: Browser, installed: Home, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, dict[str, Any]]]:
    """A server whose demo shop is full and whose own shop is empty; and what the demo holds."""
    home = copy_of(installed, tmp_path_factory.mktemp("demo") / "home")
    facts = said_by(home, FILL)
    with serving(home) as server:
        facts["state"] = logged_in(browser, server.address + facts["link"])
        yield server, facts


@pytest.fixture()
def own(browser: Browser, installed: Home, tmp_path: Path) -> Iterator[Server]:
    """A server of its own with an empty shop."""
    with serving(copy_of(installed, tmp_path / "home")) as server:
        yield server


@pytest.fixture()
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page in a context of its own; at the end nothing may have gone wrong in any of them."""
    opened: list[BrowserContext] = []
    mistakes: list[str] = []

    def new(
        address: str, state: Any = None, *, cookies: dict[str, str] | None = None, expected: str = "", **choices: Any
    ) -> Page:
        context = browser.new_context(base_url=address, storage_state=state, **choices)
        opened.append(context)
        for name, value in (cookies or {}).items():
            context.add_cookies([{"name": name, "value": value, "url": address}])
        page = context.new_page()
        watch(page, mistakes, address, expected)
        return page

    yield new
    for context in opened:
        context.close()
    assert not mistakes, "\n".join(mistakes)


def watch(page: Page, mistakes: list[str], address: str, expected: str) -> None:
    """Write down what a developer would see in red, and any request to another host."""

    def heard(kind: str, text: str) -> None:
        if kind in ("error", "warning") and not (expected and expected in text):
            mistakes.append(f"console {kind}: {text}")

    def asked(url: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            mistakes.append(f"a request left the house: {url}")

    page.on("console", lambda said: heard(said.type, f"{said.text} {said.location.get('url', '')}".strip()))
    page.on("pageerror", lambda error: mistakes.append(f"error: {error}"))
    page.on(
        "response", lambda answer: mistakes.append(f"{answer.status}: {answer.url}") if answer.status >= 500 else None
    )
    page.on("request", lambda request: asked(request.url))

"""Headless Chromium, and visits that may reach the named hosts only."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
REQUIRED = bool(os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER"))
PUBLIC_NAME = "dossier.example"
"""Another host name of this machine, since browsers treat localhost as secure."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {PUBLIC_NAME} 127.0.0.1",
]

expect.set_options(timeout=30_000)  # a busy machine renders slowly


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium. Without it, the tests that need it are skipped, or fail under `CI` and `REQUIRE_BROWSER`."""
    if not CHROMIUM.exists():
        missing = f"no Chromium at {CHROMIUM}: `apt-get install chromium`"
        if REQUIRED:
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page, with its failed requests and script errors."""

    page: Page
    elsewhere: list[str] = field(default_factory=list)
    """Requests to other hosts, which were blocked."""
    errors: list[str] = field(default_factory=list)
    """Exceptions and console errors of its scripts."""


@contextmanager
def visiting(browser: Browser, url: str, *others: str) -> Iterator[Visit]:
    """Visit the site at `url`, which may load from `others` too; fails if the page made an error."""
    ours = {urlsplit(site).netloc for site in (url, *others)}
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 1600})
    visit = Visit(context.new_page())

    def pass_or_abort(route: Route) -> None:
        if urlsplit(route.request.url).netloc in ours:
            route.continue_()
        else:
            visit.elsewhere.append(route.request.url)
            route.abort()

    context.route(re.compile("^(?!data:|blob:)"), pass_or_abort)
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    visit.page.on("console", lambda said: visit.errors.append(said.text) if said.type == "error" else None)
    yield visit
    context.close()
    assert visit.elsewhere == []
    assert visit.errors == []

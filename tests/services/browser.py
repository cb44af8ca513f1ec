"""Chromium without a screen, and visits with it that reach the hosts named and no other."""

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
REQUIRED = bool(os.environ.get("CI") or os.environ.get("DOSSIER_REQUIRE_BROWSER"))
PUBLIC_NAME = "dossier.example"
"""Another name of this machine, for pages that behave themselves better on localhost."""
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
    """Chromium. Where there is none the tests that need it are skipped, but fail where it is required."""
    if not CHROMIUM.exists():
        missing = f"there is no Chromium at {CHROMIUM}: `apt-get install chromium`"
        if REQUIRED:
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page, and what went wrong on it."""

    page: Page
    elsewhere: list[str] = field(default_factory=list)
    """What it asked of other hosts, in vain."""
    errors: list[str] = field(default_factory=list)
    """What its scripts threw or complained of."""


@contextmanager
def visiting(browser: Browser, url: str, *others: str) -> Iterator[Visit]:
    """A visit of the site at `url`, which may ask the sites at `others` too; in the end nothing has gone wrong."""
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

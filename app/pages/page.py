"""A page: HTML from a template, with the headers that every page has."""

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from app import __version__
from app.http.conditional import entity_tag
from app.http.responses import answer
from app.http.routing import PageRoute
from app.model.kinds import KINDS
from app.pages.words import FILTERS
from app.query.snapshot import Snapshot

_FOLDER = Path(__file__).parent
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": _POLICY}
"""The headers of every page. A page loads from this host only, and executes nothing that a bundle contains."""


def page_router(prefix: str = "") -> APIRouter:
    """A router for pages, which are not in the OpenAPI document."""
    return APIRouter(prefix=prefix, include_in_schema=False, route_class=PageRoute, default_response_class=HTMLResponse)


def page(
    snapshot: Snapshot, template: str, public_url: str, media_type: str = "text/html; charset=utf-8", **content: Any
) -> Response:
    """A page from a template, which is given `content`. `public_url` begins its canonical link."""
    text = render(template, public_url=public_url, **content)
    # A new version may have other templates.
    tag = entity_tag(snapshot, f"{media_type} {__version__} {public_url}")
    return answer(snapshot, text.encode(), media_type, **HEADERS, ETag=tag)


def render(template: str, **content: Any) -> str:
    """The HTML of a template. Values are escaped, and a missing one raises an error."""
    return _environment().get_template(template).render(content)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"kinds": list(KINDS.values()), "version": __version__}
    environment.filters |= FILTERS
    return environment

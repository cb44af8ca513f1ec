"""The pages that cite: of a record, and of a quote in its text. Paths are without the base path."""

from collections.abc import Mapping
from typing import Any


def page_path(url: str) -> str:
    """The path of a record's page, from its path in the API."""
    return url.removeprefix("/v1")


def quote_path(document: Mapping[str, Any], quote: Mapping[str, Any]) -> str:
    """The path of the page that shows a quote in its text, and scrolls to it."""
    return f"/documents/{document['id']}?passage={quote['passage']}#e-{quote['id']}"

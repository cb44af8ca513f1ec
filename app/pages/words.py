"""Filters of the templates: values of the API in words, and paths of pages."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup, escape


def page_path(url: str) -> str:
    """The path of a record's page, from its path in the API."""
    return url.removeprefix("/v1")


def words(name: str) -> str:
    """The name of a field or term in words: `rests_on` is “rests on”."""
    return name.replace("_", " ")


def exact(text: str) -> Markup:
    """A text of the source as HTML. Parsers of HTML would read a carriage return as a line feed."""
    return escape(text).replace("\r", Markup("&#13;"))


FILTERS: Mapping[str, Callable[..., Any]] = {"page_path": page_path, "words": words, "exact": exact}
"""The filters by name."""

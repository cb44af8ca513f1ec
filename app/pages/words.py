"""Filters of the templates: values of the API in words, and paths of pages."""

from collections.abc import Callable, Mapping
from typing import Any


def page_path(url: str) -> str:
    """The path of a record's page, from its path in the API."""
    return url.removeprefix("/v1")


def words(name: str) -> str:
    """The name of a field or term in words: `rests_on` is “rests on”."""
    return name.replace("_", " ")


FILTERS: Mapping[str, Callable[..., Any]] = {"page_path": page_path, "words": words}
"""The filters by name."""

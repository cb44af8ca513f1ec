"""Collects cursors by following `next` links, as any client would."""

from collections.abc import Iterator

from tests.bench.client import Client

_LONGEST = 200
"""Maximum page size of a list."""


def positions(client: Client, path: str, first: int, count: int) -> list[str]:
    """Collect up to `count` consecutive cursors of a list; the first one points after `first` items.

    `first` is at least 1. A cursor is valid for any `limit`, so large pages lead to the first cursor, and pages of
    one item to the others.
    """
    cursor: str | None = None
    for step in _steps(first):
        cursor = _after(client, path, cursor, step)
        if cursor is None:
            return []
    found = [str(cursor)]
    while len(found) < count and (cursor := _after(client, path, cursor, 1)):
        found.append(cursor)
    return found


def _steps(distance: int) -> Iterator[int]:
    while distance > 0:
        yield min(distance, _LONGEST)
        distance -= _LONGEST


def _after(client: Client, path: str, cursor: str | None, items: int) -> str | None:
    """The cursor `items` items after another one, or None at the end of the list."""
    following = client.page(f"{path}?limit={items}" + (f"&cursor={cursor}" if cursor else ""))["next"]
    return str(following).rpartition("cursor=")[2] if following else None

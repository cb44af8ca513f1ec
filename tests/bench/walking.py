"""Cursors, collected as any client gets them: by following `next`."""

from collections.abc import Iterator

from tests.bench.client import Client

_LONGEST = 200
"""The longest page that a list gives."""


def positions(client: Client, path: str, first: int, count: int) -> list[str]:
    """Cursors of a list, each one item after the other, so many at most; the first one stands after `first` items.

    There must be 1 or more before it. A cursor holds for any `limit`: the way there goes in long steps, the rest in
    short ones.
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
    """The cursor after so many items from another one; None at the end of the list."""
    following = client.page(f"{path}?fields=id&limit={items}" + (f"&cursor={cursor}" if cursor else ""))["next"]
    return str(following).rpartition("cursor=")[2] if following else None

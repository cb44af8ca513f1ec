"""Drafts: what rules recognise in a text, as a bundle to start from."""


def listed(line: str) -> frozenset[str]:
    """The words of a line."""
    return frozenset(line.split())

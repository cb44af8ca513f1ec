"""Drafts: what rules recognise in a text, as a bundle to start from."""


def listed(line: str) -> list[str]:
    """The words of a line."""
    return line.split()

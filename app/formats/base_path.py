"""The base path: the path of the service's public URL. Paths in stored JSON lack it; it is added when they are sent."""

from urllib.parse import urlsplit

_MEMBERS = tuple(f'"{name}":"/'.encode() for name in ("url", "next", "more", "instance", "type"))
"""The members of compact JSON whose values are paths. No text looks like them, because its quotation marks are escaped.

The `type` of a problem is a path; other types never begin with a slash.
"""


def base_path(public_url: str) -> str:
    """The base path of a public URL: `/dossier` for `https://host/dossier`, empty for `https://host`."""
    return urlsplit(public_url).path


def with_base(content: bytes, base: str) -> bytes:
    """Compact JSON with a base path before each path."""
    if base:
        for member in _MEMBERS:
            content = content.replace(member, member[:-1] + base.encode() + b"/")
    return content

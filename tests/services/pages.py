"""Reads pages as a browser does: their text, links, ids and elements."""

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import httpx

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
"""The header of a browser."""
_VOID = {"meta", "link", "input", "br", "hr", "img"}


class Html(HTMLParser):
    """A parsed page."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.text = ""
        """The text of the body."""
        self.elements: list[tuple[str, dict[str, str]]] = []
        """The elements, each with its attributes."""
        self.links: list[str] = []
        self._texts: list[tuple[str, int]] = []
        """The open elements, each with the length of the text before it."""
        self.texts: dict[str, list[str]] = {}
        """The texts of the elements, by name."""
        self.feed(content)
        self.close()
        assert self._texts == [], "elements are left open"

    @property
    def ids(self) -> list[str]:
        """The ids of the elements."""
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        assert len(attributes) == len(attrs), f"{tag} has an attribute twice"
        self.elements.append((tag, attributes))
        if tag == "a":
            self.links.append(attributes["href"])
        if tag not in _VOID:
            self._texts.append((tag, len(self.text)))

    def handle_endtag(self, tag: str) -> None:
        opened, start = self._texts.pop()
        assert opened == tag, f"{opened} is closed by {tag}"
        self.texts.setdefault(tag, []).append(self.text[start:].strip())

    def handle_data(self, data: str) -> None:
        self.text += data


def page(client: httpx.Client, path: str, status: int = 200) -> Html:
    """The page at a path, after a check of its status and headers."""
    response = client.get(path, headers=HTML)
    assert response.status_code == status, (path, response.text)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "'unsafe-inline'" not in response.headers["content-security-policy"]
    return Html(response.text)


def pages_of(links: Iterator[str] | list[str]) -> set[str]:
    """The links to pages of this host, without fragments. Without the API, its documentation and other files."""
    ours = {link.partition("#")[0] for link in links if link.startswith("/")}
    return {link for link in ours if not urlsplit(link).path.startswith(("/v1", "/docs", "/redoc", "/static"))}

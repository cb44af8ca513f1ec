"""The guides: the pages of `docs/` for users, rendered so that the service documents itself offline."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Annotated

from fastapi import Path
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from starlette.responses import Response

from app.http.responses import answer
from app.http.routing import PublicUrlDep, SnapshotDep
from app.pages.page import page, page_router
from app.problems import NotFound
from app.resources import DOCS
from app.suggest import hint

router = page_router("/guide")

GUIDES = (
    *(
        "api",
        "formats",
        "following",
        "reconciliation",
        "agents",
        "offsets",
        "linked-data",
        "ftm",
        "bundles",
        "stability",
    ),
    *("operations", "security", "scaling", "benchmarks", "faults"),
)
"""The guides in reading order. Each is a file of `docs/`."""
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_SCROLLED = {
    "<table>": '<div data-scrolls role="group" aria-label="Table" tabindex="0"><table>',
    "</table>": "</table></div>",
}
"""Tables that are wider than the page scroll, also by keyboard."""


@dataclass(frozen=True)
class Guide:
    """A guide, with what the list of guides and the list of its contents show."""

    name: str
    title: str
    summary: str
    """The first sentence."""
    sections: Sequence[tuple[str, str]]
    """The anchor and the title of each section."""
    html: Markup


@router.get("")
def guide_list(snapshot: SnapshotDep, public_url: PublicUrlDep) -> Response:
    """The list of guides."""
    found = [guide(name) for name in GUIDES]
    description = "How to use the service, to add commentaries, and to run it."
    return page(snapshot, "guides.html", public_url, path="/guide", json=None, description=description, guides=found)


@router.get("/{name:path}")
def guide_page(name: Annotated[str, Path()], snapshot: SnapshotDep, public_url: PublicUrlDep) -> Response:
    """A guide; or a file that a guide links to, as text."""
    if name in GUIDES:
        found = guide(name)
        return page(
            snapshot,
            "guide.html",
            public_url,
            path=f"/guide/{name}",
            json=None,
            description=found.summary,
            guide=found,
            guides=[guide(each) for each in GUIDES],
        )
    if name in _files():
        return answer(snapshot, (DOCS / name).read_bytes(), "text/plain; charset=utf-8")
    raise NotFound(f"There is no guide '{name[:40]}'{hint(name, GUIDES) or '.'} /guide lists them.")


@cache
def guide(name: str) -> Guide:
    """The guide of a name in `GUIDES`."""
    tokens = _MARKDOWN.parse((DOCS / f"{name}.md").read_text("utf-8"))
    title, summary, sections = "", "", []
    repeated = Counter[str]()
    for opening, content in pairwise(tokens):
        if opening.type == "heading_open":
            anchor = re.sub(r"[^\w -]", "", _text(content).lower()).replace(" ", "-")  # as on GitHub
            repeated[anchor] += 1
            anchor += f"-{repeated[anchor] - 1}" if repeated[anchor] > 1 else ""
            opening.attrSet("id", anchor)
            title = title or _text(content)
            if opening.tag == "h2":
                sections.append((anchor, _text(content)))
        elif opening.type == "paragraph_open":
            summary = summary or re.split(r"(?<=\.) |:$", _text(content))[0]
        _link(content.children or [])
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    for plain, scrolled in _SCROLLED.items():
        html = html.replace(plain, scrolled)
    return Guide(name, title, summary, sections, Markup(html))  # noqa: S704 (made from our own files)


def _text(inline: Token) -> str:
    """The text of a heading or a paragraph, without its markup."""
    return "".join(" " if token.type == "softbreak" else token.content for token in inline.children or [])


def _link(tokens: Iterable[Token]) -> None:
    """Make links between files lead to pages of the service. Links to files that it does not serve become text."""
    served = True
    for token in tokens:
        if token.type == "link_open":
            href = _address(str(token.attrs["href"]))
            served = href is not None
            token.attrs = {"href": href} if href else {}
        if token.type in ("link_open", "link_close") and not served:
            token.tag = "span"


def _address(href: str) -> str | None:
    """The address to which a link of a guide leads. None for a file that is not served."""
    target, _, anchor = href.partition("#")
    if not target or target.startswith(("/", "http:", "https:")):
        return href
    name = target.removesuffix(".md")
    if name not in GUIDES and target not in _files():
        return None
    return f"/guide/{name}" + (f"#{anchor}" if anchor else "")


@cache
def _files() -> frozenset[str]:
    """The files of `docs/` that are sent as text: schemas and examples."""
    files = (path for path in DOCS.rglob("*") if path.is_file() and path.suffix not in (".md", ".png"))
    return frozenset(path.relative_to(DOCS).as_posix() for path in files)

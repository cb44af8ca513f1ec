"""A text as it comes, in plain text, Markdown or HTML, as lines of a document, each with the type of its passage."""

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from statistics import median

from markdown_it import MarkdownIt

from app.bundle.source import unified
from app.model.vocabularies import PassageType

Line = tuple[str, PassageType | None]
"""A line of a text, and its type if the format tells it."""

_BULLET = re.compile(r"\s*(?:[•◦▪▫‣⁃●○■□*–—-]\s|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s|\([a-z0-9]{1,3}\)\s)")
_NOTE = re.compile(r"\s*(?:\[\^?\d{1,3}\]:?|[⁰¹²³⁴-⁹]+|\d{1,2}(?=\s+[A-Z]))\s*\S")
_NUMBERED = re.compile(r"\s*\d{1,3}\.\s")
_FURNITURE = re.compile(
    r"(?:read (?:next|more|also)|print|share|subscribe|sign up|follow us|related|download|cookies?|©"
    r"|all rights reserved"
    r"|back to|skip to|advertisement|page \d+|\d+$|https?://\S+$|click here|table of contents)\b",
    re.IGNORECASE,
)
_DATELINE = re.compile(r"[^.!?]*\b(?:\d{1,2}\s[A-Z][a-z]+|[A-Z][a-z]+\s\d{1,2},?)\s\d{4}[^\w]*")
_SENTENCE_END = re.compile(r"[.!?…:;。！？।][”’»\"')\]]*(?:\s?[⁰¹²³⁴-⁹]+|\s?\[\d+\])*\s*$")
_HEADING_WORDS = 14
_SEPARATORS = str.maketrans(dict.fromkeys("\x0b\x0c\x85\u2028\u2029", "\n"))
_BLOCKS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "title"), PassageType.HEADING),
    **dict.fromkeys(("nav", "footer", "aside", "form", "button"), PassageType.BOILERPLATE),
    **dict.fromkeys(("p", "div", "section", "article", "main", "header", "ul", "ol", "table", "body", "br"), None),
    "li": PassageType.LIST_ITEM,
    "tr": PassageType.TABLE,
    "blockquote": PassageType.BLOCK_QUOTE,
    "figcaption": PassageType.CAPTION,
    "caption": PassageType.CAPTION,
}
_OUTER = (PassageType.BOILERPLATE, PassageType.LIST_ITEM, PassageType.BLOCK_QUOTE, PassageType.TABLE)
"""Types of the blocks that contain paragraphs."""


def lines_of(content: str, suffix: str) -> list[Line]:
    """The lines of a file, by the ending of its name: `.html`, `.md`, or another for plain text."""
    content = unified(content).translate(_SEPARATORS)
    if suffix in (".md", ".markdown"):
        content, suffix = MarkdownIt().enable("table").render(content), ".html"
    if suffix in (".html", ".htm", ".xhtml"):
        page = _Page()
        page.feed(content)
        page.close()
        page.end_line()
        return page.lines
    return [(line, None) for line in _unwrapped(content)]


def types_of(lines: Sequence[Line]) -> dict[int, PassageType]:
    """The types of the lines that are not paragraphs, by line number."""
    texts = [line.strip() for line, _ in lines]
    last = max((at for at, text in enumerate(texts) if text), default=0)
    found: dict[int, PassageType] = {}
    for at, (_, known) in enumerate(lines):
        kind = (known or _type(texts, at, last)) if texts[at] else None
        if kind:
            found[at + 1] = kind
    return found


def _type(texts: Sequence[str], at: int, last: int) -> PassageType | None:
    """The type of a line, by its words and its neighbours."""
    text, first = texts[at], not any(texts[:at])
    short, ended = len(text.split()) <= _HEADING_WORDS, bool(_SENTENCE_END.search(text))
    if _FURNITURE.match(text) and short and not first:
        return PassageType.BOILERPLATE
    if _NOTE.match(text) and at > len(texts) // 2:
        return PassageType.FOOTNOTE
    if _BULLET.match(text) and not (_NUMBERED.match(text) and (len(text) > 80 or ended)):
        return PassageType.LIST_ITEM
    if short and not ended:
        if not first and at < 6 and _DATELINE.fullmatch(text):
            return PassageType.DATELINE
        return PassageType.BOILERPLATE if at == last and at > 2 else PassageType.HEADING
    if short and not first and re.fullmatch(r"(?:[A-Z][\w.’'-]*,? ?){1,6}:", text):
        return PassageType.SPEAKER
    return None


def _unwrapped(content: str) -> Iterator[str]:
    """The lines of a plain text, of which those that were broken at a fixed width are joined."""
    blocks = [block.split("\n") for block in re.split(r"\n[^\S\n]*\n", content)]
    inner = [len(line) for block in blocks for line in block[:-1]]
    wrapped = len(inner) > 2 and max(inner) <= 100 and median(inner) >= 45
    for number, block in enumerate(blocks):
        if number:
            yield ""
        joined: list[str] = []
        for line in block:
            full = joined and len(joined[-1].rsplit("\n", 1)[-1]) >= 40
            if wrapped and full and line.strip() and not _BULLET.match(line) and not _NOTE.match(line):
                before, after = joined[-1].rstrip(), line.strip()
                whole = re.search(r"\w+-$", before) and after[:1].islower()
                joined[-1] = before + after if whole else f"{before} {after}"
            else:
                joined.append(line.rstrip())
        yield from joined


class _Page(HTMLParser):
    """Collects the lines of an HTML page."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self._words: list[str] = []
        self._open: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("script", "style", "template", "head"):
            self._hidden += 1
        if tag in _BLOCKS:
            self.end_line()
            if tag != "br":
                self._open.append(tag)
        if tag in ("td", "th") and self._words:
            self._words.append(" | ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "template", "head"):
            self._hidden = max(0, self._hidden - 1)
        if tag in self._open:
            self.end_line()
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._words.append(data)

    def end_line(self) -> None:
        """End a line, with the type of the block around it."""
        text = re.sub("[ \t\n]+", " ", "".join(self._words)).strip()
        self._words.clear()
        types = [_BLOCKS[tag] for tag in self._open]
        outer = next((kind for kind in types if kind in _OUTER), None)
        if text:
            self.lines.append((text, outer or (types[-1] if types else None)))

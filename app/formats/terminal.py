"""Records, quotes and search results drawn with Rich for a terminal.

All words are `Text` objects, because Rich reads markup in strings.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from app.query.context import QuoteInContext
from app.query.snippets import pieces

_IN_THE_TITLE = {"kind", "id", "url", "name", "summary", "evidence"}
_REF = {"kind", "id", "name", "url"}
_SENTENCES = {"text", "summary", "description"}
_MARK = "bold yellow"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def draw_record(record: dict[str, Any]) -> RenderableType:
    """Draw a record: its name, id and summary, and each field that has a value."""
    fields = _grid()
    for name, value in record.items():
        if name not in _IN_THE_TITLE and value not in (None, []):
            fields.add_row(_dim(name), _drawn(value))
    return Panel(
        Group(_plain(record["summary"]), Text(), fields),
        title=_plain(record["name"], "bold"),
        subtitle=_dim(f"{record['kind']}/{record['id']}"),
        title_align="left",
        subtitle_align="left",
        padding=(1, 2),
    )


def draw_quotes(quotes: Iterable[QuoteInContext]) -> RenderableType:
    """Draw the quotes of a record, highlighted in their sentences and grouped by document."""
    drawn: list[RenderableType] = []
    document = None
    for quote in quotes:
        if quote.document != document:
            document = quote.document
            table = _grid()
            drawn += [Text(), _plain(document, "bold"), Padding(table, (0, 0, 0, 2))]
        where = Text.assemble(f"passage {quote.passage}\n{quote.start}–{quote.end}", style="dim")
        words = Text.assemble(_plain(quote.before), _plain(quote.exact, _MARK), _plain(quote.after))
        if quote.supports:
            words.append_text(_dim(f"\nsupports {', '.join(quote.supports)}"))
        table.add_row(where, words)
    return Group(*drawn)


def draw_hits(hits: Iterable[dict[str, Any]]) -> RenderableType:
    """Draw search results: each record with its id, and its matching words."""
    drawn: list[RenderableType] = []
    for hit in hits:
        name, lines = None, []
        for snippet in hit["snippets"]:
            words = _marked(snippet["html"])
            if snippet["field"] == "name":
                name = words
                continue
            if snippet["document"]:
                words.append_text(_dim(f"  {snippet['document']['name']}, {snippet['start']}–{snippet['end']}"))
            lines.append(words)
        drawn += [_ref(hit["record"], name), Padding(Group(*lines or [_plain(hit["summary"])]), (0, 0, 1, 2))]
    return Group(*drawn)


def draw_refs(refs: Iterable[dict[str, Any]]) -> RenderableType:
    """Draw references: the name and id of a record per line."""
    return Group(*map(_ref, refs))


def _drawn(value: Any) -> RenderableType:
    """The value of a field: bullets for a list of objects, lines for other values."""
    if isinstance(value, list) and isinstance(value[0], dict):
        items = Table.grid(padding=(0, 1, 0, 0))
        for item in value:
            items.add_row("•", Group(*_lines(item)))
        return items
    return Group(*_lines(value))


def _lines(value: Any) -> Iterator[Text]:
    """A value as lines: one, and for an object another for each of its sentences."""
    if isinstance(value, list):
        yield Text(", ").join(line for item in value for line in _lines(item))
    elif isinstance(value, dict) and value.keys() == _REF:
        yield _ref(value)
    elif isinstance(value, dict) and "edtf" in value:
        yield _date(value)
    elif isinstance(value, dict):
        given = {name: part for name, part in value.items() if part not in (None, [])}
        sentences = {name: part for name, part in given.items() if name in _SENTENCES}
        yield Text(" · ").join(_part(name, part) for name, part in given.items() if name not in sentences)
        yield from (_plain(f"“{part}”" if name == "text" else part) for name, part in sentences.items())
    elif isinstance(value, bool):
        yield Text("yes" if value else "no")
    else:
        yield _plain(f"{value:,.12g}" if isinstance(value, float) else str(value))


def _part(name: str, value: Any) -> Text:
    """A field of an object, with its name unless it is a record or a date."""
    words = Text(", ").join(_lines(value))
    return words if isinstance(value, dict) else Text.assemble(_dim(f"{name} "), words)


def _ref(ref: dict[str, Any], name: Text | None = None) -> Text:
    return Text.assemble(name or _plain(ref["name"], "bold"), _dim(f" {ref['kind']}/{ref['id']}"))


def _date(date: dict[str, Any]) -> Text:
    """A date in the source's words, with its EDTF value if that differs."""
    meaning = [date["edtf"] or "not resolved", *(["approximate"] if date["approximate"] else [])]
    shown = _dim(f" ({', '.join(meaning)})") if meaning != [date["text"]] else ""
    return Text.assemble(_plain(date["text"]), shown)


def _marked(html: str) -> Text:
    """A search snippet, with its matches highlighted."""
    return Text.assemble(*(_plain(piece, _MARK if at % 2 else "") for at, piece in enumerate(pieces(html))))


def _plain(text: str, style: str = "") -> Text:
    """Text without control characters, which could control the terminal."""
    return Text(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text), style=style)


def _dim(text: str) -> Text:
    return _plain(text, "dim")


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    return grid

"""SQLite for Datasette: the copy of a database gets views, full-text search and labels, and a file of metadata.

A view of each kind has the columns of its CSV, with the names and URLs of Refs. Lists are JSON arrays there, by which
Datasette can facet. A list of objects, as `participants`, is a view too. Dossier ignores what is added.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from app.formats.table import Column, columns
from app.model.evidence import EvidenceItem, MentionPublic
from app.model.kinds import KINDS
from app.model.mapping import any_kind_fields, inner_type, public_layout
from app.model.shape import Ref
from app.model.terms import OPEN_TERMS

_SEARCHES = """
DROP TABLE IF EXISTS records_fts;
DROP TABLE IF EXISTS quotes_fts;
CREATE VIRTUAL TABLE records_fts USING fts5 (name, aliases, summary, quotes, content='', tokenize='porter');
INSERT INTO records_fts (rowid, name, aliases, summary, quotes) SELECT id, name,
    (SELECT group_concat(alias, ' · ') FROM actor_alias WHERE owner_id = record.id), summary,
    (SELECT group_concat(exact, ' · ') FROM evidence WHERE record_id = record.id) FROM record;
CREATE VIRTUAL TABLE quotes_fts USING fts5 (exact, content='evidence', tokenize='porter');
INSERT INTO quotes_fts (quotes_fts) VALUES ('rebuild');
"""
_TEXTS = """SELECT document.slug AS document, document.name AS document_name, passage.number, passage.type,
    substr(whole.text, passage.start + 1, passage."end" - passage.start) AS text,
    {public} || '/documents/' || document.slug || '?passage=' || passage.number || '#p' || passage.number AS url
    FROM passage JOIN record AS document ON document.id = passage.document_id JOIN document AS whole USING (id)"""
_ANCHORS = """SELECT {first} exact, {record}, document.slug AS document, document.name AS document_name, passage,
    start, "end", {more} {public} || '/documents/' || document.slug || '?passage=' || passage || {anchor} AS url,
    {table}.rowid AS key FROM {table} JOIN record ON record.id = {table}.{reference}
    JOIN record AS document ON document.id = {table}.document_id"""
_QUOTED = {"first": "evidence.id,", "more": "prefix, suffix, supports,", "anchor": "'#e-' || evidence.id"}
_MENTIONED = {"first": "", "more": "", "anchor": "'#p' || passage"}
_SEARCHED = {"sort": "id", "fts_table": "records_fts", "fts_pk": "key"}
_START = "Start with the views, as actors, events, quotes or participants. The tables have the references, with labels."
_TABLES = {
    "record": "The records of all kinds, with their public JSON.",
    "record_actor": "The actors of each record.",
    "record_topic": "The topics of each record.",
    "evidence": "The quotes that support the records; see the view quotes.",
    "mention": "The places where texts mention actors; see the view mentions.",
    **{name: f"The terms of the vocabulary {name}." for name in OPEN_TERMS},
}
_VIEWS_OF_TEXT: dict[str, tuple[str, type[BaseModel] | None, dict[str, str]]] = {
    "quotes": ("The quotes that support the records.", EvidenceItem, {"fts_table": "quotes_fts", "fts_pk": "key"}),
    "mentions": ("The places where texts mention actors by name or alias.", MentionPublic, {}),
    "passages": ("The passages of the documents, with their text.", None, {}),
}
"""The description, the shape and more metadata of the views over the texts."""


def furnish(file: Path, public_url: str) -> None:
    """Add views, full-text search and labels to the copy of a database."""
    with closing(sqlite3.connect(file)) as database, database:
        database.executescript(_SEARCHES)
        for kind in map(str, KINDS):  # Datasette labels a reference by the column `name` of the table
            if "name" not in (column for _, column, *_ in database.execute(f"PRAGMA table_info({kind})")):
                database.execute(f"ALTER TABLE {kind} ADD COLUMN name TEXT")
            database.execute(f"UPDATE {kind} SET name = (SELECT name FROM record WHERE record.id = {kind}.id)")  # noqa: S608
        for name, query in _views(_literal(public_url)):
            database.execute(f"DROP VIEW IF EXISTS {name}")
            database.execute(f"CREATE VIEW {name} AS {query}")


def metadata(file: Path, name: str, public_url: str) -> dict[str, Any]:
    """The metadata of a furnished file for Datasette, which calls the database `name`."""
    with closing(sqlite3.connect(file)) as database:
        tables = {table for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    described: dict[str, Any] = {table: {"description": text} for table, text in _TABLES.items()}
    for kind in KINDS.values():
        described[kind.plural] = _described(kind.public, kind.description) | _SEARCHED
        text = f"References of {kind.plural}, with labels. The view {kind.plural} has all fields."
        described[str(kind.name)] = {"description": text, "label_column": "name"}
        for field, part in public_layout(kind.name).parts.items():
            info = kind.public.model_fields[field]
            described[str(part.table.name)] = {"description": info.description}
            if part.value_column is None:
                described[field] = _described(inner_type(info.annotation), info.description)
    for view, (description, shape, more) in _VIEWS_OF_TEXT.items():
        described[view] = _described(shape, description) | more
    described |= {table: {"hidden": True} for table in tables - described.keys()}
    about = "Commentary as data: actors, events, sanctions, statements and judgements, with a quote for every fact."
    source = {"source": "Dossier", "source_url": public_url} if public_url else {}
    return {
        "title": "Dossier",
        "description": about,
        **source,
        "databases": {name: {"description": _START, "tables": described}},
    }


def _described(shape: type[BaseModel] | None, description: str | None) -> dict[str, Any]:
    """The metadata of a view over items with a shape."""
    found = {column.heading.replace(".", "_"): _meaning(shape, column) for column in columns(shape)} if shape else {}
    return {"description": description, "columns": {name: text for name, text in found.items() if text}}


def _meaning(shape: type[BaseModel], column: Column) -> str | None:
    """The description of the innermost field that a column shows."""
    name, *path = column.path
    if not path or (inner := inner_type(shape.model_fields[name].annotation)) is Ref:
        return (shape.model_fields.get(name) or shape.model_computed_fields[name]).description
    return _meaning(inner, Column(column.heading, tuple(path)))


def _views(public: str) -> Iterator[tuple[str, str]]:
    """The name and the query of each view. `public` is the URL of the service in SQL."""
    for kind in KINDS.values():
        shown = (column for column in columns(kind.public, any_kind_fields(kind.name)) if column.heading != "kind")
        rows = f"FROM record WHERE kind = '{kind.name}'"
        yield kind.plural, f"SELECT {', '.join(_cells(shown, 'body', public))}, record.id AS key {rows}"
        for field, part in public_layout(kind.name).parts.items():
            if part.value_column is None:
                any_kind = [name for name, table in part.references.items() if table == "record"]
                item = inner_type(kind.public.model_fields[field].annotation)
                cells = ", ".join((_record(kind.name, public), *_cells(columns(item, any_kind), "item.value", public)))
                each = f"FROM record, json_each(body, '$.{field}') AS item WHERE kind = '{kind.name}'"
                yield field, f"SELECT {cells} {each}"
    yield "passages", _TEXTS.format(public=public)
    for view, table, field, record, texts in (
        ("quotes", "evidence", "record_id", "record.kind AS record_kind, " + _record("record", public), _QUOTED),
        ("mentions", "mention", "actor_id", _record("actor", public), _MENTIONED),
    ):
        yield view, _ANCHORS.format(table=table, reference=field, record=record, public=public, **texts)


def _record(name: str, public: str) -> str:
    """The id, name and URL of the row of `record`, as the CSV has a Ref."""
    return f"record.slug AS {name}, record.name AS {name}_name, {_url('record.body', ('url',), public)} AS {name}_url"


def _cells(shown: Iterator[Column], item: str, public: str) -> Iterator[str]:
    """The columns of JSON in SQL. The URL of a Ref follows its name."""
    before: Column | None = None
    for column in shown:
        heading = column.heading.replace(".", "_")
        is_url = column.path == ("url",)
        yield f'{_url(item, column.path, public) if is_url else _cell(column, item)} AS "{heading}"'
        if column.each is None and before and before.heading + ".name" == column.heading:
            yield f'{_url(item, (*column.path[:-1], "url"), public)} AS "{heading.removesuffix("_name")}_url"'
        before = column


def _cell(column: Column, item: str) -> str:
    if column.form == "json":
        return f"nullif(nullif({_member(item, *column.path)}, '[]'), '{{}}')"
    if column.each is None:
        return _value(column, item, column.path)
    value = _value(column, "value", column.each)
    each = f"FROM (SELECT {value} AS one FROM json_each({item}, {_path(column.path)})) WHERE one IS NOT NULL"  # noqa: S608
    return f"(SELECT nullif(json_group_array(one), '[]') {each})"


def _value(column: Column, item: str, path: tuple[str, ...]) -> str:
    if column.form == "key":
        return f"{_member(item, *path, 'kind')} || '/' || {_member(item, *path, 'id')}"
    return _member(item, *path) if path else item


def _url(item: str, path: tuple[str, ...], public: str) -> str:
    """The URL of a page: the path in JSON, without `/v1`."""
    return f"{public} || substr({_member(item, *path)}, {len('/v1') + 1})"


def _member(item: str, *path: str) -> str:
    return f"json_extract({item}, {_path(path)})"


def _path(path: tuple[str, ...]) -> str:
    return _literal("$" + "".join(f".{name}" for name in path))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

"""The search index: an entry for each record, from its rendered text and every quote behind it; and completions."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from app.bundle.batches import among, batches
from app.model.completion import codes, completions
from app.model.record import Identity
from app.model.search_index import INDEXES, PLAIN, VECTORS, entry, vectors
from app.model.tables import COMPLETION, EVIDENCE
from app.model.tokens import words


def index_records(connection: Connection, records: Mapping[int, Identity], added: Mapping[int, Sequence[str]]) -> None:
    """Replace the entries of some records.

    `added` has the new quotes of records that lost none. For other records, all quotes are read.
    """
    index = INDEXES[connection.dialect.name]
    # An actor may have quotes from thousands of documents, so new ones are added to the entry without reading those.
    columns = (index.c.rowid, index.c.quotes, index.c[PLAIN])
    earlier = {
        row["rowid"]: row
        for batch in batches(records.keys() & added.keys())
        for row in connection.execute(select(*columns).where(among(index.c.rowid, batch))).mappings()
    }
    unindex_records(connection, records)
    quotes: dict[int, list[str]] = {key: [*added[key]] if key in earlier else [] for key in records}
    for batch in batches(records.keys() - earlier.keys()):
        query = select(EVIDENCE.c.record_id, EVIDENCE.c.exact).where(among(EVIDENCE.c.record_id, batch))
        for key, exact in connection.execute(query.order_by(EVIDENCE.c.record_id, EVIDENCE.c.id)):
            quotes[key].append(exact)
    for batch in batches(records):
        rows = [entry(key, _texts(records[key], quotes[key]), earlier.get(key)) for key in batch]
        if index is VECTORS:
            rows = [row | vectors(row) for row in rows]
        connection.execute(insert(index), rows)
        starts = [{"record_id": key, "start": start} for key in batch for start in completions(records[key])]
        if starts:
            connection.execute(insert(COMPLETION), starts)


def unindex_records(connection: Connection, ids: Collection[int]) -> None:
    """Delete the entries of some records."""
    index = INDEXES[connection.dialect.name]
    for batch in batches(ids):
        connection.execute(delete(index).where(among(index.c.rowid, batch)))
        connection.execute(delete(COMPLETION).where(among(COMPLETION.c.record_id, batch)))


def _texts(record: Identity, quotes: Sequence[str]) -> dict[str, Sequence[str]]:
    """The texts of each column. Aliases include identifiers, and the id as one word, to be found as a whole only."""
    aliases = [*getattr(record, "aliases", ()), *codes(record), "".join(words(record.id))]
    return {"name": [record.name], "aliases": aliases, "summary": [record.summary], "quotes": quotes}

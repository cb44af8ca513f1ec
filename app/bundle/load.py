"""Loading of bundles in one transaction: all of them, or none and a list of problems."""

import gc
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

import orjson
from sqlalchemy import Connection, Table, delete, func, insert, select
from sqlmodel import SQLModel

from app.bundle.batches import batches
from app.bundle.counting import Counts
from app.bundle.naming import Naming
from app.bundle.progress import Countable, Track, untracked
from app.bundle.publish import Loaded, publish
from app.bundle.references import added_to, naming_any
from app.bundle.removal import missing_parts, needed_records, needed_terms
from app.bundle.render import read_refs
from app.bundle.resolve import BundleRows, Row
from app.bundle.resolver import Resolver
from app.bundle.source import BundleProblem, BundleRejected, Source
from app.bundle.submission import compress
from app.bundle.timeline import place
from app.bundle.validate import missing_value
from app.model.dataset import ChangeType
from app.model.mapping import owner
from app.model.references import ADDITIONS
from app.model.tables import DATASET, DOCUMENT, DOCUMENT_RECORD, EVIDENCE, FORMER_ID, RECORD, table_of
from app.model.terms import OPEN_TERMS

MAX_WARNINGS = 100
"""The maximum number of warnings that a load reports. The others are counted."""
_GARBAGE = 50_000
"""The number of new objects after which the cycle collector runs. Each batch of records leaves a few hundred in cycles.
At the default number, the collector takes a quarter of the time of a load."""
_INTRODUCED_IN = select(RECORD.c.id, func.coalesce(DOCUMENT_RECORD.c.slug, RECORD.c.slug)).outerjoin(
    DOCUMENT_RECORD, DOCUMENT_RECORD.c.id == RECORD.c.document_id
)
"""The key of each record, and the id of its document."""
_NAMED = (RECORD, FORMER_ID)
"""The tables whose rows `Naming` stores."""
_TERMS = tuple(table_of(model) for model in OPEN_TERMS.values())


def load(connection: Connection, sources: Countable[Source], track: Track = untracked) -> Loaded:
    """Replace the document of each bundle.

    `sources` is iterated twice, and once more to report some problems. Raises BundleRejected with every problem; the
    caller must then roll back its transaction.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(_GARBAGE)
    try:
        return _Load(connection, sources, [], track).run()
    finally:
        gc.set_threshold(*thresholds)


def unload(connection: Connection, document: str) -> Loaded:
    """Remove a document with its analysis.

    Raises LookupError if there is no such document, and BundleRejected if other documents need its records.
    """
    return _Load(connection, [], [document]).run()


class _Load:
    """One load, in three steps: every record gets its key, the rows of each bundle are replaced, records are rendered.

    Memory does not grow with the database. Bundles are handled one at a time: only record keys, terms, and quotes added
    to records of other documents are held for all of them.
    """

    def __init__(
        self, connection: Connection, sources: Countable[Source], unloaded: Sequence[str], track: Track = untracked
    ) -> None:
        self.connection = connection
        self.track = track
        self.sources = sources
        self.unloaded = unloaded
        self.resolver = Resolver(connection)
        self.naming = Naming(connection, self.resolver)
        self.counts = Counts(connection)
        self.problems = self.naming.problems
        self.records: set[int] = set()
        """Records of the documents that change."""
        self.affected: set[int] = set()
        """Records of documents outside the load that gain or lose rows, such as quotes."""
        self.reduced: set[int] = set()
        """Records of `affected` that may lose a quote."""
        self.added: dict[int, list[str]] = defaultdict(list)
        """The quotes added to records of other documents."""
        self.supported: set[int] = set()
        """Records of documents outside the load that gain a quote with `supports`."""
        self.terms: dict[Table, list[Row]] = defaultdict(list)
        self.totals = Counter(bundle=0, record=0, quote=0)
        self.warnings: list[BundleProblem] = []
        self.warned = 0

    def run(self) -> Loaded:
        try:
            for source in self.track(self.sources, description="Reading"):
                self.problems += source.problems
                self.naming.load(source)
        except BundleRejected as error:  # other bundles could not be read
            raise BundleRejected(self.problems + error.problems) from error
        removed = [self.naming.unload(name) for name in self.unloaded] + self.naming.finish(self.sources)
        changed = bool(removed)
        for source in self.track(self.sources, description="Checking"):
            changed |= self._replace(source)
        self._reject()
        if not changed:
            revision = int(self.connection.execute(select(DATASET.c.revision)).scalar_one())
            return self._finished(Loaded(revision))
        for document in removed:
            self._delete_rows(document)
        for (
            table,
            rows,
        ) in self.terms.items():  # after all old terms are deleted, as a term may move to another document
            self._insert(table, rows)
        for needed in (needed_records, needed_terms):
            for detail in needed(self.connection, self.resolver):
                self._problem(detail)
        self._check_supported()
        self._reject()
        self.counts.write()
        place(self.connection, self.records)
        gone = self._delete_records()
        self.affected |= naming_any(self.connection, self.naming.renamed)
        ids = (self.records | self.affected) - self.resolver.removed
        added = {key: self.added.get(key, ()) for key in self.affected - self.records - self.reduced}
        return self._finished(publish(self.connection, ids, gone, force=True, added=added, track=self.track))

    def _finished(self, loaded: Loaded) -> Loaded:
        loaded.totals, loaded.warnings, loaded.warned = self.totals, sorted(self.warnings), self.warned
        return loaded

    def _problem(self, detail: str) -> None:
        """Add a problem of the load as a whole, reported for its first bundle."""
        source = next(iter(self.sources), None)
        self.problems.append(source.problem((), detail) if source else BundleProblem(self.unloaded[0], 0, detail))

    def _reject(self) -> None:
        if self.problems:
            raise BundleRejected(self.problems, self.warnings)

    def _replace(self, source: Source) -> bool:
        """Replace the rows of a document by those of its bundle. False if nothing differs or there are problems."""
        resolved = BundleRows(source, self.resolver)
        rows = resolved.rows
        self.problems += resolved.problems
        doubts = chain(source.warnings, (source.problem(*doubt) for doubt in resolved.warnings))
        self.warnings += islice(doubts, MAX_WARNINGS - len(self.warnings))
        self.warned += len(source.warnings) + len(resolved.warnings)
        self.totals.update(bundle=1, record=len(rows[RECORD]), quote=len(rows.get(EVIDENCE, ())))
        if self.problems or not self._set_digest(rows, source.analysis):
            return False
        if resolved.document_id < self.naming.first_key or resolved.document_id in self.naming.receiving:
            self._delete_rows(resolved.document_id)
        for table in SQLModel.metadata.sorted_tables:
            if table in _TERMS:
                self.terms[table] += rows.get(table, [])
            elif table not in _NAMED:
                self._insert(table, rows.get(table, []))
        own = resolved.own_keys
        self.records |= own
        self.affected |= {row[key.name] for _, key in ADDITIONS for row in rows.get(key.table, ())} - own
        for row in rows.get(EVIDENCE, ()):
            if row["record_id"] not in own:
                self.added[row["record_id"]].append(row["exact"])
                if row["supports"]:
                    self.supported.add(row["record_id"])
        self.counts.add(rows)
        self.counts.write(own)
        return True

    def _insert(self, table: Table, rows: Sequence[Row]) -> None:
        if rows:
            self.connection.execute(insert(table), rows)

    def _set_digest(self, rows: Mapping[Table, list[Row]], analysis: str) -> bool:
        """Set the digest of a document, over its rows in any order and its analysis; return False if it is unchanged.

        It covers the rows because another version of the code may resolve the same bundle differently, and the analysis
        because it is served: a changed comment must change the ETag.
        """
        [document] = rows[DOCUMENT]
        digest = hashlib.sha256(analysis.encode())
        for table, found in sorted(rows.items(), key=lambda item: item[0].name):
            digest.update(orjson.dumps([table.name, len(found)]))
            for row in sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS) for row in found):
                digest.update(row)
        document |= {"digest": digest.hexdigest(), "bundle": compress(analysis)}
        stored = self.connection.execute(select(DOCUMENT.c.digest).where(DOCUMENT.c.id == document["id"])).scalar()
        return bool(stored != document["digest"])

    def _delete_rows(self, document_id: int) -> None:
        """Delete every row of a document except those that `Naming` stores."""
        self.reduced |= added_to(self.connection, document_id)
        self.affected |= self.reduced
        self.counts.subtract(document_id)
        own = select(RECORD.c.id).where((RECORD.c.document_id == document_id) | (RECORD.c.id == document_id))
        for table in SQLModel.metadata.sorted_tables:
            if table in _NAMED:
                continue
            column = owner(table)
            if "document_id" in table.c:
                self.connection.execute(delete(table).where(table.c.document_id == document_id))
            elif column is not None:
                self.connection.execute(delete(table).where(column.in_(own)))

    def _check_supported(self) -> None:
        """Check that each `supports` pointer of another document's quote points to something in its record."""
        wrong: dict[tuple[str, str], Any] = {}
        for missing in missing_parts(self.connection, (self.records | self.supported) - self.resolver.removed):
            kind, slug = missing.record["kind"], missing.record["id"]
            if missing.document_id in self.naming.documents:
                wrong[f"{kind}/{slug}", missing.pointer] = missing.record
            else:
                self._problem(
                    f"'{missing.pointer}' cannot be removed from the {kind} '{slug}': "
                    f"a quote of the document '{missing.document}' supports it"
                )
        for source in self.sources if wrong else ():
            self.problems += _unsupported(source, wrong)

    def _delete_records(self) -> dict[int, dict[str, Any]]:
        """Delete the removed records, and return a Ref of each, with its change."""
        gone = read_refs(self.connection, self.resolver.removed)
        merged: set[int] = set()
        documents: dict[int, str] = {}
        forwarded = (FORMER_ID.c.kind == RECORD.c.kind) & (FORMER_ID.c.slug == RECORD.c.slug)
        for batch in batches(self.resolver.removed):
            merged.update(
                self.connection.scalars(select(RECORD.c.id).join(FORMER_ID, forwarded).where(RECORD.c.id.in_(batch)))
            )
            documents |= dict(self.connection.execute(_INTRODUCED_IN.where(RECORD.c.id.in_(batch))).all())
        for batch in batches(self.resolver.removed):
            self.connection.execute(delete(RECORD).where(RECORD.c.id.in_(batch)))
        changes = {key: ChangeType.MERGED if key in merged else ChangeType.DELETED for key in gone}
        return {key: ref | {"change": changes[key], "document": documents[key]} for key, ref in gone.items()}


def _unsupported(source: Source, wrong: Mapping[tuple[str, str], Any]) -> Iterator[BundleProblem]:
    """One problem for each `supports` pointer of a bundle in `wrong`, which maps (`kind/id`, pointer) to the record."""
    for index, addition in enumerate(source.bundle.also):
        for number, quote in enumerate(addition.evidence):
            for pointer in quote.supports:
                if (addition.record, pointer) in wrong:
                    detail = missing_value(pointer, wrong[addition.record, pointer])
                    yield source.problem(("also", index, "evidence", number, "supports"), detail)

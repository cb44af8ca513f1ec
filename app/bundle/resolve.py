"""A bundle turned into rows: every quote, date, reference and term resolved, or a problem for each that is not."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Table

from app.bundle.mentions import find_mentions
from app.bundle.pointers import backs_something
from app.bundle.resolver import Resolver
from app.bundle.source import BundleProblem, Location, Source
from app.bundle.text import DocumentText, Offsets, QuoteNotFound, TextPassage
from app.model.actor import ActorAlias
from app.model.dates import Date, DateDraft, bounds
from app.model.document import Passage as PassageRow
from app.model.document import Sentence
from app.model.evidence import EvidenceRow, Mention, Place, Quote
from app.model.folding import sort_key
from app.model.kind import Kind
from app.model.kinds import KINDS
from app.model.mapping import Layout, draft_layout, target
from app.model.record import RecordDate, RecordDraft, RecordTopic
from app.model.shape import KindName
from app.model.tables import RECORD, table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import PassageType
from app.suggest import hint

Row = dict[str, Any]

_NONE = 0
"""The key of a record that there is not: there is a problem with it, and nothing will be kept."""


class Rows:
    """The rows of one bundle, by table, and the problems found on the way."""

    def __init__(self, source: Source, known: Resolver) -> None:
        self.source = source
        self.known = known
        self.problems: list[BundleProblem] = []
        self.rows: dict[Table, list[Row]] = defaultdict(list)
        bundle = source.bundle
        self.document = bundle.document.id
        self.document_id = self._key(KindName.DOCUMENT, self.document)
        keys = known.of_document(self.document_id)
        drafts = [(kind.name, draft.id) for kind, _, draft in bundle.drafts()]
        self._own = {identity: keys.get(identity, _NONE) for identity in drafts}
        self._own_keys = {*self._own.values()}
        self._shared: set[int] = set()
        self._text = DocumentText(source.text, bundle.document.language, bundle.passages)
        self._names: dict[str, list[str]] = defaultdict(list)
        self._actors_referred: dict[str, Location] = {}
        self._passages()
        self._terms()
        for kind, location, draft in bundle.drafts():
            self._record(kind, location, draft)
        for index, _ in enumerate(bundle.also):
            self._addition(index)
        self._mentions()

    def _key(self, kind: KindName, slug: str) -> int:
        found = self.known.record(kind, slug)
        return found.key if found else _NONE

    def _add(self, model: Any, **row: Any) -> None:
        self.rows[table_of(model)].append(row)

    def _problem(self, location: Location, detail: str) -> None:
        self.problems.append(self.source.problem(location, detail))

    # The document

    def _passages(self) -> None:
        if not self._text.passages:
            self.problems.append(BundleProblem(str(self.source.document), 1, "has no text"))
        for number in self.source.bundle.passages:
            if number not in self._text.passages:
                self._problem(("passages", number), f"line {number} of document.txt is blank or does not exist")
        for passage in self._text.passages.values():
            self._add(
                PassageRow,
                document_id=self.document_id,
                number=passage.number,
                type=passage.type,
                start=passage.start,
                end=passage.end,
            )
            for start, end in passage.sentences:
                self._add(Sentence, document_id=self.document_id, start=start, end=end, passage=passage.number)

    def _terms(self) -> None:
        for vocabulary, drafts in self.source.bundle.terms.items():
            if vocabulary not in OPEN_TERMS:
                self._problem(("terms", vocabulary), f"is no open vocabulary{hint(vocabulary, OPEN_TERMS)}")
                continue
            seen: set[str] = set()
            for index, draft in enumerate(drafts):
                if self.known.has_term(vocabulary, draft.term, without=self.document) or draft.term in seen:
                    self._problem(("terms", vocabulary, index), f"'{draft.term}' is defined already; use it as it is")
                seen.add(draft.term)
                self._add(
                    OPEN_TERMS[vocabulary],
                    **draft.model_dump(),
                    parent=None,
                    source="local",
                    document_id=self.document_id,
                )

    # Records

    def _record(self, kind: Kind, location: Location, draft: RecordDraft) -> None:
        record_id = self._own[kind.name, draft.id]
        is_document = kind.name == KindName.DOCUMENT
        backed = draft.model_dump(mode="json") if any(quote.supports for quote in draft.evidence) else None
        covered = self._evidence(record_id, kind.name, draft.id, location, draft.evidence, backed)
        for ordinal, topic in enumerate(dict.fromkeys(draft.topics)):
            self._check_term("topic", topic, (*location, "topics", ordinal))
            self._add(RecordTopic, record_id=record_id, ordinal=ordinal, topic=topic)
        row = self._fields(draft_layout(kind.name), draft, record_id, location, "", None if is_document else covered)
        if is_document:
            text = self.source.text
            row |= {
                "text": text,
                "sha256": hashlib.sha256(text.encode()).hexdigest(),
                "characters": len(text),
                "words": len(text.split()),
                "digest": "",
            }
        self.rows[table_of(kind.table)].append({"id": record_id} | row)
        if kind.name == KindName.ACTOR:
            for name in (draft.name, *getattr(draft, "aliases", ())):
                self._names[name].append(draft.id)
            self._check_aliases(location, getattr(draft, "aliases", ()))
        self.rows[RECORD].append({"id": record_id} | named(kind, draft, self.document_id))

    def _fields(
        self,
        layout: Layout,
        shape: BaseModel,
        record_id: int,
        location: Location,
        pointer: str,
        covered: list[Offsets] | None,
    ) -> Row:
        """The columns that a shape fills; its dates and the rows of its lists are added on the way."""
        row: Row = {}
        for name in layout.scalars:
            row[name] = self._scalar(layout.table, name, name, getattr(shape, name), (*location, name), covered)
        for name, table in layout.references.items():
            row[f"{name}_id"] = self._refer(table, getattr(shape, name), (*location, name))
        for name, nested in layout.nested.items():
            value = getattr(shape, name)
            for part in nested.model_fields:
                row[f"{name}_{part}"] = (
                    None
                    if value is None
                    else self._scalar(
                        layout.table,
                        f"{name}_{part}",
                        part,
                        getattr(value, part),
                        (*location, name, part),
                        covered,
                    )
                )
        for name in layout.dates:
            self._date(record_id, f"{pointer}/{name}", getattr(shape, name), (*location, name), covered)
        for name, part_layout in layout.parts.items():
            for ordinal, item in enumerate(getattr(shape, name)):
                place = (*location, name, ordinal)
                columns: Row = {"owner_id": record_id, "ordinal": ordinal}
                if "document_id" in part_layout.table.c:
                    columns["document_id"] = self.document_id
                if part_layout.bare:
                    referred = target(part_layout.table, part_layout.bare)
                    columns[part_layout.bare] = self._refer(referred, item, place) if referred else item
                else:
                    columns |= self._fields(part_layout, item, record_id, place, f"{pointer}/{name}/{ordinal}", covered)
                self.rows[part_layout.table].append(columns)
        return row

    def _scalar(
        self,
        table: Table,
        column: str,
        field: str,
        value: Any,
        location: Location,
        covered: list[Offsets] | None,
    ) -> Any:
        vocabulary = target(table, column)
        if vocabulary in OPEN_TERMS and value is not None:
            self._check_term(vocabulary, value, location)
        if field == "text" and value is not None and covered is not None:
            self._check_words(value, location, covered)
        return value

    def _date(
        self,
        record_id: int,
        pointer: str,
        draft: DateDraft | None,
        location: Location,
        covered: list[Offsets] | None,
    ) -> None:
        if draft is not None:
            if covered is not None:
                self._check_words(draft.text, (*location, "text"), covered)
            self._add(RecordDate, record_id=record_id, pointer=pointer, **Date.of(draft).model_dump())

    def _check_words(self, words: str, location: Location, covered: list[Offsets]) -> None:
        """What is given as the source's words stands in the record's quotes."""
        if any(self._text.has(words, stretch) for stretch in covered):
            return
        places = [stretch for _, stretch in self._text.occurrences(words, Place())]
        if not places:
            try:
                self._text.anchor(words, Place())
            except QuoteNotFound as error:
                self._problem(location, str(error))
        else:
            self._problem(
                location,
                f"{words!r} stands in none of the record's quotes; cite the words that it is taken from",
            )

    def _check_aliases(self, location: Location, aliases: Sequence[str]) -> None:
        for index, alias in enumerate(aliases):
            if not self._text.says(alias):
                self._problem((*location, "aliases", index), f"the text never says {alias!r}")

    def _check_term(self, vocabulary: str, term: str, location: Location) -> None:
        if not self.known.has_term(vocabulary, term):
            alike = hint(term, sorted(self.known.terms(vocabulary)))
            self._problem(
                location,
                f"'{term}' is no term of the vocabulary {vocabulary}{alike}; "
                "if none fits, add it under `terms` with a definition",
            )

    # References

    def _refer(self, table: str, reference: str | None, location: Location) -> int | None:
        """The key of the record that a reference means; None, and a problem, where it means none."""
        if reference is None:
            return None
        prefix, _, slug = reference.rpartition("/")
        wanted = prefix if table == "record" else table
        if wanted not in KINDS or prefix not in ("", wanted):
            kinds = ", ".join(KINDS)
            expected = f"`kind/id`, of one of the kinds {kinds}" if table == "record" else f"the id of one {table}"
            self._problem(location, f"'{reference}' is no reference that can stand here; write {expected}")
            return None
        kind = KindName(wanted)
        if (kind, slug) in self._own:
            return self._own[kind, slug]
        found = self.known.record(kind, slug)
        if found is None:
            own = [own for own_kind, own in self._own if own_kind == kind]
            self._problem(location, f"there is no {kind} '{slug}'{hint(slug, [*own, *self.known.near(kind, slug)])}")
            return None
        if kind == KindName.ACTOR:
            self._actors_referred.setdefault(slug, location)
        return found.key

    # Evidence and mentions

    def _evidence(
        self,
        record_id: int,
        kind: KindName,
        slug: str,
        location: Location,
        quotes: Sequence[Quote],
        record: Any,
    ) -> list[Offsets]:
        """Add the quotes of a record; the stretches that they cover together, all the text where one is not found."""
        seen: set[Offsets] = set()
        missed = False
        for index, quote in enumerate(quotes):
            place = (*location, "evidence", index)
            try:
                passage, stretch = self._text.anchor(quote.exact, quote)
            except QuoteNotFound as error:
                self._problem(place, str(error))
                missed = True
                continue
            if passage.type == PassageType.BOILERPLATE:
                self._problem(place, f"passage {passage.number} is boilerplate, which nothing cites")
            if stretch in seen:
                self._problem(place, "the record cites these words already")
            seen.add(stretch)
            for pointer in quote.supports if record is not None else ():
                self._check_pointer(pointer, record, (*place, "supports"))
            self._quote(record_id, f"{kind}/{slug}", passage, stretch, quote)
        return [(0, len(self._text.text))] if missed else _merge(self._text.text, seen)

    def _quote(self, record_id: int, record: str, passage: TextPassage, stretch: Offsets, quote: Quote) -> None:
        start, end = stretch
        prefix, suffix = self._text.context(start, end)
        key = hashlib.sha256(f"{record} {self.document} {start} {end}".encode()).hexdigest()[:16]
        self._add(
            EvidenceRow,
            id=key,
            record_id=record_id,
            document_id=self.document_id,
            passage=passage.number,
            start=start,
            end=end,
            exact=quote.exact,
            prefix=prefix,
            suffix=suffix,
            supports=quote.supports,
        )

    def _check_pointer(self, pointer: str, record: Any, location: Location) -> None:
        if not backs_something(record, pointer):
            self._problem(location, points_at_nothing(pointer, record))

    def _addition(self, index: int) -> None:
        addition, location = self.source.bundle.also[index], ("also", index)
        record_id = self._refer("record", addition.record, (*location, "record"))
        if record_id is None:
            return
        kind, _, slug = addition.record.partition("/")
        if record_id in self._own_keys:
            self._problem((*location, "record"), "this document introduces the record itself; say it there")
            return
        if record_id in self._shared:
            self._problem((*location, "record"), "is listed twice; put both in one")
            return
        self._shared.add(record_id)
        if not addition.evidence and not addition.aliases:
            self._problem(location, "adds nothing; give aliases or evidence")
        found = self.known.record(KindName(kind), slug)
        backed = None  # what a document of this load says is seen when all is loaded
        if found and found.owner not in self.known.loaded and any(quote.supports for quote in addition.evidence):
            backed = self.known.body(record_id)
        self._evidence(record_id, KindName(kind), slug, location, addition.evidence, backed)
        if addition.aliases and kind != KindName.ACTOR:
            self._problem((*location, "aliases"), "only an actor has aliases")
            return
        self._check_aliases(location, addition.aliases)
        for ordinal, alias in enumerate(addition.aliases):
            self._names[alias].append(slug)
            self._add(ActorAlias, owner_id=record_id, document_id=self.document_id, ordinal=ordinal, alias=alias)

    def _mentions(self) -> None:
        self._check_named()
        exceptions = self.source.bundle.mentions
        for index, exception in enumerate(exceptions):
            if exception.actor is not None:
                self._refer("actor", exception.actor, ("mentions", index, "actor"))
        found, ambiguous, faulty = find_mentions(self._text, self._names, exceptions)
        for detail in ambiguous:
            self._problem(("mentions",), detail)
        for index, detail in faulty.items():
            self._problem(("mentions", index), detail)
        for mention in found:
            self._add(
                Mention,
                document_id=self.document_id,
                start=mention.start,
                end=mention.end,
                passage=mention.passage,
                exact=self._text.text[mention.start : mention.end],
                actor_id=self._own.get((KindName.ACTOR, mention.actor)) or self._key(KindName.ACTOR, mention.actor),
            )

    def _check_named(self) -> None:
        """An actor of another document that the text calls by its name is listed under `also`, with that name."""
        for slug, location in self._actors_referred.items():
            found = self.known.record(KindName.ACTOR, slug)
            if found and found.name not in self._names and (count := self._text.says(found.name)):
                self._problem(
                    location,
                    f"the text says {found.name!r} ({count}×), and the actor is another document's: "
                    "list it under `also` with the aliases it has here",
                )


def named(kind: Kind, draft: RecordDraft, document_id: int) -> Row:
    """What `record` keeps of a draft, but for its key."""
    dated = getattr(draft, kind.dated_by) if kind.dated_by else None
    earliest, latest = bounds(dated.edtf) if dated and dated.edtf else (None, None)
    return {
        "kind": kind.name,
        "slug": draft.id,
        "name": draft.name,
        "sort_name": sort_key(draft.name),
        "document_id": None if kind.name == KindName.DOCUMENT else document_id,
        "summary": draft.summary,
        "earliest": earliest,
        "latest": latest,
        "day": earliest or latest,
    }


def points_at_nothing(pointer: str, record: Any) -> str:
    """What is wrong with a pointer that leads to no part of a record, and which would be right."""
    fields = [f"/{name}" for name, value in record.items() if value not in (None, [])]
    return f"'{pointer}' points at nothing in the record{hint(pointer, fields)}"


def _merge(text: str, stretches: set[Offsets]) -> list[Offsets]:
    """Stretches joined where they touch, overlap, or have only white space between them."""
    merged: list[Offsets] = []
    for start, end in sorted(stretches):
        if merged and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged

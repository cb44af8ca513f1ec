"""Resolution of a bundle into rows: quotes get offsets, dates get bounds, references get keys."""

import hashlib
import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from textwrap import shorten
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Table

from app.bundle.anchoring import QuoteNotFound, TextPassage
from app.bundle.format import Addition
from app.bundle.matching import Offsets
from app.bundle.mentions import Mentions, find_mentions
from app.bundle.plausibility import doubtful_date, doubtful_lines, doubtful_value
from app.bundle.resolver import Resolver
from app.bundle.shorthand import Location
from app.bundle.source import Source
from app.bundle.validate import Validator
from app.model.actor import ActorAlias, ActorDraft
from app.model.dates import Date, DateDraft, bounds
from app.model.document import Passage, Sentence
from app.model.event import EventLocation
from app.model.evidence import EvidenceRow, Mention, Place, Quote
from app.model.figure import FigureDraft
from app.model.folding import sort_key
from app.model.kind import Kind
from app.model.kinds import KINDS
from app.model.mapping import Layout, draft_layout, target
from app.model.record import FormerId, RecordActor, RecordDate, RecordDraft, RecordTopic
from app.model.references import REFERENCES
from app.model.shape import KindName
from app.model.tables import ACTOR, EVIDENCE, MENTION, RECORD, table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import ActorType
from app.suggest import hint

Row = dict[str, Any]

_UNRESOLVED = 0
"""The key of a record that was not found. The bundle has a problem then, so no row is stored."""


class BundleRows:
    """The rows of one bundle, by table, and the problems found while resolving it."""

    def __init__(self, source: Source, resolver: Resolver) -> None:
        bundle = source.bundle
        self.source = source
        self.resolver = resolver
        self.rows: dict[Table, list[Row]] = defaultdict(list)
        self.document = bundle.document.id
        self.document_id = self._key(KindName.DOCUMENT, self.document)
        stored = resolver.of_document(self.document_id)
        own = [(kind.name, draft.id) for kind, _, draft in bundle.drafts()]
        self._own = {identity: stored[identity].id if identity in stored else _UNRESOLVED for identity in own}
        self.own_keys = {*self._own.values()}
        self._language = bundle.document.language.split("-")[0]
        self._text = source.document_text
        self._check = Validator(source, resolver, self._text)
        self._exempt = {bundle.document.publisher, *bundle.document.authors}
        self.problems = self._check.problems
        self.warnings: list[tuple[Location | int, str]] = []
        """Probable slips, each with its location, or its line of the text."""
        self._quotes: dict[str, tuple[str, Location]] = {}
        """By id of each quote: the record that it supports (`kind/id`), and its location."""
        self._mentioned: dict[int, str] = {}
        """The ids of the actors that the text mentions, by key."""
        self._names: dict[str, list[str]] = defaultdict(list)
        self._actor_keys = {key for (kind, _), key in self._own.items() if kind == KindName.ACTOR}
        self._referred_actors: dict[str, Location] = {}
        self._passages()
        self._terms()
        for kind, location, draft in bundle.drafts():
            self._record(kind, location, draft)
        self._additions()
        self._mentions()
        self._twins()
        self.warnings += doubtful_lines(self._text)
        self._actors()
        self._check.missing_records()

    def _key(self, kind: KindName, slug: str) -> int:
        found = self.resolver.record(kind, slug)
        return found.key if found else _UNRESOLVED

    def _add(self, model: Any, **row: Any) -> None:
        """Add a row, with the document of the bundle if its table has a column for it."""
        table = table_of(model)
        self.rows[table].append(row | {"document_id": self.document_id} if "document_id" in table.c else row)

    # The document

    def _passages(self) -> None:
        self._check.passages()
        for passage in self._text.passages.values():
            self._add(Passage, number=passage.number, type=passage.type, start=passage.start, end=passage.end)
            for start, end in passage.sentences:
                self._add(Sentence, start=start, end=end, passage=passage.number)

    def _terms(self) -> None:
        for vocabulary, drafts in self.source.bundle.terms.items():
            if vocabulary not in OPEN_TERMS:
                detail = f"is not an open vocabulary{hint(vocabulary, OPEN_TERMS)}"
                self._check.problem(("terms", vocabulary), detail)
                continue
            seen: set[str] = set()
            for index, draft in enumerate(drafts):
                if draft.term in seen or self.resolver.has_term(vocabulary, draft.term, without=self.document):
                    detail = f"'{draft.term}' is already defined; remove this definition"
                    self._check.problem(("terms", vocabulary, index), detail)
                seen.add(draft.term)
                self._add(OPEN_TERMS[vocabulary], **draft.model_dump(), parent=None, source="local")

    # Records

    def _record(self, kind: Kind, location: Location, draft: RecordDraft) -> None:
        record_id = self._own[kind.name, draft.id]
        supported = draft.model_dump(mode="json") if any(quote.supports for quote in draft.evidence) else None
        quoted = self._evidence(record_id, f"{kind.name}/{draft.id}", location, draft.evidence, supported)
        if draft.evidence:
            if supported and all(quote.supports for quote in draft.evidence):
                self._check.complete(kind, supported, draft.evidence, location)
        elif kind.name != KindName.DOCUMENT and draft.id not in self._exempt:
            self._check.problem((*location, "evidence"), "is empty; only the document's publisher and authors may be")
        for ordinal, topic in enumerate(dict.fromkeys(draft.topics)):
            self._check.term("topic", topic, (*location, "topics", ordinal))
            self._add(RecordTopic, record_id=record_id, ordinal=ordinal, topic=topic)
        for ordinal, old in enumerate(draft.formerly):
            self._add(FormerId, record_id=record_id, ordinal=ordinal, kind=kind.name, slug=old)
        is_document = kind.name == KindName.DOCUMENT  # its words need no quote
        row = self._fields(draft_layout(kind.name), draft, record_id, location, "", None if is_document else quoted)
        self._add(kind.table, id=record_id, **row, **(self._texts() if is_document else {}))
        if isinstance(draft, FigureDraft) and self._language == "en":
            self._doubt((*location, "value"), doubtful_value(draft.value))
        if kind.name == KindName.ACTOR:
            aliases = getattr(draft, "aliases", ())
            for name in (draft.name, *aliases):
                self._names[name].append(draft.id)
            self._check.aliases(location, aliases)
        self.rows[RECORD].append({"id": record_id, **record_row(kind, draft, self.document_id)})

    def _texts(self) -> Row:
        text = self.source.text
        return {
            "text": text,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "characters": len(text),
            "words": len(text.split()),
        }

    def _fields(
        self,
        layout: Layout,
        shape: BaseModel,
        record_id: int,
        location: Location,
        pointer: str,
        quoted: list[Offsets] | None,
    ) -> Row:
        """Return the columns of a shape's row, and add the rows of its dates and lists.

        `quoted` has the offsets of the record's quotes, which must contain the source's words; None: no check.
        """
        row: Row = {}
        for name in layout.scalars:
            row[name] = self._scalar(layout.table, name, name, getattr(shape, name), (*location, name), quoted)
        for name, table in layout.references.items():
            row[f"{name}_id"] = self._refer(table, getattr(shape, name), (*location, name), record_id)
        for name, nested in layout.nested.items():
            for part in nested.model_fields:
                column = f"{name}_{part}"
                value = getattr(getattr(shape, name), part, None)
                row[column] = self._scalar(layout.table, column, part, value, (*location, name, part), quoted)
        for name in layout.dates:
            self._date(record_id, f"{pointer}/{name}", getattr(shape, name), (*location, name), quoted)
        for name, part_layout in layout.parts.items():
            for ordinal, item in enumerate(getattr(shape, name)):
                place = (*location, name, ordinal)
                columns: Row = {"owner_id": record_id, "ordinal": ordinal}
                if "document_id" in part_layout.table.c:
                    columns["document_id"] = self.document_id
                if part_layout.value_column:
                    referred = part_layout.value_target
                    columns[part_layout.value_column] = (
                        self._refer(referred, item, place, record_id) if referred else item
                    )
                else:
                    columns |= self._fields(part_layout, item, record_id, place, f"{pointer}/{name}/{ordinal}", quoted)
                self.rows[part_layout.table].append(columns)
        return row

    def _scalar(
        self, table: Table, column: str, field: str, value: Any, location: Location, quoted: list[Offsets] | None
    ) -> Any:
        """Check a value, and return it; words of the source as printed."""
        if value is None:
            return None
        vocabulary = target(table, column)
        if vocabulary in OPEN_TERMS:
            self._check.term(vocabulary, value, location)
        if field == "text" and quoted is not None:
            return self._check.source_words(value, location, quoted)
        is_named = field in ("name", "capacity") or (field == "title" and self._language == "en")
        if is_named and quoted is not None and not self._text.has_word_of(value):
            self._doubt(location, f"the text has no word of {value!r}; write what the text says, or nothing")
        return value

    def _date(
        self, record_id: int, pointer: str, draft: DateDraft | None, location: Location, quoted: list[Offsets] | None
    ) -> None:
        if draft is None:
            return
        self._doubt(location, doubtful_date(draft, self._language, published=quoted is None))
        date = Date.of(draft).model_dump()
        if quoted is not None:
            date["text"] = self._check.source_words(draft.text, (*location, "text"), quoted)
        self._add(RecordDate, record_id=record_id, pointer=pointer, **date)

    def _refer(self, table: str, reference: str | None, location: Location, owner: int | None = None) -> int | None:
        """The key of the record that a reference of the record `owner` names; None if there is none, or it is wrong."""
        if reference is None:
            return None
        prefix, _, slug = reference.rpartition("/")
        wanted = prefix if table == "record" else table
        if wanted not in KINDS or prefix not in ("", wanted):
            kinds = ", ".join(KINDS)
            expected = f"`kind/id`, where the kind is one of {kinds}" if table == "record" else f"the id of one {table}"
            self._check.problem(location, f"'{reference}' is not a valid reference here; write {expected}")
            return None
        kind = KindName(wanted)
        if (kind, slug) in self._own:
            if owner and self._own[kind, slug] == owner:
                self._check.problem(location, "the record refers to itself; name another record, or remove this")
            return self._own[kind, slug]
        found = self.resolver.record(kind, slug)
        if found is None:
            own = [own for own_kind, own in self._own if own_kind == kind]
            if former := self.resolver.former(kind, slug):
                self._check.problem(location, f"there is no {kind} '{slug}'; it is '{former.now}' now")
                return None
            near = self.resolver.near(kind, slug)
            others = {name: document for name, document in near.items() if document not in (None, self.document)}
            notes = {name: f"of the document '{document}'" for name, document in others.items()}
            similar = hint(slug, [*own, *near], notes=notes)
            self._check.missing[f"{kind}/{slug}"].append((location, f"there is no {kind} '{slug}'{similar}"))
            return None
        if kind == KindName.ACTOR:
            self._referred_actors.setdefault(slug, location)
            self._actor_keys.add(found.key)
        return found.key

    # Evidence and mentions

    def _evidence(
        self, record_id: int, record: str, location: Location, quotes: Sequence[Quote], supported: Any
    ) -> list[Offsets]:
        """Add the quotes of a record (`kind/id`), and return the offsets that they cover together.

        Pointers are checked against the JSON of the record in `supported`, unless it is None. If a quote is not found,
        the offsets are those of the whole text, so that one mistake gives one problem.
        """
        found: dict[Offsets, tuple[TextPassage, Quote, Location]] = {}
        missed = False
        for index, quote in enumerate(quotes):
            place = (*location, "evidence", index)
            try:
                passage, offsets = self._text.anchor(quote.exact, quote)
            except QuoteNotFound as error:
                joined = [
                    f"{one.exact}, {other.exact}" for one, other in pairwise(quotes[max(0, index - 1) : index + 2])
                ]
                whole = next((words for words in joined if self._text.occurrences(words, Place())), None)
                advice = f"; is the comma part of the quote? put it in quotes: {json.dumps(whole, ensure_ascii=False)}"
                self._check.problem(place, f"{error}{advice if whole else ''}")
                missed = True
                continue
            self._check.quote(passage, offsets, found, place)
            found[offsets] = (passage, quote, place)
            for pointer in quote.supports if supported is not None else ():
                self._check.pointer(pointer, supported, (*place, "supports"))
        earlier: Counter[str] = Counter()
        for (start, end), (passage, quote, place) in sorted(found.items()):
            # The id survives edits elsewhere: it depends on the words, and on the record's own quotes alone.
            exact = self._text.text[start:end]
            content = "\0".join((record, self.document, exact, str(earlier[exact])))
            earlier[exact] += 1
            prefix, suffix = self._text.context(start, end)
            identity = hashlib.sha256(content.encode()).hexdigest()[:16]
            self._quotes[identity] = (record, place)
            self._add(
                EvidenceRow,
                id=identity,
                record_id=record_id,
                passage=passage.number,
                start=start,
                end=end,
                exact=exact,
                prefix=prefix,
                suffix=suffix,
                supports=quote.supports,
            )
        return [(0, len(self._text.text))] if missed else _merged(self._text.text, found)

    def _additions(self) -> None:
        seen: set[int] = set()
        for index, addition in enumerate(self.source.bundle.also):
            location = ("also", index)
            record_id = self._refer("record", addition.record, (*location, "record"))
            if record_id is None:
                continue
            if record_id in self.own_keys:
                detail = "the record belongs to this document; add these to the record itself"
                self._check.problem((*location, "record"), detail)
            elif record_id in seen:
                self._check.problem((*location, "record"), "is listed twice; merge the two entries")
            else:
                self._addition(record_id, addition, location)
            seen.add(record_id)

    def _addition(self, record_id: int, addition: Addition, location: Location) -> None:
        if not addition.evidence and not addition.aliases:
            self._check.problem(location, "adds nothing; give aliases or evidence")
        kind, _, slug = addition.record.partition("/")
        found = self.resolver.record(KindName(kind), slug)
        supported = None  # pointers into documents of this load are checked when all are loaded
        if found and found.owner not in self.resolver.loaded and any(quote.supports for quote in addition.evidence):
            supported = self.resolver.body(record_id)
        self._evidence(record_id, addition.record, location, addition.evidence, supported)
        if addition.aliases and kind != KindName.ACTOR:
            self._check.problem((*location, "aliases"), "only actors have aliases")
            return
        self._check.aliases(location, addition.aliases)
        for ordinal, alias in enumerate(addition.aliases):
            self._names[alias].append(slug)
            self._add(ActorAlias, owner_id=record_id, ordinal=ordinal, alias=alias)

    def _mentions(self) -> None:
        exceptions = self.source.bundle.mentions
        for index, exception in enumerate(exceptions):
            self._refer("actor", exception.actor, ("mentions", index, "actor"))
        mentions = find_mentions(self._text, self._names, exceptions)
        self._check.shared_actors(self._referred_actors, self._names, mentions)
        for detail in mentions.ambiguous:
            self._check.problem(("mentions",), detail)
        for index, detail in mentions.faulty.items():
            self._check.problem(("mentions", index), detail)
        for index in mentions.idle:
            self._doubt(("mentions", index), "the words mean the same without this exception; remove it")
        self._unlisted(mentions)
        for mention in mentions.found:
            key = self._own.get((KindName.ACTOR, mention.actor)) or self._key(KindName.ACTOR, mention.actor)
            self._mentioned[key] = mention.actor
            self._add(
                Mention,
                start=mention.start,
                end=mention.end,
                passage=mention.passage,
                exact=self._text.text[mention.start : mention.end],
                actor_id=key,
            )

    def _actors(self) -> None:
        """The actors of each record but the document: those that its fields or its quotes name."""
        actors: dict[int, set[int]] = {key: {key} for key in self.own_keys - {self.document_id}}
        for owner, column in REFERENCES:
            for row in self.rows.get(column.table, ()):
                if row[owner.name] in actors and row[column.name] in self._actor_keys:
                    actors[row[owner.name]].add(row[column.name])
        stored = self.resolver.countries({*self._actor_keys, *self._mentioned})
        countries = stored | {row["id"]: (row["type"], row["country"]) for row in self.rows.get(ACTOR, ())}
        given = {key: {countries.get(each, ("", None))[1] for each in found} for key, found in actors.items()}
        for row in self.rows.get(table_of(EventLocation), ()):
            given.setdefault(row["owner_id"], set()).add(row["country"])
        unreferred: dict[int, list[tuple[Row, set[int]]]] = defaultdict(list)
        mentions = self.rows.get(MENTION, [])  # in the order of the text
        starts = [mention["start"] for mention in mentions]
        for quote in self.rows.get(EVIDENCE, ()):
            if quote["record_id"] in actors:
                inside = mentions[bisect_left(starts, quote["start"]) : bisect_left(starts, quote["end"])]
                named = {row["actor_id"] for row in inside if row["end"] <= quote["end"]}
                at_home = {(ActorType.STATE, country) for country in given[quote["record_id"]] - {None}}
                more = {each for each in named - actors[quote["record_id"]] if countries.get(each) not in at_home}
                if more and quote["record_id"] not in self._actor_keys:  # an actor's quotes may name others
                    unreferred[quote["record_id"]].append((quote, more))
                actors[quote["record_id"]] |= named
        for quotes in unreferred.values():
            self._warn(quotes)
        for record, found in sorted(actors.items()):
            for actor in sorted(found - {record}):
                self._add(RecordActor, record_id=record, actor_id=actor)

    def _unlisted(self, mentions: Mentions) -> None:
        """Warn of names that other documents use for actors, and that this bundle does not list."""
        found: dict[str, tuple[int, int, set[str]]] = {}
        for name, slug, document in self.resolver.known_names(self._text.words()):
            if document != self.document and not name.islower() and name not in self._names:
                places = [place for place in self._text.whole(name) if not mentions.covers(place)]
                if places and (passage := self._text.around(places[0])):
                    found.setdefault(name, (passage.number, len(places), set()))[2].add(slug)
        for name, (line, count, slugs) in found.items():
            actors = " or ".join(f"actor/{slug}" for slug in sorted(slugs)[:3])
            where = "under `aliases`" if all((KindName.ACTOR, slug) in self._own for slug in slugs) else "under `also`"
            detail = f"{name!r} ({count}×) means {actors} in other documents; list it {where}, or under `mentions`"
            self.warnings.append((line, detail))

    def _twins(self) -> None:
        """Warn of actors that have a name or an identifier of another actor."""
        drafts = [draft for kind, _, draft in self.source.bundle.drafts() if isinstance(draft, ActorDraft)]
        marks = [
            [("name", sort_key(draft.name)), *((each.scheme, each.value) for each in draft.identifiers)]
            for draft in drafts
        ]
        others = self.resolver.marked({mark for found in marks for mark in found}, self.document_id)
        for index, (draft, found) in enumerate(zip(drafts, marks, strict=True)):
            for scheme, value in found:
                if twins := sorted({*others[scheme, value]} - {draft.id}):
                    detail = (
                        f"actor/{twins[0]} has the same {scheme} {value!r}; if they are one, use one id "
                        "(`dossier merge`), else tell them apart"
                    )
                    self.warnings.append((("actors", index), detail))
                others[scheme, value].append(draft.id)

    def _doubt(self, location: Location, detail: str | None) -> None:
        if detail:
            self.warnings.append((location, detail))

    def _warn(self, quotes: Sequence[tuple[Row, set[int]]]) -> None:
        """Warn that quotes of a record name actors to which none of its fields refers."""
        record, location = self._quotes[quotes[0][0]["id"]]
        *others, last = sorted(repr(self._mentioned[actor]) for _, actors in quotes for actor in actors)
        names = f"{', '.join(others)} and {last}" if others else last
        words, more = repr(shorten(quotes[0][0]["exact"], 80, placeholder=" …")), len(quotes) - 1
        verb = f" and {more} more quote{'s'[: more != 1]} name" if more else " names"
        detail = f"{words}{verb} {names}, to which no field of {record} refers; add a reference, or shorten the quote"
        self.warnings.append((location, f"{detail}{'s'[: more > 0]}"))


def record_row(kind: Kind, draft: RecordDraft, document_id: int) -> Row:
    """The row of a draft in `record`, without its key."""
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
    }


def _merged(text: str, quoted: Iterable[Offsets]) -> list[Offsets]:
    """Offsets joined where they touch, overlap, or have only white space between them."""
    merged: list[Offsets] = []
    for start, end in sorted(quoted):
        if merged and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged

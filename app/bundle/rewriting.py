"""Edits of bundle files, with their comments: a record gets another id, or two records become one."""

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.representer import RoundTripRepresenter

from app.bundle.anchoring import DocumentText
from app.bundle.source import BundleProblem, BundleRejected, Source
from app.model.kind import Kind
from app.model.kinds import KINDS
from app.model.mapping import Layout, draft_layout
from app.model.record import RecordDraft
from app.model.shape import KindName

_KEPT = frozenset({"id", "formerly", "name", "summary", "evidence", "aliases"})
"""The fields of a merged record that its bundle still has, or need not have."""


def rewrite(
    folders: Sequence[Path], kind: Kind, old: str, new: str, *, merge: bool
) -> tuple[dict[Path, str], list[str]]:
    """Give a record another id in all its bundles, or merge it with the record that has this id.

    Returns the new text of each file that changes, and the fields of a merged record that are lost. Raises LookupError
    if no bundle introduces the record, or one has the new id already; BundleRejected if a merged record would refer to
    itself.
    """
    analyses = [_Analysis(folder, kind, old, new) for folder in folders]
    before, after = ([each.drafts[slug] for each in analyses if slug in each.drafts] for slug in (old, new))
    if not before or (merge and not after):
        raise LookupError(f"none of these bundles introduces the {kind.name} '{new if before else old}'")
    if after and not merge:
        raise LookupError(
            f"a bundle introduces the {kind.name} '{new}' already; `dossier merge` makes one record of two"
        )
    if loops := [loop for each in analyses if merge for loop in each.loops()]:
        raise BundleRejected(loops)
    for each in analyses:
        each.merge(before[0], after[0]) if merge else each.rename()
    fields, others = (draft.model_dump() for draft in (before[0], after[0] if merge else before[0]))
    lost = [name for name, value in fields.items() if name not in _KEPT and value not in (None, [], others[name])]
    return {each.file: each.text() for each in analyses if each.refer()}, lost


class _Entry(NamedTuple):
    """A record in its list, or the additions to it under `also`."""

    name: str
    at: int
    fields: Any


class _Representer(RoundTripRepresenter):
    """Writes null as `null`, not as nothing."""


_Representer.add_representer(
    type(None), lambda representer, _: representer.represent_scalar("tag:yaml.org,2002:null", "null")
)


class _Analysis:
    """The analysis of a bundle, in which the id `old` of a kind becomes `new`."""

    def __init__(self, folder: Path, kind: Kind, old: str, new: str) -> None:
        self.source = Source(folder)
        if self.source.problems:
            raise BundleRejected(self.source.problems)
        self.file = Path(self.source.analysis_file)
        self.kind, self.old, self.new = kind, old, new
        self.drafts = {draft.id: draft for each, _, draft in self.source.bundle.drafts() if each is kind}
        self._yaml = YAML()
        self._yaml.Representer = _Representer
        self._yaml.preserve_quotes = True
        self._yaml.brace_single_entry_mapping_in_flow_sequence = True
        self._yaml.width = 2**16
        self._yaml.indent(mapping=2, sequence=4, offset=2)
        self._tree: Any = self._yaml.load(self.source.analysis)

    def text(self) -> str:
        """The edited analysis."""
        stream = io.StringIO()
        self._yaml.dump(self._tree, stream)
        return stream.getvalue()

    def loops(self) -> Iterator[BundleProblem]:
        """Records that would refer to themselves after the merge, and relationships of an actor with itself."""
        ids = {name for slug in (self.old, self.new) for name in (slug, f"{self.kind.name}/{slug}")}
        for kind, location, draft in self.source.bundle.drafts():
            places = _references(draft_layout(kind.name), draft.model_dump(mode="json"))
            found = [parent[key] in ids for parent, key, table in places if table in ("record", self.kind.name)]
            is_merged = kind is self.kind and draft.id == self.new
            if any(found) if is_merged else kind.name == KindName.RELATIONSHIP and sum(found) > 1:
                detail = f"'{draft.id}' refers to both '{self.old}' and '{self.new}'; remove it before the merge"
                if is_merged:
                    detail = f"'{self.new}' refers to '{self.old}', so it would refer to itself; remove that reference"
                yield self.source.problem(location, detail)

    def rename(self) -> None:
        """Give the record its new id."""
        if self.old in self.drafts:
            entry = self._entry(self._tree, self.old)
            record = entry.fields if entry else self._tree["document"]
            record["id"] = self.new
            _extend(record, "formerly", [self.old])

    def merge(self, old: RecordDraft, new: RecordDraft) -> None:
        """Add the names and quotes of `old` to `new`, and remove `old`."""
        parsed = self.source.bundle.model_dump(mode="json", exclude_unset=True)
        extra, target = self._entry(parsed, self.old), self._entry(parsed, self.new)
        if extra and (target or self.old in self.drafts):
            self._remove(extra)
            entry = self._entry(self._tree, self.new)
            fields = entry.fields if entry else CommentedMap(record=f"{self.kind.name}/{self.new}")
            there = target.fields if target else {}
            known, cited = {*there.get("aliases", ()), there.get("name")}, [*map(_words, there.get("evidence", ()))]
            quotes = [_words(quote) for quote in extra.fields.get("evidence", ())]
            _extend(fields, "evidence", [quote for quote in quotes if quote not in cited])
            _extend(fields, "aliases", [name for name in self._names(extra.fields, old, new) if name not in known])
            if not entry:
                self._tree.setdefault("also", CommentedSeq()).append(fields)
        if self.new in self.drafts and (entry := self._entry(self._tree, self.new)):
            _extend(entry.fields, "formerly", [self.old, *old.formerly])

    def refer(self) -> bool:
        """Let all references lead to the new id. False if the analysis has none, and neither of the records."""
        records = [(KINDS[KindName.DOCUMENT], self._tree["document"])]
        records += [(kind, record) for kind in KINDS.values() for record in self._tree.get(kind.plural) or ()]
        defaults = self._tree.get("defaults") or {}
        records += [(kind, defaults[kind.plural]) for kind in KINDS.values() if defaults.get(kind.plural)]
        places: list[tuple[Any, str | int, str]]
        places = [(addition, "record", "record") for addition in self._tree.get("also") or ()]
        places += [(exception, "actor", "actor") for exception in self._tree.get("mentions") or ()]
        places += [place for kind, record in records for place in _references(draft_layout(kind.name), record)]
        found = bool({self.old, self.new} & self.drafts.keys())
        for parent, key, table in places:
            value = parent[key]
            if value == f"{self.kind.name}/{self.old}" or (value == self.old and table == self.kind.name):
                parent[key], found = value.removesuffix(self.old) + self.new, True
        _drop_repeated(self._tree, "mentions")
        for kind, record in records:
            for field in draft_layout(kind.name).parts:
                _drop_repeated(record, field)
        return found

    def _remove(self, entry: _Entry) -> None:
        """Remove a record or additions, but not a comment before the next one, which ruamel.yaml would remove too."""
        lines = self.source.analysis.splitlines(keepends=True)
        start = self.source.problem((entry.name, entry.at), "").line - 1
        item = re.match(" *(?=- )", lines[start])
        if item is None:  # in flow style
            del self._tree[entry.name][entry.at]
            return
        inside = re.compile(rf"{item[0]} |\s*(#|$)")
        end = next((at for at in range(start + 1, len(lines)) if not inside.match(lines[at])), len(lines))
        while re.match(r"\s*(#|$)", lines[end - 1]):
            end -= 1
        self._tree = self._yaml.load("".join(lines[:start] + lines[end:]))
        if self._tree[entry.name] is None:
            self._tree[entry.name] = CommentedSeq()

    def _names(self, extra: Any, old: RecordDraft, new: RecordDraft) -> list[str]:
        """The names that the text has for the merged actor."""
        names: list[str] = extra.get("aliases", [])
        if self.kind.name != KindName.ACTOR or self.old not in self.drafts:
            return names
        text = DocumentText(self.source.text, self.source.bundle.document.language, self.source.bundle.passages)
        return [name for name in dict.fromkeys((new.name, old.name, *names)) if any(text.whole(name))]

    def _entry(self, tree: Any, slug: str) -> _Entry | None:
        """The record with an id, else the additions to it; None if the analysis has neither, and for a document."""
        for name, field, value in (self.kind.plural, "id", slug), ("also", "record", f"{self.kind.name}/{slug}"):
            for at, fields in enumerate(tree.get(name) or ()):
                if fields[field] == value:
                    return _Entry(name, at, fields)
        return None


def _references(layout: Layout, fields: Any) -> Iterator[tuple[Any, str | int, str]]:
    """The fields and items of a record that are references, each with the table that it refers to."""
    yield from ((fields, name, table) for name, table in layout.references.items() if name in fields)
    for name, part in layout.parts.items():
        for at, item in enumerate(fields.get(name) or ()):
            if part.value_target:
                yield fields[name], at, part.value_target
            elif isinstance(item, dict):
                yield from _references(part, item)


def _drop_repeated(fields: Any, name: str) -> None:
    """Remove the items of a list that equal earlier ones, and correct the pointers of quotes to the others."""
    found = list(fields.get(name) or ())
    kept = [item for at, item in enumerate(found) if item not in found[:at]]
    if len(kept) == len(found):
        return
    given: Any = fields.get("evidence") or ()
    for quote in given if isinstance(given, list) else [given]:
        if isinstance(quote, dict) and isinstance(quote.get("supports"), str):
            quote["supports"] = [quote["supports"]]
        for at, pointer in enumerate(quote.get("supports") or () if isinstance(quote, dict) else ()):
            if part := re.match(rf"/{name}/(\d+)", pointer):
                quote["supports"][at] = f"/{name}/{kept.index(found[int(part[1])])}{pointer[part.end() :]}"
    for at in reversed(range(len(found))):
        if found[at] in found[:at]:
            del fields[name][at]


def _extend(fields: Any, name: str, items: Sequence[Any]) -> None:
    """Add items to a list, which may be missing: aliases last, as quotes point to them, others before all comments."""
    if items and fields.get(name) and not isinstance(fields[name], list):
        fields[name] = CommentedSeq([fields[name]])
    if items and fields.get(name):
        place = len(fields[name]) if name == "aliases" else 0
        fields[name][place:place] = items
    elif items:
        added = CommentedSeq(items)
        added.fa.set_flow_style()
        fields.pop(name, None)
        fields.insert(1 + (name == "aliases" and "name" in fields), name, added)  # after the id, or the name


def _words(quote: Any) -> Any:
    """The words and the place of a quote, as YAML. What it supports in one record, it need not in the other."""
    written = CommentedMap({name: value for name, value in quote.items() if name != "supports"})
    written.fa.set_flow_style()
    return written if len(written) > 1 else written["exact"]

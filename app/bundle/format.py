"""The format of `analysis.yaml`, which is one `Bundle`."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field, create_model

from app.model.document import DocumentDraft
from app.model.evidence import MentionException, Quote
from app.model.kind import Kind
from app.model.kinds import KINDS
from app.model.record import RecordDraft
from app.model.shape import KindName, Reference, Shape, Text
from app.model.terms import OPEN_TERMS, TermDraft
from app.model.vocabularies import PassageType


class Addition(Shape):
    """Evidence and aliases that a document adds to a record of another document."""

    record: Reference = Field(description="The record, as `kind/id`.", examples=["actor/north-korea"])
    aliases: list[Text] = Field(default=[], description="The words that this document uses for an actor.")
    evidence: list[Quote] = Field(default=[], description="Quotes of this document that support the record.")


class _Bundle(Shape):
    """A document and its analysis."""

    document: DocumentDraft = Field(description="The record of the document itself.")
    passages: dict[int, PassageType] = Field(
        default={},
        description="The types of passages that are not paragraphs: by line of `document.txt`, by range of lines, "
        "as `5-9`, by the beginning of the line, or for all others, as `default`.",
    )
    terms: dict[str, list[TermDraft]] = Field(
        default={},
        description="Terms added to the open vocabularies.",
        json_schema_extra={"propertyNames": {"enum": list(OPEN_TERMS)}},
    )
    also: list[Addition] = Field(default=[], description="Additions to records of other documents.")
    mentions: list[MentionException] = Field(
        default=[], description="Exceptions to the rule that the longest name is the mention."
    )

    def drafts(self) -> Iterator[tuple[Kind, tuple[str | int, ...], RecordDraft]]:
        """Every record of the bundle, the document first: its kind, its location in the analysis, and its draft."""
        yield KINDS[KindName.DOCUMENT], ("document",), self.document
        for kind in _LISTED_KINDS:
            for index, draft in enumerate(getattr(self, kind.plural)):
                yield kind, (kind.plural, index), draft


OWN = frozenset({"id", "formerly", "name", "summary", "evidence"})
"""The fields that each record gives itself, so that they have no default."""

SHORT_QUOTES = {
    "sentence": "The beginning of a sentence, which is quoted as a whole.",
    "from": "The first words of the quote.",
    "to": "The last words of the quote, in the same passage.",
}
"""The fields that give the words of a quote in the short notation."""

_DEFAULTS = "By kind: fields of the records that do not give them themselves."

_LISTED_KINDS = tuple(kind for kind in KINDS.values() if kind.name != KindName.DOCUMENT)

_LISTS: dict[str, Any] = {
    kind.plural: (list[kind.draft], Field(default=[], description=f"The {kind.plural} of the document."))  # type: ignore[name-defined]
    for kind in _LISTED_KINDS
}

Bundle: type[_Bundle] = create_model("Bundle", __base__=_Bundle, **_LISTS)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of `analysis.yaml` in its short notation, for editors that complete and validate."""
    schema = Bundle.model_json_schema()
    parts, fields = schema["$defs"], schema["properties"]
    for part in parts.values():
        if given := part.get("properties", {}).get("evidence"):
            part["properties"]["evidence"] = {"anyOf": [{"$ref": "#/$defs/Quote"}, given]}
    quote = parts["Quote"]
    parts["Quote"] = {"anyOf": [{"type": "string"}, quote], "description": quote.pop("description")}
    words, text = quote["properties"], {"minLength": 1, "type": "string"}
    pointers = words["supports"]
    words["supports"] = {"anyOf": [pointers.pop("items"), pointers | {"items": {"type": "string"}}]}
    words |= {name: text | {"description": description} for name, description in SHORT_QUOTES.items()}
    del quote["required"]
    quote["anyOf"] = [{"required": names} for names in (["exact"], ["sentence"], ["from", "to"])]
    fields["passages"] |= {"additionalProperties": {"$ref": "#/$defs/PassageType"}}
    shape, defaults = {"type": "object", "additionalProperties": False}, {}
    for kind in _LISTED_KINDS:
        draft = parts[kind.draft.__name__]
        draft["required"] = [name for name in draft["required"] if name in OWN]
        own = {name: field for name, field in draft["properties"].items() if name not in OWN}
        defaults[kind.plural] = shape | {"properties": own}
    fields["defaults"] = shape | {"properties": defaults, "description": _DEFAULTS}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}

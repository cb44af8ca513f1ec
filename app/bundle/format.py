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
        default={}, description="The type of each line of `document.txt` that is not a paragraph, by its line number."
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


_LISTED_KINDS = tuple(kind for kind in KINDS.values() if kind.name != KindName.DOCUMENT)

_LISTS: dict[str, Any] = {
    kind.plural: (list[kind.draft], Field(default=[], description=f"The {kind.plural} of the document."))  # type: ignore[name-defined]
    for kind in _LISTED_KINDS
}

Bundle: type[_Bundle] = create_model("Bundle", __base__=_Bundle, **_LISTS)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of `analysis.yaml`, for editors that complete and validate."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Bundle.model_json_schema()}

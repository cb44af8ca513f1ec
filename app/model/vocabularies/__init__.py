"""Every vocabulary of an analysis, and the one registry of them.

A closed vocabulary is a `StrEnum` that Pydantic shapes use as a field type. An open one is a tuple of
built-in terms, to which a bundle may add. Event types, modes, quads, sectors and topics follow PLOVER,
the ontology behind POLECAT; the rest is local.
"""

from .actors import ActorType
from .assessments import AssessmentType, Likelihood
from .base import PloverVocabulary, Source, Term, Vocabulary, VocabularyEntry
from .documents import AnalysisMethod, PassageType
from .events import Modality, OutcomeStatus, ParticipantRole, Position, Relation
from .figures import METRICS, UNITS, FigureRelation
from .plover_events import EventType, Quad, quad_of, types_of
from .plover_modes import Mode, modes_of
from .plover_sectors import Sector
from .plover_topics import TOPICS
from .relationships import SYMMETRIC, RelationshipStatus, RelationshipType
from .sanctions import Conduct, MeasureType, SanctionStatus
from .statements import Stance, StatementType

VOCABULARIES: dict[str, VocabularyEntry] = {
    entry.name: entry
    for entry in (
        VocabularyEntry.of_closed("actor_type", ActorType),
        VocabularyEntry.of_closed("sector", Sector),
        VocabularyEntry.of_closed("event_type", EventType),
        VocabularyEntry.of_closed("mode", Mode),
        VocabularyEntry.of_closed("quad", Quad),
        VocabularyEntry.of_closed("modality", Modality),
        VocabularyEntry.of_closed("participant_role", ParticipantRole),
        VocabularyEntry.of_closed("position", Position),
        VocabularyEntry.of_closed("relation", Relation),
        VocabularyEntry.of_closed("sanction_status", SanctionStatus),
        VocabularyEntry.of_closed("measure_type", MeasureType),
        VocabularyEntry.of_closed("conduct", Conduct),
        VocabularyEntry.of_closed("statement_type", StatementType),
        VocabularyEntry.of_closed("stance", Stance),
        VocabularyEntry.of_closed("relationship_type", RelationshipType),
        VocabularyEntry.of_closed("relationship_status", RelationshipStatus),
        VocabularyEntry.of_open("metric", "What a figure measures; bundles may add terms.", METRICS),
        VocabularyEntry.of_closed("figure_relation", FigureRelation),
        VocabularyEntry.of_open("unit", "What a figure is counted in; bundles may add terms.", UNITS),
        VocabularyEntry.of_closed("assessment_type", AssessmentType),
        VocabularyEntry.of_closed("likelihood", Likelihood),
        VocabularyEntry.of_open("topic", "What a record is about: the PLOVER contexts; bundles may add terms.", TOPICS),
        VocabularyEntry.of_closed("passage_type", PassageType),
        VocabularyEntry.of_closed("outcome_status", OutcomeStatus),
    )
}
"""All vocabularies by name, in the order in which the API lists them."""

__all__ = [
    "METRICS",
    "SYMMETRIC",
    "TOPICS",
    "UNITS",
    "VOCABULARIES",
    "ActorType",
    "AnalysisMethod",
    "AssessmentType",
    "Conduct",
    "EventType",
    "FigureRelation",
    "Likelihood",
    "MeasureType",
    "Modality",
    "Mode",
    "OutcomeStatus",
    "ParticipantRole",
    "PassageType",
    "PloverVocabulary",
    "Position",
    "Quad",
    "Relation",
    "RelationshipStatus",
    "RelationshipType",
    "SanctionStatus",
    "Sector",
    "Source",
    "Stance",
    "StatementType",
    "Term",
    "Vocabulary",
    "VocabularyEntry",
    "modes_of",
    "quad_of",
    "types_of",
]

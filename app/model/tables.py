"""The tables of the SQLModel classes, for statements written with SQLAlchemy Core."""

from app.model.actor import Actor, ActorAlias
from app.model.columns import table_of as table_of
from app.model.completion import Completion
from app.model.dataset import Change, Dataset, Load
from app.model.document import Document, Passage, Sentence
from app.model.event import Event, EventParticipant
from app.model.evidence import EvidenceRow, Mention
from app.model.record import FormerId, Record, RecordActor, RecordDate, RecordTopic
from app.model.relationship import Relationship
from app.model.sanction import Sanction, SanctionEnforcement, SanctionTarget
from app.model.statement import Statement, StatementSpeaker

DATASET, LOAD, CHANGE = table_of(Dataset), table_of(Load), table_of(Change)
RECORD, RECORD_ACTOR, FORMER_ID = table_of(Record), table_of(RecordActor), table_of(FormerId)
RECORD_DATE, RECORD_TOPIC = table_of(RecordDate), table_of(RecordTopic)
EVIDENCE, MENTION = table_of(EvidenceRow), table_of(Mention)
COMPLETION = table_of(Completion)
DOCUMENT, PASSAGE, SENTENCE = table_of(Document), table_of(Passage), table_of(Sentence)
ACTOR, ALIAS = table_of(Actor), table_of(ActorAlias)
EVENT, PARTICIPANT = table_of(Event), table_of(EventParticipant)
SANCTION, SANCTION_TARGET, ENFORCEMENT = table_of(Sanction), table_of(SanctionTarget), table_of(SanctionEnforcement)
STATEMENT, SPEAKER = table_of(Statement), table_of(StatementSpeaker)
RELATIONSHIP = table_of(Relationship)

DOCUMENT_RECORD = RECORD.alias("document")
"""`record` again, to join the document of a record."""

"""The analysis: every table of the models, and the full-text index."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel import AutoString

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DEFERRED: Any = {"deferrable": True, "initially": "DEFERRED"}
"""A load replaces rows while others refer to them, so references are checked at the commit."""
LINKS = {
    "assessment_about": "record",
    "assessment_contrasts_with": "record",
    "assessment_depends_on": "record",
    "assessment_restates": "record",
    "assessment_rests_on": "record",
    "figure_about": "record",
    "statement_about": "record",
    "document_author": "actor",
    "sanction_binds": "actor",
    "sanction_target": "actor",
}
"""Tables of lists of references, with the tables that they refer to."""


def refer(column: str, ondelete: str | None = None) -> sa.ForeignKey:
    """A foreign key that is checked at the commit."""
    return sa.ForeignKey(column, ondelete=ondelete, **DEFERRED)


def part() -> tuple[sa.Column[int], sa.Column[int]]:
    """The key of a row in a record's list."""
    return (
        sa.Column("owner_id", sa.Integer, refer("record.id", "CASCADE"), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
    )


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("at", AutoString, nullable=False),
        sa.Column("change", AutoString(40), nullable=False),
        sa.Column("kind", AutoString(40), nullable=False),
        sa.Column("slug", AutoString, nullable=False),
        sa.Column("name", AutoString, nullable=False),
        sa.Column("document", AutoString, nullable=False),
        sa.Column("left", AutoString, nullable=True),
    )
    op.create_index("ix_change_kind_slug_revision", "change", ["kind", "slug", "revision"])
    op.create_index("ix_change_revision", "change", ["revision"])
    op.create_table(
        "dataset",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uuid", AutoString, nullable=False),
        sa.Column("secret", AutoString, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("token", AutoString, nullable=False),
        sa.Column("updated_at", AutoString, nullable=False),
        sa.Column("render_version", sa.Integer, nullable=False),
        sa.CheckConstraint("id = 1", name="single"),
    )
    op.create_table(
        "load",
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("token", AutoString, nullable=False),
        sa.Column("at", AutoString, nullable=False),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", AutoString(40), nullable=False),
        sa.Column("slug", AutoString(80), nullable=False),
        sa.Column("document_id", sa.Integer, refer("record.id")),
        sa.Column("name", AutoString, nullable=False),
        sa.Column("sort_name", AutoString, nullable=False),
        sa.Column("summary", AutoString, nullable=False),
        sa.Column("earliest", sa.Date),
        sa.Column("latest", sa.Date),
        sa.Column("day", sa.Date),
        sa.Column("date_of_id", sa.Integer, refer("record.id")),
        sa.Column("position", AutoString),
        sa.Column("evidence_count", sa.Integer, nullable=False),
        sa.Column("mention_count", sa.Integer, nullable=False, server_default="0"),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("updated_at", AutoString, nullable=False),
        sa.Column("body", AutoString, nullable=False),
        sa.CheckConstraint("earliest <= latest", name="date_order"),
        sa.CheckConstraint("(kind = 'document') = (document_id IS NULL)", name="introduced"),
        sa.UniqueConstraint("kind", "slug"),
    )
    op.create_index("ix_record_date_of_id", "record", ["date_of_id"])
    by_day = ["kind", "slug", "earliest", "latest", "date_of_id"]
    op.create_index(f"ix_record_day_desc_{'_'.join(by_day)}", "record", [sa.text("day DESC"), *by_day])
    op.create_index(f"ix_record_day_{'_'.join(by_day)}", "record", ["day", *by_day])
    op.create_index("ix_record_document_id", "record", ["document_id"])
    op.create_index(
        "ix_record_kind_earliest_desc_slug_latest", "record", ["kind", sa.text("earliest DESC"), "slug", "latest"]
    )
    op.create_index("ix_record_kind_earliest_slug_latest", "record", ["kind", "earliest", "slug", "latest"])
    op.create_index(
        "ix_record_kind_evidence_count_desc_slug", "record", ["kind", sa.text("evidence_count DESC"), "slug"]
    )
    op.create_index("ix_record_kind_evidence_count_slug", "record", ["kind", "evidence_count", "slug"])
    op.create_index("ix_record_kind_position_desc_slug", "record", ["kind", sa.text("position DESC"), "slug"])
    op.create_index("ix_record_kind_position_slug", "record", ["kind", "position", "slug"])
    op.create_index("ix_record_kind_revision_desc_slug", "record", ["kind", sa.text("revision DESC"), "slug"])
    op.create_index("ix_record_kind_revision_slug", "record", ["kind", "revision", "slug"])
    op.create_index("ix_record_kind_sort_name_desc_slug", "record", ["kind", sa.text("sort_name DESC"), "slug"])
    op.create_index("ix_record_kind_sort_name_slug", "record", ["kind", "sort_name", "slug"])
    for vocabulary in ("metric", "topic", "unit"):
        op.create_table(
            vocabulary,
            sa.Column("term", AutoString, primary_key=True),
            sa.Column("label", AutoString, nullable=False),
            sa.Column("definition", AutoString, nullable=False),
            sa.Column("parent", AutoString),
            sa.Column("source", AutoString, nullable=False),
            sa.Column("document_id", sa.Integer, refer("record.id")),
        )
        op.create_index(f"ix_{vocabulary}_document_id", vocabulary, ["document_id"])
    op.create_table(
        "actor",
        sa.Column("id", sa.Integer, refer("record.id", "CASCADE"), primary_key=True),
        sa.Column("type", AutoString(40), nullable=False),
        sa.Column("sector", AutoString(40)),
        sa.Column("named", sa.Boolean, nullable=False),
        sa.Column("country", AutoString(2)),
        sa.Column("part_of_id", sa.Integer, refer("actor.id")),
    )
    op.create_index("ix_actor_country", "actor", ["country"])
    op.create_index("ix_actor_part_of_id", "actor", ["part_of_id"])
    op.create_index("ix_actor_type", "actor", ["type"])
    for table, target in LINKS.items():
        op.create_table(table, *part(), sa.Column("target_id", sa.Integer, refer(f"{target}.id"), nullable=False))
        op.create_index(f"ix_{table}_target_id", table, ["target_id"])
    op.create_table(
        "actor_identifier",
        *part(),
        sa.Column("scheme", AutoString, nullable=False),
        sa.Column("value", AutoString, nullable=False),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, refer("record.id", "CASCADE"), primary_key=True),
        sa.Column("type", AutoString(40), nullable=False),
        sa.Column("mode", AutoString(40)),
        sa.Column("modality", AutoString(40), nullable=False),
        sa.Column("outcome_text", AutoString),
        sa.Column("outcome_status", AutoString(40)),
        sa.Column("attribution_id", sa.Integer, refer("record.id")),
    )
    op.create_index("ix_event_attribution_id", "event", ["attribution_id"])
    op.create_index("ix_event_modality", "event", ["modality"])
    op.create_index("ix_event_type", "event", ["type"])
    op.create_table(
        "event_location", *part(), sa.Column("name", AutoString, nullable=False), sa.Column("country", AutoString(2))
    )
    op.create_table(
        "event_related",
        *part(),
        sa.Column("record_id", sa.Integer, refer("record.id"), nullable=False),
        sa.Column("relation", AutoString(40), nullable=False),
    )
    op.create_index("ix_event_related_record_id", "event_related", ["record_id"])
    op.create_table(
        "record_date",
        sa.Column("record_id", sa.Integer, refer("record.id", "CASCADE"), primary_key=True),
        sa.Column("pointer", AutoString, primary_key=True),
        sa.Column("text", AutoString, nullable=False),
        sa.Column("edtf", AutoString),
        sa.Column("earliest", sa.Date),
        sa.Column("latest", sa.Date),
        sa.Column("approximate", sa.Boolean, nullable=False),
        sa.CheckConstraint("earliest <= latest", name="date_order"),
    )
    op.create_table(
        "sanction_measure",
        *part(),
        sa.Column("type", AutoString(40), nullable=False),
        sa.Column("goods", sa.JSON, nullable=False),
        sa.Column("description", AutoString, nullable=False),
    )
    op.create_table(
        "statement_stance",
        *part(),
        sa.Column("toward_id", sa.Integer, refer("record.id"), nullable=False),
        sa.Column("value", AutoString(40), nullable=False),
        sa.Column("text", AutoString),
    )
    op.create_index("ix_statement_stance_toward_id", "statement_stance", ["toward_id"])
    op.create_table(
        "actor_role",
        *part(),
        sa.Column("title", AutoString, nullable=False),
        sa.Column("organisation_id", sa.Integer, refer("actor.id")),
        sa.Column("country", AutoString(2)),
    )
    op.create_index("ix_actor_role_organisation_id", "actor_role", ["organisation_id"])
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer, refer("record.id", "CASCADE"), primary_key=True),
        sa.Column("type", AutoString(40), nullable=False),
        sa.Column("holder_id", sa.Integer, refer("actor.id")),
        sa.Column("likelihood_text", AutoString),
        sa.Column("likelihood_level", AutoString(40), nullable=False),
    )
    op.create_index("ix_assessment_holder_id", "assessment", ["holder_id"])
    op.create_index("ix_assessment_likelihood_level", "assessment", ["likelihood_level"])
    op.create_index("ix_assessment_type", "assessment", ["type"])
    op.create_table(
        "document",
        sa.Column("id", sa.Integer, refer("record.id", "CASCADE"), primary_key=True),
        sa.Column("title", AutoString),
        sa.Column("series", AutoString),
        sa.Column("number", AutoString),
        sa.Column("publisher_id", sa.Integer, refer("actor.id")),
        sa.Column("language", AutoString, nullable=False),
        sa.Column("source_url", AutoString),
        sa.Column("rights", AutoString, nullable=False),
        sa.Column("sha256", AutoString(64), nullable=False),
        sa.Column("characters", sa.Integer, nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("analysis_by", AutoString, nullable=False),
        sa.Column("analysis_method", AutoString(40), nullable=False),
        sa.Column("analysis_reviewed_by", AutoString),
        sa.Column("analysis_date", sa.Date, nullable=False),
        sa.Column("text", AutoString, nullable=False),
        sa.Column("digest", AutoString, nullable=False),
        sa.Column("bundle", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_document_publisher_id", "document", ["publisher_id"])
    op.create_table(
        "event_participant",
        *part(),
        sa.Column("actor_id", sa.Integer, refer("actor.id"), nullable=False),
        sa.Column("role", AutoString(40), nullable=False),
        sa.Column("capacity", AutoString),
        sa.Column("position", AutoString(40)),
    )
    op.create_index("ix_event_participant_actor_id", "event_participant", ["actor_id"])
    op.create_table(
        "figure",
        sa.Column("id", sa.Integer, refer("record.id", "CASCADE"), primary_key=True),
        sa.Column("metric", AutoString, refer("metric.term"), nullable=False),
        sa.Column("value_low", sa.Float),
        sa.Column("value_high", sa.Float),
        sa.Column("value_relation", AutoString(40), nullable=False),
        sa.Column("value_unit", AutoString, refer("unit.term"), nullable=False),
        sa.Column("value_text", AutoString, nullable=False),
        sa.Column("modality", AutoString(40), nullable=False),
        sa.Column("source_id", sa.Integer, refer("actor.id")),
        sa.CheckConstraint("value_low <= value_high", name="value_order"),
    )
    op.create_index("ix_figure_metric", "figure", ["metric"])
    op.create_index("ix_figure_source_id", "figure", ["source_id"])
    op.create_index("ix_figure_value_unit", "figure", ["value_unit"])
    op.create_table(
        "record_actor",
        sa.Column("record_id", sa.Integer, refer("record.id", "CASCADE"), primary_key=True),
        sa.Column("actor_id", sa.Integer, refer("actor.id"), primary_key=True),
    )
    op.create_index("ix_record_actor_actor_id_record_id", "record_actor", ["actor_id", "record_id"])
    op.create_table(
        "completion",
        sa.Column("record_id", sa.Integer, refer("record.id", "CASCADE"), primary_key=True),
        sa.Column("start", AutoString(80), primary_key=True),
    )
    op.create_index("ix_completion_start_record_id", "completion", ["start", "record_id"])
    op.create_table(
        "former_id",
        sa.Column("record_id", sa.Integer, refer("record.id", "CASCADE"), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("kind", AutoString(40), nullable=False),
        sa.Column("slug", AutoString(80), nullable=False),
        sa.UniqueConstraint("kind", "slug"),
    )
    op.create_table(
        "record_topic",
        sa.Column("record_id", sa.Integer, refer("record.id", "CASCADE"), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("topic", AutoString, refer("topic.term"), nullable=False),
    )
    op.create_index("ix_record_topic_topic_record_id", "record_topic", ["topic", "record_id"])
    op.create_table(
        "relationship",
        sa.Column("id", sa.Integer, refer("record.id", "CASCADE"), primary_key=True),
        sa.Column("type", AutoString(40), nullable=False),
        sa.Column("subject_id", sa.Integer, refer("actor.id"), nullable=False),
        sa.Column("object_id", sa.Integer, refer("actor.id"), nullable=False),
        sa.Column("status", AutoString(40), nullable=False),
    )
    op.create_index("ix_relationship_object_id", "relationship", ["object_id"])
    op.create_index("ix_relationship_status", "relationship", ["status"])
    op.create_index("ix_relationship_subject_id", "relationship", ["subject_id"])
    op.create_index("ix_relationship_type", "relationship", ["type"])
    op.create_table(
        "sanction",
        sa.Column("id", sa.Integer, refer("record.id", "CASCADE"), primary_key=True),
        sa.Column("authority_id", sa.Integer, refer("actor.id")),
        sa.Column("programme", AutoString),
        sa.Column("instrument_name", AutoString),
        sa.Column("instrument_symbol", AutoString),
        sa.Column("part_of_id", sa.Integer, refer("sanction.id")),
        sa.Column("status", AutoString(40), nullable=False),
        sa.Column("reason", AutoString),
        sa.Column("trigger_id", sa.Integer, refer("event.id")),
    )
    op.create_index("ix_sanction_authority_id", "sanction", ["authority_id"])
    op.create_index("ix_sanction_part_of_id", "sanction", ["part_of_id"])
    op.create_index("ix_sanction_status", "sanction", ["status"])
    op.create_index("ix_sanction_trigger_id", "sanction", ["trigger_id"])
    op.create_table(
        "sanction_enforcement",
        *part(),
        sa.Column("actor_id", sa.Integer, refer("actor.id"), nullable=False),
        sa.Column("conduct", AutoString(40), nullable=False),
        sa.Column("modality", AutoString(40), nullable=False),
        sa.Column("text", AutoString),
        sa.Column("summary", AutoString, nullable=False),
    )
    op.create_index("ix_sanction_enforcement_actor_id", "sanction_enforcement", ["actor_id"])
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer, refer("record.id", "CASCADE"), primary_key=True),
        sa.Column("type", AutoString(40), nullable=False),
        sa.Column("text", AutoString),
        sa.Column("medium_id", sa.Integer, refer("actor.id")),
        sa.Column("event_id", sa.Integer, refer("event.id")),
    )
    op.create_index("ix_statement_event_id", "statement", ["event_id"])
    op.create_index("ix_statement_medium_id", "statement", ["medium_id"])
    op.create_index("ix_statement_type", "statement", ["type"])
    op.create_table(
        "statement_speaker",
        *part(),
        sa.Column("actor_id", sa.Integer, refer("actor.id"), nullable=False),
        sa.Column("capacity", AutoString),
    )
    op.create_index("ix_statement_speaker_actor_id", "statement_speaker", ["actor_id"])
    op.create_table(
        "actor_alias",
        *part(),
        sa.Column("document_id", sa.Integer, refer("document.id"), primary_key=True),
        sa.Column("alias", AutoString, nullable=False),
    )
    op.create_index("ix_actor_alias_document_id_owner_id", "actor_alias", ["document_id", "owner_id"])
    op.create_index("ix_actor_alias_owner_id_alias", "actor_alias", ["owner_id", "alias"])
    op.create_table(
        "passage",
        sa.Column("document_id", sa.Integer, refer("document.id", "CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("type", AutoString(40), nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.CheckConstraint('0 <= start AND start < "end"', name="offsets"),
    )
    op.create_table(
        "sentence",
        sa.Column("document_id", sa.Integer, refer("document.id", "CASCADE"), primary_key=True),
        sa.Column("start", sa.Integer, primary_key=True),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("passage", sa.Integer, nullable=False),
        sa.CheckConstraint('0 <= start AND start < "end"', name="offsets"),
    )
    op.create_table(
        "evidence",
        sa.Column("id", AutoString, primary_key=True),
        sa.Column("record_id", sa.Integer, refer("record.id", "CASCADE"), nullable=False),
        sa.Column("document_id", sa.Integer, nullable=False),
        sa.Column("passage", sa.Integer, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("exact", AutoString, nullable=False),
        sa.Column("prefix", AutoString, nullable=False),
        sa.Column("suffix", AutoString, nullable=False),
        sa.Column("supports", sa.JSON, nullable=False),
        sa.CheckConstraint('"end" - start <= 300', name="length"),
        sa.CheckConstraint('0 <= start AND start < "end"', name="offsets"),
        sa.ForeignKeyConstraint(["document_id", "passage"], ["passage.document_id", "passage.number"], **DEFERRED),
    )
    op.create_index("ix_evidence_document_id_start", "evidence", ["document_id", "start"])
    op.create_index("ix_evidence_record_id_document_id_start", "evidence", ["record_id", "document_id", "start"])
    op.create_table(
        "mention",
        sa.Column("document_id", sa.Integer, primary_key=True),
        sa.Column("start", sa.Integer, primary_key=True),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("passage", sa.Integer, nullable=False),
        sa.Column("exact", AutoString, nullable=False),
        sa.Column("actor_id", sa.Integer, refer("actor.id"), primary_key=True),
        sa.CheckConstraint('0 <= start AND start < "end"', name="offsets"),
        sa.ForeignKeyConstraint(["document_id", "passage"], ["passage.document_id", "passage.number"], **DEFERRED),
    )
    op.create_index("ix_mention_actor_id_document_id_start", "mention", ["actor_id", "document_id", "start"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE search (rowid integer CONSTRAINT pk_search PRIMARY KEY, name text NOT NULL, "
            "aliases text NOT NULL, summary text NOT NULL, quotes text NOT NULL, plain text NOT NULL, "
            "stems tsvector NOT NULL, beginnings tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_search_stems ON search USING gin (stems)")
        op.execute("CREATE INDEX ix_search_beginnings ON search USING gin (beginnings)")
    else:
        op.execute("CREATE VIRTUAL TABLE search USING fts5 (name, aliases, summary, quotes, plain, tokenize = 'ascii')")


def downgrade() -> None:
    op.execute("DROP TABLE search")
    tables = sa.MetaData()
    tables.reflect(op.get_bind(), only=lambda name, _: name != "alembic_version")
    tables.drop_all(op.get_bind())

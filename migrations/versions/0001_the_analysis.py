"""the analysis"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "change",
            sa.Enum(
                "created", "changed", "deleted", name="changetype", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "actor",
                "event",
                "sanction",
                "statement",
                "relationship",
                "figure",
                "assessment",
                "document",
                name="kindname",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("slug", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_kind_slug_revision"), ["kind", "slug", "revision"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_revision"), ["revision"], unique=False)

    op.create_table(
        "dataset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("secret", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("render_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_dataset_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "actor",
                "event",
                "sanction",
                "statement",
                "relationship",
                "figure",
                "assessment",
                "document",
                name="kindname",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("slug", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sort_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("summary", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("earliest", sa.Date(), nullable=True),
        sa.Column("latest", sa.Date(), nullable=True),
        sa.Column("evidence_count", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("(kind = 'document') = (document_id IS NULL)", name=op.f("ck_record_introduced")),
        sa.CheckConstraint("earliest <= latest", name=op.f("ck_record_date_order")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["record.id"],
            name=op.f("fk_record_document_id_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("kind", "slug", name=op.f("uq_record_kind_slug")),
    )
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_record_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_record_kind_earliest_slug"), ["kind", "earliest", "slug"], unique=False)
        batch_op.create_index(batch_op.f("ix_record_kind_sort_name_slug"), ["kind", "sort_name", "slug"], unique=False)
        batch_op.create_index(batch_op.f("ix_record_revision"), ["revision"], unique=False)

    op.create_table(
        "actor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "state",
                "person",
                "party",
                "body",
                "international_organisation",
                "outlet",
                "company",
                "organisation",
                "group",
                name="actortype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "sector",
            sa.Enum(
                "cop",
                "gov",
                "jud",
                "leg",
                "mil",
                "prm",
                "pty",
                "reb",
                "spy",
                "uaf",
                "unk",
                "agr",
                "bus",
                "crm",
                "cvl",
                "edu",
                "eli",
                "jrn",
                "lab",
                "med",
                "ref",
                "opp",
                "pre",
                "rel",
                "soc",
                name="sector",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("country", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=True),
        sa.Column("part_of_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["id"],
            ["record.id"],
            name=op.f("fk_actor_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["part_of_id"], ["actor.id"], name=op.f("fk_actor_part_of_id_actor"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor")),
    )
    with op.batch_alter_table("actor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actor_country"), ["country"], unique=False)
        batch_op.create_index(batch_op.f("ix_actor_part_of_id"), ["part_of_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_actor_type"), ["type"], unique=False)

    op.create_table(
        "actor_identifier",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("scheme", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_actor_identifier_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_actor_identifier")),
    )
    op.create_table(
        "assessment_about",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_assessment_about_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["record.id"],
            name=op.f("fk_assessment_about_target_id_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_assessment_about")),
    )
    with op.batch_alter_table("assessment_about", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_about_target_id"), ["target_id"], unique=False)

    op.create_table(
        "assessment_contrasts_with",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_assessment_contrasts_with_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["record.id"],
            name=op.f("fk_assessment_contrasts_with_target_id_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_assessment_contrasts_with")),
    )
    with op.batch_alter_table("assessment_contrasts_with", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_contrasts_with_target_id"), ["target_id"], unique=False)

    op.create_table(
        "assessment_depends_on",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_assessment_depends_on_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["record.id"],
            name=op.f("fk_assessment_depends_on_target_id_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_assessment_depends_on")),
    )
    with op.batch_alter_table("assessment_depends_on", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_depends_on_target_id"), ["target_id"], unique=False)

    op.create_table(
        "assessment_rests_on",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_assessment_rests_on_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["record.id"],
            name=op.f("fk_assessment_rests_on_target_id_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_assessment_rests_on")),
    )
    with op.batch_alter_table("assessment_rests_on", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_rests_on_target_id"), ["target_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "agree",
                "consult",
                "support",
                "concede",
                "cooperate",
                "aid",
                "retreat",
                "request",
                "accuse",
                "reject",
                "threaten",
                "protest",
                "sanction",
                "mobilize",
                "coerce",
                "assault",
                "other",
                name="eventtype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "visit",
                "third_party",
                "multilateral",
                "phone",
                "withdraw",
                "release",
                "disarm",
                "ceasefire",
                "access",
                "resign",
                "assist",
                "change",
                "yield",
                "meet",
                "disapprove",
                "investigate",
                "allege",
                "restrict",
                "arrest",
                "relations",
                "expel",
                "territory",
                "violence",
                "demo",
                "riot",
                "strike",
                "hunger",
                "boycott",
                "obstruct",
                "vandalize",
                "convict",
                "discontinue",
                "troops",
                "weapons",
                "police",
                "militia",
                "seize",
                "censor",
                "curfew",
                "martial_law",
                "deport",
                "withhold",
                "misinformation",
                "cyber",
                "abduct",
                "beat",
                "torture",
                "sexual",
                "targeted",
                "destroy",
                "primitive",
                "firearms",
                "explosives",
                "suicide_attack",
                "aerial",
                "drone",
                "heavy_weapons",
                "crowd_control",
                "unconventional",
                name="mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "modality",
            sa.Enum(
                "actual",
                "habitual",
                "planned",
                "hypothetical",
                "negated",
                name="modality",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("outcome_text", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column(
            "outcome_status",
            sa.Enum(
                "met",
                "partly",
                "missed",
                "unknown",
                name="outcomestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["id"],
            ["record.id"],
            name=op.f("fk_event_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_modality"), ["modality"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_type"), ["type"], unique=False)

    op.create_table(
        "event_location",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("country", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_event_location_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_event_location")),
    )
    op.create_table(
        "event_related",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "part_of",
                "follows",
                "causes",
                "caused_by",
                "enables",
                "prevents",
                "responds_to",
                "establishes",
                "implements",
                "violates",
                "ends",
                "reported_in",
                name="relation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_event_related_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["record.id"],
            name=op.f("fk_event_related_record_id_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_event_related")),
    )
    with op.batch_alter_table("event_related", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_related_record_id"), ["record_id"], unique=False)

    op.create_table(
        "figure_about",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_figure_about_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["record.id"],
            name=op.f("fk_figure_about_target_id_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_figure_about")),
    )
    with op.batch_alter_table("figure_about", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_figure_about_target_id"), ["target_id"], unique=False)

    op.create_table(
        "metric",
        sa.Column("term", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("definition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("parent", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["record.id"],
            name=op.f("fk_metric_document_id_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_metric")),
    )
    op.create_table(
        "record_date",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("pointer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("edtf", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("earliest", sa.Date(), nullable=True),
        sa.Column("latest", sa.Date(), nullable=True),
        sa.Column("approximate", sa.Boolean(), nullable=False),
        sa.CheckConstraint("earliest <= latest", name=op.f("ck_record_date_date_order")),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["record.id"],
            name=op.f("fk_record_date_record_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("record_id", "pointer", name=op.f("pk_record_date")),
    )
    op.create_table(
        "sanction_measure",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "export_ban",
                "import_ban",
                "trade_cap",
                "arms_embargo",
                "employment_ban",
                "asset_freeze",
                "travel_ban",
                "financial",
                "investment_ban",
                "transport",
                "sectoral",
                "diplomatic",
                "other",
                "unspecified",
                name="measuretype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("goods", sa.JSON(), nullable=False),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_sanction_measure_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_sanction_measure")),
    )
    op.create_table(
        "statement_about",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_statement_about_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["record.id"],
            name=op.f("fk_statement_about_target_id_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_statement_about")),
    )
    with op.batch_alter_table("statement_about", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_about_target_id"), ["target_id"], unique=False)

    op.create_table(
        "statement_stance",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("toward_id", sa.Integer(), nullable=False),
        sa.Column(
            "value",
            sa.Enum(
                "supportive", "critical", "neutral", name="stance", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_statement_stance_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["toward_id"],
            ["record.id"],
            name=op.f("fk_statement_stance_toward_id_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_statement_stance")),
    )
    with op.batch_alter_table("statement_stance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_stance_toward_id"), ["toward_id"], unique=False)

    op.create_table(
        "topic",
        sa.Column("term", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("definition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("parent", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["record.id"],
            name=op.f("fk_topic_document_id_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_topic")),
    )
    op.create_table(
        "unit",
        sa.Column("term", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("definition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("parent", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["record.id"],
            name=op.f("fk_unit_document_id_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_unit")),
    )
    op.create_table(
        "actor_role",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("country", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["actor.id"],
            name=op.f("fk_actor_role_organisation_id_actor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_actor_role_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_actor_role")),
    )
    with op.batch_alter_table("actor_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actor_role_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "judgement",
                "forecast",
                "explanation",
                "caveat",
                "question",
                name="assessmenttype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("likelihood_text", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column(
            "likelihood_level",
            sa.Enum(
                "certain",
                "likely",
                "possible",
                "unlikely",
                "unstated",
                name="likelihood",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"],
            ["actor.id"],
            name=op.f("fk_assessment_holder_id_actor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["id"],
            ["record.id"],
            name=op.f("fk_assessment_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_likelihood_level"), ["likelihood_level"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_type"), ["type"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("series", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("publisher_id", sa.Integer(), nullable=True),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source_url", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("rights", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("analysis_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "analysis_method",
            sa.Enum(
                "human", "machine", "mixed", name="analysismethod", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("analysis_reviewed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("analysis_date", sa.Date(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bundle", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"],
            ["record.id"],
            name=op.f("fk_document_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["publisher_id"],
            ["actor.id"],
            name=op.f("fk_document_publisher_id_actor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_publisher_id"), ["publisher_id"], unique=False)

    op.create_table(
        "document_author",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_document_author_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["actor.id"],
            name=op.f("fk_document_author_target_id_actor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_document_author")),
    )
    with op.batch_alter_table("document_author", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_author_target_id"), ["target_id"], unique=False)

    op.create_table(
        "event_participant",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "actor",
                "recipient",
                "host",
                "affected",
                name="participantrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("capacity", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column(
            "position",
            sa.Enum(
                "voted_for",
                "voted_against",
                "abstained",
                name="position",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["actor.id"],
            name=op.f("fk_event_participant_actor_id_actor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_event_participant_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_event_participant")),
    )
    with op.batch_alter_table("event_participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_participant_actor_id"), ["actor_id"], unique=False)

    op.create_table(
        "figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value_low", sa.Float(), nullable=True),
        sa.Column("value_high", sa.Float(), nullable=True),
        sa.Column(
            "value_relation",
            sa.Enum(
                "exactly",
                "about",
                "at_least",
                "more_than",
                "at_most",
                "less_than",
                "between",
                name="figurerelation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value_unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "modality",
            sa.Enum(
                "actual",
                "habitual",
                "planned",
                "hypothetical",
                "negated",
                name="modality",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("value_low <= value_high", name=op.f("ck_figure_value_order")),
        sa.ForeignKeyConstraint(
            ["id"],
            ["record.id"],
            name=op.f("fk_figure_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["metric"], ["metric.term"], name=op.f("fk_figure_metric_metric"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["actor.id"], name=op.f("fk_figure_source_id_actor"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["value_unit"], ["unit.term"], name=op.f("fk_figure_value_unit_unit"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
    )
    with op.batch_alter_table("figure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_figure_metric"), ["metric"], unique=False)
        batch_op.create_index(batch_op.f("ix_figure_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_figure_value_unit"), ["value_unit"], unique=False)

    op.create_table(
        "record_topic",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("topic", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["record.id"],
            name=op.f("fk_record_topic_record_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["topic"], ["topic.term"], name=op.f("fk_record_topic_topic_topic"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("record_id", "ordinal", name=op.f("pk_record_topic")),
    )
    with op.batch_alter_table("record_topic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_record_topic_topic"), ["topic"], unique=False)

    op.create_table(
        "relationship",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "trade",
                "supply",
                "labour_supply",
                "investment",
                "subsidy",
                "patronage",
                "dependence",
                "alliance",
                "partnership",
                "diplomatic",
                "rivalry",
                "membership",
                "leadership",
                "employment",
                "representation",
                "ownership",
                "succession",
                "kinship",
                name="relationshiptype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "current",
                "former",
                "prospective",
                name="relationshipstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["id"],
            ["record.id"],
            name=op.f("fk_relationship_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["object_id"],
            ["actor.id"],
            name=op.f("fk_relationship_object_id_actor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["actor.id"],
            name=op.f("fk_relationship_subject_id_actor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relationship")),
    )
    with op.batch_alter_table("relationship", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relationship_object_id"), ["object_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_relationship_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_relationship_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_relationship_type"), ["type"], unique=False)

    op.create_table(
        "sanction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=True),
        sa.Column("programme", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("instrument_name", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("instrument_symbol", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("part_of_id", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "in_force",
                "suspended",
                "lifted",
                "expired",
                "unknown",
                name="sanctionstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("trigger_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["actor.id"],
            name=op.f("fk_sanction_authority_id_actor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["id"],
            ["record.id"],
            name=op.f("fk_sanction_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["part_of_id"],
            ["sanction.id"],
            name=op.f("fk_sanction_part_of_id_sanction"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["trigger_id"],
            ["event.id"],
            name=op.f("fk_sanction_trigger_id_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction")),
    )
    with op.batch_alter_table("sanction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sanction_authority_id"), ["authority_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sanction_part_of_id"), ["part_of_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sanction_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_sanction_trigger_id"), ["trigger_id"], unique=False)

    op.create_table(
        "sanction_enforcement",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column(
            "conduct",
            sa.Enum(
                "enforced",
                "partly_enforced",
                "lax",
                "evaded",
                "violated",
                "weakened",
                "ignored",
                name="conduct",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "modality",
            sa.Enum(
                "actual",
                "habitual",
                "planned",
                "hypothetical",
                "negated",
                name="modality",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("summary", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["actor.id"],
            name=op.f("fk_sanction_enforcement_actor_id_actor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_sanction_enforcement_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_sanction_enforcement")),
    )
    with op.batch_alter_table("sanction_enforcement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sanction_enforcement_actor_id"), ["actor_id"], unique=False)

    op.create_table(
        "sanction_target",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_sanction_target_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["actor.id"],
            name=op.f("fk_sanction_target_target_id_actor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_sanction_target")),
    )
    with op.batch_alter_table("sanction_target", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sanction_target_target_id"), ["target_id"], unique=False)

    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "quote",
                "report",
                "readout",
                "editorial",
                "demand",
                "pledge",
                "warning",
                "headline",
                name="statementtype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("medium_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_statement_event_id_event"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["id"],
            ["record.id"],
            name=op.f("fk_statement_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["medium_id"],
            ["actor.id"],
            name=op.f("fk_statement_medium_id_actor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statement_medium_id"), ["medium_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statement_type"), ["type"], unique=False)

    op.create_table(
        "statement_speaker",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("capacity", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["actor.id"],
            name=op.f("fk_statement_speaker_actor_id_actor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_statement_speaker_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", name=op.f("pk_statement_speaker")),
    )
    with op.batch_alter_table("statement_speaker", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_speaker_actor_id"), ["actor_id"], unique=False)

    op.create_table(
        "actor_alias",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("alias", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_actor_alias_document_id_document"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["record.id"],
            name=op.f("fk_actor_alias_owner_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("owner_id", "ordinal", "document_id", name=op.f("pk_actor_alias")),
    )
    with op.batch_alter_table("actor_alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actor_alias_document_id"), ["document_id"], unique=False)

    op.create_table(
        "passage",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "heading",
                "paragraph",
                "list_item",
                "caption",
                "footnote",
                "boilerplate",
                name="passagetype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.CheckConstraint('0 <= start AND start < "end"', name=op.f("ck_passage_offsets")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_passage_document_id_document"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("document_id", "number", name=op.f("pk_passage")),
    )
    op.create_table(
        "sentence",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("passage", sa.Integer(), nullable=False),
        sa.CheckConstraint('0 <= start AND start < "end"', name=op.f("ck_sentence_offsets")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_sentence_document_id_document"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("document_id", "start", name=op.f("pk_sentence")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("passage", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("exact", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("prefix", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("suffix", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("supports", sa.JSON(), nullable=False),
        sa.CheckConstraint('"end" - start <= 300', name=op.f("ck_evidence_length")),
        sa.CheckConstraint('0 <= start AND start < "end"', name=op.f("ck_evidence_offsets")),
        sa.ForeignKeyConstraint(
            ["document_id", "passage"],
            ["passage.document_id", "passage.number"],
            name=op.f("fk_evidence_document_id_passage_passage"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["record.id"],
            name=op.f("fk_evidence_record_id_record"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_document_id_start"), ["document_id", "start"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_evidence_record_id_document_id_start"), ["record_id", "document_id", "start"], unique=False
        )

    op.create_table(
        "mention",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("passage", sa.Integer(), nullable=False),
        sa.Column("exact", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.CheckConstraint('0 <= start AND start < "end"', name=op.f("ck_mention_offsets")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_mention_actor_id_actor"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["document_id", "passage"],
            ["passage.document_id", "passage.number"],
            name=op.f("fk_mention_document_id_passage_passage"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("document_id", "start", name=op.f("pk_mention")),
    )
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mention_actor_id_document_id_start"), ["actor_id", "document_id", "start"], unique=False
        )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE search (rowid integer CONSTRAINT pk_search PRIMARY KEY, name text NOT NULL, "
            "aliases text NOT NULL, summary text NOT NULL, quotes text NOT NULL, plain text NOT NULL, "
            "stems tsvector NOT NULL, beginnings tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_search_stems ON search USING gin (stems)")
        op.execute("CREATE INDEX ix_search_beginnings ON search USING gin (beginnings)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE search USING fts5 "
            "(name, aliases, summary, quotes, plain, tokenize = 'unicode61 remove_diacritics 0')"
        )


def downgrade() -> None:
    op.execute("DROP TABLE search")
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mention_actor_id_document_id_start"))

    op.drop_table("mention")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_record_id_document_id_start"))
        batch_op.drop_index(batch_op.f("ix_evidence_document_id_start"))

    op.drop_table("evidence")
    op.drop_table("sentence")
    op.drop_table("passage")
    with op.batch_alter_table("actor_alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_actor_alias_document_id"))

    op.drop_table("actor_alias")
    with op.batch_alter_table("statement_speaker", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_speaker_actor_id"))

    op.drop_table("statement_speaker")
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_type"))
        batch_op.drop_index(batch_op.f("ix_statement_medium_id"))
        batch_op.drop_index(batch_op.f("ix_statement_event_id"))

    op.drop_table("statement")
    with op.batch_alter_table("sanction_target", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sanction_target_target_id"))

    op.drop_table("sanction_target")
    with op.batch_alter_table("sanction_enforcement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sanction_enforcement_actor_id"))

    op.drop_table("sanction_enforcement")
    with op.batch_alter_table("sanction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sanction_trigger_id"))
        batch_op.drop_index(batch_op.f("ix_sanction_status"))
        batch_op.drop_index(batch_op.f("ix_sanction_part_of_id"))
        batch_op.drop_index(batch_op.f("ix_sanction_authority_id"))

    op.drop_table("sanction")
    with op.batch_alter_table("relationship", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relationship_type"))
        batch_op.drop_index(batch_op.f("ix_relationship_subject_id"))
        batch_op.drop_index(batch_op.f("ix_relationship_status"))
        batch_op.drop_index(batch_op.f("ix_relationship_object_id"))

    op.drop_table("relationship")
    with op.batch_alter_table("record_topic", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_topic_topic"))

    op.drop_table("record_topic")
    with op.batch_alter_table("figure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_figure_value_unit"))
        batch_op.drop_index(batch_op.f("ix_figure_source_id"))
        batch_op.drop_index(batch_op.f("ix_figure_metric"))

    op.drop_table("figure")
    with op.batch_alter_table("event_participant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_participant_actor_id"))

    op.drop_table("event_participant")
    with op.batch_alter_table("document_author", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_author_target_id"))

    op.drop_table("document_author")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_publisher_id"))

    op.drop_table("document")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_type"))
        batch_op.drop_index(batch_op.f("ix_assessment_likelihood_level"))
        batch_op.drop_index(batch_op.f("ix_assessment_holder_id"))

    op.drop_table("assessment")
    with op.batch_alter_table("actor_role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_actor_role_organisation_id"))

    op.drop_table("actor_role")
    op.drop_table("unit")
    op.drop_table("topic")
    with op.batch_alter_table("statement_stance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_stance_toward_id"))

    op.drop_table("statement_stance")
    with op.batch_alter_table("statement_about", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_about_target_id"))

    op.drop_table("statement_about")
    op.drop_table("sanction_measure")
    op.drop_table("record_date")
    op.drop_table("metric")
    with op.batch_alter_table("figure_about", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_figure_about_target_id"))

    op.drop_table("figure_about")
    with op.batch_alter_table("event_related", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_related_record_id"))

    op.drop_table("event_related")
    op.drop_table("event_location")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_type"))
        batch_op.drop_index(batch_op.f("ix_event_modality"))

    op.drop_table("event")
    with op.batch_alter_table("assessment_rests_on", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_rests_on_target_id"))

    op.drop_table("assessment_rests_on")
    with op.batch_alter_table("assessment_depends_on", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_depends_on_target_id"))

    op.drop_table("assessment_depends_on")
    with op.batch_alter_table("assessment_contrasts_with", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_contrasts_with_target_id"))

    op.drop_table("assessment_contrasts_with")
    with op.batch_alter_table("assessment_about", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_about_target_id"))

    op.drop_table("assessment_about")
    op.drop_table("actor_identifier")
    with op.batch_alter_table("actor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_actor_type"))
        batch_op.drop_index(batch_op.f("ix_actor_part_of_id"))
        batch_op.drop_index(batch_op.f("ix_actor_country"))

    op.drop_table("actor")
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_revision"))
        batch_op.drop_index(batch_op.f("ix_record_kind_sort_name_slug"))
        batch_op.drop_index(batch_op.f("ix_record_kind_earliest_slug"))
        batch_op.drop_index(batch_op.f("ix_record_document_id"))

    op.drop_table("record")
    op.drop_table("dataset")
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_revision"))
        batch_op.drop_index(batch_op.f("ix_change_kind_slug_revision"))

    op.drop_table("change")

"""read paths: an index for each order of a list, and the day on which a timeline puts a record"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEXES: dict[str, list[str]] = {
    "ix_record_kind_earliest_desc_slug": ["kind", "earliest DESC", "slug"],
    "ix_record_kind_evidence_count_slug": ["kind", "evidence_count", "slug"],
    "ix_record_kind_evidence_count_desc_slug": ["kind", "evidence_count DESC", "slug"],
    "ix_record_kind_revision_slug": ["kind", "revision", "slug"],
    "ix_record_kind_revision_desc_slug": ["kind", "revision DESC", "slug"],
    "ix_record_day_kind_slug": ["day", "kind", "slug"],
    "ix_record_day_desc_kind_slug": ["day DESC", "kind", "slug"],
}


def upgrade() -> None:
    op.add_column("record", sa.Column("day", sa.Date()))
    op.execute("UPDATE record SET day = coalesce(earliest, latest)")
    for name, columns in INDEXES.items():
        op.create_index(name, "record", [sa.text(column) if " " in column else column for column in columns])
    op.drop_index("ix_record_revision", "record")


def downgrade() -> None:
    op.create_index("ix_record_revision", "record", ["revision"])
    for name in INDEXES:
        op.drop_index(name, "record")
    op.drop_column("record", "day")

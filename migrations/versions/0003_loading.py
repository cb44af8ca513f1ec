"""loading: counts that are kept, and indexes for what a load reads of shared actors"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

VOCABULARIES = ("metric", "topic", "unit")


def upgrade() -> None:
    # Not in a batch: SQLite would write the table anew, and what refers to its rows would go with the old one.
    op.add_column("record", sa.Column("mention_count", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE record SET mention_count = (SELECT count(*) FROM mention WHERE mention.actor_id = record.id) "
        "WHERE kind = 'actor'"
    )
    op.drop_index("ix_actor_alias_document_id", "actor_alias")
    op.create_index("ix_actor_alias_document_id_owner_id", "actor_alias", ["document_id", "owner_id"])
    op.create_index("ix_actor_alias_owner_id_alias", "actor_alias", ["owner_id", "alias"])
    for table in VOCABULARIES:
        op.create_index(f"ix_{table}_document_id", table, ["document_id"])


def downgrade() -> None:
    for table in VOCABULARIES:
        op.drop_index(f"ix_{table}_document_id", table)
    op.drop_index("ix_actor_alias_owner_id_alias", "actor_alias")
    op.drop_index("ix_actor_alias_document_id_owner_id", "actor_alias")
    op.create_index("ix_actor_alias_document_id", "actor_alias", ["document_id"])
    op.drop_column("record", "mention_count")

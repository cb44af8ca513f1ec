"""covering indexes: records are filtered by dates and topics without their rows, which hold all the JSON"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_record_kind_earliest_slug", "record")
    op.drop_index("ix_record_kind_earliest_desc_slug", "record")
    op.create_index("ix_record_kind_earliest_slug_latest", "record", ["kind", "earliest", "slug", "latest"])
    op.create_index(
        "ix_record_kind_earliest_desc_slug_latest", "record", ["kind", sa.text("earliest DESC"), "slug", "latest"]
    )
    op.drop_index("ix_record_topic_topic", "record_topic")
    op.create_index("ix_record_topic_topic_record_id", "record_topic", ["topic", "record_id"])


def downgrade() -> None:
    op.drop_index("ix_record_topic_topic_record_id", "record_topic")
    op.create_index("ix_record_topic_topic", "record_topic", ["topic"])
    op.drop_index("ix_record_kind_earliest_desc_slug_latest", "record")
    op.drop_index("ix_record_kind_earliest_slug_latest", "record")
    op.create_index("ix_record_kind_earliest_desc_slug", "record", ["kind", sa.text("earliest DESC"), "slug"])
    op.create_index("ix_record_kind_earliest_slug", "record", ["kind", "earliest", "slug"])

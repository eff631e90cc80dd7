"""What is asked for with every message: a conversation's tickets, and the moves of a message."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tickets_conversation", "tickets", ["conversation_id", "id"])
    # Some databases have it from the first migration already.
    op.execute("CREATE INDEX IF NOT EXISTS ix_timeline_source_key ON timeline (source_key)")


def downgrade() -> None:
    op.drop_index("ix_timeline_source_key", "timeline")
    op.drop_index("ix_tickets_conversation", "tickets")

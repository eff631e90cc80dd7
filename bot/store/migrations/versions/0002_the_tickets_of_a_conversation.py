"""The tickets of a conversation are asked for with every message."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tickets_conversation", "tickets", ["conversation_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_tickets_conversation", "tickets")

"""Reports that wait for their place; what else a ticket may be about."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "tickets", sa.Column("readings", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
    )
    op.add_column("conversations", sa.Column("unheard", sa.JSON(), nullable=True))
    op.add_column(
        "conversations", sa.Column("unheard_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index("ix_conversations_unheard_at", "conversations", ["unheard_at"])


def downgrade() -> None:
    op.drop_index("ix_conversations_unheard_at", table_name="conversations")
    op.drop_column("conversations", "unheard_at")
    op.drop_column("conversations", "unheard")
    op.drop_column("tickets", "readings")

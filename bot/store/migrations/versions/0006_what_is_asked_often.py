"""Two questions asked often: somebody's next deadlines, and what somebody was told lately."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tickets_assignee_deadline", "tickets", ["assignee", "next_deadline_at"])
    op.create_index("ix_outbox_staff_id", "outbox", ["staff", "id"])
    op.drop_index("ix_outbox_staff", table_name="outbox")


def downgrade() -> None:
    op.create_index("ix_outbox_staff", "outbox", ["staff"])
    op.drop_index("ix_outbox_staff_id", table_name="outbox")
    op.drop_index("ix_tickets_assignee_deadline", table_name="tickets")

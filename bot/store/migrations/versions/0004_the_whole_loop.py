"""The whole loop: stages and alarms, parts of a ticket, followers, chores, topics."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# column by column, because SQLite cannot add several at once: table, name, type, default in SQL
COLUMNS = (
    ("tickets", "building", sa.String(40), None),
    ("tickets", "happened", sa.JSON(), None),
    ("tickets", "against", sa.JSON(), "'[]'"),
    ("tickets", "queued_at", MOMENT, None),
    ("tickets", "contacted_at", MOMENT, None),
    ("tickets", "contact_by", MOMENT, None),
    ("tickets", "review_at", MOMENT, None),
    ("tickets", "alarm_at", MOMENT, None),
    ("tickets", "alarm_step", sa.Integer(), "0"),
    ("tickets", "reckoned_by", sa.String(80), "''"),
    ("tickets", "provisional", sa.Boolean(), "false"),
    ("tickets", "closure", sa.JSON(), None),
    ("timeline", "reason_code", sa.String(40), "''"),
    ("timeline", "facts", sa.JSON(), "'{}'"),
    ("community", "branches", sa.JSON(), "'[]'"),
    ("community", "rosters", sa.JSON(), "'[]'"),
    ("community", "rules", sa.JSON(), "'{}'"),
    ("staff", "branch", sa.String(40), None),
    ("staff", "capacity", sa.Integer(), None),
)


def upgrade() -> None:
    for table, name, kind, default in COLUMNS:
        server = sa.text(default) if default else None
        op.add_column(
            table, sa.Column(name, kind, nullable=default is None, server_default=server)
        )
    _add_parent()
    op.create_index("ix_tickets_matter_building", "tickets", ["matter", "building"])
    op.create_index("ix_tickets_alarm_at", "tickets", ["alarm_at"])
    for name in ("queued_at", "parent_id"):
        filled = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_tickets_{name}", "tickets", [name], sqlite_where=filled, postgresql_where=filled
        )
    _create_subtasks()
    _create_followers()
    _create_work()


def _add_parent() -> None:
    # Alembic adds a key in a second statement, which SQLite does not know; in one, it does.
    if op.get_context().dialect.name == "sqlite":
        op.execute("ALTER TABLE tickets ADD COLUMN parent_id INTEGER REFERENCES tickets (id)")
        return
    op.add_column("tickets", sa.Column("parent_id", KEY, nullable=True))
    op.create_foreign_key("fk_tickets_parent_id", "tickets", "tickets", ["parent_id"], ["id"])


def _create_subtasks() -> None:
    op.create_table(
        "subtasks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("staff", sa.String(40), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("asked_by", sa.String(60), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("arrive_by", MOMENT, nullable=True),
        sa.Column("arrived_at", MOMENT, nullable=True),
        sa.Column("due_by", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("alarm_at", MOMENT, nullable=True),
        sa.Column("alarm_step", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(200), nullable=False),
        sa.CheckConstraint(
            "kind IN ('assist', 'whistle', 'revisit')", name=op.f("ck_subtasks_known_kind")
        ),
        sa.CheckConstraint(
            "status IN ('asked', 'accepted', 'arrived', 'done', 'cancelled')",
            name=op.f("ck_subtasks_known_status"),
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_subtasks_ticket_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff"], ["staff.code"], name="fk_subtasks_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_subtasks"),
        sa.UniqueConstraint(
            "ticket_id", "staff", "source_key", name="uq_subtasks_ticket_id_staff_source_key"
        ),
    )
    op.create_index("ix_subtasks_ticket_id", "subtasks", ["ticket_id"])
    op.create_index("ix_subtasks_staff_status", "subtasks", ["staff", "status"])
    op.create_index("ix_subtasks_alarm_at", "subtasks", ["alarm_at"])


def _create_followers() -> None:
    op.create_table(
        "followers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("resident_id", KEY, nullable=True),
        sa.Column("conversation_id", KEY, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("source_key", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_followers_ticket_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name="fk_followers_resident_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_followers_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_followers"),
        sa.UniqueConstraint("source_key", name="uq_followers_source_key"),
        sa.UniqueConstraint(
            "ticket_id", "conversation_id", name="uq_followers_ticket_id_conversation_id"
        ),
    )
    op.create_index("ix_followers_resident_id", "followers", ["resident_id"])
    op.create_index("ix_followers_conversation_id", "followers", ["conversation_id"])


def _create_work() -> None:
    op.create_table(
        "chores",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("leased_by", sa.String(60), nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_chores"),
    )
    op.create_table(
        "topics",
        sa.Column("id", KEY, nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("matter", sa.String(60), nullable=False),
        sa.Column("heat", sa.Float(), nullable=False),
        sa.Column("growth", sa.Float(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reporters", sa.Integer(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("examples", sa.JSON(), nullable=False),
        sa.Column("tickets", sa.JSON(), nullable=False),
        sa.Column("continues_id", KEY, nullable=True),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("ticket_id", KEY, nullable=True),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["continues_id"], ["topics.id"], name="fk_topics_continues_id"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_topics_ticket_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_topics"),
        sa.UniqueConstraint("week", "rank", name="uq_topics_week_rank"),
    )


def downgrade() -> None:
    for table in ("topics", "chores", "followers", "subtasks"):
        op.drop_table(table)
    for name in ("matter_building", "alarm_at", "queued_at", "parent_id"):
        op.drop_index(f"ix_tickets_{name}", table_name="tickets")
    op.drop_column("tickets", "parent_id")
    for table, name, _, _ in reversed(COLUMNS):
        op.drop_column(table, name)

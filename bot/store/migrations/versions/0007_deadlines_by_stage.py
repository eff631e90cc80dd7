"""Deadline rules in hours become rules by stage."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COMMUNITY = sa.table("community", sa.column("id"), sa.column("deadlines", sa.JSON()))


def upgrade() -> None:
    _rewrite(_by_stage)


def downgrade() -> None:
    _rewrite(_in_hours)


def _rewrite(change: Any) -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(COMMUNITY.c.id, COMMUNITY.c.deadlines)).all():
        rules = [change(rule) for rule in row.deadlines]
        changed = COMMUNITY.update().where(COMMUNITY.c.id == row.id).values(deadlines=rules)
        connection.execute(changed)


def _by_stage(rule: dict[str, Any]) -> dict[str, Any]:
    if "limits" in rule:
        return rule
    known = {name: rule[name] for name in ("code", "matter", "urgency")}
    limits = {
        stage: f"{round(rule[f'{stage}_hours'] * 60)}min" for stage in ("accept", "resolve")
    }
    more = {"calendar": "", "valid_from": None, "valid_until": None}
    return {**known, "limits": limits, **more}


def _in_hours(rule: dict[str, Any]) -> dict[str, Any]:
    """Working time has no hours of its own: the version before knew a day and a week."""
    known = {name: rule[name] for name in ("code", "matter", "urgency")}
    return {**known, "accept_hours": 24.0, "resolve_hours": 168.0}

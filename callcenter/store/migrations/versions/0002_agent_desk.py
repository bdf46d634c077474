"""The agent desk: pause reasons, dispositions, callbacks, articles, and what calls carry of them.

Columns are added in place, also on SQLite: a table that is copied, dropped and renamed takes the
rows that refer to it with it, or is refused because of them, and a call log may be large.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _more_people()
    _more_after_calls()
    _more_activities()


def _more_people() -> None:
    kind = sa.Column("phone_kind", sa.String(8), nullable=False, server_default="browser")
    op.add_column("user", kind)
    op.add_column("user", sa.Column("missed_cleared_at", _TIME, nullable=True))
    extra = sa.Column("wrap_up_extra_s", sa.Integer(), nullable=False, server_default="60")
    op.add_column("queue", extra)
    op.add_column(
        "queue",
        sa.Column("disposition_required", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    recording = sa.Column("recording", sa.String(10), nullable=False, server_default="never")
    op.add_column("queue", recording)
    with op.batch_alter_table("agent_event") as event:
        event.add_column(sa.Column("then", sa.String(12), nullable=False, server_default=""))
        event.add_column(sa.Column("then_reason", sa.String(40), nullable=False, server_default=""))
        event.add_column(sa.Column("until", _TIME, nullable=True))
        event.add_column(sa.Column("paused_at", _TIME, nullable=True))
    op.create_table(
        "pause_reason",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.Column("allowed_minutes", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pause_reason"),
        sa.UniqueConstraint("code", name="uq_pause_reason_code"),
    )


def _more_after_calls() -> None:
    op.create_table(
        "disposition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(120), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wants_callback", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["disposition.id"], name="fk_disposition_parent_id_disposition"
        ),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name="fk_disposition_queue_id_queue"),
        sa.PrimaryKeyConstraint("id", name="pk_disposition"),
        sa.UniqueConstraint("code", name="uq_disposition_code"),
    )
    _add_reference("call", "disposition_id", "disposition")
    op.add_column("call", sa.Column("tags", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("call_leg", sa.Column("quality", sa.JSON(), nullable=True))
    op.create_index("ix_call_result_started_at", "call", ["result", "started_at"])
    op.create_index("ix_call_leg_user_id_started_at", "call_leg", ["user_id", "started_at"])
    op.create_table(
        "callback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("custom", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("deleted_at", _TIME, nullable=True),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(80), nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("zone", sa.String(60), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("done_call_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", _TIME, nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_callback_{column}_{table}")
            for column, table in (
                ("owner_id", "user"),
                ("team_id", "team"),
                ("party_id", "party"),
                ("queue_id", "queue"),
                ("call_id", "call"),
                ("ticket_id", "ticket"),
                ("done_call_id", "call"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_callback"),
    )
    op.create_index("ix_callback_status_due_at", "callback", ["status", "due_at"])
    op.create_index("ix_callback_party_id", "callback", ["party_id"])
    op.create_table(
        "article",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("locale", sa.String(12), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name="fk_article_queue_id_queue"),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
    )
    op.create_index("ix_article_kind_queue_id", "article", ["kind", "queue_id"])


def _more_activities() -> None:
    op.create_index("ix_ticket_party_id_created_at", "ticket", ["party_id", "created_at"])
    op.add_column("activity", sa.Column("due_at", _TIME, nullable=True))
    op.add_column("activity", sa.Column("done_at", _TIME, nullable=True))
    _add_reference("activity", "assignee_id", "user")
    op.create_index("ix_activity_assignee_id_due_at", "activity", ["assignee_id", "due_at"])


def _add_reference(table: str, column: str, target: str) -> None:
    """A column that may name a row of `target`."""
    name = f"fk_{table}_{column}_{target}"
    if op.get_bind().dialect.name == "sqlite":  # knows constraints only as a part of the column
        op.execute(
            f'ALTER TABLE "{table}" ADD COLUMN {column} CHAR(32)'
            f' CONSTRAINT {name} REFERENCES "{target}" (id)'
        )
        return
    op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))
    op.create_foreign_key(name, table, target, [column], ["id"])

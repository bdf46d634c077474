"""The agent desk: pause reasons, dispositions, callbacks, articles, and what calls carry of them."""

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
    with op.batch_alter_table("user") as user:
        user.add_column(
            sa.Column("phone_kind", sa.String(8), nullable=False, server_default="browser")
        )
        user.add_column(sa.Column("missed_cleared_at", _TIME, nullable=True))
    with op.batch_alter_table("queue") as queue:
        queue.add_column(
            sa.Column("wrap_up_extra_s", sa.Integer(), nullable=False, server_default="60")
        )
        queue.add_column(
            sa.Column(
                "disposition_required", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
        queue.add_column(
            sa.Column("recording", sa.String(10), nullable=False, server_default="never")
        )
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
        sa.Column("code", sa.String(40), nullable=False),
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
    with op.batch_alter_table("call") as call:
        call.add_column(sa.Column("disposition_id", sa.Uuid(), nullable=True))
        call.add_column(sa.Column("tags", sa.JSON(), nullable=False, server_default="[]"))
        call.create_foreign_key(
            "fk_call_disposition_id_disposition", "disposition", ["disposition_id"], ["id"]
        )
    op.add_column("call_leg", sa.Column("quality", sa.JSON(), nullable=True))
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
    with op.batch_alter_table("activity") as activity:
        activity.add_column(sa.Column("due_at", _TIME, nullable=True))
        activity.add_column(sa.Column("done_at", _TIME, nullable=True))
        activity.add_column(sa.Column("assignee_id", sa.Uuid(), nullable=True))
        activity.create_foreign_key("fk_activity_assignee_id_user", "user", ["assignee_id"], ["id"])
        activity.create_index("ix_activity_assignee_id_due_at", ["assignee_id", "due_at"])

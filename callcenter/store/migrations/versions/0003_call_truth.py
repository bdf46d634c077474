"""Call truth: why legs ended, stays in queues, recordings, and what a comparison with the switch's
own records found.

Columns are added in place, also on SQLite (see 0002).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _more_of_calls()
    _switches()
    _recordings()
    _reconciliations()


def _more_of_calls() -> None:
    op.add_column("queue", _text("cost_centre", 40))
    op.add_column("queue", sa.Column("recording_days", sa.Integer(), nullable=True))
    op.add_column("call", _text("cost_centre", 40))
    from_history: sa.Column[bool] = sa.Column(
        "from_history", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("call", from_history)
    wait_s = sa.Column("wait_s", sa.Float(), nullable=False, server_default="0")
    op.add_column("call_leg", wait_s)
    op.add_column("call_leg", _text("cause", 20, "hung_up"))
    op.create_table(
        "queue_visit",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(60), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("joined_at", _TIME, nullable=False),
        sa.Column("left_at", _TIME, nullable=False),
        sa.Column("wait_s", sa.Float(), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_queue_visit_call_id_call"),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name="fk_queue_visit_queue_id_queue"),
        sa.PrimaryKeyConstraint("call_id", "position", name="pk_queue_visit"),
    )
    op.create_index("ix_queue_visit_queue_id_joined_at", "queue_visit", ["queue_id", "joined_at"])


def _switches() -> None:
    op.create_table(
        "pbx",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("owner", sa.String(120), nullable=False),
        sa.Column("lease_until", _TIME, nullable=True),
        sa.Column("history_until", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_pbx"),
    )


def _recordings() -> None:
    op.create_table(
        "recording",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("pbx", sa.String(40), nullable=False),
        sa.Column("file", sa.String(300), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.Column("began_at", _TIME, nullable=True),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("path", sa.String(300), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("keep_until", _TIME, nullable=True),
        sa.Column("deleted_at", _TIME, nullable=True),
        sa.Column("deleted_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_recording_call_id_call"),
        sa.ForeignKeyConstraint(["deleted_by"], ["user.id"], name="fk_recording_deleted_by_user"),
        sa.PrimaryKeyConstraint("id", name="pk_recording"),
        sa.UniqueConstraint("pbx", "file", name="uq_recording_pbx_file"),
    )
    op.create_index("ix_recording_call_id", "recording", ["call_id"])
    op.create_index("ix_recording_state_keep_until", "recording", ["state", "keep_until"])
    op.create_index("ix_recording_state_created_at", "recording", ["state", "created_at"])


def _reconciliations() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pbx", sa.String(40), nullable=False),
        sa.Column("from", _TIME, nullable=False),
        sa.Column("to", _TIME, nullable=False),
        sa.Column("began_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.Column("bad_lines", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliation"),
    )
    op.create_index("ix_reconciliation_pbx_began_at", "reconciliation", ["pbx", "began_at"])
    op.create_table(
        "difference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reconciliation_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("uniqueid", sa.String(150), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("ours", sa.JSON(), nullable=True),
        sa.Column("theirs", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["reconciliation.id"],
            name="fk_difference_reconciliation_id_reconciliation",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_difference"),
    )
    op.create_index("ix_difference_reconciliation_id", "difference", ["reconciliation_id"])


def _text(name: str, length: int, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default=default)

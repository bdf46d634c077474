"""The tables, as SQLAlchemy Core. They know no screen; services are their only writers.

Ids are UUIDv7 (made by us, also offline), times are UTC, text that users search has a folded key.
Every change here is a migration in `callcenter/store/migrations/`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time. Refuses naive values; reads back aware UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value


def _sorted(length: int) -> TypeEngine[str]:
    """Text that is searched by its beginning: PostgreSQL sorts it byte by byte, as SQLite does."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def _id() -> Column[Any]:
    return Column("id", Uuid, primary_key=True)


def _ref(name: str, target: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, Uuid, ForeignKey(f"{target}.id"), nullable=nullable)


def _business() -> list[Column[Any]]:
    """What every business table carries (data model)."""
    return [
        _id(),
        _ref("owner_id", "user"),
        _ref("team_id", "team"),
        Column("custom", JSON, nullable=False, default=dict),
        Column("version", Integer, nullable=False, default=1),
        Column("created_at", UtcDateTime, nullable=False),
        Column("updated_at", UtcDateTime, nullable=False),
        Column("deleted_at", UtcDateTime),
    ]


# --- people who work ---------------------------------------------------------------------------

team = Table(
    "team",
    metadata,
    _id(),
    Column("name", String(120), nullable=False),
    _ref("parent_id", "team"),
    Column(
        "path", _sorted(400), nullable=False, unique=True
    ),  # "/1/7/": team-and-below is a prefix
)

role = Table(
    "role",
    metadata,
    _id(),
    Column("name", String(60), nullable=False, unique=True),
    # object -> action -> none / own / team / below / all
    Column("permissions", JSON, nullable=False, default=dict),
)

user = Table(
    "user",
    metadata,
    _id(),
    Column("login", String(80), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("password_hash", String(200), nullable=False),
    _ref("team_id", "team"),
    _ref("role_id", "role", nullable=False),
    Column("extension", String(20), unique=True),  # dialled inside the house; "1001"
    Column("interface", String(80), unique=True),  # the device it rings; "PJSIP/1001"
    Column("phone_kind", String(8), nullable=False, default="browser"),  # browser / desk
    Column("locale", String(12), nullable=False, default=""),  # "" as the browser asks
    Column("prefs", JSON, nullable=False, default=dict),
    Column("missed_cleared_at", UtcDateTime),  # missed calls up to here were seen
    Column("active", Boolean, nullable=False, default=True),
    Column("created_at", UtcDateTime, nullable=False),
)

session = Table(
    "session",
    metadata,
    _id(),
    _ref("user_id", "user", nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),  # sha256 of the cookie's value
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ip", String(45), nullable=False, default=""),
)

# --- customers ---------------------------------------------------------------------------------

tier = Table(
    "tier",
    metadata,
    _id(),
    Column("code", String(20), nullable=False, unique=True),  # platinum, gold, silver, standard
    Column("name", JSON, nullable=False),  # {"en": "Platinum", "zh-CN": "白金"}
    Column("rank", Integer, nullable=False),  # 1 is the highest
    Column("priority", Integer, nullable=False),  # queue priority; higher goes first
    Column("is_default", Boolean, nullable=False, default=False),
)

party = Table(
    "party",
    metadata,
    *_business(),
    Column("kind", String(12), nullable=False),  # person / organisation
    _ref("parent_id", "party"),  # a person's company
    Column("code", String(40), unique=True),
    Column("name", String(300), nullable=False),
    Column("name_key", _sorted(600), nullable=False, index=True),  # folded, with pinyin
    _ref("tier_id", "tier"),
    Column("language", String(12), nullable=False, default=""),
    Column("region", String(80), nullable=False, default=""),
    Column("zone", String(60), nullable=False, default=""),  # IANA
    Column("note", Text, nullable=False, default=""),  # what the agent must know when they call
    _ref("merged_into_id", "party"),
)

contact_point = Table(
    "contact_point",
    metadata,
    _id(),
    _ref("party_id", "party", nullable=False),
    Column("kind", String(12), nullable=False),  # phone / email / …
    Column("raw", String(200), nullable=False),  # as typed
    Column("norm", _sorted(200), nullable=False),  # E.164, or digits when it does not parse
    Column("rev", _sorted(200), nullable=False),  # norm's digits reversed: suffix search is a range
    Column("ext", String(20), nullable=False, default=""),
    Column("primary", Boolean, nullable=False, default=False),
    Column("valid", Boolean, nullable=False, default=True),
    Column("created_at", UtcDateTime, nullable=False),
    # A number may belong to several customers: deliberately not unique.
    Index("ix_contact_point_kind_norm", "kind", "norm"),
    Index("ix_contact_point_kind_rev", "kind", "rev"),
    Index("ix_contact_point_party_id", "party_id"),
)

# --- telephony ---------------------------------------------------------------------------------

queue = Table(
    "queue",
    metadata,
    _id(),
    Column("name", String(60), nullable=False, unique=True),  # the switch's name
    Column("label", JSON, nullable=False),  # {"en": …, "zh-CN": …}
    Column("domain", String(40), nullable=False),  # support, sales …: tickets attach by it
    Column("wrap_up_s", Integer, nullable=False, default=15),
    Column("wrap_up_extra_s", Integer, nullable=False, default=60),  # asked for once; 0: never
    Column("disposition_required", Boolean, nullable=False, default=False),
    Column("recording", String(10), nullable=False, default="never"),  # never / on_demand / always
    Column("is_default", Boolean, nullable=False, default=False),
    Column("cost_centre", String(40), nullable=False, default=""),
    Column("recording_days", Integer),  # how long recordings are kept; null: for ever
)

queue_member = Table(
    "queue_member",
    metadata,
    Column("queue_id", Uuid, ForeignKey("queue.id"), primary_key=True),
    Column("user_id", Uuid, ForeignKey("user.id"), primary_key=True),
)

routing_rule = Table(
    "routing_rule",
    metadata,
    _id(),
    Column("position", Integer, nullable=False),  # first match wins
    Column("name", String(120), nullable=False),
    Column("filter", JSON, nullable=False),  # the one filter grammar
    Column("outcome", JSON, nullable=False),  # queue, priority, greeting, ring_first …
    Column("active", Boolean, nullable=False, default=True),
)

call = Table(
    "call",
    metadata,
    _id(),  # UUIDv5 of pbx and first Uniqueid: the same call is the same row, however often told
    Column("pbx", String(40), nullable=False),
    Column("uniqueid", String(150), nullable=False),
    Column("direction", String(10), nullable=False),
    Column("result", String(20)),  # null while it is going on
    Column("caller", String(80), nullable=False, default=""),
    Column("caller_name", String(300), nullable=False, default=""),
    Column("dialled", String(80), nullable=False, default=""),
    Column("queues", JSON, nullable=False, default=list),
    Column("queue_id", Uuid, ForeignKey("queue.id")),  # the last one
    Column("queued_at", UtcDateTime),  # when it joined that one
    Column("started_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("wait_s", Float, nullable=False, default=0.0),
    Column("connected_s", Float, nullable=False, default=0.0),
    Column("transfers", JSON, nullable=False, default=list),
    Column("linked", JSON, nullable=False, default=list),
    _ref("party_id", "party"),
    Column("match", String(12), nullable=False, default="unknown"),
    _ref("ticket_id", "ticket"),
    Column("ticket_chosen", Boolean, nullable=False, default=False),  # by a person, also "none"
    _ref("first_agent_id", "user"),
    _ref("last_agent_id", "user"),
    Column("note", Text, nullable=False, default=""),
    _ref("disposition_id", "disposition"),
    Column("tags", JSON, nullable=False, default=list),
    Column("inferred", Boolean, nullable=False, default=False),
    Column("recovered", Boolean, nullable=False, default=False),
    Column("from_history", Boolean, nullable=False, default=False),  # made of the switch's CEL
    Column("cost_centre", String(40), nullable=False, default=""),
    Column("version", Integer, nullable=False, default=1),
    UniqueConstraint("pbx", "uniqueid"),
    Index("ix_call_party_id_started_at", "party_id", "started_at"),
    Index("ix_call_started_at", "started_at"),
    Index("ix_call_result_started_at", "result", "started_at"),  # whom to call back
    Index("ix_call_last_agent_id_started_at", "last_agent_id", "started_at"),
    Index("ix_call_ticket_id", "ticket_id"),
)

call_leg = Table(
    "call_leg",
    metadata,
    _id(),
    Column("call_id", Uuid, ForeignKey("call.id"), nullable=False),
    Column("pbx", String(40), nullable=False),
    Column("uniqueid", String(150), nullable=False),
    Column("interface", String(80), nullable=False),
    Column("role", String(12), nullable=False),
    _ref("user_id", "user"),
    Column("result", String(20), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("ring_s", Float, nullable=False, default=0.0),
    Column("connected_s", Float, nullable=False, default=0.0),
    Column("talk_s", Float, nullable=False, default=0.0),
    Column("hold_s", Float, nullable=False, default=0.0),
    Column("consult_s", Float, nullable=False, default=0.0),
    Column("wrap_s", Float, nullable=False, default=0.0),
    Column("wait_s", Float, nullable=False, default=0.0),
    Column("ended_by", String(12)),
    Column("cause", String(20), nullable=False, default="hung_up"),
    Column(
        "quality", JSON(none_as_null=True)
    ),  # {"loss": share, "jitter_ms", "rtt_ms", "mos"}: the worst ten seconds
    UniqueConstraint("pbx", "uniqueid"),
    Index("ix_call_leg_call_id", "call_id"),
    Index("ix_call_leg_user_id_started_at", "user_id", "started_at"),  # one's day
)

queue_visit = Table(
    "queue_visit",
    metadata,
    Column("call_id", Uuid, ForeignKey("call.id"), primary_key=True),
    Column("position", Integer, primary_key=True),  # 0 is the first queue of the call
    Column("queue", String(60), nullable=False),
    _ref("queue_id", "queue"),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime, nullable=False),
    Column("wait_s", Float, nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("priority", Integer, nullable=False, default=0),
    Index("ix_queue_visit_queue_id_joined_at", "queue_id", "joined_at"),  # a service level
)

pbx = Table(
    "pbx",
    metadata,
    Column("id", String(40), primary_key=True),  # settings: its name in the call log
    Column("owner", String(120), nullable=False, default=""),  # the process that works for it
    Column("lease_until", UtcDateTime),  # by the database's clock; whose is past is nobody's
    Column("history_until", UtcDateTime),  # by the switch's clock: CEL before it has been read
)

recording = Table(
    "recording",
    metadata,
    _id(),
    Column("call_id", Uuid, ForeignKey("call.id"), nullable=False),
    Column("pbx", String(40), nullable=False),
    Column("file", String(300), nullable=False),  # as the switch named it, below its folder
    Column("parts", JSON, nullable=False, default=list),  # [{leg, user_id, from_s, to_s}]
    Column("pauses", JSON, nullable=False, default=list),  # [[from_s, to_s]]
    Column("began_at", UtcDateTime),
    Column("seconds", Float, nullable=False, default=0.0),
    Column("bytes", BigInteger, nullable=False, default=0),  # of the sound, before encryption
    Column("sha256", String(64), nullable=False, default=""),  # of the sound
    Column("path", String(300), nullable=False, default=""),  # in our store, encrypted
    Column("key", LargeBinary),  # its own, wrapped by the master key; null once deleted
    Column("key_id", String(40), nullable=False, default=""),  # of that master key
    Column("peaks", LargeBinary),  # the waveform: one byte 0 … 255 per slice
    Column("state", String(12), nullable=False),  # stored / short / damaged / missing / deleted
    Column("problems", JSON, nullable=False, default=list),  # domain.recording_problems
    Column("created_at", UtcDateTime, nullable=False),
    Column("keep_until", UtcDateTime),  # null: for ever
    Column("deleted_at", UtcDateTime),
    _ref("deleted_by", "user"),  # null: by its time
    UniqueConstraint("pbx", "file"),
    Index("ix_recording_call_id", "call_id"),
    Index("ix_recording_state_keep_until", "state", "keep_until"),
    Index("ix_recording_state_created_at", "state", "created_at"),  # how many today
)

reconciliation = Table(
    "reconciliation",
    metadata,
    _id(),
    Column("pbx", String(40), nullable=False),
    Column("from", UtcDateTime, nullable=False),
    Column("to", UtcDateTime, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("calls", Integer, nullable=False, default=0),  # compared
    Column("differences", Integer, nullable=False, default=0),
    Column("bad_lines", Integer, nullable=False, default=0),  # of the switch's records
    Column("problem", String(300), nullable=False, default=""),  # why it could not be done
    Index("ix_reconciliation_pbx_began_at", "pbx", "began_at"),
)

difference = Table(
    "difference",
    metadata,
    _id(),
    Column("reconciliation_id", Uuid, ForeignKey("reconciliation.id"), nullable=False),
    Column("call_id", Uuid, nullable=False),  # may lack in `call`: that is a difference
    Column("uniqueid", String(150), nullable=False),
    Column("kind", String(20), nullable=False),  # domain.reconciliation.Kind
    Column("ours", JSON(none_as_null=True)),
    Column("theirs", JSON(none_as_null=True)),
    Index("ix_difference_reconciliation_id", "reconciliation_id"),
)

agent_event = Table(
    "agent_event",
    metadata,
    _id(),
    _ref("user_id", "user", nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(40), nullable=False, default=""),
    Column("from", UtcDateTime, nullable=False),
    Column("to", UtcDateTime),
    # What it takes to go on after a restart of ours (domain.agents.Status).
    Column("then", String(12), nullable=False, default=""),  # ready / not_ready
    Column("then_reason", String(40), nullable=False, default=""),
    Column("until", UtcDateTime),  # of a wrap-up
    Column("paused_at", UtcDateTime),
    Index("ix_agent_event_user_id_from", "user_id", "from"),
)

pause_reason = Table(
    "pause_reason",
    metadata,
    _id(),
    Column("code", String(40), nullable=False, unique=True),  # break, lunch, training …
    Column("label", JSON, nullable=False),  # {"en": …, "zh-CN": …}
    Column("paid", Boolean, nullable=False, default=True),
    Column("allowed_minutes", Integer),  # null: as long as it takes
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False, default=True),
)

disposition = Table(
    "disposition",
    metadata,
    _id(),
    _ref("parent_id", "disposition"),
    _ref("queue_id", "queue"),  # null: offered after every queue's calls
    Column("code", String(120), nullable=False, unique=True),
    Column("label", JSON, nullable=False),
    Column("position", Integer, nullable=False),
    Column("wants_callback", Boolean, nullable=False, default=False),  # offers the callback form
    Column("active", Boolean, nullable=False, default=True),
)

callback = Table(
    "callback",
    metadata,
    *_business(),  # owner_id: whose it is; null: anybody's in the queue
    _ref("party_id", "party"),
    Column("number", String(80), nullable=False),  # E.164 or digits
    Column("due_at", UtcDateTime, nullable=False),
    Column("zone", String(60), nullable=False, default=""),  # the customer's, in which it was said
    _ref("queue_id", "queue"),
    _ref("call_id", "call"),  # after which it was promised
    _ref("ticket_id", "ticket"),
    Column("note", Text, nullable=False, default=""),
    Column("status", String(10), nullable=False, default="pending"),  # pending / done / cancelled
    _ref("done_call_id", "call"),
    Column("done_at", UtcDateTime),
    Index("ix_callback_status_due_at", "status", "due_at"),
    Index("ix_callback_party_id", "party_id"),
)

article = Table(
    "article",
    metadata,
    _id(),
    Column("kind", String(10), nullable=False),  # script / knowledge
    _ref("queue_id", "queue"),  # null: every queue
    Column("locale", String(12), nullable=False, default=""),  # "" for every language
    Column("title", String(300), nullable=False),
    Column("body", Text, nullable=False),  # Markdown
    Column("position", Integer, nullable=False, default=0),
    Column("active", Boolean, nullable=False, default=True),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_article_kind_queue_id", "kind", "queue_id"),
)

# --- service -----------------------------------------------------------------------------------

ticket = Table(
    "ticket",
    metadata,
    *_business(),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("subject", String(300), nullable=False),
    _ref("party_id", "party"),
    _ref("queue_id", "queue"),
    Column("domain", String(40), nullable=False),
    Column("priority", Integer, nullable=False, default=3),  # 1 urgent … 4 low
    Column(
        "status", String(12), nullable=False, default="open"
    ),  # open / pending / solved / closed
    Column("closed_at", UtcDateTime),
    Index("ix_ticket_party_id_status", "party_id", "status"),
    Index("ix_ticket_party_id_created_at", "party_id", "created_at"),
)

activity = Table(
    "activity",
    metadata,
    _id(),
    Column("kind", String(12), nullable=False),  # note / task / mail / order / campaign
    Column("at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),  # of a task
    Column("done_at", UtcDateTime),
    _ref("assignee_id", "user"),
    Column("body", Text, nullable=False, default=""),
    Column("data", JSON, nullable=False, default=dict),
    _ref("author_id", "user"),
    _ref("party_id", "party"),
    _ref("ticket_id", "ticket"),
    _ref("call_id", "call"),
    Index("ix_activity_party_id_at", "party_id", "at"),
    Index("ix_activity_ticket_id_at", "ticket_id", "at"),
    Index("ix_activity_assignee_id_due_at", "assignee_id", "due_at"),
)

# --- safety ------------------------------------------------------------------------------------

audit = Table(
    "audit",
    metadata,
    # INTEGER on SQLite, so that it is the rowid and counts by itself.
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_id", Uuid),
    Column("ip", String(45), nullable=False, default=""),
    Column("action", String(60), nullable=False),
    Column("object", String(40), nullable=False),
    Column("object_id", String(60), nullable=False, default=""),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Index("ix_audit_object_object_id", "object", "object_id"),
)

setting = Table(
    "setting",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("value", JSON, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("actor_id", Uuid, primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("response", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)

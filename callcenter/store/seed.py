"""The rows a new database begins with. Data, not code: everything here may be edited afterwards.

Ids are the same in every installation; a row that was deleted does not come back.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection

from callcenter.store import seed_desk, seed_recordings
from callcenter.store.ids import default_id
from callcenter.store.seed_desk import insert_desk_defaults
from callcenter.store.seed_recordings import permit_recordings
from callcenter.store.tables import queue, role, routing_rule, setting, tier

LAST_TICKET_NUMBER: Final = "ticket.last_number"

# code, English, 简体中文, rank, queue priority, default
_TIERS = (
    ("platinum", "Platinum", "白金", 1, 30, False),
    ("gold", "Gold", "黄金", 2, 20, False),
    ("silver", "Silver", "白银", 3, 10, False),
    ("standard", "Standard", "普通", 4, 0, True),
)

# the switch's name, English, 简体中文, domain, wrap-up seconds, default
_QUEUES = (
    ("support", "Support", "客户支持", "support", 15, True),
    ("sales", "Sales", "销售", "sales", 20, False),
    ("vip", "VIP", "贵宾专线", "support", 20, False),
)

# object -> action -> scope (callcenter.domain.permissions)
_ROLES: dict[str, dict[str, dict[str, str]]] = {
    "agent": {
        "customer": {"read": "all", "create": "all", "update": "all"},
        "ticket": {"read": "all", "create": "all", "update": "all"},
        "call": {"read": "all", "update": "own"},
        "agent": {"read": "team", "update": "own"},
        "callback": {"read": "all", "create": "all", "update": "all"},
        "task": {"read": "all", "create": "all", "update": "all"},
        "article": {"read": "all"},
        "recording": {"read": "own"},
    },
    "supervisor": {
        "customer": {"read": "all", "create": "all", "update": "all"},
        "ticket": {"read": "all", "create": "all", "update": "all"},
        "call": {"read": "all", "update": "below"},
        "agent": {"read": "below", "update": "below"},
        "callback": {"read": "all", "create": "all", "update": "all"},
        "task": {"read": "all", "create": "all", "update": "all"},
        "article": {"read": "all"},
        "queue": {"read": "all"},
        "report": {"read": "below"},
        "recording": {"read": "below"},
    },
    "admin": {"*": {"*": "all"}},
}

VIP_RULE: Final = default_id("routing_rule", "1")
"""Off until somebody staffs the VIP queue: a caller must not wait where nobody sits."""

# First match wins. What an outcome leaves out comes from the caller's tier and language.
_RULES: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    (
        "Platinum customers go to the VIP queue",
        {"field": "tier", "op": "eq", "value": "platinum"},
        {"queue": "vip", "ring_first": "owner"},
    ),
    (
        "Platinum customers ring their owner",
        {"field": "tier", "op": "eq", "value": "platinum"},
        {"queue": "support", "ring_first": "owner"},
    ),
    (
        "Gold customers ring whom they spoke to last",
        {"field": "tier", "op": "eq", "value": "gold"},
        {"queue": "support", "ring_first": "last_agent"},
    ),
    ("Everybody else", {"all": []}, {"queue": "support"}),
)


def insert_defaults(connection: Connection) -> None:
    """Tiers, queues, roles, routing rules, counters and what the desk begins with, into an empty
    database."""
    connection.execute(
        tier.insert(),
        [
            {
                "id": default_id("tier", code),
                "code": code,
                "name": {"en": english, "zh-CN": chinese},
                "rank": rank,
                "priority": priority,
                "is_default": is_default,
            }
            for code, english, chinese, rank, priority, is_default in _TIERS
        ],
    )
    connection.execute(
        queue.insert(),
        [
            {
                "id": default_id("queue", name),
                "name": name,
                "label": {"en": english, "zh-CN": chinese},
                "domain": domain,
                "wrap_up_s": wrap_up_s,
                "is_default": is_default,
            }
            for name, english, chinese, domain, wrap_up_s, is_default in _QUEUES
        ],
    )
    connection.execute(
        role.insert(),
        [
            {"id": default_id("role", name), "name": name, "permissions": permissions}
            for name, permissions in _ROLES.items()
        ],
    )
    connection.execute(
        routing_rule.insert(),
        [
            {
                "id": (id_ := default_id("routing_rule", str(position))),
                "position": position * 10,
                "name": name,
                "filter": condition,
                "outcome": outcome,
                "active": id_ != VIP_RULE,
            }
            for position, (name, condition, outcome) in enumerate(_RULES, start=1)
        ],
    )
    connection.execute(setting.insert(), [{"key": LAST_TICKET_NUMBER, "value": 10_000}])
    insert_desk_defaults(connection)


def insert_later_defaults(connection: Connection, revision: str) -> None:
    """What a database that was at `revision` lacks, after its migration."""
    if revision < seed_desk.REVISION:
        insert_desk_defaults(connection)
    if revision < seed_recordings.REVISION:
        permit_recordings(connection)

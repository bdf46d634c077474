"""The rows the agent desk begins with: pause reasons, dispositions, and what roles may do there.

Inserted into a new database, and once into one that came from before revision 0002. Data, not
code: everything here may be edited afterwards, and a row that was deleted does not come back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select, update

from callcenter.store.ids import default_id
from callcenter.store.tables import disposition, pause_reason, queue, role

REVISION: Final = "0002"
"""Databases of an earlier one lack these rows."""

# code, English, 简体中文, paid, allowed minutes
_REASONS: Final = (
    ("break", "Break", "小休", True, 15),
    ("lunch", "Lunch", "午餐", False, 60),
    ("training", "Training", "培训", True, None),
    ("meeting", "Meeting", "会议", True, None),
    ("coaching", "Coaching", "辅导", True, None),
    ("back_office", "Back office", "后台处理", True, None),
    ("personal", "Personal", "私事", False, 10),
)

_Leaf = tuple[str, str, str, bool]  # code, English, 简体中文, offers the callback form
_Branch = tuple[str, str, str, tuple[_Leaf, ...]]

_EVERYWHERE: Final[tuple[_Branch, ...]] = (
    (
        "not_reached", "Not reached", "未联系上",
        (
            ("no_answer", "No answer", "无人接听", True),
            ("voicemail", "Voicemail", "语音信箱", True),
            ("another_person", "Another person answered", "非本人接听", True),
        ),
    ),
    (
        "no_matter", "No matter", "无需处理",
        (
            ("wrong_number", "Wrong number", "打错电话", False),
            ("silent", "Silent or cut off", "无声或掉线", True),
            ("nuisance", "Nuisance call", "骚扰电话", False),
        ),
    ),
)  # fmt: skip

_BY_DOMAIN: Final[dict[str, tuple[_Branch, ...]]] = {
    "support": (
        (
            "solved", "Solved", "已解决",
            (
                ("answered", "Question answered", "已解答", False),
                ("fixed", "Problem fixed", "故障已排除", False),
                ("changed", "Data or order changed", "资料或订单已更改", False),
            ),
        ),
        (
            "open", "Not solved yet", "待处理",
            (
                ("call_back", "To be called back", "需要回电", True),
                ("handed_on", "Handed on", "已转交", False),
                ("customer", "Waiting for the customer", "等待客户", False),
            ),
        ),
        (
            "complaint", "Complaint", "投诉",
            (
                ("product", "About the product", "产品", False),
                ("delivery", "About the delivery", "配送", False),
                ("service", "About our service", "服务", True),
            ),
        ),
    ),
    "sales": (
        (
            "sold", "Sold", "已成交",
            (
                ("new", "New order", "新订单", False),
                ("renewed", "Renewal", "续约", False),
                ("more", "Added to an order", "加购", False),
            ),
        ),
        (
            "interested", "Interested", "有意向",
            (
                ("quote", "Wants a quote", "需要报价", False),
                ("later", "Call again later", "稍后再联系", True),
                ("visit", "Appointment made", "已约见", True),
            ),
        ),
        (
            "not_interested", "Not interested", "无意向",
            (
                ("price", "Too expensive", "价格过高", False),
                ("other", "Has another supplier", "已有供应商", False),
                ("no_need", "No need", "没有需求", False),
            ),
        ),
    ),
}  # fmt: skip


def insert_desk_defaults(connection: Connection) -> None:
    """Reasons, a disposition tree for every queue and one for each queue of a domain we know, and
    the permissions that roles need for what is new."""
    connection.execute(pause_reason.insert(), list(_reasons()))
    queues = connection.execute(select(queue.c.id, queue.c.name, queue.c.domain)).all()
    rows = list(_tree("", None, _EVERYWHERE, first=1000))
    for one in sorted(queues, key=lambda row: row.name):
        rows += _tree(f"{one.name}.", one.id, _BY_DOMAIN.get(one.domain, ()), first=10)
    connection.execute(disposition.insert(), [row for row in rows if row["parent_id"] is None])
    connection.execute(disposition.insert(), [row for row in rows if row["parent_id"]])
    for role_id, permissions in connection.execute(select(role.c.id, role.c.permissions)).all():
        more = with_desk(permissions)
        if more != permissions:
            connection.execute(update(role).where(role.c.id == role_id).values(permissions=more))


def with_desk(permissions: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Whoever works on tickets works on callbacks and tasks in the same way; who reads calls reads
    the articles. What a role says about these itself stays."""
    if "*" in permissions:
        return permissions
    more: dict[str, dict[str, str]] = {}
    if "ticket" in permissions:
        more |= {"callback": permissions["ticket"], "task": permissions["ticket"]}
    if "call" in permissions:
        more["article"] = {"read": "all"}
    return more | permissions


def _reasons() -> Iterator[dict[str, Any]]:
    for position, (code, english, chinese, paid, minutes) in enumerate(_REASONS, start=1):
        yield {
            "id": default_id("pause_reason", code),
            "code": code,
            "label": {"en": english, "zh-CN": chinese},
            "paid": paid,
            "allowed_minutes": minutes,
            "position": position * 10,
        }


def _tree(
    prefix: str, queue_id: UUID | None, branches: tuple[_Branch, ...], *, first: int
) -> Iterator[dict[str, Any]]:
    """Branches at positions `first` + 0, 10 …: a queue's own before those of every queue."""
    for number, (name, english, chinese, leaves) in enumerate(branches):
        code = f"{prefix}{name}"
        branch = {
            "id": default_id("disposition", code),
            "parent_id": None,
            "queue_id": queue_id,
            "code": code,
            "label": {"en": english, "zh-CN": chinese},
            "position": first + number * 10,
            "wants_callback": False,
        }
        yield branch
        for place, (leaf, leaf_english, leaf_chinese, wants_callback) in enumerate(leaves, 1):
            yield branch | {
                "id": default_id("disposition", f"{code}.{leaf}"),
                "parent_id": branch["id"],
                "code": f"{code}.{leaf}",
                "label": {"en": leaf_english, "zh-CN": leaf_chinese},
                "position": place * 10,
                "wants_callback": wants_callback,
            }

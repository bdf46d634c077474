"""What a practice room begins with, and what each who practises finds there: a few customers of
their own who call. Rows only; the room's database is thrown away with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.names import name_key
from callcenter.domain.phone import normalise
from callcenter.store.ids import default_id, new_id
from callcenter.store.tables import (
    article,
    contact_point,
    party,
    queue,
    queue_member,
    role,
    ticket,
    user,
)

LINE: Final = "4001002000"
_QUEUES = ("support", "sales")
_COLLEAGUES = (("1101", "陈晨 Chen Chen"), ("1102", "Maria Lindt"), ("1103", "赵雷 Zhao Lei"))
COLLEAGUES: Final = tuple(extension for extension, _ in _COLLEAGUES)

# name, company, what the agent should know, subject of an open ticket
_CALLERS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "en": (
        (
            "Anna Field",
            "Riverside Glass",
            "Practice: she asks about an invoice. Hold, resume, then note what you promised.",
            "Invoice adds up wrongly",
        ),
        (
            "Tom Baker",
            "Baker & Sons",
            "Practice: he wants a colleague. Consult 1101, swap, then hand him over.",
            "Delivery came late",
        ),
        (
            "Eva Stone",
            "Northern Optics",
            "Practice: she has no time now. Promise to call back tomorrow and finish the call.",
            "Wants an offer for 200 frames",
        ),
    ),
    "zh-CN": (
        (
            "林安娜",
            "江畔玻璃",
            "练习：她询问账单。请保持通话，再恢复通话，然后记录您的承诺。",
            "账单金额有误",
        ),
        (
            "白涛",
            "白氏兄弟",
            "练习：他要找您的同事。请先咨询 1101，在两方之间切换，再转接。",
            "交货延迟",
        ),
        (
            "石依云",
            "北方光学",
            "练习：她现在没有时间。请承诺明天回电，然后结束通话。",
            "需要 200 副镜架的报价",
        ),
    ),
}
# locale -> title, lines
_SCRIPT = {
    "en": (
        "Practice call",
        (
            "Nobody is on the line: take your time.",
            "1. **Answer**, and look at who calls.",
            "2. Put them on **hold**, and resume.",
            "3. **Consult** a colleague (1101), swap, hand over or come back.",
            "4. Write a note while you talk.",
            "5. Hang up, choose a **disposition**, save.",
        ),
    ),
    "zh-CN": (
        "练习通话",
        (
            "线路上没有真人，请放心操作。",
            "1. **接听**，查看来电者。",
            "2. **保持**通话，再恢复。",
            "3. **咨询**同事（1101），切换，转接或返回。",
            "4. 通话时写记录。",
            "5. 挂断，选择**处置结果**，保存。",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class PracticeCaller:
    party_id: UUID
    number: str  # E.164
    name: str


async def furnish(connection: AsyncConnection, at: datetime) -> list[UUID]:
    """Colleagues, a script, a queue that may be recorded; the colleagues' ids."""
    support = default_id("queue", "support")
    await connection.execute(
        update(queue).where(queue.c.id == support).values(recording="on_demand")
    )
    for position, (locale, (title, lines)) in enumerate(_SCRIPT.items()):
        await connection.execute(
            insert(article).values(
                id=new_id(),
                kind="script",
                locale=locale,
                title=title,
                body="\n".join((lines[0], "", *lines[1:])),
                position=position,
                updated_at=at,
            )
        )
    return [
        await _sit_down(connection, new_id(), f"colleague{extension}", name, extension, at)
        for extension, name in _COLLEAGUES
    ]


async def permissions(connection: AsyncConnection) -> dict[str, Any]:
    """Of everybody who practises."""
    found = await connection.execute(select(role.c.permissions).where(role.c.name == "agent"))
    return dict(found.scalar_one())


async def welcome(
    connection: AsyncConnection,
    *,
    user_id: UUID,
    name: str,
    locale: str,
    extension: str,
    seat: int,
    at: datetime,
) -> Sequence[PracticeCaller]:
    """Somebody comes to practise on this seat (1 …): they, and the customers who call them."""
    await _sit_down(connection, user_id, f"seat{seat}", name, extension, at)
    texts = _CALLERS.get(locale) or _CALLERS["en"]
    return [
        await _customer(connection, user_id, seat * 10 + number, text, locale or "en", at)
        for number, text in enumerate(texts, 1)
    ]


async def _sit_down(
    connection: AsyncConnection,
    user_id: UUID,
    login: str,
    name: str,
    extension: str,
    at: datetime,
) -> UUID:
    await connection.execute(
        insert(user).values(
            id=user_id,
            login=login,
            name=name,
            password_hash="",  # nobody signs in here
            role_id=default_id("role", "agent"),
            extension=extension,
            interface=f"PJSIP/{extension}",
            created_at=at,
        )
    )
    members = [{"queue_id": default_id("queue", one), "user_id": user_id} for one in _QUEUES]
    await connection.execute(insert(queue_member), members)
    return user_id


async def _customer(
    connection: AsyncConnection,
    owner_id: UUID,
    number: int,
    text: tuple[str, str, str, str],
    language: str,
    at: datetime,
) -> PracticeCaller:
    """Platinum, so that the rules ring their owner."""
    name, company, note, subject = text
    own = {"owner_id": owner_id, "created_at": at, "updated_at": at}
    company_id, party_id = new_id(), new_id()
    for id_, kind, called, more in (
        (company_id, "organisation", company, {}),
        (party_id, "person", name, {"parent_id": company_id, "note": note}),
    ):
        row = {"id": id_, "kind": kind, "name": called, "name_key": name_key(called)}
        row |= {"tier_id": default_id("tier", "platinum"), "language": language}
        await connection.execute(insert(party).values(**row, **own, **more))
    phone = normalise(f"+861390000{number:04d}", "CN")
    await connection.execute(
        insert(contact_point).values(
            id=new_id(),
            party_id=party_id,
            kind="phone",
            raw=phone.display,
            norm=phone.norm,
            rev=phone.rev,
            primary=True,
            created_at=at,
        )
    )
    await connection.execute(
        insert(ticket).values(
            id=new_id(),
            number=1_000 + number,  # the room's own begin above these
            subject=subject,
            party_id=party_id,
            queue_id=default_id("queue", "support"),
            domain="support",
            **own | {"created_at": at - timedelta(days=2)},
        )
    )
    return PracticeCaller(party_id, phone.norm, name)

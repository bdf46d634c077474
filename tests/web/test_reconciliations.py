"""Comparisons of the call log with the switch's own record, as the health page reads them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from callcenter.store.ids import new_id
from callcenter.store.problems import as_text
from callcenter.store.tables import difference, reconciliation
from telephony.problems import Problem
from tests.fakes import START
from tests.web.house import House


async def compared(house: House, day: int, found: list[dict[str, Any]]) -> UUID:
    row_id = new_id()
    begin = START + timedelta(days=day)
    values = {"from": begin, "to": begin + timedelta(days=1), "began_at": begin, "calls": 40 + day}
    async with house.database.begin() as connection:
        await connection.execute(
            reconciliation.insert().values(id=row_id, pbx="pbx1", differences=len(found), **values)
        )
        for each in found:
            of = {"id": new_id(), "reconciliation_id": row_id, "call_id": new_id()}
            await connection.execute(difference.insert().values(**of, uniqueid="1.7", **each))
    return row_id


async def test_an_administrator_reads_each_and_what_it_found(house: House) -> None:
    await house.add_user("root", "admin")
    browser = await house.sign_in("root")
    times = {"kind": "times", "ours": {"talk_s": 61.5}, "theirs": {"talk_s": 59.0}}
    older = await compared(house, 1, [times, {"kind": "missing", "ours": None, "theirs": [1]}])
    newer = await compared(house, 2, [])
    async with browser.get("/api/v1/reconciliations?limit=5") as answer:
        listed = (await answer.json())["items"]
    assert [(one["id"], one["calls"], one["differences"]) for one in listed] == [
        (str(newer), 42, 0),
        (str(older), 41, 2),
    ]
    assert listed[1]["since"] < listed[1]["until"] == listed[0]["since"]
    async with browser.get(f"/api/v1/reconciliations/{older}/differences") as answer:
        found = (await answer.json())["items"]
    assert [(one["kind"], one["ours"], one["theirs"]) for one in found] == [
        ("times", {"talk_s": 61.5}, {"talk_s": 59.0}),
        ("missing", None, {"value": [1]}),
    ]
    async with browser.get(f"/api/v1/reconciliations/{new_id()}/differences") as answer:
        assert answer.status == 404
        assert (await answer.json())["error"]["code"] == "no_such_reconciliation"


async def test_why_one_could_not_be_made_is_told_by_its_code(house: House) -> None:
    await house.add_user("root", "admin")
    browser = await house.sign_in("root")
    why = Problem("no_right", {"path": "/var/log/asterisk/cel-custom/Master.csv"})
    row_id = await compared(house, 1, [])
    async with house.database.begin() as connection:
        failed = reconciliation.update().where(reconciliation.c.id == row_id)
        await connection.execute(failed.values(problem=as_text(why)))
    await compared(house, 2, [])
    async with browser.get("/api/v1/reconciliations?limit=5") as answer:
        made, failed_one = (await answer.json())["items"]
    assert made["problem"] is None
    assert failed_one["problem"] == {"code": why.code, "values": why.values}


@pytest.mark.parametrize("role", ["agent", "supervisor"])
async def test_nobody_else_does(house: House, role: str) -> None:
    older = await compared(house, 1, [])
    await house.add_user("other", role)
    browser = await house.sign_in("other")
    for path in ("reconciliations", f"reconciliations/{older}/differences"):
        async with browser.get(f"/api/v1/{path}") as answer:
            assert answer.status == 403
            assert (await answer.json())["error"]["code"] == "health_read"

"""Orders to the telephone, from the frame to the service: which service, with which arguments, and
from which screen."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from callcenter.services.journal import LineQuality
from callcenter.store.tables import idempotency
from callcenter.web.commands import _LASTING, _ORDERS
from callcenter.web.messages import COMMANDS
from tests.web.house import House

CALL = uuid4()
HEARD = {"loss": 0.02, "jitter_ms": 12, "rtt_ms": 80, "mos": 4.2}


def test_every_order_of_the_contract_is_obeyed() -> None:
    assert COMMANDS.keys() - _ORDERS.keys() <= {"agent.extend_wrap_up"}
    assert _ORDERS.keys() <= COMMANDS.keys()
    assert COMMANDS.keys() >= _LASTING


def _of(call: UUID = CALL) -> dict[str, Any]:
    return {"call_id": str(call)}


@pytest.mark.parametrize(
    ("name", "args", "service", "asked"),
    [
        ("phone.hold", _of(), "phones", ("hold", CALL, "tab")),
        ("phone.resume", _of(), "phones", ("resume", CALL, "tab")),
        ("phone.mute", _of() | {"on": True}, "phones", ("mute", CALL, True, "tab")),
        ("phone.muted", _of() | {"on": True}, "phones", ("muted", CALL, True)),
        ("phone.tones", _of() | {"digits": "12#"}, "phones", ("tones", CALL, "12#", "tab")),
        ("phone.echo_test", {}, "phones", ("echo_test",)),
        ("phone.transfer", _of() | {"target": "vip"}, "consults", ("transfer", CALL, "vip")),
        ("phone.consult", _of() | {"target": "1002"}, "consults", ("consult", CALL, "1002")),
        ("phone.swap", _of(), "consults", ("swap", CALL)),
        ("phone.complete", _of(), "consults", ("complete", CALL)),
        ("phone.cancel_consult", _of(), "consults", ("cancel", CALL)),
        ("phone.three_way", _of(), "consults", ("three_way", CALL)),
        ("phone.record", _of() | {"on": False}, "recordings", ("record", CALL, False)),
        ("phone.quality", _of() | HEARD, "quality", ("quality", CALL, LineQuality(**HEARD))),
        ("phone.claim", {}, "holders", ("claim", "tab")),
    ],
)
async def test_each_reaches_its_service_once(
    house: House, name: str, args: dict[str, Any], service: str, asked: tuple[object, ...]
) -> None:
    browser = await house.sign_in()
    async with house.screen(browser) as screen:
        await screen.say(type="hello", epoch=None, seq=None, screen="tab", device="laptop")
        while (await screen.hear())["type"] != "snapshot":
            pass
        first = await result(screen, name, args)
        assert first["ok"], first
        assert await result(screen, name, args) == first  # sent again
    [(given, _user, *rest)] = [
        one for one in getattr(house, service).asked if one[0] not in ("came", "left")
    ]
    assert (given, *rest) == asked
    async with house.database.read() as connection:
        kept = (await connection.execute(select(idempotency.c.key))).scalars().all()
    assert kept == (["one"] if name in _LASTING else [])


async def result(screen: Any, name: str, args: dict[str, Any]) -> dict[str, Any]:
    await screen.say(type="command", id="one", name=name, args=args)
    while (told := await screen.hear())["type"] != "result":
        pass
    found: dict[str, Any] = told
    return found


@pytest.mark.parametrize("digits", ["", "A", "1,2", "1" * 41, "p"])
async def test_only_ordinary_keys_are_tones(house: House, digits: str) -> None:
    """A to D are what the switch takes as orders: not for anybody's fingers."""
    async with house.screen(await house.sign_in()) as screen:
        await screen.hello()
        told = await result(screen, "phone.tones", _of() | {"digits": digits})
    assert told["error"]["code"] == "bad_request"
    assert house.phones.asked == []

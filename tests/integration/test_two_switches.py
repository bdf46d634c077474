"""Two real Asterisks and one house: a customer is sent from one to the other, orders find their
way, and when one switch dies the other works on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import RowMapping, select

from callcenter.main import Application
from callcenter.settings import load
from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from telephony.events import call_id_for
from telephony.pbx.plan import LinkPlan
from telephony.ports import free_tcp_port, free_udp_port
from tests import people
from tests.asterisk.scenario import Step, answer, await_bye, pause, refer, ring
from tests.asterisk.server import AsteriskServer, plan_for_tests
from tests.asterisk.sipp import Carrier, Phone
from tests.telephony.managers import until

pytestmark = pytest.mark.integration

ONE_HOST, TWO_HOST = "127.0.0.3", "127.0.0.4"  # between the two; phones are on 127.0.0.1
WANG = "13800138000"
HERE, THERE = "PJSIP/2001", "pbx2:PJSIP/3001"
STAYS: list[Step] = [ring(), answer(), await_bye()]


def link(to: str, ours: str, theirs: str) -> str:
    """A trunk to the other switch, as README.txt beside the snippets asks for it."""
    host = theirs.partition(":")[0]
    return f"""
[transport-link]
type = transport
protocol = udp
bind = {ours}
[{to}]
type = endpoint
transport = transport-link
context = crm-linked
disallow = all
allow = ulaw,alaw
aors = {to}
direct_media = no
trust_id_inbound = yes
[{to}]
type = aor
contact = sip:{theirs}
[{to}]
type = identify
endpoint = {to}
match = {host}
"""


@dataclass
class House:
    one: AsteriskServer
    two: AsteriskServer
    application: Application
    agents: dict[str, UUID]

    async def rows(self, table: str = "call", **values: Any) -> list[RowMapping]:
        wanted = tables.metadata.tables[table]
        query = select(wanted).where(*(wanted.c[name] == new for name, new in values.items()))
        await self.application.houses.caught_up()
        async with self.application.database.read() as connection:
            return list((await connection.execute(query)).mappings())

    async def ended(self, count: int) -> dict[str, RowMapping]:
        """The calls, by switch, once so many have ended."""
        async with asyncio.timeout(10):
            while True:
                rows = await self.rows()
                if sum(row["ended_at"] is not None for row in rows) >= count:
                    return {row["pbx"]: row for row in rows}
                await asyncio.sleep(0.05)

    def live(self, pbx: str) -> list[UUID]:
        return [one.call_id for one in self.application.houses.of(pbx).tracker.live_calls()]

    def connected(self, login: str) -> bool:
        return self.application.live.snapshot(self.agents[login]).switch.connected

    async def talks(self, pbx: str, login: str) -> UUID:
        """The call that this agent has answered at this switch."""

        def active() -> list[UUID]:
            calls = self.application.live.snapshot(self.agents[login]).calls
            return [one.id for one in calls if one.state == "active"]

        await until(lambda: bool(active()), 10.0)
        [call_id] = active()
        assert call_id in self.live(pbx)
        return call_id


def settings_of(one: AsteriskServer, two: AsteriskServer, folder: Path, url: str, agi: int) -> Any:
    return load(
        None,
        {
            "CALLCENTER_DATABASE__URL": url,
            "CALLCENTER_PATHS__VAR": str(folder),
            "CALLCENTER_SWITCH__PORT": str(one.ami_port),
            "CALLCENTER_SWITCH__USERNAME": one.ami_user,
            "CALLCENTER_SWITCH__SECRET": one.ami_secret,
            "CALLCENTER_SWITCH__TRUNK_TO": '{"pbx2": "PJSIP/pbx2"}',
            "CALLCENTER_SWITCHES__PBX2__PORT": str(two.ami_port),
            "CALLCENTER_SWITCHES__PBX2__USERNAME": two.ami_user,
            "CALLCENTER_SWITCHES__PBX2__SECRET": two.ami_secret,
            "CALLCENTER_SWITCHES__PBX2__TRUNK_TO": '{"pbx1": "PJSIP/pbx1"}',
            "CALLCENTER_FASTAGI__PORT": str(agi),
            "CALLCENTER_HTTP__PORT": "0",
        },
    )


async def staff(database: Database) -> dict[str, UUID]:
    agents = {
        "ann": await people.add_user(database, "ann", extension="2001"),
        "bob": await people.add_user(database, "bob", extension="3001"),
    }
    async with database.begin() as connection:
        bob = tables.user.update().where(tables.user.c.id == agents["bob"])
        await connection.execute(bob.values(interface=THERE))
        await connection.execute(tables.user.update().values(phone_kind="desk"))
        await connection.execute(
            tables.queue_member.insert(),
            [{"queue_id": default_id("queue", "support"), "user_id": u} for u in agents.values()],
        )
    return agents


@asynccontextmanager
async def two_switches(agi: int) -> AsyncIterator[tuple[AsteriskServer, AsteriskServer]]:
    ours = f"{ONE_HOST}:{free_udp_port(ONE_HOST)}"
    theirs = f"{TWO_HOST}:{free_udp_port(TWO_HOST)}"
    first = plan_for_tests(
        (), ("2001",), fastagi_port=agi, links=(LinkPlan("pbx2", "PJSIP/pbx2", ("3001",)),)
    )
    second = plan_for_tests(
        (),
        ("3001",),
        fastagi_port=agi,
        pbx="pbx2",
        links=(LinkPlan("pbx1", "PJSIP/pbx1", ("2001",)),),
    )
    one = AsteriskServer(first, extra={"pjsip.conf": link("pbx2", ours, theirs)})
    two = AsteriskServer(second, extra={"pjsip.conf": link("pbx1", theirs, ours)})
    async with one, two:
        yield one, two


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    agents, agi = await staff(database), free_tcp_port()
    url = database.url.render_as_string(hide_password=False)
    async with AsyncExitStack() as stack:
        one, two = await stack.enter_async_context(two_switches(agi))
        application = Application(settings_of(one, two, tmp_path, url, agi))
        await application.start()
        stack.push_async_callback(application.stop)
        made = House(one, two, application, agents)
        await until(lambda: made.connected("ann") and made.connected("bob"), 10.0)
        for user_id in agents.values():
            await application.agents.sign_in(user_id)
            await application.agents.ready(user_id)
        yield made


async def test_a_customer_sent_to_the_other_switch_is_one_contact(house: House) -> None:
    party = await people.add_customer(house.application.database, "王小明", f"+86{WANG}")
    sends_on = [ring(), answer(), pause(1), refer("3001")]
    async with (
        Phone(house.one, "2001", sends_on),
        Phone(house.two, "3001", STAYS),
        Carrier(house.one) as carrier,
    ):
        customer = await carrier.call(WANG, "Wang")
        second = await house.talks("pbx2", "bob")
        [shown] = house.application.live.snapshot(house.agents["bob"]).calls
        assert shown.caller.card is not None
        assert shown.caller.card.party_id == party
        await house.application.switch.hangup(second, THERE)
        await customer.wait()
    calls = await house.ended(2)
    here, there = calls["pbx1"], calls["pbx2"]
    assert (here["linked"], there["linked"]) == ([str(there["id"])], [str(here["id"])])
    assert there["id"] == second
    assert {row["party_id"] for row in calls.values()} == {party}
    assert {row["direction"] for row in calls.values()} == {"inbound"}
    assert {row["result"] for row in calls.values()} == {"answered"}
    assert [(one["kind"], one["to"]) for one in here["transfers"]] == [("blind", "3001")]
    legs = {row["interface"]: (row["role"], row["user_id"]) for row in await house.rows("call_leg")}
    assert legs == {
        "PJSIP/carrier": ("customer", None),
        HERE: ("agent", house.agents["ann"]),
        "PJSIP/pbx2": ("outside", None),
        "pbx2:PJSIP/pbx1": ("customer", None),
        THERE: ("agent", house.agents["bob"]),
    }


async def test_a_colleague_at_the_other_switch_is_no_customer(house: House) -> None:
    async with Phone(house.one, "2001", STAYS), Phone(house.two, "3001", STAYS):
        first = await house.application.phones.dial(house.agents["ann"], "3001")
        second = await house.talks("pbx2", "bob")
        await house.application.switch.hangup(first, HERE)
    calls = await house.ended(2)
    assert {row["direction"] for row in calls.values()} == {"internal"}
    assert [calls[pbx]["linked"] for pbx in ("pbx1", "pbx2")] == [[str(second)], [str(first)]]


async def test_a_customer_cannot_name_a_call(house: House) -> None:
    """The header counts on the trunks between the switches, and nowhere else."""
    async with Phone(house.one, "2001", STAYS), Carrier(house.one) as carrier:
        named = f"pbx2/{1_700_000_000}.1"
        await carrier.call(f"{WANG}", "Wang", header=f"X-CRM-Call: {named}/01")
        call_id = await house.talks("pbx1", "ann")
        await house.application.switch.hangup(call_id, HERE)
    calls = await house.ended(1)
    assert calls["pbx1"]["linked"] == []
    assert call_id_for("pbx2", "1700000000.1") not in house.live("pbx1")


async def test_one_switch_dies_and_the_other_works_on(house: House) -> None:
    async with (
        Phone(house.one, "2001", STAYS),
        Phone(house.two, "3001", STAYS),
        Carrier(house.one) as one,
        Carrier(house.two) as two,
    ):
        await one.call(WANG, "Wang")
        ours = await house.talks("pbx1", "ann")
        await two.call("13900139000", "Li")
        theirs = await house.talks("pbx2", "bob")

        crash = asyncio.create_task(house.two.crash())
        await until(lambda: not house.connected("bob"), 10.0)
        seen = house.application.live.snapshot(house.agents["bob"]).switch
        assert seen.reason.startswith("pbx2: ")
        assert house.connected("ann")
        assert house.live("pbx1") == [ours]
        await house.application.switch.hangup(ours, HERE)
        await crash
        await until(lambda: house.connected("bob"), 20.0)
    calls = await house.ended(2)
    assert (calls["pbx1"]["id"], calls["pbx1"]["inferred"]) == (ours, False)
    assert (calls["pbx2"]["id"], calls["pbx2"]["inferred"]) == (theirs, True)

"""Whatever happens to the routing server, a caller is in a queue within two seconds.

On the real Asterisk, with sipp as the carrier and the routing server in a process of its own that
is killed, frozen (SIGSTOP) and slowed. Why it is built so: docs/decisions/routing-guard.md.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from callcenter.services.heartbeat import Heartbeat
from telephony.ami import AmiSwitch
from telephony.events import SwitchConnected
from telephony.fastagi import FastAgiServer, RouteAnswer, RouteRequest
from telephony.pbx.embedded import CARRIER_HOST, HOST
from telephony.pbx.probe import AmiProbe
from tests.asterisk.routing_process import RoutingProcess
from tests.asterisk.rtp import RtpParty
from tests.asterisk.scenario import answer as answer_it
from tests.asterisk.scenario import await_cancel, bye, pause, ring
from tests.asterisk.server import AsteriskServer, plan_for_tests
from tests.asterisk.sipp import Carrier, Phone
from tests.asterisk.timing import Arrival, arrivals
from tests.telephony.managers import switch_to

pytestmark = pytest.mark.integration

BREAKER_S = 2
WORST_S = 2.0
AT_ONCE_S = 0.3  # far more than it takes; far less than one bounded question


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def asterisk() -> AsyncIterator[AsteriskServer]:
    plan = plan_for_tests(breaker_s=BREAKER_S, ring_first_s=1)
    async with AsteriskServer(plan) as asterisk:
        yield asterisk


@pytest_asyncio.fixture
async def observer(asterisk: AsteriskServer) -> AsyncIterator[AmiProbe]:
    """A session that sees everything; the guard's memory of earlier tests is wiped."""
    async with asterisk.observe() as observer:
        for name in ("CRM_ALIVE", "CRM_BREAKER"):
            await observer.ask("Setvar", ("Variable", name), ("Value", ""))
        await observer.ask("DBDelTree", ("Family", "crm_tier"))
        yield observer


async def call(
    asterisk: AsteriskServer, observer: AmiProbe, caller: str = "13800138000", name: str = ""
) -> Arrival:
    """One caller, until they are in a queue."""
    since = len(observer.seen)
    async with Carrier(asterisk) as carrier, RtpParty(CARRIER_HOST) as party:
        sipp = await carrier.call(caller, name, media=party.media)
        joined = await observer.wait_for(
            lambda frame: frame.event == "QueueCallerJoin", since=since
        )
        await observer.ask("Hangup", ("Channel", joined.get("Channel")))
        await sipp.wait()
    (arrival,) = arrivals(observer.seen[since:], asterisk)
    return arrival


@asynccontextmanager
async def routed_by(
    asterisk: AsteriskServer, observer: AmiProbe, answer: RouteAnswer
) -> AsyncIterator[list[RouteRequest]]:
    """A routing server in this process that is well; yields what it was asked."""
    asked: list[RouteRequest] = []

    async def route(request: RouteRequest) -> RouteAnswer:
        asked.append(request)
        return answer

    server = FastAgiServer(route, "pbx1")
    await server.start(HOST, asterisk.plan.fastagi_port)
    alive = ("Value", str(int(time.time())))
    await observer.ask("Setvar", ("Variable", "CRM_ALIVE"), alive)
    try:
        yield asked
    finally:
        await server.stop()


@asynccontextmanager
async def our_switch(asterisk: AsteriskServer) -> AsyncIterator[AmiSwitch]:
    """The product's own connection."""
    user, secret = asterisk.ami_user, asterisk.ami_secret
    patient = {"connect_timeout_s": 5.0, "action_timeout_s": 5.0, "list_timeout_s": 5.0}
    async with switch_to(asterisk.ami_port, None, username=user, secret=secret, **patient) as (
        switch,
        ear,
    ):
        await ear.next(SwitchConnected)
        yield switch


async def test_the_mirror_is_read_back(asterisk: AsteriskServer, observer: AmiProbe) -> None:
    async with our_switch(asterisk) as switch:
        assert await switch.db_tree("crm_tier") == {}
        await switch.db_put("crm_tier", "8613800138000", "vip,30")
        await switch.db_put("crm_tier", "95588", "support,10")
        await switch.db_put("crm_tiers", "95588", "another,1")
        assert await switch.db_tree("crm_tier") == {
            "8613800138000": "vip,30",
            "95588": "support,10",
        }


async def test_the_heartbeat_is_the_switchs_own_time(
    asterisk: AsteriskServer, observer: AmiProbe
) -> None:
    async def answers_quickly() -> None:
        pass

    async with our_switch(asterisk) as switch:
        await Heartbeat(switch, answers_quickly).beat()
    alive, now = [
        int((await observer.ask("Getvar", ("Variable", name))).get("Value"))
        for name in ("CRM_ALIVE", "EPOCH")  # EPOCH is what the dialplan compares with
    ]
    assert 0 <= now - alive <= 1


async def test_up(asterisk: AsteriskServer, observer: AmiProbe) -> None:
    async with RoutingProcess(asterisk):
        arrival = await call(asterisk, observer)
    assert (arrival.how, arrival.queue, arrival.priority) == ("answer", "sales", 7)
    assert arrival.routing_s < AT_ONCE_S


async def test_never_started(asterisk: AsteriskServer, observer: AmiProbe) -> None:
    arrival = await call(asterisk, observer)
    assert (arrival.how, arrival.queue, arrival.priority) == ("mirror", "support", 0)
    assert arrival.routing_s < AT_ONCE_S


async def test_stopped(asterisk: AsteriskServer, observer: AmiProbe) -> None:
    async with RoutingProcess(asterisk) as routing:
        await routing.kill()
        arrival = await call(asterisk, observer)  # the heartbeat still looks fresh
    assert (arrival.how, arrival.queue) == ("mirror", "support")
    assert arrival.routing_s < AT_ONCE_S


async def test_frozen_and_thawed(asterisk: AsteriskServer, observer: AmiProbe) -> None:
    async with RoutingProcess(asterisk) as routing:
        routing.freeze()
        first = await call(asterisk, observer)
        second = await call(asterisk, observer)
        assert (first.how, first.queue) == (second.how, second.queue) == ("mirror", "support")
        assert first.joining_s < WORST_S
        assert second.routing_s < AT_ONCE_S, "the breaker is open"

        await asyncio.sleep(asterisk.plan.heartbeat_s)
        third = await call(asterisk, observer)
        assert third.routing_s < AT_ONCE_S, "the breaker has closed, but the heartbeat is old"

        routing.process.send_signal(signal.SIGCONT)
        await asyncio.sleep(1.5)
        assert (await call(asterisk, observer)).how == "answer"


@pytest.mark.parametrize("own_deadline_s", [0.8, 60.0])
async def test_slow(asterisk: AsteriskServer, observer: AmiProbe, own_deadline_s: float) -> None:
    """It answers after 5 s; with its own deadline, and with none to speak of."""
    async with RoutingProcess(asterisk, takes_s=5.0, deadline_s=own_deadline_s):
        first = await call(asterisk, observer)
        second = await call(asterisk, observer)
    assert (first.how, first.queue) == (second.how, second.queue) == ("mirror", "support")
    assert first.joining_s < WORST_S
    assert second.routing_s < AT_ONCE_S


@pytest.mark.parametrize(
    "presented", ["+8613800138000", "8613800138000", "008613800138000", "013800138000"]
)
async def test_the_mirror_knows_a_number_however_it_is_presented(
    asterisk: AsteriskServer, observer: AmiProbe, presented: str
) -> None:
    entry = (("Family", "crm_tier"), ("Key", "8613800138000"), ("Val", "vip,30"))
    await observer.ask("DBPut", *entry)
    arrival = await call(asterisk, observer, presented)
    assert (arrival.how, arrival.queue, arrival.priority) == ("mirror", "vip", 30)


@pytest.mark.parametrize(
    ("caller", "name"),
    [
        ("anonymous", "Anonymous"),
        ("13800138000", "a,b;c${SHELL(id)}"),
        ("1" * 200, ""),
        ("sip,&x", "王伟"),
    ],
)
async def test_an_odd_caller_is_queued_like_any_other(
    asterisk: AsteriskServer, observer: AmiProbe, caller: str, name: str
) -> None:
    async with routed_by(asterisk, observer, RouteAnswer("vip", 3)) as asked:
        assert (await call(asterisk, observer, caller, name)).queue == "vip"
    assert len(asked) == 1
    assert (await call(asterisk, observer, caller, name)).queue == "support"


async def test_what_the_router_is_asked(asterisk: AsteriskServer, observer: AmiProbe) -> None:
    async with routed_by(asterisk, observer, RouteAnswer("vip", 3)) as asked:
        await call(asterisk, observer, "13800138000", "王伟")
    joined = next(frame for frame in observer.seen if frame.event == "QueueCallerJoin")
    assert asked == [
        RouteRequest("pbx1", joined.get("Uniqueid"), "13800138000", "王伟", "4008001234")
    ]
    assert joined.get("Linkedid") == joined.get("Uniqueid")


@pytest.mark.parametrize(
    ("answer", "queue"),
    [
        (RouteAnswer("no-such-queue", 5), "support"),
        (RouteAnswer("vip", 5, ring_first="PJSIP/1001"), "vip"),  # not registered: passed over
        (RouteAnswer("vip", 5, ring_first="PJSIP/nobody"), "vip"),
        (RouteAnswer("vip", 5, language="zh"), "vip"),
        (RouteAnswer("vip", 5, greeting="crm/no-such-sound"), "vip"),
    ],
)
async def test_nothing_in_an_answer_can_hold_the_caller_up(
    asterisk: AsteriskServer, observer: AmiProbe, answer: RouteAnswer, queue: str
) -> None:
    async with routed_by(asterisk, observer, answer):
        arrival = await call(asterisk, observer)
    assert arrival.queue == queue
    assert arrival.joining_s < WORST_S


async def test_the_customers_own_agent_rings_before_the_queue(
    asterisk: AsteriskServer, observer: AmiProbe
) -> None:
    answer = RouteAnswer("vip", 5, ring_first="PJSIP/2001")
    async with (
        Phone(asterisk, "2001", [ring(), await_cancel()]),
        routed_by(asterisk, observer, answer),
    ):
        arrival = await call(asterisk, observer)
    rang = [frame for frame in observer.seen if frame.event == "DialBegin"]
    assert "PJSIP/2001" in [frame.get("DestChannel").rpartition("-")[0] for frame in rang]
    assert arrival.queue == "vip", "nobody answered there, so the queue has the caller"
    assert arrival.joining_s == pytest.approx(asterisk.plan.ring_first_s, abs=0.3)


async def test_the_customers_own_agent_answers(
    asterisk: AsteriskServer, observer: AmiProbe
) -> None:
    answer = RouteAnswer("vip", 5, ring_first="PJSIP/2002")
    phone = Phone(asterisk, "2002", [ring(), answer_it(), pause(0.2), bye()])
    async with phone, Carrier(asterisk) as carrier, routed_by(asterisk, observer, answer):
        sipp = await carrier.call("13800138000")
        await sipp.wait()
    events = [frame.event for frame in observer.seen]
    assert "BridgeEnter" in events
    assert "QueueCallerJoin" not in events


async def test_a_greeting_is_played_in_the_callers_language(
    asterisk: AsteriskServer, observer: AmiProbe
) -> None:
    """The sound exists in English only: Asterisk falls back, and the caller hears it first."""
    answer = RouteAnswer("vip", 5, language="zh", greeting="beep")
    async with routed_by(asterisk, observer, answer):
        arrival = await call(asterisk, observer)
    (joined,) = [frame for frame in observer.seen if frame.event == "QueueCallerJoin"]
    assert joined.get("Language") == "zh"
    played = [f.get("Value") for f in observer.seen if f.get("Variable") == "PLAYBACKSTATUS"]
    assert played == ["SUCCESS"]
    assert 0.1 < arrival.joining_s < WORST_S


async def test_waiting_callers_are_served_by_priority(
    asterisk: AsteriskServer, observer: AmiProbe
) -> None:
    """Standard came first, Platinum after: Platinum stands before Standard."""
    async with Carrier(asterisk) as carrier:
        positions = []
        for priority in (0, 20):
            since = len(observer.seen)
            async with routed_by(asterisk, observer, RouteAnswer("vip", priority)):
                await carrier.call(f"1380013800{priority}", steps=[pause(1.5), bye()])
                joined = await observer.wait_for(
                    lambda frame: frame.event == "QueueCallerJoin", since=since
                )
            positions.append(joined.get("Position"))
    assert positions == ["1", "1"]

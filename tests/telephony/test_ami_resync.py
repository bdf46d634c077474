"""Reading the state anew: whole, quickly, and never silently less than whole."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from telephony.ami import AmiConfig
from telephony.ami.meter import Meter
from telephony.calls import CallTracker, Topology
from telephony.events import CallArrived, CallEnded, SwitchConnected
from telephony.simulator import Simulator, SimulatorConfig
from tests.telephony.managers import Conversation, Ear, Manager, healthy, switch_to, until
from tests.telephony.test_ami_faults import arrival

CALLS = 250  # each with two channels


def hangup(uniqueid: str) -> bytes:
    lines = ["Event: Hangup", f"Timestamp: {time.time():.6f}", f"Uniqueid: {uniqueid}"]
    return ("\r\n".join([*lines, "Cause: 16"]) + "\r\n\r\n").encode()


def test_silence_is_noticed_within_ten_seconds() -> None:
    config = AmiConfig("127.0.0.1", 5038, "callcenter", "secret")
    assert config.heartbeat_s + config.heartbeat_deadline_s <= 10


async def test_the_lists_of_a_resync_carry_one_id() -> None:
    async with Manager() as manager, switch_to(manager.port) as (switch, ear):
        await ear.next(SwitchConnected)
        switch.request_resync("because")
        await ear.next(SwitchConnected, after=1)
        lists = ("CoreShowChannels", "QueueStatus", "DeviceStateList")
        numbers = [one["ActionID"] for one in manager.heard if one["Action"] in lists]
        assert len(numbers) == 6
        assert len(set(numbers[:3])) == len(set(numbers[3:])) == 1
        assert numbers[0].startswith("resync-")
        assert numbers[0] != numbers[3]
        stats = switch.stats()
        assert (stats.resyncs, stats.connects) == (2, 1)
        assert stats.last_resync_at is not None
        assert stats.last_resync_ms > 0


async def test_more_events_than_are_kept_are_counted_and_the_state_is_read_again() -> None:
    floods = [3_000, 10]

    def flooding(conversation: Conversation, action: dict[str, str]) -> None:
        if floods:
            for number in range(floods.pop(0)):
                conversation.send(arrival(f"1.{number}"))
        healthy(conversation, action)

    async with (
        Manager({"CoreShowChannels": flooding}) as manager,
        switch_to(manager.port, held_most=1_000) as (switch, ear),
    ):
        await ear.next(SwitchConnected, after=1)
        stats = switch.stats()
        assert (stats.overflows, stats.dropped) == (1, 3_000)
        assert (stats.resyncs, stats.connects) == (2, 1)
        assert manager.names().count("QueueStatus") == 2
        assert len(ear.all(CallArrived)) == 10, "what waited for the second reading came after it"
        assert stats.troubles()["overflows"] == 1


async def test_events_about_strangers_are_a_reason_to_look_again_but_not_all_the_time() -> None:
    async with Manager() as manager, switch_to(manager.port, strangers_few=5) as (switch, ear):
        await ear.next(SwitchConnected)
        [conversation] = manager.conversations

        def strangers(count: int) -> None:
            for number in range(count):
                conversation.send(hangup(f"77.{number}"))

        strangers(30)
        await until(lambda: switch.stats().strangers >= 30)
        await asyncio.sleep(0.05)
        assert switch.stats().resyncs == 1, "half a minute has not passed"
    async with (
        Manager() as manager,
        switch_to(manager.port, strangers_few=5, resync_pause_s=0.0, heartbeat_s=0.05) as (
            switch,
            ear,
        ),
    ):
        await ear.next(SwitchConnected)
        [conversation] = manager.conversations
        for number in range(5):
            conversation.send(hangup(f"77.{number}"))
        await until(lambda: switch.stats().strangers == 5)
        for _ in range(3):
            await asyncio.sleep(0.06)
        assert switch.stats().resyncs == 1, "a few are nothing"
        conversation.send(hangup("78.1"))
        await ear.next(SwitchConnected, after=1)
        await asyncio.sleep(0.2)
        assert switch.stats().resyncs == 2, "once for all of them"


async def test_a_resync_that_fails_is_a_lost_connection() -> None:
    asked = 0

    def once(conversation: Conversation, action: dict[str, str]) -> None:
        nonlocal asked
        asked += 1
        if asked != 2:
            healthy(conversation, action)

    async with Manager({"QueueStatus": once}) as manager, switch_to(manager.port) as (switch, ear):
        await ear.next(SwitchConnected)
        switch.request_resync("because")
        await ear.next(SwitchConnected, after=1)
        assert switch.stats().connects == 2


async def test_500_channels_are_read_anew_within_two_seconds() -> None:
    """While they go on: what happens meanwhile is neither lost nor told twice."""
    simulator = Simulator(SimulatorConfig(agents=CALLS, auto_answer_s=0.0))
    port = await simulator.start()
    try:
        ear = Ear()
        tracker = CallTracker("test", Topology())
        patient = {"list_timeout_s": 5.0, "action_timeout_s": 5.0}
        async with switch_to(port, ear, tracker=tracker, **patient) as (switch, _):
            await ear.next(SwitchConnected)
            ids = [
                simulator.call_in(f"138{number:08d}", to=str(1001 + number))
                for number in range(CALLS)
            ]
            await until(lambda: sum(len(one.legs) for one in tracker.live_calls()) == 2 * CALLS, 20)
            simulator.drop_connections()
            await ear.next(SwitchConnected, after=1)
            stats = switch.stats()
            assert (stats.connects, stats.resyncs) == (2, 2)
            assert stats.last_resync_ms <= 2_000
            live = tracker.live_calls()
            assert {one.call_id for one in live} == {one.call_id for one in ear.all(CallArrived)}, (
                "the same calls, none of them new"
            )
            assert len(ids) == len(live) == len(ear.all(CallArrived)) == CALLS
            assert ear.all(CallEnded) == []
    finally:
        await simulator.stop()


def test_rate_lag_and_skew() -> None:
    meter = Meter()
    began = datetime(2026, 1, 5, 9, 0, tzinfo=UTC).timestamp()
    assert (meter.skew_s, meter.lag_ms(began)) == (0.0, 0.0)
    meter.pong(began + 300.4, began, began + 0.8)  # a slow answer says little
    meter.pong(began + 300.01, began, began + 0.02)
    assert round(meter.skew_s, 3) == 300.0
    firsts = 0
    for second in range(70):
        for count in range(second):
            at = began + second + count / 100
            stamp = f"{at + 300 - 0.025:.6f}".encode()  # 25 ms ago, by the switch's own clock
            firsts += meter.event(stamp, datetime.fromtimestamp(at, UTC))
    assert firsts == 69
    assert meter.event(b"", datetime.fromtimestamp(began + 70, UTC))
    assert meter.by_second(began + 70) == tuple(range(10, 70))
    assert meter.by_second(began + 75)[-6:] == (69, 1, 0, 0, 0, 0)
    assert round(meter.lag_ms(began + 70)) == 25
    assert meter.lag_ms(began + 700) == 0.0

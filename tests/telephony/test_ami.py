"""AmiSwitch against the simulated switch: what is told, what orders do, what a gap costs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from telephony.ami import AmiSwitch
from telephony.events import (
    AgentRingEnded,
    AgentRinging,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallHeld,
    CallQueued,
    CallResult,
    CallResumed,
    CallTransferred,
    DeviceStateChanged,
    Direction,
    LegResult,
    LegRole,
    MemberChanged,
    SwitchConnected,
    SwitchLost,
    TransferKind,
    call_id_for,
)
from telephony.simulator import Account, Simulator, SimulatorConfig
from telephony.switch import (
    ConsultOrder,
    Originate,
    PhoneOrder,
    RecordOrder,
    SwitchRefused,
    UnknownLeg,
)
from tests.telephony.managers import Ear, switch_to, until

FIRST, SECOND = "PJSIP/1001", "PJSIP/1002"


@asynccontextmanager
async def house(**settings: Any) -> AsyncIterator[tuple[Simulator, AmiSwitch, Ear]]:
    """A simulated switch and ours, connected."""
    simulator = Simulator(SimulatorConfig(**{"agents": 3, **settings}))
    port = await simulator.start()
    try:
        async with switch_to(port) as (switch, ear):
            await ear.next(SwitchConnected)
            yield simulator, switch, ear
    finally:
        await simulator.stop()


async def answered_call(simulator: Simulator, switch: AmiSwitch, ear: Ear) -> UUID:
    await switch.queue_add("support", FIRST, "Ann", paused=False)
    await simulator.place_call("13800138000", "王小明")
    ringing = await ear.next(AgentRinging)
    await switch.phone(ringing.call_id, FIRST, PhoneOrder.TALK)
    await ear.next(CallAnswered)
    return ringing.call_id


# -- connecting --------------------------------------------------------------------------------


async def test_it_says_that_it_is_simulated() -> None:
    async with house() as (_, switch, ear):
        assert switch.simulated
        assert switch.connected
        assert "simulator" in ear.all(SwitchConnected)[0].version


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        (Account("another"), "refused the user 'callcenter': wrong name or secret"),
        (Account("callcenter", frozenset({"call", "reporting"})), "lacks write=originate,agent,"),
    ],
)
async def test_it_tells_why_it_may_not(account: Account, reason: str) -> None:
    simulator = Simulator(SimulatorConfig(accounts={"callcenter": account}))
    port = await simulator.start()
    async with switch_to(port) as (switch, ear):
        assert reason in (await ear.next(SwitchLost)).reason
        assert not switch.connected
    await simulator.stop()


async def test_only_what_we_read_is_sent() -> None:
    async with house(noise_per_s=1000) as (simulator, switch, ear):
        await switch.queue_add("support", FIRST, "Ann", paused=False)
        await simulator.place_call("13800138000")
        await ear.next(AgentRinging)
        stats = switch.stats()
        assert stats.events == stats.wanted
        assert stats.last_event_age_s < 1


async def test_noise_that_cannot_be_filtered_is_passed_over() -> None:
    async with house(noise_per_s=2000, filters=False) as (_, switch, _ear):
        await until(lambda: switch.stats().events > 100)
        assert switch.stats().wanted == 0
        assert not any(switch.stats().troubles().values())


# -- calls -------------------------------------------------------------------------------------


async def test_a_call_from_its_arrival_to_its_end() -> None:
    async with house() as (simulator, switch, ear):
        call_id = await answered_call(simulator, switch, ear)
        arrived = ear.all(CallArrived)[0]
        assert call_id == call_id_for("test", arrived.uniqueid)
        assert (arrived.caller, arrived.caller_name) == ("13800138000", "王小明")
        assert ear.all(CallQueued)[0].queue == "support"
        await switch.hangup(call_id, FIRST)
        ended = await ear.next(CallEnded)
        assert ended.log.result is CallResult.ANSWERED
        assert {leg.ended_by for leg in ended.log.legs} == {LegRole.AGENT}
        assert [event.seq for event in ear.events] == sorted(event.seq for event in ear.events)


async def test_hold_resume_and_mute() -> None:
    async with house() as (simulator, switch, ear):
        call_id = await answered_call(simulator, switch, ear)
        await switch.phone(call_id, FIRST, PhoneOrder.HOLD)
        await ear.next(CallHeld)
        await switch.phone(call_id, FIRST, PhoneOrder.TALK)
        await ear.next(CallResumed)
        await switch.mute(call_id, FIRST, on=True)
        assert simulator.world.board.of(FIRST)[0].muted


async def test_rejecting_sends_the_caller_on() -> None:
    async with house() as (simulator, switch, ear):
        for interface in (FIRST, SECOND):
            await switch.queue_add("support", interface, "Agent", paused=False)
        await simulator.place_call("13800138000")
        ringing = await ear.next(AgentRinging)
        await switch.hangup(ringing.call_id, ringing.interface)
        ended = await ear.next(AgentRingEnded)
        assert ended.result is LegResult.REJECTED
        again = await ear.next(AgentRinging, after=1)
        assert again.interface != ringing.interface


@pytest.mark.parametrize(
    ("exten", "kind", "to"),
    [("q-sales", TransferKind.QUEUE, "sales"), ("1002", TransferKind.BLIND, "1002")],
)
async def test_redirecting_the_customer(exten: str, kind: TransferKind, to: str) -> None:
    async with house() as (simulator, switch, ear):
        await switch.queue_add("sales", SECOND, "Bob", paused=False)
        call_id = await answered_call(simulator, switch, ear)
        await switch.redirect(call_id, "crm-transfer", exten)
        ringing = await ear.next(AgentRinging, after=1)
        assert (ringing.call_id, ringing.interface) == (call_id, SECOND)
        await switch.phone(call_id, SECOND, PhoneOrder.TALK)
        await ear.next(CallAnswered, after=1)
        transferred = await ear.next(CallTransferred)
        assert (transferred.kind, transferred.by, transferred.to) == (kind, FIRST, to)


async def test_originate_answered() -> None:
    async with house() as (_, switch, ear):
        order = Originate("me-1.1", FIRST, "crm-outbound", "13900130000", "<13900130000>")
        call_id = await switch.originate(order)
        ringing = await ear.next(AgentRinging)
        assert call_id == call_id_for("test", "me-1.1") == ringing.call_id
        await switch.phone(call_id, FIRST, PhoneOrder.TALK)
        ended = await ear.next(CallEnded)
        assert (ended.log.direction, ended.log.result) == (Direction.OUTBOUND, CallResult.BUSY)
        assert ended.log.dialled == "13900130000"


async def test_orders_about_what_is_gone() -> None:
    async with house() as (simulator, switch, ear):
        call_id = await answered_call(simulator, switch, ear)
        with pytest.raises(UnknownLeg):
            await switch.hangup(call_id, SECOND)
        await switch.hangup(call_id, FIRST)
        await ear.next(CallEnded)
        for order in (
            switch.hangup(call_id, FIRST),
            switch.redirect(call_id, "crm-transfer", "q-sales"),
            switch.queue_priority(call_id, "support", 5),
            switch.consult(call_id, FIRST, "crm-transfer", "1002"),
            switch.consult_order(call_id, FIRST, ConsultOrder.SWAP),
            switch.record(call_id, RecordOrder.START, "2026-01/one.wav"),
            switch.send_tones(call_id, FIRST, "1"),
        ):
            with pytest.raises(UnknownLeg):
                await order


# -- queues, variables ---------------------------------------------------------------------------


async def test_being_a_member_already_is_success_and_sets_the_pause() -> None:
    async with house() as (simulator, switch, ear):
        await switch.queue_add("support", FIRST, "Ann", paused=True)
        await switch.queue_add("support", FIRST, "Ann", paused=False)
        member = simulator.world.queues["support"].members[FIRST]
        assert (member.name, member.paused) == ("Ann", False)
        await switch.queue_pause(FIRST, paused=True, reason="lunch")
        changed = await ear.next(MemberChanged, after=2)
        assert (changed.paused, changed.reason) == (True, "lunch")
        await switch.queue_remove("support", FIRST)
        await switch.queue_remove("support", FIRST)
        assert (await ear.next(MemberChanged, after=3)).removed


async def test_what_the_switch_refuses() -> None:
    async with house() as (_, switch, _ear):
        for order in (
            switch.queue_add("nope", FIRST, "Ann", paused=False),
            switch.queue_remove("nope", FIRST),
            switch.queue_pause(FIRST, paused=True, reason=""),
            switch.originate(Originate("me-2", FIRST, "nowhere", "1", "<1>")),
        ):
            with pytest.raises(SwitchRefused):
                await order


async def test_moving_a_waiting_caller_up() -> None:
    async with house() as (simulator, switch, ear):
        await simulator.place_call("13800138000")
        queued = await ear.next(CallQueued)
        await switch.queue_priority(queued.call_id, "support", 7)
        assert [e.priority for e in simulator.world.queues["support"].entries] == [7]


async def test_variables_and_database() -> None:
    async with house() as (simulator, switch, _ear):
        await switch.set_global("CRM_ALIVE", "1795353753")
        await switch.db_put("crm_tier", "8613800138000", "vip,10")
        system = simulator.world.system
        assert system.globals["CRM_ALIVE"] == "1795353753"
        assert system.database["crm_tier", "8613800138000"] == "vip,10"
        await switch.db_put("another", "1", "x")
        assert await switch.db_tree("crm_tier") == {"8613800138000": "vip,10"}
        assert await switch.db_tree("nothing") == {}
        await switch.db_delete("another", "1")
        await switch.db_delete("crm_tier", "8613800138000")
        await switch.db_delete("crm_tier", "8613800138000")
        assert system.database == {}


async def test_the_switchs_own_clock() -> None:
    async with house() as (simulator, switch, _ear):
        simulator.world.bus.now = lambda: 1_795_353_753.25
        assert await switch.time() == 1_795_353_753.25


# -- gaps ----------------------------------------------------------------------------------------


async def test_calls_that_began_before_us_are_there() -> None:
    simulator = Simulator(SimulatorConfig(agents=2))
    port = await simulator.start()
    simulator.world.queues["support"].add(FIRST, "Ann", paused=False)
    uniqueid = await simulator.place_call("13800138000", "Wang Wei")
    await until(lambda: bool(simulator.world.board.of(FIRST)))
    async with switch_to(port) as (switch, ear):
        await ear.next(SwitchConnected)
        ringing = ear.all(AgentRinging)[0]
        assert ringing.call_id == call_id_for("test", uniqueid)
        assert ear.all(MemberChanged)[0].interface == FIRST
        assert FIRST in {event.interface for event in ear.all(DeviceStateChanged)}
        await switch.phone(ringing.call_id, FIRST, PhoneOrder.TALK)
        assert (await ear.next(CallAnswered)).interface == FIRST
    await simulator.stop()


async def test_a_call_that_ended_while_we_were_away_is_concluded() -> None:
    async with house() as (simulator, switch, ear):
        call_id = await answered_call(simulator, switch, ear)
        simulator.drop_connections()
        await ear.next(SwitchLost)
        simulator.world.board.party_hangs_up(simulator.world.board.of("PJSIP/carrier")[0])
        await ear.next(SwitchConnected, after=1)
        ended = ear.all(CallEnded)[0]
        assert (ended.call_id, ended.log.inferred) == (call_id, True)


async def test_a_call_that_went_on_while_we_were_away_goes_on() -> None:
    async with house() as (simulator, switch, ear):
        call_id = await answered_call(simulator, switch, ear)
        simulator.drop_connections()
        await ear.next(SwitchConnected, after=1)
        assert ear.all(CallEnded) == []
        await switch.hangup(call_id, FIRST)
        ended = await ear.next(CallEnded)
        assert (ended.call_id, ended.log.result) == (call_id, CallResult.ANSWERED)
        assert len(ear.all(CallAnswered)) == 1
        assert switch.stats().reconnects == 1

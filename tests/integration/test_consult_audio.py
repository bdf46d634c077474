"""Who hears whom while an agent consults, shares and hands over, and what a paused recording keeps.

The product's own `AmiSwitch` gives the orders, and each party speaks a tone of its own: what one
hears is told by the spectrum of what arrived.
"""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import numpy as np
import pytest
import pytest_asyncio

from telephony.ami import AmiSwitch
from telephony.events import (
    CallAnswered,
    CallArrived,
    CallEnded,
    CallHeld,
    CallMerged,
    CallResumed,
    CallTransferred,
    ConsultBegan,
    LegEnded,
    RecordingChanged,
    RecordingState,
    SwitchConnected,
    TelephonyEvent,
    call_id_for,
)
from telephony.pbx.probe import AmiProbe
from telephony.switch import ConsultOrder, Originate, RecordOrder, SwitchRefused, UnknownLeg
from telephony.wire import Frame
from tests.asterisk.server import AsteriskServer
from tests.asterisk.spectrum import Samples, level
from tests.asterisk.voice import Voice
from tests.record.sip import Dialog
from tests.telephony.managers import Ear, switch_to, until

pytestmark = pytest.mark.integration

AGENT, EXPERT = "PJSIP/2001", "PJSIP/2002"
CUSTOMER_HZ, AGENT_HZ, EXPERT_HZ = 700.0, 1100.0, 1500.0
MUSIC_HZ = (175, 196, 220, 247, 262, 294, 330, 392)  # notes of telephony.pbx.sound.hold_music
HEARD = 0.05  # amplitude; a tone speaks at 0.2
ABROAD = "13900139000"

Kind = TypeVar("Kind", bound=TelephonyEvent)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def asterisk() -> AsyncIterator[AsteriskServer]:
    async with AsteriskServer() as server:
        yield server


@dataclass
class Desk:
    """A customer outside, an agent (2001) and an expert (2002), each with their own tone."""

    asterisk: AsteriskServer
    switch: AmiSwitch
    ear: Ear
    customer: Voice
    agent: Voice
    expert: Voice

    async def told(self, kind: type[Kind], count: int = 1) -> Kind:
        return await self.ear.next(kind, after=count - 1)

    async def talk(self) -> UUID:
        """The customer called, and the agent picked up."""
        await self.switch.queue_add("support", AGENT, "Ann", paused=False)
        self.customer.call("4008001234")
        await self.agent.pick_up()
        call_id = (await self.told(CallAnswered)).call_id
        await self.hear({CUSTOMER_HZ}, {AGENT_HZ}, set())
        return call_id

    async def consult(self, call_id: UUID) -> Dialog:
        """The expert picked up."""
        answers = len(self.ear.all(CallAnswered))
        await self.switch.consult(call_id, AGENT, "crm-transfer", "2002")
        dialog = await self.expert.pick_up()
        answered = await self.told(CallAnswered, answers + 1)
        began = await self.told(ConsultBegan)
        assert (began.of, began.interface, began.call_id) == (call_id, AGENT, answered.call_id)
        return dialog

    async def hear(
        self, agent: set[float], customer: set[float], expert: set[float], music: str = ""
    ) -> None:
        """Of the three tones, exactly these arrive; `music` names who hears it besides."""
        parties = {"agent": self.agent, "customer": self.customer, "expert": self.expert}
        await asyncio.sleep(0.7)  # a beep on handing over, and what is on its way
        for party in parties.values():
            party.sound.forget()
        await asyncio.sleep(1.1)
        heard = {
            name: {
                hz
                for hz in (CUSTOMER_HZ, AGENT_HZ, EXPERT_HZ)
                if party.sound.level(hz, 1.0) > HEARD
            }
            for name, party in parties.items()
        }
        assert heard == {"agent": agent, "customer": customer, "expert": expert}
        for name, party in parties.items():
            chord = max(party.sound.level(hz, 1.0) for hz in MUSIC_HZ)
            assert (chord > 0.005) == (name == music), (name, chord)


def _connected(asterisk: AsteriskServer) -> AbstractAsyncContextManager[tuple[AmiSwitch, Ear]]:
    return switch_to(
        asterisk.ami_port,
        username=asterisk.ami_user,
        secret=asterisk.ami_secret,
        connect_timeout_s=5.0,
        action_timeout_s=5.0,
        list_timeout_s=5.0,
        heartbeat_deadline_s=4.0,
    )


@pytest_asyncio.fixture(loop_scope="session")
async def desk(asterisk: AsteriskServer) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        switch, ear = await stack.enter_async_context(_connected(asterisk))
        await ear.next(SwitchConnected)
        stack.push_async_callback(until, lambda: _open_calls(ear) == set())
        parties = [
            await stack.enter_async_context(voice)
            for voice in (
                Voice.carrier(asterisk, "13800138000", CUSTOMER_HZ),
                Voice.phone(asterisk, "2001", AGENT_HZ),
                Voice.phone(asterisk, "2002", EXPERT_HZ),
            )
        ]
        yield Desk(asterisk, switch, ear, *parties)
        await switch.queue_remove("support", AGENT)


def _open_calls(ear: Ear) -> set[UUID]:
    over = {event.call_id for kind in (CallEnded, CallMerged) for event in ear.all(kind)}
    return {event.call_id for event in ear.all(CallArrived)} - over


NOBODY: set[float] = set()


async def test_consult_swap_share_and_leave(desk: Desk) -> None:
    call_id = await desk.talk()
    await desk.consult(call_id)
    await desk.hear({EXPERT_HZ}, NOBODY, {AGENT_HZ}, music="customer")

    await desk.switch.consult_order(call_id, AGENT, ConsultOrder.SWAP)
    assert (await desk.told(CallResumed)).call_id == call_id
    await desk.hear({CUSTOMER_HZ}, {AGENT_HZ}, NOBODY, music="expert")

    await desk.switch.consult_order(call_id, AGENT, ConsultOrder.SWAP)
    await desk.told(CallResumed, 2)
    await desk.hear({EXPERT_HZ}, NOBODY, {AGENT_HZ}, music="customer")

    await desk.switch.consult_order(call_id, AGENT, ConsultOrder.THREE_WAY)
    assert (await desk.told(CallMerged)).into == call_id
    await desk.hear({CUSTOMER_HZ, EXPERT_HZ}, {AGENT_HZ, EXPERT_HZ}, {CUSTOMER_HZ, AGENT_HZ})

    await desk.switch.hangup(call_id, AGENT)
    assert (await desk.told(LegEnded)).log.interface == AGENT
    transferred = await desk.told(CallTransferred)
    assert (transferred.by, transferred.to) == (AGENT, "2002")
    await desk.hear(NOBODY, {EXPERT_HZ}, {CUSTOMER_HZ})
    assert desk.ear.all(CallEnded) == []


async def test_completed(desk: Desk) -> None:
    call_id = await desk.talk()
    await desk.consult(call_id)
    await desk.switch.consult_order(call_id, AGENT, ConsultOrder.COMPLETE)
    assert (await desk.told(LegEnded)).log.interface == AGENT
    await desk.hear(NOBODY, {EXPERT_HZ}, {CUSTOMER_HZ})


async def test_the_expert_consults_in_turn(desk: Desk) -> None:
    """Whoever was given a customer has the same means as who had them first."""
    call_id = await desk.talk()
    await desk.consult(call_id)
    await desk.switch.consult_order(call_id, AGENT, ConsultOrder.COMPLETE)
    await desk.told(LegEnded)
    await asyncio.sleep(1)  # until the switch has taken its helper channel out
    await desk.switch.consult(call_id, EXPERT, "crm-transfer", "2001")
    await desk.agent.pick_up()
    await desk.told(ConsultBegan, 2)
    await desk.hear({EXPERT_HZ}, NOBODY, {AGENT_HZ}, music="customer")
    await desk.switch.consult_order(call_id, EXPERT, ConsultOrder.CANCEL)
    await desk.told(CallEnded)
    await desk.hear(NOBODY, {EXPERT_HZ}, {CUSTOMER_HZ})


async def test_cancelled_by_hanging_up_in_the_consultation(desk: Desk) -> None:
    call_id = await desk.talk()
    await desk.consult(call_id)
    consultation = (await desk.told(ConsultBegan)).call_id
    await desk.switch.hangup(consultation, AGENT)
    assert (await desk.told(CallEnded)).call_id == consultation
    await desk.hear({CUSTOMER_HZ}, {AGENT_HZ}, NOBODY)
    with pytest.raises(UnknownLeg, match="consults nobody"):
        await desk.switch.consult_order(call_id, AGENT, ConsultOrder.SWAP)


async def test_handed_over_while_it_rings(desk: Desk) -> None:
    call_id = await desk.talk()
    await desk.switch.consult(call_id, AGENT, "crm-transfer", "2002")
    ringing = await desk.expert.invited()
    ringing.ring()
    await desk.told(ConsultBegan)
    await desk.switch.consult_order(call_id, AGENT, ConsultOrder.COMPLETE)
    assert (await desk.told(LegEnded)).log.interface == AGENT
    ringing.answer()
    assert (await desk.told(CallAnswered, 2)).call_id == call_id
    await desk.hear(NOBODY, {EXPERT_HZ}, {CUSTOMER_HZ})


async def test_a_customer_whom_the_agent_called(desk: Desk) -> None:
    uniqueid = "consult-outbound.1"
    order = Originate(uniqueid, AGENT, "crm-outbound", ABROAD, f"<{ABROAD}>", 10)
    await desk.switch.originate(order)
    await desk.agent.pick_up()
    await desk.customer.pick_up()
    await desk.told(CallAnswered, 2)
    call_id = call_id_for("test", uniqueid)
    await desk.consult(call_id)
    await desk.hear({EXPERT_HZ}, NOBODY, {AGENT_HZ}, music="customer")
    await desk.switch.consult_order(call_id, AGENT, ConsultOrder.COMPLETE)
    await desk.told(CallTransferred)
    await desk.hear(NOBODY, {EXPERT_HZ}, {CUSTOMER_HZ})


async def test_a_second_process_finds_the_consultation_and_goes_on_with_it(desk: Desk) -> None:
    call_id = await desk.talk()
    await desk.consult(call_id)
    async with _connected(desk.asterisk) as (switch, ear):
        await ear.next(SwitchConnected)
        began = ear.all(ConsultBegan)[0]
        assert (began.of, began.interface) == (call_id, AGENT)
        assert began.call_id == (await desk.told(ConsultBegan)).call_id
        assert [held.call_id for held in ear.all(CallHeld)] == [call_id]
        assert (began.call_id, EXPERT) in {
            (answered.call_id, answered.interface) for answered in ear.all(CallAnswered)
        }
        await switch.consult_order(call_id, AGENT, ConsultOrder.SWAP)
        assert (await ear.next(CallResumed)).call_id == call_id
        await desk.hear({CUSTOMER_HZ}, {AGENT_HZ}, NOBODY, music="expert")


@pytest.mark.parametrize("keys", ["A0#", "#1", "*2", "BB", "C", "D"])
async def test_what_a_customer_types_is_never_an_order(desk: Desk, keys: str) -> None:
    await desk.talk()
    async with desk.asterisk.observe() as observer:
        channel = await _channel_of_the_carrier(observer)
        for key in keys:
            headers = [("Channel", channel), ("Digit", key), ("Receive", "true")]
            await observer.ask("PlayDTMF", *headers)
        await observer.wait_for(
            lambda frame: frame.event == "DTMFEnd" and frame.get("Digit") == keys[-1], 5
        )
    await desk.hear({CUSTOMER_HZ}, {AGENT_HZ}, NOBODY)
    assert desk.ear.all(CallHeld) == []


async def test_key_tones_of_the_agent_reach_the_other_side(desk: Desk) -> None:
    call_id = await desk.talk()
    async with desk.asterisk.observe() as observer:
        await desk.switch.send_tones(call_id, AGENT, "1#*2")
        await until(lambda: len(_sent_to_the_carrier(observer.seen)) == 4)
    assert _sent_to_the_carrier(observer.seen) == ["1", "#", "*", "2"]
    await desk.hear({CUSTOMER_HZ}, {AGENT_HZ}, NOBODY)


async def test_a_paused_recording_keeps_silence(desk: Desk) -> None:
    call_id = await desk.talk()
    record = desk.switch.record
    await record(call_id, RecordOrder.START, "2026-01/paused.wav")
    assert (await desk.told(RecordingChanged)).state is RecordingState.ON
    await asyncio.sleep(1.5)
    await record(call_id, RecordOrder.PAUSE, "")
    assert (await desk.told(RecordingChanged, 2)).state is RecordingState.PAUSED
    await asyncio.sleep(1.5)
    await record(call_id, RecordOrder.START, "2026-01/again.wav")  # as after our restart
    await record(call_id, RecordOrder.CONTINUE, "")
    assert (await desk.told(RecordingChanged, 3)).state is RecordingState.ON
    await asyncio.sleep(1.5)
    await desk.switch.hangup(call_id, AGENT)
    await desk.told(CallEnded)

    folder = desk.asterisk.home / "spool/monitor/2026-01"
    await until(lambda: (folder / "paused.wav").stat().st_size > 16_000 * 4)
    assert [path.name for path in folder.iterdir()] == ["paused.wav"]
    samples = _read(str(folder / "paused.wav"))
    for begin, tones in ((0.3, True), (1.9, False), (3.4, True)):
        part = samples[int(begin * 8000) : int((begin + 0.9) * 8000)]
        for hz in (CUSTOMER_HZ, AGENT_HZ):
            assert (level(part, 8000, hz) > HEARD) == tones, (begin, hz)
        assert tones or float(np.abs(part).max()) == 0.0


async def test_a_pause_of_what_is_not_recorded_is_refused(desk: Desk) -> None:
    call_id = await desk.talk()
    with pytest.raises(SwitchRefused):
        await desk.switch.record(call_id, RecordOrder.PAUSE, "")
    assert desk.ear.all(RecordingChanged) == []


async def _channel_of_the_carrier(observer: AmiProbe) -> str:
    channels = await observer.ask_list("CoreShowChannels")
    names = [frame.get("Channel") for frame in channels]
    (name,) = (name for name in names if name.startswith("PJSIP/carrier-"))
    return name


def _sent_to_the_carrier(seen: list[Frame]) -> list[str]:
    return [
        frame.get("Digit")
        for frame in seen
        if frame.event == "DTMFEnd"
        and frame.get("Direction") == "Sent"
        and frame.get("Channel").startswith("PJSIP/carrier-")
    ]


def _read(path: str) -> Samples:
    with wave.open(path) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2)
        return np.frombuffer(sound.readframes(sound.getnframes()), np.int16) / 32768

"""The product's own orders on the simulated switch, over the wire.

That each looks as on the real one is shown by the recordings; here `AmiSwitch` gives them.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from telephony.ami import AmiSwitch
from telephony.events import (
    AgentRinging,
    CallAnswered,
    CallEnded,
    CallHeld,
    CallMerged,
    CallResumed,
    ConsultBegan,
    Direction,
    RecordingChanged,
    RecordingState,
)
from telephony.simulator import Simulator
from telephony.switch import ConsultOrder, Originate, RecordOrder, SwitchRefused, UnknownLeg
from tests.telephony.managers import Ear, until
from tests.telephony.test_ami import FIRST, SECOND, answered_call, house

QUICK = 0.02


async def asked(switch: AmiSwitch, ear: Ear, call_id: UUID) -> UUID:
    """1001 consults 1002 about the call: the consultation."""
    answers = len(ear.all(CallAnswered))
    await switch.consult(call_id, FIRST, "crm-transfer", "1002")
    began = await ear.next(ConsultBegan)
    assert (began.of, began.interface) == (call_id, FIRST)
    answered = await ear.next(CallAnswered, after=answers)
    assert (answered.call_id, answered.interface) == (began.call_id, SECOND)
    return began.call_id


async def test_swap_then_bring_all_together_then_leave() -> None:
    async with house(answering=(SECOND,)) as (simulator, switch, ear):
        simulator.world.phones[SECOND].answer_after_s = QUICK
        call_id = await answered_call(simulator, switch, ear)
        consult_id = await asked(switch, ear, call_id)
        resumed = len(ear.all(CallResumed))
        await switch.consult_order(call_id, FIRST, ConsultOrder.SWAP)
        back = await ear.next(CallResumed, after=resumed)
        assert back.call_id == call_id
        assert ear.all(CallHeld)[-1].call_id == consult_id
        await switch.consult_order(call_id, FIRST, ConsultOrder.THREE_WAY)
        merged = await ear.next(CallMerged)
        assert (merged.call_id, merged.into) == (consult_id, call_id)
        await switch.hangup(call_id, FIRST)
        (customer,) = simulator.world.board.of("PJSIP/carrier")
        (expert,) = simulator.world.board.of(SECOND)
        await until(lambda: expert.bridge is customer.bridge)
        simulator.world.board.party_hangs_up(customer)
        ended = await ear.next(CallEnded)
        assert {leg.interface for leg in ended.log.legs} >= {FIRST, SECOND}


@pytest.mark.parametrize("order", [ConsultOrder.COMPLETE, ConsultOrder.CANCEL])
async def test_hand_over_or_come_back(order: ConsultOrder) -> None:
    async with house() as (simulator, switch, ear):
        simulator.world.phones[SECOND].answer_after_s = QUICK
        call_id = await answered_call(simulator, switch, ear)
        await asked(switch, ear, call_id)
        await switch.consult_order(call_id, FIRST, order)
        if order is ConsultOrder.COMPLETE:
            assert (await ear.next(CallMerged)).into == call_id
            assert simulator.world.board.of(FIRST) == []
        else:
            assert (await ear.next(CallEnded)).call_id != call_id
            assert simulator.world.board.of(SECOND) == []
        with pytest.raises(UnknownLeg):
            await switch.consult_order(call_id, FIRST, ConsultOrder.SWAP)


async def test_a_recording_begins_pauses_and_goes_on_and_is_not_begun_twice() -> None:
    async with house() as (simulator, switch, ear):
        call_id = await answered_call(simulator, switch, ear)
        orders = (RecordOrder.START, RecordOrder.PAUSE, RecordOrder.START, RecordOrder.CONTINUE)
        states = (RecordingState.ON, RecordingState.PAUSED, None, RecordingState.ON)
        seen = 0
        for order, state in zip(orders, states, strict=True):
            await switch.record(call_id, order, "2026-01/one.wav")
            if state is not None:
                changed = await ear.next(RecordingChanged, after=seen)
                assert (changed.call_id, changed.state) == (call_id, state)
                seen = len(ear.all(RecordingChanged))


async def test_the_way_back_and_the_echo() -> None:
    async with house() as (simulator, switch, ear):
        call_id = await answered_call(simulator, switch, ear)
        rung = len(ear.all(AgentRinging))
        await switch.redirect(call_id, "crm-return", "1001")
        ringing = await ear.next(AgentRinging, after=rung)
        assert (ringing.call_id, ringing.interface) == (call_id, FIRST)
        simulator.world.phones[SECOND].answer_after_s = QUICK
        echo = Originate("me-echo.1", SECOND, "crm-outbound", "*43", "<*43>", internal=True)
        echo_id = await switch.originate(echo)
        await ear.next(CallAnswered, after=1)
        await switch.hangup(echo_id, SECOND)
        ended = await ear.next(CallEnded)
        assert (ended.call_id, ended.log.direction) == (echo_id, Direction.INTERNAL)


async def test_a_customer_calls_whom_the_practice_room_wants() -> None:
    async with house() as (simulator, _, ear):
        assert isinstance(simulator, Simulator)
        simulator.call_in("13800138000", "王小明", to="1001")
        ringing = await ear.next(AgentRinging)
        assert ringing.interface == FIRST
        with pytest.raises(ValueError, match="neither a phone nor a queue"):
            simulator.call_in("13800138000", to="q-nowhere")


async def test_nobody_is_consulted_twice_at_once() -> None:
    async with house() as (simulator, switch, ear):
        simulator.world.phones[SECOND].answer_after_s = QUICK
        call_id = await answered_call(simulator, switch, ear)
        await asked(switch, ear, call_id)
        with pytest.raises(SwitchRefused, match="already"):
            await switch.consult(call_id, FIRST, "crm-transfer", "1003")

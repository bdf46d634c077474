"""Which actions become of consulting, recording and key tones, at each moment of a real call.

The manager plays a recording up to that moment; what it is then told is what an Asterisk would be.
What an Asterisk makes of it is in the recordings and in tests/integration/test_consult_audio.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest

from telephony.ami import AmiSwitch
from telephony.events import CallAnswered, CallArrived, ConsultBegan, SwitchConnected
from telephony.switch import (
    ConsultOrder,
    RecordOrder,
    SwitchRefused,
    UnknownLeg,
    UnsafeValue,
)
from telephony.wire import END
from tests.telephony.managers import Answer, Conversation, Ear, Manager, switch_to, until
from tests.telephony.stories import ONE, TWO
from tests.telephony.test_recordings import recording

CUSTOMER = "PJSIP/carrier-00000000"
AGENT = "PJSIP/2001-00000001"
FILE = "2026-01/one.wav"
WHOLE = "BridgeMerge"  # both talk to the expert, and nothing has been decided yet


@dataclass
class Moment:
    switch: AmiSwitch
    ear: Ear
    manager: Manager
    call_id: UUID

    def told(self) -> list[tuple[str, ...]]:
        """The actions since, each with its values in their order."""
        heard = self.manager.heard
        start = next(n for n, action in enumerate(heard) if action["Action"] == "DeviceStateList")
        return [
            (action["Action"], *(v for k, v in action.items() if k not in {"Action", "ActionID"}))
            for action in heard[start + 1 :]
        ]


@asynccontextmanager
async def moment(
    before: str, name: str = "consult_by_order_completed", **answers: Answer
) -> AsyncIterator[Moment]:
    """The recording has been played up to the first event of that name (which is left out)."""
    async with Manager(answers) as manager, switch_to(manager.port) as (switch, ear):
        await ear.next(SwitchConnected)
        played = 0
        for part in recording(name).split(END):
            if part.startswith(f"Event: {before}\r\n".encode()):
                break
            if part.startswith(b"Event: "):
                manager.conversations[0].send(part + END)
                played += 1
        await until(lambda: switch.stats().events >= played)
        yield Moment(switch, ear, manager, ear.all(CallArrived)[0].call_id)


def variable(value: str) -> Answer:
    def answer(conversation: Conversation, action: dict[str, str]) -> None:
        conversation.reply(action, "Success", f"Variable: {action['Variable']}", f"Value: {value}")

    return answer


# -- consulting ----------------------------------------------------------------------------------


async def test_whom_is_told_in_a_variable_and_the_keys_only_start_it() -> None:
    async with moment("Hold") as now:
        await now.switch.consult(now.call_id, ONE, "crm-transfer", "q-sales")
        assert now.told() == [
            ("Setvar", AGENT, "__CRM_CONSULT", "crm-transfer,q-sales,1"),
            ("Atxfer", AGENT, "crm-consult", "0#"),
        ]


@pytest.mark.parametrize(
    ("order", "keys"),
    [
        (ConsultOrder.SWAP, "C"),
        (ConsultOrder.COMPLETE, "BB"),
        (ConsultOrder.CANCEL, "BA"),
        (ConsultOrder.THREE_WAY, "D"),
    ],
)
async def test_orders_are_keys_that_the_agents_leg_is_said_to_have_sent(
    order: ConsultOrder, keys: str
) -> None:
    async with moment(WHOLE) as now:
        assert now.ear.all(ConsultBegan)[0].of == now.call_id
        await now.switch.consult_order(now.call_id, ONE, order)
        assert now.told() == [("PlayDTMF", AGENT, key, "true") for key in keys]


async def test_without_a_consultation_no_key_is_pressed_for_the_customer_would_hear_it() -> None:
    async with moment("Hold") as now:
        for order in ConsultOrder:
            with pytest.raises(UnknownLeg, match="consults nobody"):
                await now.switch.consult_order(now.call_id, ONE, order)
        assert now.told() == []


async def test_one_consultation_at_a_time() -> None:
    async with moment(WHOLE) as now:
        with pytest.raises(SwitchRefused, match="already"):
            await now.switch.consult(now.call_id, ONE, "crm-transfer", "2003")
        assert now.told() == []


async def test_a_phone_that_rings_neither_consults_nor_sends_keys() -> None:
    async with moment("HangupRequest", "inbound_abandoned_while_ringing") as now:
        assert now.ear.all(CallAnswered) == []
        for order in (
            now.switch.consult(now.call_id, ONE, "crm-transfer", "2002"),
            now.switch.send_tones(now.call_id, ONE, "1"),
        ):
            with pytest.raises(UnknownLeg, match="has not answered"):
                await order
        assert now.told() == []


async def test_the_expert_is_hung_up_and_the_consultation_cancelled_by_the_consultations_id() -> (
    None
):
    async with moment(WHOLE) as now:
        consultation = now.ear.all(ConsultBegan)[0].call_id
        await now.switch.hangup(consultation, ONE)
        await now.switch.hangup(consultation, TWO)
        names = [channel for _, channel, _ in now.told()]
        assert names == ["Local/0@crm-consult-00000000;1", "PJSIP/2002-00000002"]


# -- key tones -----------------------------------------------------------------------------------


async def test_key_tones() -> None:
    async with moment("Hold") as now:
        await now.switch.send_tones(now.call_id, ONE, "1*#0")
        assert now.told() == [("PlayDTMF", AGENT, key, "true") for key in "1*#0"]


async def test_in_the_consultation_the_device_is_the_one_that_the_agent_has() -> None:
    async with moment(WHOLE) as now:
        consultation = now.ear.all(ConsultBegan)[0].call_id
        await now.switch.send_tones(consultation, ONE, "1")
        await now.switch.mute(consultation, ONE, on=True)
        await now.switch.consult_order(consultation, ONE, ConsultOrder.SWAP)
        assert now.told() == [
            ("PlayDTMF", AGENT, "1", "true"),
            ("MuteAudio", AGENT, "in", "on"),
            ("PlayDTMF", AGENT, "C", "true"),
        ]
        with pytest.raises(SwitchRefused, match="already"):
            await now.switch.consult(consultation, ONE, "crm-transfer", "2003")


@pytest.mark.parametrize(
    "attempt",
    [
        lambda now: now.switch.send_tones(now.call_id, ONE, "1A"),
        lambda now: now.switch.send_tones(now.call_id, ONE, ""),
        lambda now: now.switch.send_tones(now.call_id, ONE, "1\r\nAction: Logoff"),
        lambda now: now.switch.send_tones(now.call_id, ONE, "1" * 41),
        lambda now: now.switch.consult(now.call_id, ONE, "crm-transfer", "2002&PJSIP/2003"),
        lambda now: now.switch.consult(now.call_id, ONE, "crm-transfer", "${SHELL(ls)}"),
        lambda now: now.switch.consult(now.call_id, ONE, "crm-transfer,2002,1", "2002"),
        lambda now: now.switch.consult(now.call_id, ONE, "crm-transfer", "2002\n"),
        lambda now: now.switch.record(now.call_id, RecordOrder.START, "../../etc/passwd.wav"),
        lambda now: now.switch.record(now.call_id, RecordOrder.START, "/tmp/one.wav"),
        lambda now: now.switch.record(now.call_id, RecordOrder.START, "one.wav,b,touch /tmp/x"),
        lambda now: now.switch.record(now.call_id, RecordOrder.START, "one.gsm"),
        lambda now: now.switch.record(now.call_id, RecordOrder.START, "one.wav\n"),
        lambda now: now.switch.record(now.call_id, RecordOrder.START, ""),
    ],
)
async def test_what_could_mean_something_else_never_reaches_the_switch(
    attempt: Callable[[Moment], Awaitable[None]],
) -> None:
    async with moment("Hold") as now:
        with pytest.raises(UnsafeValue):
            await attempt(now)
        assert now.told() == []


# -- recording -----------------------------------------------------------------------------------


async def test_the_customers_channel_is_recorded_so_that_a_transfer_changes_nothing() -> None:
    async with moment("Hold", Getvar=variable("")) as now:
        await now.switch.record(now.call_id, RecordOrder.START, FILE)
        assert now.told() == [
            ("Getvar", CUSTOMER, "MIXMONITOR_FILENAME"),
            ("MixMonitor", CUSTOMER, FILE),
        ]


@pytest.mark.parametrize(
    ("order", "state"), [(RecordOrder.PAUSE, "1"), (RecordOrder.CONTINUE, "0")]
)
async def test_a_pause_is_silence_and_is_remembered_by_the_channel(
    order: RecordOrder, state: str
) -> None:
    async with moment("Hold") as now:
        await now.switch.record(now.call_id, order, "")
        assert now.told() == [
            ("MixMonitorMute", CUSTOMER, "both", state),
            ("Setvar", CUSTOMER, "CRM_RECORDING_PAUSED", state),
        ]


@pytest.mark.parametrize("paused", ["1", "0"])
async def test_what_is_recorded_since_before_us_is_not_begun_anew_and_a_pause_goes_on(
    paused: str,
) -> None:
    def known(conversation: Conversation, action: dict[str, str]) -> None:
        value = paused if action["Variable"] == "CRM_RECORDING_PAUSED" else "/monitor/one.wav"
        conversation.reply(action, "Success", f"Value: {value}")

    async with moment("Hold", Getvar=known) as now:
        await now.switch.record(now.call_id, RecordOrder.START, FILE)
        names = [action for action, *_ in now.told()]
        assert names == ["Getvar", "Getvar", "MixMonitorMute", "Setvar"]
        assert now.told()[2] == ("MixMonitorMute", CUSTOMER, "both", paused)


async def test_a_pause_of_what_is_not_recorded_is_refused() -> None:
    def refuse(conversation: Conversation, action: dict[str, str]) -> None:
        conversation.reply(action, "Error", "Message: Cannot set mute flag")

    async with moment("Hold", MixMonitorMute=refuse) as now:
        with pytest.raises(SwitchRefused, match="Cannot set mute flag"):
            await now.switch.record(now.call_id, RecordOrder.PAUSE, "")
        assert [action for action, *_ in now.told()] == ["MixMonitorMute"]


# -- listening -----------------------------------------------------------------------------------


def counting(*values: str) -> Answer:
    """Another value at each question."""
    rest = iter(values)

    def answer(conversation: Conversation, action: dict[str, str]) -> None:
        assert action["Variable"] == "CHANNEL(rtcp,rxcount)"
        conversation.reply(action, "Success", f"Value: {next(rest)}")

    return answer


@pytest.mark.parametrize(("counted", "hears"), [(("71", "121"), True), (("739", "739"), False)])
async def test_a_telephone_is_heard_while_its_packets_are_counted(
    counted: tuple[str, str], hears: bool
) -> None:
    async with moment("Hold", Getvar=counting(*counted)) as now:
        assert await now.switch.hears(now.call_id, ONE, 0.01) is hears
        assert [channel for _, channel, _ in now.told()] == [AGENT, AGENT]


@pytest.mark.parametrize("said", ["", "-1", "many"])
async def test_what_counts_no_packets_is_not_said_to_be_silent(said: str) -> None:
    async with moment("Hold", Getvar=counting(said)) as now:
        with pytest.raises(SwitchRefused, match="counts no packets"):
            await now.switch.hears(now.call_id, ONE, 0.01)


async def test_who_is_not_in_the_call_cannot_be_listened_to() -> None:
    async with moment("Hold") as now:
        with pytest.raises(UnknownLeg):
            await now.switch.hears(now.call_id, "PJSIP/2009", 0.01)
        assert now.told() == []

"""Transfers of transfers, back again, to a mailbox; and a consultation that nobody ends."""

from __future__ import annotations

from asyncio import sleep

from tests.record.scenarios.table import VOICEMAIL, scenario
from tests.record.sip import Dialog
from tests.record.stage import Stage, until_over


async def _referred(stage: Stage) -> tuple[Dialog, Dialog]:
    """A customer talks to 2001 for 2 s, who refers them to 2002: rung for 1 s."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.pick_up(2001, after=1)
    await sleep(2)
    first.refer("2002")
    second = await stage.pick_up(2002, after=1)
    first.hang_up()
    return caller, second


@scenario
async def transferred_back(stage: Stage) -> None:
    """2002 talks for 2 s and sends the caller back to 2001: rung for 1 s, 2 s of talk."""
    caller, second = await _referred(stage)
    await sleep(2)
    second.refer("2001")
    again = await stage.pick_up(2001, after=1)
    second.hang_up()
    await sleep(2)
    caller.hang_up()
    await until_over(again)


@scenario
async def transferred_twice(stage: Stage) -> None:
    """2002 talks for 2 s and sends the caller on to 2003: rung for 1 s, 2 s of talk."""
    caller, second = await _referred(stage)
    await sleep(2)
    second.refer("2003")
    third = await stage.pick_up(2003, after=1)
    second.hang_up()
    await sleep(2)
    third.hang_up()
    await until_over(caller)


@scenario
async def attended_then_blind(stage: Stage) -> None:
    """As `attended_transfer`: 2 s with 2001, who asks 2002 (1 s ringing, 2 s of talk) and hands
    over; 2002 talks for 2 s and refers the caller to 2003: rung for 1 s, 2 s of talk."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.pick_up(2001, after=1)
    await sleep(2)
    first.hold()
    consultation = stage.call(stage.phones[2001], "2002")
    second = await stage.pick_up(2002, after=1)
    await sleep(2)
    first.refer("2002", replaces=consultation)
    await until_over(consultation)
    first.hang_up()
    await sleep(2)
    second.refer("2003")
    third = await stage.pick_up(2003, after=1)
    second.hang_up()
    await sleep(2)
    caller.hang_up()
    await until_over(third)


@scenario
async def transfer_refused(stage: Stage) -> None:
    """2002, to whom 2001 refers the caller after 2 s, declines after 1 s; the dialplan hangs up."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.pick_up(2001, after=1)
    await sleep(2)
    first.refer("2002")
    second = await stage.invited(2002)
    second.ring()
    first.hang_up()
    await sleep(1)
    second.refuse("603 Decline")
    await until_over(caller)


@scenario
async def transfer_to_voicemail(stage: Stage) -> None:
    """2001 talks for 2 s and sends the caller to the mailbox, who speaks into it for 3 s."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.pick_up(2001, after=1)
    await sleep(2)
    first.refer(VOICEMAIL)
    await sleep(1)
    first.hang_up()
    await sleep(2)
    caller.hang_up()


@scenario
async def consult_left_alone(stage: Stage) -> None:
    """2001 talks for 2 s, holds and asks 2002 (1 s ringing) by a second call; the caller has enough
    after 2 s of that. 2001 puts the telephone down beside it: 2002 hangs up 2 s later."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.pick_up(2001, after=1)
    await sleep(2)
    first.hold()
    consultation = stage.call(stage.phones[2001], "2002")
    second = await stage.pick_up(2002, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(first)
    await sleep(2)
    second.hang_up()
    await until_over(consultation)

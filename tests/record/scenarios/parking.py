"""A caller is put somewhere for a while and fetched again: parked, or left with music."""

from __future__ import annotations

from asyncio import sleep

from tests.record.scenarios.table import PARK, scenario
from tests.record.sip import Dialog
from tests.record.stage import Stage, until_over

PARKED_AT = "7001"


async def _parked(stage: Stage) -> Dialog:
    """A customer has talked to 2001 for 2 s, and is parked."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.pick_up(2001, after=1)
    await sleep(2)
    first.refer(PARK)
    await stage.ami.seen("ParkedCall")
    first.hang_up()
    return caller


@scenario
async def parked_and_fetched(stage: Stage) -> None:
    """After 2 s 2001 fetches them; 2 s of talk."""
    caller = await _parked(stage)
    await sleep(2)
    again = stage.call(stage.phones[2001], PARKED_AT)
    await again.answered.wait()
    await sleep(2)
    again.hang_up()
    await until_over(caller)


@scenario
async def parked_and_fetched_by_a_colleague(stage: Stage) -> None:
    """After 2 s 2002 fetches them; 2 s of talk."""
    caller = await _parked(stage)
    await sleep(2)
    second = stage.call(stage.phones[2002], PARKED_AT)
    await second.answered.wait()
    await sleep(2)
    caller.hang_up()
    await until_over(second)


@scenario
async def parked_and_abandoned(stage: Stage) -> None:
    """Nobody fetches them, and they leave after 2 s."""
    caller = await _parked(stage)
    await sleep(2)
    caller.hang_up()


@scenario
async def parked_for_too_long(stage: Stage) -> None:
    """After 5 s the switch rings 2001 again, who picks up after 1 s; 2 s of talk."""
    caller = await _parked(stage)
    again = await stage.pick_up(2001, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(again)


@scenario
async def held_with_music(stage: Stage) -> None:
    """Talk for 2 s; both are taken out of the call by order, and put together again after 2 s; 2 s
    more."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=1)
    await sleep(2)
    customer, phone = stage.channel("PJSIP/carrier"), stage.channel("PJSIP/2001")
    await stage.ami.action(
        "Redirect",
        Channel=customer,
        Context="recorded-hold",
        Exten="music",
        Priority="1",
        ExtraChannel=phone,
        ExtraContext="recorded-hold",
        ExtraExten="wait",
        ExtraPriority="1",
    )
    await sleep(2)
    await stage.ami.action("Bridge", Channel1=customer, Channel2=phone)
    await sleep(2)
    caller.hang_up()
    await until_over(agent)

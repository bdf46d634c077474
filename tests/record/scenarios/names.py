"""Callers' names: of any script, of any length, with characters that mean something to machines."""

from __future__ import annotations

from asyncio import sleep

from tests.record.queues import TO_RENAMED
from tests.record.scenarios.table import scenario
from tests.record.stage import DID, Stage, until_over

CHINESE = "欧阳诗蕊（上海分公司）"
THAI = "สมชาย ใจดี"
EMOJI = "Zoë 😀👩‍💻🇨🇳"
LONG = "Aleksander-" * 27 + "end"  # 300 characters
LONG_CHINESE = "欧阳诗蕊之" * 60  # 300 characters, 900 bytes
PASSED = 79  # bytes of a name that Asterisk passes on
QUOTED = 'O\'Brien \\ "Bob" <sip:x@y>; tag=1, ${EXTEN}'
TABBED = "Tab\there"


async def _talk(stage: Stage, name: str, number: str = DID) -> None:
    """1 s ringing, 1 s talk."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support", name, number)
    agent = await stage.pick_up(2001, after=1)
    await sleep(1)
    caller.hang_up()
    await until_over(agent)


@scenario
async def name_chinese(stage: Stage) -> None:
    await _talk(stage, CHINESE)


@scenario
async def name_thai(stage: Stage) -> None:
    await _talk(stage, THAI)


@scenario
async def name_emoji(stage: Stage) -> None:
    await _talk(stage, EMOJI)


@scenario
async def name_of_300_characters(stage: Stage) -> None:
    await _talk(stage, LONG)


@scenario
async def name_of_300_chinese_characters(stage: Stage) -> None:
    await _talk(stage, LONG_CHINESE)


@scenario
async def name_quoted(stage: Stage) -> None:
    await _talk(stage, QUOTED)


@scenario
async def name_with_a_tab(stage: Stage) -> None:
    await _talk(stage, TABBED)


@scenario
async def name_made_unfriendly(stage: Stage) -> None:
    """The dialplan gives the caller a name with line breaks, an AMI event and control characters in
    it, and the caller gives up after 2 s, before a telephone has to read that name. What it was
    when the call came stays, and nothing of it is taken for an event."""
    caller = await stage.call_in("support", number=TO_RENAMED)
    await caller.answered.wait()
    await sleep(2)
    caller.hang_up()

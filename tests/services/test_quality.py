"""How a call sounded, on the leg of the agent who heard it: told during and after it, once or
twice, also by a journal that is replayed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from callcenter.services import journal
from callcenter.services.errors import NotFound
from callcenter.services.journal import LineHeard, LineQuality
from callcenter.services.quality import Quality
from callcenter.store.database import Database
from callcenter.store.inbox import Inbox
from telephony.events import CallMerged, LegEnded
from tests.feed_scenarios import USERS, World
from tests.services.log_house import (
    AGENT_DEVICE,
    OTHER_DEVICE,
    PBX,
    LogHouse,
    Story,
    opened,
    two_agents,
)

AGENT, OTHER = USERS[:2]
FAIR = LineQuality(loss=0.01, jitter_ms=20, rtt_ms=90, mos=4.1)
LOSSY = LineQuality(loss=0.08, jitter_ms=15, rtt_ms=80, mos=3.0)
WORST = {"loss": 0.08, "jitter_ms": 20.0, "rtt_ms": 90.0, "mos": 3.0}


class Listening:
    """The live branch and what it says goes into the journal; stories are played event by event."""

    def __init__(self) -> None:
        self.world = World()
        self.recorded: list[LineHeard] = []
        self.quality = Quality(self.world.roster, self.world.live, self.recorded.append)

    def play(self, story: Story, until: type | None = None) -> Story:
        """Up to before the first event of that kind; the rest next time."""
        while story.events and not (until and isinstance(story.events[0], until)):
            event = story.events.pop(0)
            self.world.live.on_event(event)
            self.quality.on_event(event)
        return story


@pytest.fixture
def listening() -> Listening:
    return Listening()


def answered(uniqueid: str = "1.1") -> Story:
    return Story(uniqueid).arrives().waits().talks().ends()


def test_what_is_told_during_the_call_is_recorded_when_the_leg_has_ended(
    listening: Listening,
) -> None:
    story = listening.play(answered(), until=LegEnded)
    listening.quality.report(AGENT, story.id, FAIR)
    listening.quality.report(AGENT, story.id, LOSSY)
    assert listening.recorded == []
    listening.play(story)
    assert listening.recorded == [LineHeard(PBX, "1.1/0", LineQuality(**WORST))]
    assert journal.decode(journal.encode(listening.recorded[0])) == listening.recorded[0]


def test_what_is_told_after_it_is_recorded_at_once(listening: Listening) -> None:
    story = listening.play(answered())
    assert listening.recorded == []
    listening.quality.report(AGENT, story.id, FAIR)
    assert listening.recorded == [LineHeard(PBX, "1.1/0", FAIR)]


def test_each_agent_tells_of_their_own_leg(listening: Listening) -> None:
    story = Story("1.1").arrives().waits().talks().waits().talks(OTHER_DEVICE).ends()
    listening.play(story, until=LegEnded)
    listening.quality.report(AGENT, story.id, FAIR)
    with pytest.raises(NotFound):
        listening.quality.report(OTHER, story.id, LOSSY)
    ended = story.events.pop(0)
    listening.world.live.on_event(ended)
    listening.quality.on_event(ended)
    listening.play(story, until=LegEnded)
    listening.quality.report(OTHER, story.id, LOSSY)
    listening.quality.report(AGENT, story.id, LOSSY)  # late
    listening.play(story)
    assert listening.recorded == [
        LineHeard(PBX, "1.1/0", FAIR),
        LineHeard(PBX, "1.1/0", LOSSY),
        LineHeard(PBX, "1.1/1", LOSSY),
    ]


def test_a_ring_that_nobody_answered_has_no_sound(listening: Listening) -> None:
    story = listening.play(Story("1.1").arrives().waits().misses().ends())
    with pytest.raises(NotFound):
        listening.quality.report(AGENT, story.id, FAIR)


def test_what_was_heard_in_a_call_that_became_part_of_another(listening: Listening) -> None:
    first = listening.play(answered("1.1"), until=LegEnded)
    second = listening.play(answered("2.1"), until=LegEnded)
    listening.quality.report(AGENT, second.id, LOSSY)
    listening.quality.report(AGENT, first.id, FAIR)
    merged = CallMerged(PBX, second.id, 50, second.at, first.id)
    listening.world.live.on_event(merged)
    listening.quality.on_event(merged)
    listening.play(first)
    assert listening.recorded == [LineHeard(PBX, "1.1/0", LineQuality(**WORST))]


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[LogHouse]:
    await two_agents(database)
    async with opened(database, tmp_path / "journal") as made:
        yield made


async def quality(house: LogHouse, call_id: UUID) -> dict[str, Any]:
    return {
        leg["interface"]: leg["quality"] for leg in await house.rows("call_leg", call_id=call_id)
    }


async def test_the_worst_is_kept_on_that_leg_alone(house: LogHouse) -> None:
    story = Story("1.1").arrives().waits().talks().waits().talks(OTHER_DEVICE).ends()
    heard = [LineHeard(PBX, "1.1/0", one) for one in (LOSSY, FAIR)]
    await house.tell([*story.events, heard[0]])  # with the leg, in one batch
    await house.tell([heard[1]])
    expected = {AGENT_DEVICE: WORST, OTHER_DEVICE: None}
    assert await quality(house, story.id) == expected
    await house.tell([*story.events, *heard])  # replayed after a crash
    assert await quality(house, story.id) == expected


async def test_of_a_leg_that_nobody_knows_nothing_is_kept(house: LogHouse) -> None:
    await house.tell([LineHeard(PBX, "9.9", FAIR)])
    assert await house.rows("call_leg") == []
    assert house.writer.refused == 0


async def test_a_journal_that_was_not_committed_is_replayed_once(
    database: Database, tmp_path: Path
) -> None:
    await two_agents(database)
    story, inbox = answered(), Inbox(tmp_path / "journal")
    for record in (*story.events, LineHeard(PBX, "1.1/0", FAIR), LineHeard(PBX, "1.1/0", LOSSY)):
        if isinstance(record, journal.KEPT):
            inbox.append(journal.encode(record))
    await inbox.flush()
    inbox.close()
    for _ in range(2):  # the second run finds nothing left to do
        async with opened(database, tmp_path / "journal") as house:
            await house.log.caught_up()
            assert (await quality(house, story.id))[AGENT_DEVICE] == WORST

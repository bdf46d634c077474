"""A further switch's own record names its devices without the switch: read back and compared they
are the house's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest_asyncio
from sqlalchemy import select, update

from callcenter.building.pbx_house import PbxHouse
from callcenter.services.alarms import Alarms
from callcenter.services.leases import Lease
from callcenter.services.reconciliation import Reconciliation, Records
from callcenter.services.recovery import Recovery
from callcenter.settings.sections import FurtherSwitch, HistorySection
from callcenter.settings.switches import OneSwitch
from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.queries import history
from telephony.events import CallLog, CallResult, call_id_for
from tests.fakes import START, FakeHistory
from tests.services.log_house import AGENT_DEVICE, Story, opened, two_agents

PBX = "pbx2"
HERE = f"{PBX}:{AGENT_DEVICE}"
HOUR = timedelta(hours=1)


def call(uniqueid: str) -> CallLog:
    """As the switch's record tells it."""
    story = Story(uniqueid).arrives().waits().talks()
    log = replace(story.log(CallResult.ANSWERED), recovered=True, from_history=True)
    return replace(log, pbx=PBX, call_id=call_id_for(PBX, uniqueid))


@dataclass
class Scene:
    house: PbxHouse
    record: FakeHistory
    recovery: Recovery
    comparison: Reconciliation
    agent: UUID


@pytest_asyncio.fixture(loop_scope="session")
async def scene(database: Database, tmp_path: Path) -> AsyncIterator[Scene]:
    agents = await two_agents(database)
    async with database.begin() as connection:
        mine = tables.user.c.id == agents["lina"]
        await connection.execute(update(tables.user).where(mine).values(interface=HERE))
        await history.put_known_from(connection, PBX, START)
        await history.put_read_until(connection, PBX, START)
    async with opened(database, tmp_path / "journal") as log:
        alarms, record = Alarms(log.clock), FakeHistory()
        house = PbxHouse(
            OneSwitch(PBX, FurtherSwitch(), HistorySection(), ""),
            inbox=log.inbox,
            writer=log.writer,
            lease=Lease(database, PBX, "here"),
            database=database,
            clock=log.clock,
            alarms=alarms,
            is_first=False,
        )
        house.call_log = log.log  # the one that is started
        records = Records(PBX, record, record.rebuild, house.topology)
        recovery = Recovery(
            pbx=PBX,
            source=record,
            rebuild=record.rebuild,
            topology=house.topology,
            tracker=house.tracker,
            call_log=house,
            database=database,
            clock=log.clock,
            skew_s=lambda: 0.0,
            alarms=alarms,
        )
        comparison = Reconciliation(records, database, log.clock, alive=lambda: (), alarms=alarms)
        log.clock.advance(600)
        yield Scene(house, record, recovery, comparison, agents["lina"])


async def test_what_is_read_back_is_the_agents_of_that_switch(
    scene: Scene, database: Database
) -> None:
    scene.record.logs = [call("1.1")]
    assert await scene.recovery.look() == 1
    async with database.read() as connection:
        legs = (await connection.execute(select(tables.call_leg))).all()
        row = (await connection.execute(select(tables.call))).one()
    assert [(leg.pbx, leg.interface, leg.user_id) for leg in legs] == [(PBX, HERE, scene.agent)]
    assert (row.pbx, row.first_agent_id, row.from_history) == (PBX, scene.agent, True)
    assert await scene.recovery.look() == 0, "it is there"


async def test_it_does_not_differ_from_the_record(scene: Scene) -> None:
    scene.record.logs = [call("1.1"), call("1.2")]
    await scene.recovery.look()
    report = await scene.comparison.run(START, START + HOUR)
    assert (report.calls, report.differences) == (2, [])
    scene.record.logs[1] = replace(scene.record.logs[1], result=CallResult.ABANDONED)
    report = await scene.comparison.run(START, START + HOUR)
    assert [difference.kind for difference in report.differences] == ["result"]

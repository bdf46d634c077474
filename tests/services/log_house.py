"""The log branch on a real database and journal, and telephony's side of it as short stories."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.feed import Feed, Message
from callcenter.services.call_log import CallLog
from callcenter.services.directory import Directory
from callcenter.services.journal import Record
from callcenter.services.log_backlog import MEMORY
from callcenter.services.log_news import LogNews
from callcenter.services.log_writer import LogWriter
from callcenter.services.roster import Roster
from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from callcenter.store.inbox import Inbox
from telephony.events import (
    AgentRinging,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallEvent,
    CallQueued,
    CallResult,
    Direction,
    LegEnded,
    LegLog,
    LegResult,
    LegRole,
    call_id_for,
)
from telephony.events import (
    CallLog as FinalLog,
)
from tests import people
from tests.fakes import START, FakeClock

PBX = "pbx1"
AGENT_DEVICE, OTHER_DEVICE, TRUNK = "PJSIP/1001", "PJSIP/1002", "PJSIP/carrier"
WANG = "+8613800138000"


@dataclass
class StubbornDatabase:
    """The real one, once it has raised these errors; `is_away` as long as it does not answer."""

    database: Database
    errors: list[Exception] = field(default_factory=list)
    is_away: bool = False

    def begin(self) -> AbstractAsyncContextManager[AsyncConnection]:
        if self.errors:
            raise self.errors.pop(0)
        return self.database.begin()

    async def ping(self) -> None:
        if self.is_away:
            raise RuntimeError("whatever a driver says while it connects")
        await self.database.ping()


class BuggyWriter(LogWriter):
    """The real one, once it has raised `bugs`."""

    bugs: Sequence[Exception] = ()

    async def write(self, records: Sequence[Record]) -> None:
        if self.bugs:
            bug, *self.bugs = self.bugs
            raise bug
        await super().write(records)


@dataclass
class LogHouse:
    database: Database
    stubborn: StubbornDatabase
    writer: BuggyWriter
    clock: FakeClock
    log: CallLog
    roster: Roster
    directory: Directory
    inbox: Inbox
    feed: Feed
    told: list[Message]  # by the feed
    news: LogNews
    agents: dict[str, UUID] = field(default_factory=dict)

    async def call(self, call_id: UUID) -> RowMapping:
        [row] = await self.rows("call", id=call_id)
        return row

    async def rows(self, table: str, **values: Any) -> list[RowMapping]:
        wanted = tables.metadata.tables[table]
        query = select(wanted).where(*(wanted.c[name] == new for name, new in values.items()))
        query = query.order_by(wanted.c.id)
        async with self.database.read() as connection:
            return list((await connection.execute(query)).mappings())

    async def tell(self, told: Iterable[Any]) -> None:
        for record in told:
            self.hand(record)
        await self.log.caught_up()

    def hand(self, record: Any) -> None:
        if isinstance(record, CallEvent):
            self.log.on_event(record)
        else:
            self.log.record(record)


async def two_agents(database: Database) -> dict[str, UUID]:
    agents = {
        login: await people.add_user(database, login, extension=extension)
        for login, extension in (("lina", "1001"), ("zhang", "1002"))
    }
    async with database.begin() as connection:
        await connection.execute(
            tables.queue_member.insert(),
            [{"queue_id": default_id("queue", "support"), "user_id": u} for u in agents.values()],
        )
    return agents


@asynccontextmanager
async def opened(
    database: Database, journal: Path, start: datetime = START, memory: int = MEMORY
) -> AsyncIterator[LogHouse]:
    """The log branch of one run of the program."""
    roster = Roster()
    await roster.load(database)
    directory = Directory(database, "CN")
    inbox = Inbox(journal)
    stubborn = StubbornDatabase(database)
    feed = Feed("test")
    told: list[Message] = []
    feed.subscribe(told.append)
    news = LogNews(directory, feed)
    writer = BuggyWriter(stubborn, roster, directory, news.tell, retry_s=0.01)
    clock = FakeClock(start)
    log = CallLog(inbox, writer, clock, pause_s=0.01, memory=memory)
    await log.start()
    try:
        yield LogHouse(
            database, stubborn, writer, clock, log, roster, directory, inbox, feed, told, news
        )
    finally:
        await log.stop()
        inbox.close()


@dataclass
class Story:
    """What telephony tells of one inbound call; every method adds events and moves the time."""

    uniqueid: str
    caller: str = WANG
    direction: Direction = Direction.INBOUND
    dialled: str = "4001002000"
    at: datetime = START
    events: list[CallEvent] = field(default_factory=list)
    legs: list[LegLog] = field(default_factory=list)
    queues: list[str] = field(default_factory=list)
    answered_at: datetime | None = None

    @property
    def id(self) -> UUID:
        return call_id_for(PBX, self.uniqueid)

    def _say(self, kind: type[CallEvent], *fields: object) -> None:
        self.events.append(kind(PBX, self.id, len(self.events), self.at, *fields))

    def arrives(self, name: str = "WANG") -> Story:
        fields = (self.uniqueid, self.direction, self.caller, name, self.dialled, TRUNK)
        self._say(CallArrived, *fields)
        return self

    def dials(self, number: str, device: str = AGENT_DEVICE) -> Story:
        """An outbound call instead."""
        self.direction, self.caller, self.dialled = Direction.OUTBOUND, device[-4:], number
        self._say(CallArrived, self.uniqueid, self.direction, self.caller, "", number, device)
        return self

    def waits(self, queue: str = "support", seconds: float = 5) -> Story:
        self._say(CallQueued, queue, 10, 1)
        self.queues.append(queue)
        self.at += timedelta(seconds=seconds)
        return self

    def talks(self, device: str = AGENT_DEVICE, seconds: float = 60) -> Story:
        leg_id = f"{self.uniqueid}/{len(self.legs)}"
        self._say(AgentRinging, leg_id, device, self.queues[-1])
        rang_at = self.at
        self.at += timedelta(seconds=2)
        self._say(CallAnswered, leg_id, device, LegRole.AGENT, self.queues[-1])
        self.answered_at = self.answered_at or self.at
        answered_at = self.at
        self.at += timedelta(seconds=seconds)
        leg = LegLog(
            leg_id=leg_id,
            interface=device,
            role=LegRole.AGENT,
            result=LegResult.ANSWERED,
            started_at=rang_at,
            answered_at=answered_at,
            ended_at=self.at,
            ring_s=2,
            connected_s=seconds,
            talk_s=seconds - 1,
            hold_s=1,
            consult_s=0,
            ended_by=LegRole.CUSTOMER,
        )
        self.legs.append(leg)
        self._say(LegEnded, leg)
        return self

    def misses(self, device: str = AGENT_DEVICE) -> Story:
        leg = LegLog(
            leg_id=f"{self.uniqueid}/{len(self.legs)}",
            interface=device,
            role=LegRole.AGENT,
            result=LegResult.NO_ANSWER,
            started_at=self.at,
            answered_at=None,
            ended_at=self.at + timedelta(seconds=15),
            ring_s=15,
            connected_s=0,
            talk_s=0,
            hold_s=0,
            consult_s=0,
            ended_by=None,
        )
        self.at = leg.ended_at
        self.legs.append(leg)
        self._say(LegEnded, leg)
        return self

    def ends(self, result: CallResult = CallResult.ANSWERED) -> Story:
        self._say(CallEnded, self.log(result))
        return self

    def log(self, result: CallResult) -> FinalLog:
        started_at = self.events[0].at
        waited = ((self.answered_at or self.at) - started_at).total_seconds()
        return FinalLog(
            pbx=PBX,
            call_id=self.id,
            uniqueid=self.uniqueid,
            direction=self.direction,
            result=result,
            caller=self.caller,
            caller_name="WANG",
            dialled=self.dialled,
            queues=tuple(self.queues),
            started_at=started_at,
            answered_at=self.answered_at,
            ended_at=self.at,
            wait_s=waited,
            connected_s=(self.at - self.answered_at).total_seconds() if self.answered_at else 0,
            legs=tuple(self.legs),
            transfers=(),
            linked=(),
        )

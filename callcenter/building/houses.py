"""All switches of the house, the first one first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from callcenter.building.pbx_house import PbxHouse, journal_of
from callcenter.services import places
from callcenter.services.alarms import Alarms
from callcenter.services.clock import Clock
from callcenter.services.journal import LineHeard, Record, WrapUpDone
from callcenter.services.leases import Lease, owner_name
from callcenter.services.log_writer import LogWriter
from callcenter.services.roster import Roster
from callcenter.services.switchboard import Switchboard
from callcenter.settings import Settings
from callcenter.settings.switches import every_switch
from callcenter.store.database import Database
from callcenter.store.inbox import Inbox
from callcenter.store.installation import installation_id

log = structlog.get_logger(__name__)

PATIENCE_S: Final = 2.0


class Houses:
    def __init__(
        self,
        settings: Settings,
        *,
        database: Database,
        clock: Clock,
        alarms: Alarms,
        roster: Roster,
        writer: Callable[[], LogWriter],
    ) -> None:
        """Opens the journals: InboxBusy when another process works in the same `paths.var`."""
        self._roster = roster
        every, var = every_switch(settings), settings.paths.var
        with ExitStack() as opened:
            inboxes = []
            for place, one in enumerate(every):
                inbox = Inbox(journal_of(var, one.pbx, is_first=place == 0))
                opened.callback(inbox.close)
                inboxes.append(inbox)
            owner = owner_name(installation_id(var))
            opened.pop_all()
        self._all = [
            PbxHouse(
                one,
                inbox=inbox,
                writer=writer(),
                lease=Lease(database, one.pbx, owner),
                database=database,
                clock=clock,
                alarms=alarms,
                is_first=place == 0,
            )
            for place, (one, inbox) in enumerate(zip(every, inboxes, strict=True))
        ]
        self.first = self._all[0]
        self.board = Switchboard(*(house.switch for house in self._all))
        for house in self._all:
            house.publish = self.board.publish
            if len(self._all) > 1:
                house.writer.before_linked = partial(self._others_caught_up, house)
        _tell_of_forgotten(var, {house.pbx for house in self._all[1:]})

    def __iter__(self) -> Iterator[PbxHouse]:
        return iter(self._all)

    def of(self, pbx: str) -> PbxHouse:
        """Of one that is none of ours: the first."""
        return next((house for house in self._all if house.pbx == pbx), self.first)

    def record(self, record: Record) -> None:
        """Into the journal in which what it is about comes before it: of the call's switch, else of
        the agent's; what is about neither into the first one's."""
        if isinstance(record, LineHeard):
            self.of(record.pbx).call_log.record(record)
        elif isinstance(record, WrapUpDone):
            seat = self._roster.seat(record.user_id)
            device = seat.interface if seat is not None else ""
            self.of(places.pbx_of(device, self.first.pbx)).call_log.record(record)
        else:
            self.first.call_log.record(record)

    async def caught_up(self) -> None:
        """Everything that happened before this call is committed."""
        await asyncio.gather(*(house.call_log.caught_up() for house in self._all))

    async def _others_caught_up(self, house: PbxHouse) -> None:
        """A call that is named by one of `house` began before it, in another journal: its row shall
        be there to be told. Not at any price: two may wait for each other."""
        others = (one.call_log.caught_up() for one in self._all if one is not house)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.gather(*others)
        except TimeoutError:
            log.warning("linked_call_not_waited_for", pbx=house.pbx)

    def backlog(self) -> int:
        return sum(house.call_log.backlog() for house in self._all)

    def close(self) -> None:
        for house in self._all:
            house.inbox.close()


def _tell_of_forgotten(var: Path, further: set[str]) -> None:
    """A journal whose switch is no more in the settings: what waits in it is not in the log."""
    for path in var.glob("journal-*"):
        if path.name.removeprefix("journal-") not in further:
            log.warning("journal_of_no_switch", path=str(path), remedy="put its [switches.…] back")

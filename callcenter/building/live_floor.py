"""The branch that waits for nothing, and the log branch beside it."""

from __future__ import annotations

from uuid import UUID

from callcenter.building.core import Core
from callcenter.building.houses import Houses
from callcenter.domain.agents import Status
from callcenter.services.colleagues import Colleagues
from callcenter.services.directory import Directory
from callcenter.services.journal import AgentStateBegan, WrapUpDone
from callcenter.services.live import Live
from callcenter.services.log_news import LogNews
from callcenter.services.log_writer import LogWriter
from callcenter.services.look_ups import LookUps
from callcenter.services.lost_pages import LostPages
from callcenter.services.phone_holders import PhoneHolders
from callcenter.services.presence import Presence
from callcenter.services.queue_strip import QueueStrip
from callcenter.services.roster import Roster
from callcenter.settings import Settings
from callcenter.settings.switches import every_switch


class LiveFloor(Core):
    def __init__(self, settings: Settings) -> None:
        """Opens the journals: InboxBusy when another process works in the same `paths.var`."""
        super().__init__(settings)
        self.roster = Roster()
        self.directory = Directory(self.database, settings.switch.region, self._own_lines())
        self.log_news = LogNews(self.directory, self.feed)
        self.houses = Houses(
            settings,
            database=self.database,
            clock=self.clock,
            alarms=self.alarms,
            roster=self.roster,
            writer=self._writer,
        )
        self.switch = self.houses.board
        self.call_log = self.houses.first.call_log
        self.presence = Presence(self.roster, self.feed, self.clock)
        self.holders = PhoneHolders(
            self.roster,
            self.presence,
            self.feed,
            self.clock,
            simulated=lambda: self.switch.simulated,
            # They are made later.
            lost=lambda user_id: self.lost_pages.lost(user_id),  # noqa: PLW0108
            listen=lambda *asked: self.lost_pages.listen(*asked),  # noqa: PLW0108
        )
        self.look_ups = LookUps(self.directory)
        self.live = Live(
            roster=self.roster,
            presence=self.presence,
            strip=QueueStrip(self.roster, self.presence, self.feed, self.clock),
            colleagues=Colleagues(self.roster, self.presence, self.feed, self.clock),
            phone=self.holders.view,
            directory=self.directory,
            feed=self.feed,
            clock=self.clock,
            ask=self.look_ups.ask,
            wrapped_up=lambda *work: self.houses.record(WrapUpDone(*work)),
            simulated=lambda: self.switch.simulated,
            pbxs=[house.pbx for house in self.houses],
        )
        self.lost_pages = LostPages(self.live, self.switch, self.roster, self.clock)
        self.look_ups.tell(self.live)
        self.presence.subscribe(self._record_state)

    def _own_lines(self) -> tuple[str, ...]:
        """Numbers that are never a customer's, of every switch."""
        every = every_switch(self.settings)
        return tuple(number for one in every for number in one.reached.own_numbers)

    def _writer(self) -> LogWriter:
        return LogWriter(self.database, self.roster, self.directory, self.log_news.tell)

    def _record_state(self, user_id: UUID, before: Status, after: Status) -> None:
        began = AgentStateBegan(
            user_id,
            after.state,
            after.reason,
            after.since,
            then=after.then,
            then_reason=after.then_reason,
            until=after.until,
            paused_at=after.paused_at,
        )
        self.call_log.record(began)

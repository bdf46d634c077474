"""What follows a call, wired together: promises, missed calls, tasks, wrap-ups, figures."""

from __future__ import annotations

from callcenter.services.call_changes import CallChanges
from callcenter.services.callbacks import Callbacks
from callcenter.services.callbacks_due import CallbacksDue
from callcenter.services.calls import Calls
from callcenter.services.clock import Clock
from callcenter.services.desk_config import DeskConfigs
from callcenter.services.directory import Directory
from callcenter.services.figures import Figures
from callcenter.services.live import Live
from callcenter.services.log_news import LoggedCall
from callcenter.services.missed import Missed
from callcenter.services.news import News
from callcenter.services.roster import Roster
from callcenter.services.tasks import Tasks
from callcenter.services.tickets import Tickets
from callcenter.services.wrap_ups import WrapUps
from callcenter.store.database import Database


class AfterCalls:
    def __init__(
        self,
        *,
        database: Database,
        directory: Directory,
        roster: Roster,
        live: Live,
        clock: Clock,
        news: News,
        changes: CallChanges,
        calls: Calls,
        tickets: Tickets,
        zone: str = "",
    ) -> None:
        """`zone`: in which the day of the figures begins; "" is the machine's."""
        self._news = news
        self.desk = DeskConfigs(database)
        self.figures = Figures(database, clock, zone)
        self.callbacks = Callbacks(
            database=database, directory=directory, roster=roster, clock=clock, news=news
        )
        self.due = CallbacksDue(database, self.callbacks, clock)
        self.missed = Missed(
            database=database, directory=directory, roster=roster, clock=clock, news=news
        )
        self.tasks = Tasks(database, clock, news)
        self.wrap_ups = WrapUps(
            database=database,
            directory=directory,
            roster=roster,
            live=live,
            clock=clock,
            news=news,
            changes=changes,
            calls=calls,
            tickets=tickets,
            callbacks=self.callbacks,
            tasks=self.tasks,
        )

    async def look_at_desk(self) -> None:
        """Tell every screen when it is set up otherwise now. Raises what the database raises."""
        if await self.desk.is_changed():
            self._news.changed("desk")

    def logged(self, call: LoggedCall) -> None:
        """The log has more of a call: what screens have read about it before is old."""
        self.missed.logged(call)
        if call.kept:
            self.callbacks.tell(call.kept)
        self._news.changed("figures", None, call.agents)

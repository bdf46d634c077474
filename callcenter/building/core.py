"""The ground floor: settings, clock, feed, database, alarms; and what is made later by others."""

from __future__ import annotations

from callcenter.feed import Feed
from callcenter.services.after_calls import AfterCalls
from callcenter.services.alarms import Alarms
from callcenter.services.clock import LoopClock
from callcenter.services.collector import Collector
from callcenter.services.news import News
from callcenter.services.reloading import Reloading
from callcenter.settings import Settings
from callcenter.store.database import Database


class Core:
    after: AfterCalls  # of `ServiceFloor`
    reloading: Reloading  # of `RoutingFloor`

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = LoopClock()
        self.collector = Collector(self.clock)
        self.alarms = Alarms(self.clock)
        self.feed = Feed()
        self.news = News(self.feed)
        self.database = Database(settings.database.url)

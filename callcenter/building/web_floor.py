"""What the screens reach: REST, gateway, metrics, and the practice room's door."""

from __future__ import annotations

from collections.abc import Callable

from callcenter.building.routing_floor import RoutingFloor
from callcenter.practice import Inside, PracticeRoom, PracticeSessions
from callcenter.practice.room import Build
from callcenter.services.auth import Auth
from callcenter.services.company import company, read_logo
from callcenter.services.comparisons import Comparisons
from callcenter.services.once import Once
from callcenter.settings import Settings
from callcenter.web.context import WebContext, WebSettings
from callcenter.web.gateway import Gateway
from callcenter.web.server import Web


class WebFloor(RoutingFloor):
    def __init__(
        self,
        settings: Settings,
        sessions: PracticeSessions | None,
        inside: Inside | None,
        build: Build,
    ) -> None:
        """`build` makes the practice room's house; `sessions` and `inside` are those of the room
        that this house is itself."""
        super().__init__(settings)
        self.auth: Auth | PracticeSessions
        self.practice: PracticeRoom | Inside
        if sessions is not None and inside is not None:
            self.auth, self.practice = sessions, inside
        else:
            self.auth = auth = Auth(self.database, self.clock, busy=self.agents.busy)
            self.practice = PracticeRoom(settings, auth, self.clock, build)
        self.auth.subscribe_prefs(lambda user_id: self.news.changed("desk", None, (user_id,)))
        self.context = self._web_context()
        self.web = Web(self.context, self._gauges())
        if isinstance(self.practice, PracticeRoom):
            self.practice.by(self.gateway)

    @property
    def gateway(self) -> Gateway:
        return self.web.gateway

    def _web_context(self) -> WebContext:
        http, own = self.settings.http, self.settings.company
        logo = read_logo(own.logo)
        return WebContext(
            settings=WebSettings(
                ui=http.ui,
                gateway_url=http.public_gateway_url,
                secure_cookies=http.secure_cookies,
                origins=http.origins,
                trusted_proxies=http.trusted_proxies,
                sip_websocket_url=self.settings.phone.websocket_url,
                further_sip_urls=tuple(
                    one.websocket_url for one in self.settings.switches.values()
                ),
            ),
            clock=self.clock,
            feed=self.feed,
            database=self.database,
            auth=self.auth,
            once=Once(self.database, self.clock),
            live=self.live,
            agents=self.agents,
            phones=self.phones,
            holders=self.holders,
            consults=self.consults,
            recordings=self.recordings,
            quality=self.quality,
            calls=self.calls,
            customers=self.customers,
            tickets=self.tickets,
            after=self.after,
            comparisons=Comparisons(self.database),
            health=self.health,
            company=company(own.name, own.accent, logo),
            logo=logo,
            practice=self.practice,
            library=self.library,
        )

    def _gauges(self) -> dict[str, Callable[[], float]]:
        return {
            "switch_connected": lambda: self.live.switch.connected,
            "switches_connected": lambda: sum(one.switch.connected for one in self.houses),
            "switch_events": lambda: sum(one.switch.stats().events for one in self.houses),
            "call_log_backlog": self.houses.backlog,
            "call_log_refused": lambda: sum(one.call_log.refused for one in self.houses),
            "call_log_stumbled": lambda: sum(one.call_log.stumbled for one in self.houses),
            "call_log_oldest_seconds": lambda: max(one.call_log.oldest_s() for one in self.houses),
            "resyncs": lambda: sum(one.switch.stats().resyncs for one in self.houses),
            "resync_overflows": lambda: sum(one.switch.stats().overflows for one in self.houses),
            "calls_recovered": lambda: sum(one.recovered for one in self.recoveries.values()),
            "alarms": lambda: len(self.alarms.current()),
            "feed_messages": lambda: self.feed.seq,
            "routes_answered": lambda: self.fastagi.stats.answered,
            "routes_late": lambda: self.fastagi.stats.late,
            "heartbeats_skipped": lambda: sum(one.skipped for one in self.heartbeats),
            "practice_open": lambda: (
                isinstance(self.practice, PracticeRoom) and self.practice.is_open
            ),
        }

"""What the screens reach: REST, gateway, metrics, and the practice room's door."""

from __future__ import annotations

from collections.abc import Callable

from callcenter.building.routing_floor import RoutingFloor
from callcenter.practice import Inside, PracticeRoom, PracticeSessions
from callcenter.practice.room import Build
from callcenter.services.auth import Auth
from callcenter.services.company import company, read_logo
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
            company=company(own.name, own.accent, logo),
            logo=logo,
            practice=self.practice,
        )

    def _gauges(self) -> dict[str, Callable[[], float]]:
        return {
            "switch_connected": lambda: self.switch.connected,
            "switch_events": lambda: self.switch.stats().events,
            "call_log_backlog": self.call_log.backlog,
            "call_log_refused": lambda: self.call_log.refused,
            "call_log_stumbled": lambda: self.call_log.stumbled,
            "feed_messages": lambda: self.feed.seq,
            "routes_answered": lambda: self.fastagi.stats.answered,
            "routes_late": lambda: self.fastagi.stats.late,
            "heartbeats_skipped": lambda: self.heartbeat.skipped,
            "practice_open": lambda: (
                isinstance(self.practice, PracticeRoom) and self.practice.is_open
            ),
        }

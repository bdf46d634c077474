"""Where callers go: the switch's question, the heartbeat, the mirror; what is read anew."""

from __future__ import annotations

from callcenter.building.service_floor import ServiceFloor
from callcenter.services.heartbeat import Heartbeat
from callcenter.services.mirror import Mirror
from callcenter.services.reloading import Reloading
from callcenter.services.routing import Router
from callcenter.settings import Settings
from telephony.fastagi import FastAgiServer, RouteAnswer, RouteRequest


class RoutingFloor(ServiceFloor):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.router = Router(
            self.database,
            self.directory,
            self.clock,
            ready_since=self.presence.ready_since,
        )
        fastagi = self.settings.fastagi
        self.fastagi = FastAgiServer(self._route, self.settings.switch.pbx, fastagi.deadline_s)
        self.heartbeat = Heartbeat(self.switch, lambda: self.router.route("", ""))
        self.mirror = Mirror(self.switch, self.router, self.clock)
        self.reloading = Reloading(
            self.database,
            self.roster,
            self.router,
            seats_changed=self._roster_changed,
            rules_changed=self.mirror.refill,
            look_at_desk=self.after.look_at_desk,
        )
        self.directory.subscribe(lambda numbers, _: self.mirror.numbers_changed(numbers))

    def _roster_changed(self) -> None:
        own = (*self.settings.switch.own_numbers, *self.roster.extensions())
        self.directory.set_own_numbers(own)
        self.membership.roster_changed()
        self.live.roster_changed()

    async def _route(self, request: RouteRequest) -> RouteAnswer:
        route = await self.router.route(request.caller, request.dialled, request.caller_name)
        return RouteAnswer(
            queue=route.queue,
            priority=route.priority,
            ring_first=route.ring_first,
            language=route.language,
            greeting=route.greeting,
        )

"""Where callers go: the switch's question, the heartbeat, the mirror; what is read anew."""

from __future__ import annotations

from callcenter.building.truth_floor import TruthFloor
from callcenter.services import places
from callcenter.services.heartbeat import Heartbeat
from callcenter.services.mirror import Mirror
from callcenter.services.reloading import Reloading
from callcenter.services.routing import Router
from callcenter.settings import Settings
from telephony.fastagi import FastAgiServer, RouteAnswer, RouteRequest


class RoutingFloor(TruthFloor):
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
        self.heartbeats = [Heartbeat(house.switch, self._ask) for house in self.houses]
        self.mirrors = [Mirror(house.switch, self.router, self.clock) for house in self.houses]
        self.reloading = Reloading(
            self.database,
            self.roster,
            self.router,
            seats_changed=self._roster_changed,
            rules_changed=self._rules_changed,
            look_at_desk=self.after.look_at_desk,
        )
        self.directory.subscribe(lambda numbers, _: self._numbers_changed(numbers))

    def _roster_changed(self) -> None:
        own = (*self._own_lines(), *self.roster.extensions())
        self.directory.set_own_numbers(own)
        self.membership.roster_changed()
        self.live.roster_changed()

    def _rules_changed(self) -> None:
        for mirror in self.mirrors:
            mirror.refill()

    def _numbers_changed(self, numbers: frozenset[str]) -> None:
        for mirror in self.mirrors:
            mirror.numbers_changed(numbers)

    async def _ask(self) -> object:
        """What a caller would be asked, without the wire."""
        return await self.router.route("", "")

    async def _route(self, request: RouteRequest) -> RouteAnswer:
        def rings_there(device: str) -> bool:
            return places.pbx_of(device, self.switch.pbx) == request.pbx

        route = await self.router.route(
            request.caller, request.dialled, request.caller_name, rings_there
        )
        return RouteAnswer(
            queue=route.queue,
            priority=route.priority,
            ring_first=places.split(route.ring_first)[1],
            language=route.language,
            greeting=route.greeting,
        )

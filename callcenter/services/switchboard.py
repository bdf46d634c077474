"""Several switches as one: `telephony.switch.Switch` over many, the first of them first.

Rules
1. Devices of further switches are qualified (`services.places`) in all that is heard from here and
   in all that is ordered here; a switch itself hears bare names.
2. An order about a device goes to the device's switch, an order about a call to the switch that
   told of the call. A call that nobody told of is the first switch's to refuse.
3. What is for every switch (globals, the switch's own database) goes to each; what one of them
   says against it is raised when all have been told.
4. `connected`: one of them is, so that orders are worth a try. Which one is not, each agent is told
   about their own (`services.switch_states`).
5. `time` and `db_tree` are the first's; who means another takes it by `of`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from uuid import UUID

import structlog

from callcenter.services import places
from telephony.ami.protocol import worth_a_line
from telephony.events import CallEnded, CallEvent, CallMerged, TelephonyEvent
from telephony.switch import (
    ConsultOrder,
    Listener,
    Originate,
    PhoneOrder,
    RecordOrder,
    Switch,
    UnknownLeg,
)

log = structlog.get_logger(__name__)


class Switchboard:
    def __init__(self, first: Switch, *further: Switch) -> None:
        self.pbx = first.pbx
        self._first = first
        self._by_id = {one.pbx: one for one in (first, *further)}
        self._at: dict[UUID, Switch] = {}  # live calls of further switches
        self._listeners: list[Listener] = []
        self.listener_errors = 0
        first.subscribe(self.publish)
        for one in further:
            one.subscribe(self._ear(one))

    # --- which switch --------------------------------------------------------------------------

    def of(self, pbx: str) -> Switch:
        """Raises KeyError for an id that is no switch's."""
        return self._by_id[pbx]

    def switches(self) -> Iterable[Switch]:
        """The first one first."""
        return self._by_id.values()

    def pbx_of(self, device: str) -> str:
        return places.pbx_of(device, self.pbx)

    @property
    def simulated(self) -> bool:
        return all(one.simulated for one in self._by_id.values())

    @property
    def connected(self) -> bool:
        return any(one.connected for one in self._by_id.values())

    # --- events --------------------------------------------------------------------------------

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def publish(self, event: TelephonyEvent) -> None:
        """To all who listen; devices are qualified already."""
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:  # one listener's fault is neither the switch's nor the others'
                self.listener_errors += 1
                if worth_a_line(self.listener_errors):
                    log.exception("listener_failed", event_type=type(event).__name__)

    def _ear(self, switch: Switch) -> Listener:
        pbx = switch.pbx

        def hear(event: TelephonyEvent) -> None:
            if isinstance(event, CallEnded | CallMerged):
                self._at.pop(event.call_id, None)
            elif isinstance(event, CallEvent):
                self._at[event.call_id] = switch
            self.publish(places.of_switch(pbx, event))

        return hear

    # --- orders about a call and a device ------------------------------------------------------

    async def originate(self, order: Originate) -> UUID:
        switch, name = self._device(order.interface)
        return await switch.originate(replace(order, interface=name))

    async def hangup(self, call_id: UUID, interface: str) -> None:
        switch, name = self._device(interface)
        await switch.hangup(call_id, name)

    async def phone(self, call_id: UUID, interface: str, order: PhoneOrder) -> None:
        switch, name = self._device(interface)
        await switch.phone(call_id, name, order)

    async def mute(self, call_id: UUID, interface: str, on: bool) -> None:
        switch, name = self._device(interface)
        await switch.mute(call_id, name, on)

    async def hears(self, call_id: UUID, interface: str, for_s: float) -> bool:
        switch, name = self._device(interface)
        return await switch.hears(call_id, name, for_s)

    async def consult(self, call_id: UUID, interface: str, context: str, exten: str) -> None:
        switch, name = self._device(interface)
        await switch.consult(call_id, name, context, exten)

    async def consult_order(self, call_id: UUID, interface: str, order: ConsultOrder) -> None:
        switch, name = self._device(interface)
        await switch.consult_order(call_id, name, order)

    async def send_tones(self, call_id: UUID, interface: str, digits: str) -> None:
        switch, name = self._device(interface)
        await switch.send_tones(call_id, name, digits)

    async def redirect(self, call_id: UUID, context: str, exten: str) -> None:
        await self._call(call_id).redirect(call_id, context, exten)

    async def record(self, call_id: UUID, order: RecordOrder, file: str) -> None:
        await self._call(call_id).record(call_id, order, file)

    async def queue_priority(self, call_id: UUID, queue: str, priority: int) -> None:
        await self._call(call_id).queue_priority(call_id, queue, priority)

    # --- orders about members ------------------------------------------------------------------

    async def queue_add(self, queue: str, interface: str, name: str, paused: bool) -> None:
        switch, device = self._device(interface)
        await switch.queue_add(queue, device, name, paused)

    async def queue_remove(self, queue: str, interface: str) -> None:
        switch, device = self._device(interface)
        await switch.queue_remove(queue, device)

    async def queue_pause(self, interface: str, paused: bool, reason: str) -> None:
        switch, device = self._device(interface)
        await switch.queue_pause(device, paused, reason)

    # --- orders to every switch ----------------------------------------------------------------

    async def time(self) -> float:
        return await self._first.time()

    async def set_global(self, name: str, value: str) -> None:
        await self._each(lambda switch: switch.set_global(name, value))

    async def db_put(self, family: str, key: str, value: str) -> None:
        await self._each(lambda switch: switch.db_put(family, key, value))

    async def db_tree(self, family: str) -> dict[str, str]:
        return await self._first.db_tree(family)

    async def db_delete(self, family: str, key: str) -> None:
        await self._each(lambda switch: switch.db_delete(family, key))

    async def _each(self, order: Callable[[Switch], Awaitable[None]]) -> None:
        told = await asyncio.gather(*map(order, self._by_id.values()), return_exceptions=True)
        for outcome in told:
            if outcome is not None:
                raise outcome

    def _device(self, interface: str) -> tuple[Switch, str]:
        """Raises UnknownLeg when the device's switch is none of ours: it was taken out of the
        settings."""
        pbx, name = places.split(interface)
        if not pbx:
            return self._first, interface
        switch = self._by_id.get(pbx)
        if switch is None or switch is self._first:
            raise UnknownLeg(f"{interface}: no further switch is called {pbx!r}")
        return switch, name

    def _call(self, call_id: UUID) -> Switch:
        return self._at.get(call_id, self._first)

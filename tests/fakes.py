"""Stand-ins that implement our own protocols: a clock, a switch, a directory's memory."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from callcenter.services.views import Caller, CustomerCard
from telephony.calls import Topology
from telephony.events import CallLog, TelephonyEvent, call_id_for
from telephony.history.rows import BadLine, CelRow, Incomplete, Reading, Rebuilt
from telephony.switch import (
    ConsultOrder,
    Listener,
    Originate,
    PhoneOrder,
    RecordOrder,
    SwitchUnavailable,
    UnknownLeg,
)

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class FakeTimer:
    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class FakeClock:
    """Stands still until a test advances it; timers fire in order of their time."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._timers: list[tuple[datetime, int, FakeTimer]] = []
        self._counter = count()

    def now(self) -> datetime:
        return self._now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> FakeTimer:
        timer = FakeTimer(callback)
        due = self._now + timedelta(seconds=max(0.0, seconds))
        heapq.heappush(self._timers, (due, next(self._counter), timer))
        return timer

    def waiting(self) -> int:
        """Timers that will fire."""
        return sum(not timer.cancelled for _, _, timer in self._timers)

    def advance(self, seconds: float) -> None:
        end = self._now + timedelta(seconds=seconds)
        while self._timers and self._timers[0][0] <= end:
            due, _, timer = heapq.heappop(self._timers)
            self._now = max(self._now, due)
            if not timer.cancelled:
                timer.callback()
        self._now = end


@dataclass
class FakeSwitch:
    """Obeys every order and writes it down as (name, *arguments); `emit` plays its events.

    Not `connected`: every order raises SwitchUnavailable. `refuse` holds an error per order name.
    """

    pbx: str = "pbx1"
    simulated: bool = True
    connected: bool = True
    orders: list[tuple[object, ...]] = field(default_factory=list)
    refuse: Mapping[str, Exception] = field(default_factory=dict)
    unknown_calls: bool = False
    silent: bool = False  # no sound comes from any telephone
    clock_s: float = START.timestamp()
    database: dict[tuple[str, str], str] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)  # cleared: answers are held back
    _listeners: list[Listener] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def emit(self, event: TelephonyEvent) -> None:
        for listener in self._listeners:
            listener(event)

    def _obey(self, name: str, *arguments: object) -> None:
        if not self.connected:
            raise SwitchUnavailable("Not connected.")
        if name in self.refuse:
            raise self.refuse[name]
        self.orders.append((name, *arguments))

    def _obey_call(self, name: str, *arguments: object) -> None:
        if self.unknown_calls:
            raise UnknownLeg("No such call.")
        self._obey(name, *arguments)

    async def originate(self, order: Originate) -> UUID:
        self._obey("originate", order)
        return call_id_for(self.pbx, order.uniqueid)

    async def hangup(self, call_id: UUID, interface: str) -> None:
        self._obey_call("hangup", call_id, interface)

    async def phone(self, call_id: UUID, interface: str, order: PhoneOrder) -> None:
        self._obey_call("phone", call_id, interface, order)

    async def mute(self, call_id: UUID, interface: str, on: bool) -> None:
        self._obey_call("mute", call_id, interface, on)

    async def hears(self, call_id: UUID, interface: str, for_s: float) -> bool:
        self._obey_call("hears", call_id, interface, for_s)
        return not self.silent

    async def redirect(self, call_id: UUID, context: str, exten: str) -> None:
        self._obey_call("redirect", call_id, context, exten)

    async def consult(self, call_id: UUID, interface: str, context: str, exten: str) -> None:
        self._obey_call("consult", call_id, interface, context, exten)

    async def consult_order(self, call_id: UUID, interface: str, order: ConsultOrder) -> None:
        self._obey_call("consult_order", call_id, interface, order)

    async def record(self, call_id: UUID, order: RecordOrder, file: str) -> None:
        self._obey_call("record", call_id, order, file)

    async def send_tones(self, call_id: UUID, interface: str, digits: str) -> None:
        self._obey_call("send_tones", call_id, interface, digits)

    async def queue_add(self, queue: str, interface: str, name: str, paused: bool) -> None:
        self._obey("queue_add", queue, interface, name, paused)

    async def queue_remove(self, queue: str, interface: str) -> None:
        self._obey("queue_remove", queue, interface)

    async def queue_pause(self, interface: str, paused: bool, reason: str) -> None:
        self._obey("queue_pause", interface, paused, reason)
        await self.gate.wait()

    async def queue_priority(self, call_id: UUID, queue: str, priority: int) -> None:
        self._obey_call("queue_priority", call_id, queue, priority)

    async def time(self) -> float:
        if not self.connected:
            raise SwitchUnavailable("Not connected.")
        return self.clock_s

    async def set_global(self, name: str, value: str) -> None:
        self._obey("set_global", name, value)
        await self.gate.wait()

    async def db_put(self, family: str, key: str, value: str) -> None:
        self._obey("db_put", family, key, value)
        self.database[family, key] = value
        await self.gate.wait()

    async def db_tree(self, family: str) -> dict[str, str]:
        if not self.connected:
            raise SwitchUnavailable("Not connected.")
        return {key: value for (its, key), value in self.database.items() if its == family}

    async def db_delete(self, family: str, key: str) -> None:
        self._obey("db_delete", family, key)
        self.database.pop((family, key), None)
        await self.gate.wait()


@dataclass
class FakeDirectory:
    """A directory's memory: cards by number. What is not in it is `looked_up` False."""

    cards: dict[str, CustomerCard] = field(default_factory=dict)

    def caller(self, raw: str, name: str = "") -> Caller:
        if not raw:
            return Caller("", "", name, "withheld", None, (), looked_up=True)
        card = self.cards.get(raw)
        match = "exact" if card else "unknown"
        return Caller(raw, raw, name, match, card, (), looked_up=card is not None)  # type: ignore[arg-type]  # a literal by construction


@dataclass
class FakeHistory:
    """A switch's own record: the calls it tells of, each one row here; `rebuild` turns them back.

    `broken` is raised instead of an answer, as long as it is there.
    """

    logs: list[CallLog] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    merged: list[tuple[UUID, UUID]] = field(default_factory=list)
    incomplete: list[Incomplete] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)
    complete_from: datetime | None = None
    broken: Exception | None = None
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)

    async def read(self, since: datetime, until: datetime) -> Reading:
        self.asked.append((since, until))
        if self.broken is not None:
            raise self.broken
        rows = [
            CelRow("LINKEDID_END", one.ended_at.timestamp(), one.uniqueid, one.uniqueid, "")
            for one in self.logs
            if one.started_at < until and one.ended_at >= since
        ]
        return Reading(rows, self.bad, self.complete_from, len(self.bad))

    def rebuild(self, rows: Sequence[CelRow], pbx: str, topology: Topology) -> Rebuilt:
        told = {row.uniqueid for row in rows}
        logs = [one for one in self.logs if one.uniqueid in told]
        return Rebuilt(logs, self.unfinished, self.merged, self.incomplete)

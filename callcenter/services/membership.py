"""Keeps the switch's queue members as agents' states want them; after a reconnection, all again.

What is wanted is remembered per agent and settled one order at a time: when it changes while an
order is on its way, only the last wish is carried out. A wish that failed is tried again, later and
later, and at once when the switch is back.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

import structlog

from callcenter.services import places
from callcenter.services.clock import Clock, Timer
from callcenter.services.roster import Roster, Seat
from telephony import events
from telephony.switch import Switch, SwitchError

log = structlog.get_logger(__name__)

RETRY_FIRST_S, RETRY_MAX_S = 1.0, 60.0


@dataclass(frozen=True, slots=True)
class Member:
    """How an agent sits in their queues; None in its place: not at all."""

    paused: bool
    reason: str = ""


class Membership:
    def __init__(self, roster: Roster, switch: Switch, clock: Clock) -> None:
        self._roster = roster
        self._switch = switch
        self._clock = clock
        self._wanted: dict[UUID, Member | None] = {}
        self._settled: dict[UUID, tuple[Seat | None, Member | None]] = {}
        self._sat: dict[UUID, Seat] = {}  # where the switch may still have them as a member
        self._locks: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[None]] = set()
        self._retries: dict[UUID, Timer] = {}

    def want(self, user_id: UUID, member: Member | None) -> None:
        """Settle it in the background."""
        self._wanted[user_id] = member
        if not self._is_settled(user_id):
            self._start(user_id)

    async def ensure(self, user_id: UUID, member: Member | None) -> None:
        """Settle it now, or leave it as it was.

        Raises SwitchError when the switch is not there or refuses; then what was wanted before is
        wanted again, and settled anew: nobody knows how much of the order was carried out.
        """
        before = self._wanted.get(user_id)
        self._wanted[user_id] = member
        try:
            await self._settle(user_id)
        except SwitchError:
            if self._wanted[user_id] is member:
                self.want(user_id, before)
            raise

    def on_event(self, event: events.TelephonyEvent) -> None:
        if isinstance(event, events.SwitchConnected):
            for user_id in self._wanted:
                if not self._is_elsewhere(user_id, event.pbx):
                    self._settled.pop(user_id, None)
                    self._start(user_id)
        elif isinstance(event, events.MemberChanged) and not event.removed:
            self._evict_who_left(event)

    def roster_changed(self) -> None:
        """Somebody has other queues, another device, or is no user any more."""
        for user_id in self._wanted:
            if not self._is_settled(user_id):
                self._start(user_id)

    async def stop(self) -> None:
        for timer in self._retries.values():
            timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _evict_who_left(self, event: events.MemberChanged) -> None:
        """A member left over from before our restart, whose agent is not signed in."""
        seat = self._roster.at(event.interface)
        if seat is not None and seat.user_id not in self._wanted:
            self.want(seat.user_id, None)

    def _is_elsewhere(self, user_id: UUID, pbx: str) -> bool:
        """Whether they have nothing to do with this switch; who has no seat may have had one."""
        seats = self._roster.seat(user_id), self._sat.get(user_id)
        at = {places.pbx_of(one.interface, self._switch.pbx) for one in seats if one is not None}
        return bool(at) and pbx not in at

    def _is_settled(self, user_id: UUID) -> bool:
        now = self._roster.seat(user_id), self._wanted[user_id]
        return self._settled.get(user_id) == now

    def _start(self, user_id: UUID, retry_s: float = RETRY_FIRST_S) -> None:
        """Without a switch there is nobody to tell: all is settled when it is back."""
        timer = self._retries.pop(user_id, None)
        if timer is not None:
            timer.cancel()
        if not self._switch.connected:
            return
        task = asyncio.create_task(self._settle_or_retry(user_id, retry_s))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _settle_or_retry(self, user_id: UUID, retry_s: float) -> None:
        try:
            await self._settle(user_id)
        except SwitchError as error:
            log.warning("queue_member_not_set", user_id=str(user_id), problem=str(error))
            if self._switch.connected and user_id not in self._retries:
                self._retries[user_id] = self._clock.call_later(
                    retry_s, lambda: self._start(user_id, min(retry_s * 2, RETRY_MAX_S))
                )

    async def _settle(self, user_id: UUID) -> None:
        async with self._locks[user_id]:
            if self._is_settled(user_id):
                return
            seat, wanted = self._roster.seat(user_id), self._wanted[user_id]
            sure = self._settled.pop(user_id, None) is not None
            await self._order(user_id, seat, wanted, sure)
            self._settled[user_id] = seat, wanted

    async def _order(
        self, user_id: UUID, seat: Seat | None, wanted: Member | None, sure: bool
    ) -> None:
        """Not `sure`: whether the switch has them where they sat is not known."""
        here, sat = _places(seat), _places(self._sat.get(user_id))
        leaves = [place for place in sat if wanted is None or place not in here]
        if wanted is None and not sure:
            leaves = list(dict.fromkeys([*here, *sat]))
        for queue, interface in leaves:
            await self._switch.queue_remove(queue, interface)
        if seat is None or wanted is None:
            self._sat.pop(user_id, None)
            return
        stays = [place for place in here if sure and place in sat]
        self._sat[user_id] = seat
        for queue, interface in here:
            if (queue, interface) not in stays:
                await self._switch.queue_add(queue, interface, seat.name, wanted.paused)
        if here and (stays or wanted.reason):
            await self._switch.queue_pause(seat.interface, wanted.paused, wanted.reason)


def _places(seat: Seat | None) -> list[tuple[str, str]]:
    """(queue, interface) of each membership that belongs to this seat."""
    return [(queue, seat.interface) for queue in seat.queues] if seat and seat.interface else []

"""What becomes of the calls whose sound was on a page that is gone, and whether it is.

That a page's line to us broke says little: a proxy may have been restarted. Its sound goes another
way, straight to the switch, and says all: a browser sends it muted and on hold, and stops with its
page. When the switch cannot say, nothing is done: it ends the leg of a dead browser by itself
(``rtp_timeout``), and the dialplan sends that customer back.

A customer who talked with its agent hears music and is put back to the same agent, then to the
front of their queue (the dialplan's ``crm-return``): every one of them, when there were several.

- Somebody the agent was consulting is let go: the customer comes back, the consultation ends.
- Where others talk on without the agent (three-way) nobody is taken out of the conversation.
- A colleague, and a number that has not answered yet, hear that this phone hung up.

The agent's dead leg ends by that; one that is still there after `DEAD_LEG_S` is hung up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from callcenter.services.clock import Clock, Timer
from callcenter.services.desks import LiveCall, Place
from callcenter.services.live import Live
from callcenter.services.roster import Roster, Seat
from telephony.events import CallEnded, CallMerged, Direction, TelephonyEvent
from telephony.switch import ConsultOrder, Switch, SwitchError

log = structlog.get_logger(__name__)

RETURN_CONTEXT = "crm-return"
LISTEN_S = 2.0
DEAD_LEG_S = 1.0
PATIENCE_S = 1.0  # for a consultation to end; the customer hears music meanwhile


@dataclass(frozen=True, slots=True)
class _Dead:
    """What there was of the agent in a call; a consultation has no leg of its own."""

    call_id: UUID
    legs: frozenset[str]
    consults: bool


class LostPages:
    def __init__(self, live: Live, switch: Switch, roster: Roster, clock: Clock) -> None:
        self._live = live
        self._switch = switch
        self._roster = roster
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: set[Timer] = set()
        self._ends: dict[UUID, asyncio.Event] = {}  # of consultations, that are waited for

    def listen(self, user_id: UUID, silent: Callable[[], None]) -> None:
        """`silent` is called unless the switch hears this agent's telephone in the next while."""
        self._do(self._listen(user_id, silent))

    def lost(self, user_id: UUID) -> None:
        """The page with the sound of this agent's calls is gone."""
        seat = self._roster.seat(user_id)
        calls = self._live.on_phone(user_id)
        if seat is None or not calls:
            return
        dead = [
            _Dead(call.id, frozenset(place.legs), consults=_asks(call, user_id))
            for call, place in calls
        ]
        self._do(self._bring_back(seat, calls))
        self._later(DEAD_LEG_S, lambda: self._do(self._bury(seat, dead)))

    def on_event(self, event: TelephonyEvent) -> None:
        if isinstance(event, CallEnded | CallMerged):
            ended = self._ends.get(event.call_id)
            if ended is not None:
                ended.set()

    async def stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self, user_id: UUID, silent: Callable[[], None]) -> None:
        seat = self._roster.seat(user_id)
        legs = [call.id for call, place in self._live.on_phone(user_id) if place.legs]
        if seat is None or not legs:
            return
        try:
            heard = await asyncio.gather(
                *(self._switch.hears(call_id, seat.interface, LISTEN_S) for call_id in legs)
            )
        except SwitchError as error:
            log.warning("cannot_listen", user_id=str(user_id), problem=str(error))
            return
        if not any(heard):
            silent()

    async def _bring_back(self, seat: Seat, calls: Sequence[tuple[LiveCall, Place]]) -> None:
        asked: list[tuple[LiveCall, LiveCall]] = []  # consultation, customer's call
        back, over = [], []
        for call, place in calls:
            if call.of is not None and _asks(call, seat.user_id):
                asked.append((call, call.of))
            elif _is_left_alone(call, place, seat.user_id):
                back.append(call)
            else:
                over.append(call)
        for consult, of in asked:
            await self._end_consultation(seat, consult, of)
        for call in back:
            await self._send_back(seat, call)
        for call in over:
            order = self._switch.hangup(call.id, seat.interface)
            await _tried(order, "dead_leg_not_hung_up")

    async def _end_consultation(self, seat: Seat, consult: LiveCall, of: LiveCall) -> None:
        """Returns when it has ended: a customer who is taken away in the middle of it leaves the
        agent's dead leg behind with whom they asked."""
        ended = self._ends.setdefault(consult.id, asyncio.Event())
        try:
            order = self._switch.consult_order(of.id, seat.interface, ConsultOrder.CANCEL)
            if await _tried(order, "consultation_not_ended"):
                async with asyncio.timeout(PATIENCE_S):
                    await ended.wait()
        except TimeoutError:
            log.warning("consultation_goes_on", call_id=str(consult.id))
        finally:
            self._ends.pop(consult.id, None)

    async def _send_back(self, seat: Seat, call: LiveCall) -> None:
        log.info("customer_sent_back", call_id=str(call.id), to=seat.extension)
        self._live.set_returning(seat.user_id, call.id, True)
        order = self._switch.redirect(call.id, RETURN_CONTEXT, seat.extension)
        if not await _tried(order, "customer_not_sent_back"):
            self._live.set_returning(seat.user_id, call.id, False)

    async def _bury(self, seat: Seat, dead: Sequence[_Dead]) -> None:
        for one in dead:
            place = self._live.place(seat.user_id, one.call_id)
            # Where it rings again, hanging up would reject that.
            if place is None or place.state not in ("active", "held") or place.legs - one.legs:
                continue
            if one.consults or place.legs:
                order = self._switch.hangup(one.call_id, seat.interface)
                await _tried(order, "dead_leg_not_hung_up")

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        def due() -> None:
            self._timers.discard(timer)
            what()

        timer = self._clock.call_later(seconds, due)
        self._timers.add(timer)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _asks(call: LiveCall, user_id: UUID) -> bool:
    """Whether it is a consultation that this agent began."""
    return call.of is not None and call.starter == user_id


def _is_left_alone(call: LiveCall, place: Place, user_id: UUID) -> bool:
    """Whether there is a customer in it, and nobody else they could talk to."""
    customer = call.direction is not Direction.INTERNAL and call.of is None
    return customer and place.answered_at is not None and not (call.others(user_id) or call.guests)


async def _tried(order: Awaitable[None], event: str) -> bool:
    try:
        await order
    except SwitchError as error:  # the dialplan itself notices a leg without sound, later
        log.warning(event, problem=str(error))
        return False
    return True

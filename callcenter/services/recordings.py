"""Which calls are recorded, and the orders of agents about it.

Rules (a queue says never, on_demand or always; the default queue speaks for calls in none)
1. "always" begins when an agent and the customer are connected, and again whenever the switch is
   back and does not record: a recording that runs already is left as it is.
2. An agent may pause and continue; on demand, begin. Another agent who answers in an "always" queue
   continues what was paused before; the same one, back from a lost page, finds it paused.
3. In a queue that is never recorded a recording is paused.
4. Colleagues among themselves are not recorded, and consultations are that.

The file's name is made of our own call id; nothing that a person typed or sent is in it. What the
screen shows is what the switch says (`RecordingChanged`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID

import structlog

from callcenter.services.desks import LiveCall
from callcenter.services.errors import Conflict
from callcenter.services.live import Live
from callcenter.services.orders import DeskCalls, obeyed
from callcenter.services.roster import RecordingPolicy, Roster
from telephony import events
from telephony.events import Direction, LegRole, RecordingState
from telephony.switch import RecordOrder, Switch, SwitchError

log = structlog.get_logger(__name__)


class Recordings:
    """Subscribe `on_event` behind the live branch's, which knows the calls."""

    def __init__(self, roster: Roster, live: Live, switch: Switch) -> None:
        self._roster = roster
        self._live = live
        self._switch = switch
        self._calls = DeskCalls(roster, live)
        self._connected: set[UUID] = set()
        self._paused_at: dict[UUID, str] = {}  # call -> the device at which it was
        self._tasks: set[asyncio.Task[None]] = set()
        self._handlers: dict[type, Callable[..., None]] = {
            events.CallAnswered: self._answered,
            events.CallMerged: self._over,
            events.CallEnded: self._over,
            events.SwitchConnected: self._switch_is_back,
        }

    async def order(self, user_id: UUID, call_id: UUID, on: bool) -> None:
        """An agent's: record from now on, or not."""
        seat = self._calls.seat_in(user_id, call_id, "active", "held")
        state = self._calls.view(user_id, call_id).recording
        if state == "never":
            raise Conflict("not_recordable", "This call may not be recorded.")
        file = self._file(call_id)
        if on and state != "on":
            order = RecordOrder.CONTINUE if state == "paused" else RecordOrder.START
            await obeyed(self._switch.record(call_id, order, file))
            self._paused_at.pop(call_id, None)
        elif not on and state == "on":
            await obeyed(self._switch.record(call_id, RecordOrder.PAUSE, file))
            self._paused_at[call_id] = seat.interface

    def on_event(self, event: events.TelephonyEvent) -> None:
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _answered(self, event: events.CallAnswered) -> None:
        call = self._live.call(event.call_id)
        if call is None or not _connects(call, event.role):
            return
        self._connected.add(call.id)
        policy = self._policy(call)
        if policy == "never" and call.recording is RecordingState.ON:
            self._give(call, RecordOrder.PAUSE)
        elif policy == "always" and call.recording is RecordingState.PAUSED:
            if self._paused_at.get(call.id) != event.interface:
                self._give(call, RecordOrder.CONTINUE)
        elif policy == "always" and call.recording is not RecordingState.ON:
            self._give(call, RecordOrder.START)

    def _switch_is_back(self, _event: events.SwitchConnected) -> None:
        for call_id in self._connected:
            call = self._live.call(call_id)
            is_off = call is not None and call.recording in (None, RecordingState.OFF)
            if call is not None and is_off and self._policy(call) == "always":
                self._give(call, RecordOrder.START)

    def _over(self, event: events.CallMerged | events.CallEnded) -> None:
        self._connected.discard(event.call_id)
        self._paused_at.pop(event.call_id, None)

    def _policy(self, call: LiveCall) -> RecordingPolicy:
        queue = self._roster.queue(call.queue)
        return queue.recording if queue else "never"

    def _give(self, call: LiveCall, order: RecordOrder) -> None:
        task = asyncio.create_task(self._record(call.id, order))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _record(self, call_id: UUID, order: RecordOrder) -> None:
        try:
            await self._switch.record(call_id, order, self._file(call_id))
        except SwitchError as error:  # a call goes on without; tried again when the switch is back
            log.error("call_not_recorded", call=str(call_id), order=order, problem=str(error))

    def _file(self, call_id: UUID) -> str:
        call = self._live.call(call_id)
        day = f"{call.started_at:%Y-%m-%d}/" if call else ""
        return f"{day}{call_id}.wav"


def _connects(call: LiveCall, role: LegRole) -> bool:
    """Whether this answer brings an agent and a customer together."""
    if call.direction is Direction.INTERNAL or call.of is not None:
        return False
    far = LegRole.CUSTOMER if call.direction is Direction.OUTBOUND else LegRole.AGENT
    return role in (far, LegRole.AGENT) if call.answered_at else role is far

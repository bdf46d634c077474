"""What agents do about their own state: sign in and out, ready, not ready, after-call work.

The state itself is `services.presence` (rules: `domain.agents`); this is the way in for orders,
and the way out to the switch's queues: a member who cannot take a queue's call is paused there,
already while they talk, so that no caller is offered to them between hang-up and wrap-up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from callcenter.domain.agents import Input, InvalidTransition, NoMoreTime, Status
from callcenter.services.clock import Clock, Timer
from callcenter.services.errors import Conflict, Invalid, Unavailable
from callcenter.services.membership import Member, Membership
from callcenter.services.presence import Presence
from callcenter.services.roster import Roster
from telephony.switch import SwitchError, SwitchUnavailable

ABSENT_S = 15 * 60.0
"""So long without a screen, and an agent has gone home: out of every queue."""


class Agents:
    def __init__(
        self,
        *,
        roster: Roster,
        presence: Presence,
        membership: Membership,
        clock: Clock,
        resume: Callable[[UUID], None],
        reload_roster: Callable[[], Awaitable[None]],
        work_done: Callable[[UUID], Awaitable[None]],
    ) -> None:
        """`resume` applies what already lies on an agent's desk, `reload_roster` reads it anew;
        `work_done` raises Conflict while after-call work is left that must not be left."""
        self._roster = roster
        self._presence = presence
        self._membership = membership
        self._clock = clock
        self._resume = resume
        self._reload_roster = reload_roster
        self._work_done = work_done
        self._last: dict[UUID, object] = {}  # stands for the last order about being ready
        self._absent: dict[UUID, Timer] = {}
        presence.subscribe(self._changed)

    def restore(self, statuses: Mapping[UUID, Status]) -> None:
        """At the start: who was signed in when a former run of ours last looked (away, all of
        them); they are waited for, and sit in their queues paused."""
        self._presence.restore(statuses)
        for user_id in statuses:
            self._expect_back(user_id)

    def busy(self, user_id: UUID) -> bool:
        """With a call, or with the work after it: whatever expires, they stay signed in."""
        return self._presence.busy(user_id)

    async def sign_in(self, user_id: UUID) -> None:
        """A screen of theirs is connected; idempotent. Not ready, in the call they are in, or
        where they were before they were away."""
        self._expect_no_more(user_id)
        if self._roster.seat(user_id) is None:
            await self._reload_roster()
        new = self._presence.status(user_id).state == "signed_out"
        self._apply(user_id, Input.SIGN_IN if new else Input.RETURNED)
        self._resume(user_id)

    async def sign_out(self, user_id: UUID) -> None:
        """Out of every queue. Raises Conflict during a call."""
        self._last[user_id] = Input.SIGN_OUT
        self._apply(user_id, Input.SIGN_OUT)

    async def vanished(self, user_id: UUID) -> None:
        """No screen of theirs gave a sign of life for the lease. Their phone is not rung; a call
        goes on."""
        self._apply(user_id, Input.VANISHED)
        self._expect_back(user_id)

    async def ready(self, user_id: UUID) -> None:
        """Offer them calls. Raises Conflict without phone or queue or with after-call work that
        must not be left, Unavailable without a switch.

        Whatever else is ordered while log and switch are asked overrules it; who vanishes
        meanwhile is ready when they are back.
        """
        seat = self._roster.seat(user_id)
        if seat is None or not seat.interface:
            raise Conflict("no_phone", "You have no phone, so calls cannot be offered to you.")
        if not seat.queues:
            raise Conflict("no_queue", "You are in no queue, so no calls can be offered to you.")
        self._last[user_id] = this = object()
        if self._presence.status(user_id).state == "wrap_up":
            await self._work_done(user_id)
        if self._presence.status(user_id).state in ("not_ready", "wrap_up"):
            await self._unpause(user_id)
        try:
            if self._last[user_id] is this:
                self._apply(user_id, Input.GO_READY)
        finally:
            self._membership.want(user_id, _member(self._presence.status(user_id)))

    async def not_ready(self, user_id: UUID, reason: str) -> None:
        """During a call: after it. Raises Invalid for a reason that is not in the list."""
        if reason not in self._roster.reasons:
            message = "That is no reason to be not ready: choose one from the list."
            raise Invalid("unknown_reason", message, {"reason": "not in the list"})
        self._last[user_id] = Input.GO_NOT_READY
        self._apply(user_id, Input.GO_NOT_READY, reason)

    async def finish_wrap_up(self, user_id: UUID) -> None:
        wrap_up = self._presence.status(user_id)
        if wrap_up.state == "wrap_up":
            await self._work_done(user_id)
            if self._presence.status(user_id).since != wrap_up.since:
                return  # its time was over meanwhile
        self._apply(user_id, Input.WRAP_UP_ENDED)

    async def extend_wrap_up(self, user_id: UUID) -> None:
        """Once per wrap-up, by what its queue allows. Raises Conflict when that is used up."""
        self._apply(user_id, Input.EXTEND)

    def _expect_back(self, user_id: UUID) -> None:
        self._expect_no_more(user_id)
        self._absent[user_id] = self._clock.call_later(ABSENT_S, lambda: self._gone_home(user_id))

    def _expect_no_more(self, user_id: UUID) -> None:
        timer = self._absent.pop(user_id, None)
        if timer is not None:
            timer.cancel()

    def _gone_home(self, user_id: UUID) -> None:
        try:
            self._presence.apply(user_id, Input.SIGN_OUT)
        except InvalidTransition:  # still talking, by a desk phone
            self._expect_back(user_id)

    def _apply(self, user_id: UUID, given: Input, reason: str = "") -> None:
        try:
            self._presence.apply(user_id, given, reason=reason)
        except NoMoreTime:
            raise Conflict(
                "no_more_time", "This wrap-up cannot be made longer, or not again."
            ) from None
        except InvalidTransition as error:
            raise Conflict(f"agent_{error.state}", f"Not possible now: {error}.") from None

    async def _unpause(self, user_id: UUID) -> None:
        """Before the screen says Ready: only who is in the queue's eyes ready waits for calls."""
        try:
            await self._membership.ensure(user_id, Member(paused=False))
        except SwitchUnavailable:
            raise Unavailable(
                "switch_not_connected", "The switch is not connected; try again when it is."
            ) from None
        except SwitchError as error:
            raise Conflict("switch_refused", f"The switch refused: {error}") from None

    def _changed(self, user_id: UUID, before: Status, after: Status) -> None:
        self._membership.want(user_id, _member(after))


def _member(status: Status) -> Member | None:
    if status.state == "signed_out":
        return None
    offered = status.state in ("ready", "ringing") and status.then == "ready"
    return Member(paused=False) if offered else Member(True, status.reason or status.state)

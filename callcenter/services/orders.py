"""What orders about calls share: whose call it is, and the switch's refusals in our words."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar
from uuid import UUID

from callcenter.services.errors import Conflict, NotFound, Unavailable
from callcenter.services.live import Live
from callcenter.services.roster import Roster, Seat
from callcenter.services.views import CallState, CallView
from telephony.switch import SwitchError, SwitchUnavailable, UnknownLeg

OUTBOUND_CONTEXT = "crm-outbound"
TRANSFER_CONTEXT = "crm-transfer"

T = TypeVar("T")


class DeskCalls:
    """The calls on an agent's own desk. Everything raises NotFound or Conflict."""

    def __init__(self, roster: Roster, live: Live) -> None:
        self._roster = roster
        self._live = live

    def seat(self, user_id: UUID) -> Seat:
        """Somebody with a phone."""
        seat = self._roster.seat(user_id)
        if seat is None or not seat.interface:
            raise Conflict("no_phone", "You have no phone.")
        return seat

    def seat_in(self, user_id: UUID, call_id: UUID, *states: CallState) -> Seat:
        """Of the agent, on whose desk this call stands in one of these states."""
        seat, place = self.seat(user_id), self._live.place(user_id, call_id)
        if place is None:
            raise NotFound("no_such_call", "That call is not on your desk.")
        if place.state not in states:
            raise Conflict(f"call_{place.state}", f"Not possible while the call is {place.state}.")
        return seat

    def view(self, user_id: UUID, call_id: UUID) -> CallView:
        found = next((one for one in self._views(user_id) if one.id == call_id), None)
        if found is None:
            raise NotFound("no_such_call", "That call is not on your desk.")
        return found

    def consultation(self, user_id: UUID, call_id: UUID) -> CallView | None:
        """What this agent consults somebody in about this customer's call."""
        return next((one for one in self._views(user_id) if one.consult_of == call_id), None)

    def customers_call(self, user_id: UUID, call_id: UUID) -> UUID | None:
        """When `call_id` is a consultation that this agent began: the customer's call, theirs too.
        To whom they consult it is a call as any other."""
        views = self._views(user_id)
        about = next((one.consult_of for one in views if one.id == call_id), None)
        return about if any(one.id == about for one in views) else None

    def refuse_while_consulting(self, user_id: UUID, call_id: UUID) -> None:
        """`call_id` is either of the two calls."""
        about = self.customers_call(user_id, call_id) or call_id
        if self.consultation(user_id, about) is not None:
            raise Conflict("consulting", "Complete or cancel the consultation first.")

    def _views(self, user_id: UUID) -> list[CallView]:
        return [one for one in self._live.snapshot(user_id).calls if one.state != "ended"]


async def obeyed(order: Awaitable[T]) -> T:
    """The switch's refusals in our words."""
    try:
        return await order
    except UnknownLeg:
        raise Conflict("call_over", "That call is over already.") from None
    except SwitchUnavailable:
        raise Unavailable(
            "switch_not_connected", "The switch did not answer; look before trying again."
        ) from None
    except SwitchError as error:
        raise Conflict("switch_refused", f"The switch refused: {error}") from None

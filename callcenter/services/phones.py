"""An agent's orders to their phone and about the calls on their desk.

Every order names a call that lies on the agent's own desk; what it does is seen in the events
that come back. A browser that speaks SIP itself answers by itself; these orders serve desk phones
and the simulated switch.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from callcenter.domain.dialling import NotDialable, Target, dialable
from callcenter.services.errors import Conflict, Invalid, NotFound, Unavailable
from callcenter.services.live import Live
from callcenter.services.own_dials import OwnDials
from callcenter.services.records import IceServer, PhoneAccess
from callcenter.services.roster import Roster, Seat
from callcenter.services.views import CallState
from callcenter.store.ids import new_id
from telephony.events import call_id_for
from telephony.pbx.secrets import sip_secret
from telephony.switch import (
    Originate,
    PhoneOrder,
    Switch,
    SwitchError,
    SwitchUnavailable,
    UnknownLeg,
)

OUTBOUND_CONTEXT = "crm-outbound"
TRANSFER_CONTEXT = "crm-transfer"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PhoneRules:
    """What phones may do and how a browser registers; from the settings.

    `sip_master` derives every phone's password; `domain` is the switch's SIP domain.
    """

    region: str
    allowed_prefixes: tuple[str, ...]
    domain: str
    websocket_url: str
    ice_servers: tuple[IceServer, ...]
    sip_master: bytes


class Phones:
    def __init__(
        self,
        roster: Roster,
        live: Live,
        switch: Switch,
        *,
        own_dials: OwnDials,
        rules: PhoneRules,
    ) -> None:
        self._roster = roster
        self._live = live
        self._switch = switch
        self._own_dials = own_dials
        self._rules = rules

    def access(self, user_id: UUID) -> PhoneAccess:
        """How this user's browser registers. Raises NotFound for somebody without a phone."""
        seat = self._roster.seat(user_id)
        if seat is None or not seat.interface:
            raise NotFound("no_phone", "You have no phone.")
        if self._switch.simulated:
            return PhoneAccess("simulated", "", "", "", ())
        return PhoneAccess(
            mode="sip",
            sip_uri=f"sip:{seat.extension}@{self._rules.domain}",
            password=sip_secret(self._rules.sip_master, seat.extension),
            websocket_url=self._rules.websocket_url,
            ice_servers=self._rules.ice_servers,
        )

    async def answer(self, user_id: UUID, call_id: UUID) -> None:
        seat = self._seat_in(user_id, call_id, "ringing")
        await _obeyed(self._switch.phone(call_id, seat.interface, PhoneOrder.TALK))

    async def reject(self, user_id: UUID, call_id: UUID) -> None:
        seat = self._seat_in(user_id, call_id, "ringing")
        await _obeyed(self._switch.hangup(call_id, seat.interface))

    async def hangup(self, user_id: UUID, call_id: UUID) -> None:
        seat = self._seat_in(user_id, call_id, "ringing", "active", "held")
        await _obeyed(self._switch.hangup(call_id, seat.interface))

    async def hold(self, user_id: UUID, call_id: UUID) -> None:
        seat = self._seat_in(user_id, call_id, "active")
        await _obeyed(self._switch.phone(call_id, seat.interface, PhoneOrder.HOLD))

    async def resume(self, user_id: UUID, call_id: UUID) -> None:
        seat = self._seat_in(user_id, call_id, "held")
        await _obeyed(self._switch.phone(call_id, seat.interface, PhoneOrder.TALK))

    async def mute(self, user_id: UUID, call_id: UUID, on: bool) -> None:
        """No event tells of muting: the desk shows what the switch accepted."""
        seat = self._seat_in(user_id, call_id, "active", "held")
        await _obeyed(self._switch.mute(call_id, seat.interface, on))
        self._live.set_muted(user_id, call_id, on)

    async def dial(self, user_id: UUID, number: str) -> UUID:
        """Ring the agent's phone, then the number. Returns the id of the call that begins.

        Not while another call rings there: that caller would be lost.
        """
        seat = self._seat(user_id)
        if self._live.rings(user_id):
            raise Conflict(
                "phone_rings", "Your phone is ringing: answer or reject that call first."
            )
        target = self._dialable(number, "number")
        if target.number == seat.extension:
            raise Invalid("own_extension", "That is your own phone.", {"number": "your own"})
        order = Originate(
            uniqueid=f"crm-{new_id().hex}",
            interface=seat.interface,
            context=OUTBOUND_CONTEXT,
            number=target.number,
            caller_id=seat.extension,
            internal=target.internal,
        )
        self._own_dials.expect(call_id_for(self._switch.pbx, order.uniqueid), order.number)
        return await _obeyed(self._switch.originate(order))

    async def transfer(self, user_id: UUID, call_id: UUID, target: str) -> None:
        """Send the customer to a queue (its name), an extension or a number; blind."""
        self._seat_in(user_id, call_id, "active", "held")
        if target in self._roster.queues:
            await _obeyed(self._switch.redirect(call_id, TRANSFER_CONTEXT, f"q-{target}"))
            return
        wanted = self._dialable(target, "target")
        context = TRANSFER_CONTEXT if wanted.internal else OUTBOUND_CONTEXT
        await _obeyed(self._switch.redirect(call_id, context, wanted.number))

    def _seat(self, user_id: UUID) -> Seat:
        seat = self._roster.seat(user_id)
        if seat is None or not seat.interface:
            raise Conflict("no_phone", "You have no phone.")
        return seat

    def _seat_in(self, user_id: UUID, call_id: UUID, *states: CallState) -> Seat:
        seat, place = self._seat(user_id), self._live.place(user_id, call_id)
        if place is None:
            raise NotFound("no_such_call", "That call is not on your desk.")
        if place.state not in states:
            raise Conflict(f"call_{place.state}", f"Not possible while the call is {place.state}.")
        return seat

    def _dialable(self, number: str, field: str) -> Target:
        rules = self._rules
        extensions = self._roster.extensions()
        try:
            return dialable(number, rules.region, rules.allowed_prefixes, extensions)
        except NotDialable as error:
            raise Invalid(error.code, str(error), {field: str(error)}) from None


async def _obeyed(order: Awaitable[T]) -> T:
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

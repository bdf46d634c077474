"""An agent's orders to their phone and about the calls on their desk.

Every order names a call that lies on the agent's own desk; what it does is seen in the events
that come back. Where a call's sound is decides who obeys:

- a desk phone, and every phone of the simulated switch: the switch, for all orders;
- a browser: the page that holds the telephone (`services.phone_holders`). It answers, holds and
  mutes by itself and asks nobody; ordered at another screen of its agent, it is told. What ends or
  moves a call is the switch's in either case.

`screen` is where the order was given.

Consultations and transfers are in `services.consults`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from callcenter.services import places
from callcenter.services.dial_policy import DialPolicy
from callcenter.services.errors import Conflict, Invalid, NotFound
from callcenter.services.live import Live
from callcenter.services.orders import OUTBOUND_CONTEXT, DeskCalls, obeyed
from callcenter.services.own_dials import OwnDials
from callcenter.services.records import IceServer, PhoneAccess
from callcenter.services.roster import Roster, Seat
from callcenter.services.views import Order
from callcenter.store.ids import new_id
from telephony.events import call_id_for
from telephony.pbx.plan import ECHO_TEST
from telephony.pbx.secrets import sip_secret
from telephony.switch import ConsultOrder, Originate, PhoneOrder, Switch


class Holders(Protocol):
    def in_browser(self, user_id: UUID) -> bool:
        """Whether the sound of this user's calls is on a page."""

    def relay(
        self, user_id: UUID, asking_screen: str, call_id: UUID, order: Order, digits: str = ""
    ) -> bool:
        """Pass it on to the page that holds the telephone; False when there is none to pass it
        to."""


@dataclass(frozen=True, slots=True)
class SipPlace:
    domain: str
    websocket_url: str


@dataclass(frozen=True, slots=True)
class PhoneRules:
    """How a browser registers; from the settings.

    `sip_master` derives every phone's password; `domain` is the switch's SIP domain. `further`: the
    same of further switches, by their ids.
    """

    domain: str
    websocket_url: str
    ice_servers: tuple[IceServer, ...]
    sip_master: bytes
    further: Mapping[str, SipPlace] = field(default_factory=dict)

    def place(self, device: str) -> SipPlace:
        here = SipPlace(self.domain, self.websocket_url)
        return self.further.get(places.split(device)[0], here)


class Phones:
    def __init__(
        self,
        roster: Roster,
        live: Live,
        switch: Switch,
        *,
        own_dials: OwnDials,
        policy: DialPolicy,
        holders: Holders,
        rules: PhoneRules,
    ) -> None:
        self._roster = roster
        self._live = live
        self._switch = switch
        self._own_dials = own_dials
        self._policy = policy
        self._holders = holders
        self._rules = rules
        self._calls = DeskCalls(roster, live)

    def access(self, user_id: UUID) -> PhoneAccess:
        """How this user's browser registers. Raises NotFound for somebody without a phone."""
        seat = self._roster.seat(user_id)
        if seat is None or not seat.interface:
            raise NotFound("no_phone", "You have no phone.")
        if self._switch.simulated:
            return PhoneAccess("simulated", "", "", "", ())
        if seat.phone_kind == "desk":
            return PhoneAccess("desk", "", "", "", ())
        place = self._rules.place(seat.interface)
        return PhoneAccess(
            mode="sip",
            sip_uri=f"sip:{seat.extension}@{place.domain}",
            password=sip_secret(self._rules.sip_master, seat.extension),
            websocket_url=place.websocket_url,
            ice_servers=self._rules.ice_servers,
        )

    async def answer(self, user_id: UUID, call_id: UUID, screen: str = "") -> None:
        seat = self._calls.seat_in(user_id, call_id, "ringing")
        await self._by_the_phone(seat, screen, call_id, "answer", PhoneOrder.TALK)

    async def reject(self, user_id: UUID, call_id: UUID) -> None:
        seat = self._calls.seat_in(user_id, call_id, "ringing")
        await obeyed(self._switch.hangup(call_id, seat.interface))

    async def hangup(self, user_id: UUID, call_id: UUID) -> None:
        """Also of a consultation, which ends it: the customer is back. Not of the customer's call
        while it lasts: that would give the customer away."""
        seat = self._calls.seat_in(user_id, call_id, "ringing", "active", "held")
        customers = self._calls.customers_call(user_id, call_id)
        if customers is not None:
            order = self._switch.consult_order(customers, seat.interface, ConsultOrder.CANCEL)
            await obeyed(order)
            return
        self._calls.refuse_while_consulting(user_id, call_id)
        await obeyed(self._switch.hangup(call_id, seat.interface))

    async def hold(self, user_id: UUID, call_id: UUID, screen: str = "") -> None:
        seat = self._calls.seat_in(user_id, call_id, "active")
        self._calls.refuse_while_consulting(user_id, call_id)
        await self._by_the_phone(seat, screen, call_id, "hold", PhoneOrder.HOLD)

    async def resume(self, user_id: UUID, call_id: UUID, screen: str = "") -> None:
        seat = self._calls.seat_in(user_id, call_id, "held")
        self._calls.refuse_while_consulting(user_id, call_id)
        await self._by_the_phone(seat, screen, call_id, "resume", PhoneOrder.TALK)

    async def mute(self, user_id: UUID, call_id: UUID, on: bool, screen: str = "") -> None:
        """No event tells of muting: the desk shows what the switch accepted, or what the page with
        the sound was told."""
        seat = self._calls.seat_in(user_id, call_id, "active", "held")
        if not self._holders.relay(user_id, screen, call_id, "mute" if on else "unmute"):
            await obeyed(self._switch.mute(call_id, seat.interface, on))
        self._show_muted(user_id, call_id, on)

    async def muted(self, user_id: UUID, call_id: UUID, on: bool) -> None:
        """A page has muted itself, or listens again; its agent's other screens show it."""
        self._calls.seat_in(user_id, call_id, "active", "held")
        if not self._holders.in_browser(user_id):
            raise Conflict("no_phone_page", "The sound of this call is on no page.")
        self._show_muted(user_id, call_id, on)

    async def tones(self, user_id: UUID, call_id: UUID, digits: str, screen: str = "") -> None:
        """Key tones to whom the agent talks to."""
        seat = self._calls.seat_in(user_id, call_id, "active")
        if not self._holders.relay(user_id, screen, call_id, "tones", digits):
            await obeyed(self._switch.send_tones(call_id, seat.interface, digits))

    async def dial(self, user_id: UUID, number: str) -> UUID:
        """Ring the agent's phone, then the number. Returns the id of the call that begins.

        Not while another call rings there: that caller would be lost.
        """
        seat = self._free_seat(user_id)
        target = await self._policy.target(user_id, number, "number")
        if target.number == seat.extension:
            raise Invalid("own_extension", "That is your own phone.", {"number": "your own"})
        return await self._ring(seat, target.number, internal=target.internal)

    async def echo_test(self, user_id: UUID) -> UUID:
        """Ring the agent's phone, then let them hear themselves."""
        return await self._ring(self._free_seat(user_id), ECHO_TEST, internal=True)

    async def _ring(self, seat: Seat, number: str, *, internal: bool) -> UUID:
        order = Originate(
            uniqueid=f"crm-{new_id().hex}",
            interface=seat.interface,
            context=OUTBOUND_CONTEXT,
            number=number,
            caller_id=seat.extension,
            internal=internal,
        )
        pbx = places.pbx_of(seat.interface, self._switch.pbx)
        self._own_dials.expect(call_id_for(pbx, order.uniqueid), number)
        return await obeyed(self._switch.originate(order))

    def _free_seat(self, user_id: UUID) -> Seat:
        seat = self._calls.seat(user_id)
        if self._live.rings(user_id):
            raise Conflict(
                "phone_rings", "Your phone is ringing: answer or reject that call first."
            )
        return seat

    def _show_muted(self, user_id: UUID, call_id: UUID, on: bool) -> None:
        """A customer's call and the consultation about it are one microphone."""
        customers = self._calls.customers_call(user_id, call_id) or call_id
        self._live.set_muted(user_id, customers, on)
        consultation = self._calls.consultation(user_id, customers)
        if consultation is not None:
            self._live.set_muted(user_id, consultation.id, on)

    async def _by_the_phone(
        self, seat: Seat, screen: str, call_id: UUID, order: Order, notify: PhoneOrder
    ) -> None:
        """A page does not listen to what the switch would send to a desk phone."""
        if not self._holders.in_browser(seat.user_id):
            await obeyed(self._switch.phone(call_id, seat.interface, notify))
        elif not self._holders.relay(seat.user_id, screen, call_id, order):
            raise Conflict(
                "no_phone_page", "No other page of yours holds the telephone; use it on this one."
            )

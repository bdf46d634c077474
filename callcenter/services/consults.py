"""Giving a customer to somebody else: at once, or after asking them.

The switch holds the consultation (`telephony.switch`): the customer hears music there, whatever
phone the agent has, and what becomes of it is seen in the events. All orders name the customer's
call. Whom to: a colleague by their extension, a queue by its name, or a number outside, as the
dial policy allows it.
"""

from __future__ import annotations

from uuid import UUID

from callcenter.domain.dialling import NotDialable, queue_exten
from callcenter.services.dial_policy import DialPolicy
from callcenter.services.errors import Conflict, Invalid
from callcenter.services.live import Live
from callcenter.services.orders import OUTBOUND_CONTEXT, TRANSFER_CONTEXT, DeskCalls, obeyed
from callcenter.services.presence import Presence
from callcenter.services.roster import Roster
from telephony.switch import ConsultOrder, Switch

AWAY = frozenset({"signed_out", "unresponsive"})


class Consults:
    def __init__(
        self, roster: Roster, live: Live, presence: Presence, switch: Switch, policy: DialPolicy
    ) -> None:
        self._roster = roster
        self._presence = presence
        self._switch = switch
        self._policy = policy
        self._calls = DeskCalls(roster, live)

    async def transfer(self, user_id: UUID, call_id: UUID, target: str) -> None:
        """Send the customer there; blind."""
        self._calls.seat_in(user_id, call_id, "active", "held")
        self._calls.refuse_while_consulting(user_id, call_id)
        context, exten = await self._place(user_id, target)
        await obeyed(self._switch.redirect(call_id, context, exten))

    async def consult(self, user_id: UUID, call_id: UUID, target: str) -> None:
        seat = self._calls.seat_in(user_id, call_id, "active", "held")
        self._calls.refuse_while_consulting(user_id, call_id)
        context, exten = await self._place(user_id, target)
        await obeyed(self._switch.consult(call_id, seat.interface, context, exten))

    async def swap(self, user_id: UUID, call_id: UUID) -> None:
        """To the customer, and back to whom they consult."""
        self._refuse_while_it_rings(user_id, call_id)
        await self._order(user_id, call_id, ConsultOrder.SWAP)

    async def complete(self, user_id: UUID, call_id: UUID) -> None:
        """The customer goes to them; while it still rings there, too."""
        await self._order(user_id, call_id, ConsultOrder.COMPLETE)

    async def cancel(self, user_id: UUID, call_id: UUID) -> None:
        """Back to the customer."""
        await self._order(user_id, call_id, ConsultOrder.CANCEL)

    async def three_way(self, user_id: UUID, call_id: UUID) -> None:
        self._refuse_while_it_rings(user_id, call_id)
        await self._order(user_id, call_id, ConsultOrder.THREE_WAY)

    async def _order(self, user_id: UUID, call_id: UUID, order: ConsultOrder) -> None:
        seat = self._calls.seat_in(user_id, call_id, "active", "held")
        if self._calls.consultation(user_id, call_id) is None:
            raise Conflict("no_consultation", "You are not consulting anybody about this call.")
        await obeyed(self._switch.consult_order(call_id, seat.interface, order))

    def _refuse_while_it_rings(self, user_id: UUID, call_id: UUID) -> None:
        consultation = self._calls.consultation(user_id, call_id)
        if consultation is not None and consultation.answered_at is None:
            raise Conflict("target_rings", "Nobody has answered there yet.")

    async def _place(self, user_id: UUID, target: str) -> tuple[str, str]:
        """(context, extension) of the dialplan."""
        if target in self._roster.queues:
            try:
                return TRANSFER_CONTEXT, queue_exten(target)
            except NotDialable as error:
                raise Invalid(error.code, str(error), {"target": str(error)}) from None
        wanted = await self._policy.target(user_id, target, "target")
        if not wanted.internal:
            return OUTBOUND_CONTEXT, wanted.number
        colleague = self._roster.extension(wanted.number)
        if colleague is not None and colleague.user_id == user_id:
            raise Invalid("own_extension", "That is your own phone.", {"target": "your own"})
        if colleague is not None and self._presence.status(colleague.user_id).state in AWAY:
            raise Conflict("target_away", f"{colleague.name} is not there.")
        return TRANSFER_CONTEXT, wanted.number

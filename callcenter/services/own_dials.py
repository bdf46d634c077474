"""What we asked the switch to dial, until its own events say so.

A call placed by us begins with the agent's phone; the switch names the number only when that phone
has been answered. We chose the call's id, so we know from the first event whom it is for.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from uuid import UUID

from telephony.events import CallArrived, TelephonyEvent

REMEMBERED = 1_000  # the latest ones; an order's first event comes within seconds


class OwnDials:
    def __init__(self) -> None:
        self._numbers: OrderedDict[UUID, str] = OrderedDict()

    def expect(self, call_id: UUID, number: str) -> None:
        """Before the order goes out: the event may be faster than the answer."""
        self._numbers[call_id] = number
        while len(self._numbers) > REMEMBERED:
            self._numbers.popitem(last=False)

    def complete(self, event: TelephonyEvent) -> TelephonyEvent:
        """The same event, with the number in it when it is ours and has none."""
        if type(event) is CallArrived:
            number = self._numbers.get(event.call_id, "")
            if number and not event.dialled:
                return replace(event, dialled=number)
        return event

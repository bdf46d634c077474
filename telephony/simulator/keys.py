"""Key tones that a manager has an agent's channel send (PlayDTMF): orders in a consultation."""

from __future__ import annotations

from telephony.ami.orders import CONSULT_KEYS
from telephony.simulator.board import Switchboard
from telephony.simulator.channels import Channel
from telephony.simulator.consult import Consultation

KEY_S, GAP_S = 0.1, 0.04
ORDERS = {keys: order for order, keys in CONSULT_KEYS.items()}  # features.conf


class Keys:
    """What a channel sends is heard one key after the other; a sequence that can become no order
    any more is forgotten."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    def press(self, channel: Channel, key: str) -> None:
        now = self._board.bus.now()
        heard_at = max(now, channel.keys_until) + KEY_S
        channel.keys_until = heard_at + GAP_S
        self._board.clock.callLater(heard_at - now, self._heard, channel, key)

    def _heard(self, channel: Channel, key: str) -> None:
        consultation = channel.work
        if channel.gone or not isinstance(consultation, Consultation):
            channel.keys = ""
            return
        channel.keys += key
        if channel is consultation.agent and channel.keys in ORDERS:
            order, channel.keys = ORDERS[channel.keys], ""
            consultation.order(order)
        elif not any(keys.startswith(channel.keys) for keys in ORDERS):
            channel.keys = ""

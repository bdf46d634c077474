"""Where a channel goes: the contexts of config/asterisk, as far as calls can tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telephony.simulator.agi import Routed
from telephony.simulator.board import Switchboard
from telephony.simulator.channels import UP, Channel
from telephony.simulator.config import SimulatorConfig
from telephony.simulator.consult import Consultation
from telephony.simulator.dialing import Dial
from telephony.simulator.queues import Queue
from telephony.simulator.talks import Talk

Ask = Callable[[Channel, Callable[[Routed], None]], None]
"""Asks the routing server about this caller; calls back once, whatever the server does."""

QUEUE_PREFIX = "q-"


class Dialplan:
    def __init__(
        self,
        board: Switchboard,
        config: SimulatorConfig,
        queues: dict[str, Queue],
        *,
        ask: Ask,
        database: Mapping[tuple[str, str], str],
    ) -> None:
        self._board = board
        self._config = config
        self._queues = queues
        self._ask = ask
        self._database = database  # AstDB, with the mirror of the tiers

    def knows(self, context: str, exten: str) -> bool:
        """Whether Originate or Redirect may go there."""
        if context == "crm-transfer":
            target = exten.removeprefix(QUEUE_PREFIX)
            return target in self._queues if target != exten else self._is_phone(exten)
        return context in ("crm-inbound", "crm-agents", "crm-outbound") and bool(exten)

    def enter(self, channel: Channel, context: str, exten: str) -> None:
        """Runs (context, exten) on this channel, which is up or calls in."""
        channel.context, channel.exten, channel.priority = context, exten, 1
        if context == "crm-inbound":
            self._ask(channel, lambda routed: self._route(channel, routed))
        elif exten.startswith(QUEUE_PREFIX) and exten[len(QUEUE_PREFIX) :] in self._queues:
            priority = int(channel.variables.get("QUEUE_PRIO", "0"))
            self._queues[exten[len(QUEUE_PREFIX) :]].join(channel, priority)
        else:
            interface, dial_string, identity = self._target(exten)
            Dial(self._board, channel, interface, dial_string, identity)

    def consult(self, talk: Talk, agent: Channel, context: str, exten: str) -> None:
        """The agent asks `exten` while the other side of the talk waits."""
        interface, dial_string, identity = self._target(exten)
        consultation = Consultation(self._board, talk, agent, context, exten)
        consultation.dial(interface, dial_string, identity)

    def _target(self, exten: str) -> tuple[str, str, tuple[str, str]]:
        """(interface, DialString, the number and name it shows)."""
        if self._is_phone(exten):
            return f"PJSIP/{exten}", exten, (exten, f"Agent {exten}")
        trunk = self._config.trunk
        return trunk, f"{exten}@{trunk.partition('/')[2]}", (exten, "")

    def _route(self, channel: Channel, routed: Routed) -> None:
        if channel.gone:
            return
        routed = routed if routed.queue else self._mirrored(channel)
        channel.variables["QUEUE_PRIO"] = str(routed.priority)
        name = routed.queue if routed.queue in self._queues else self._config.default_queue
        if routed.language:
            channel.language = routed.language
        self._board.set_state(channel, UP)
        channel.priority = 2
        queue, first = self._queues[name], routed.ring_first
        if first in self._board.parties and self._board.device_state(first) == "NOT_INUSE":
            extension = first.partition("/")[2]
            Dial(
                self._board,
                channel,
                first,
                extension,
                (extension, f"Agent {extension}"),
                timeout_s=self._config.ring_first_s,
                otherwise=lambda caller: queue.join(caller, routed.priority),
            )
        else:
            queue.join(channel, routed.priority)

    def _mirrored(self, channel: Channel) -> Routed:
        """What AstDB knows of the caller: "queue,priority" by the number's digits."""
        digits = "".join(sign for sign in channel.number if sign.isdecimal())
        digits = digits.removeprefix("00")
        for key in (digits, self._config.country_code + digits.removeprefix("0")):
            queue, _, priority = self._database.get(("crm_tier", key), "").partition(",")
            if queue:
                return Routed(queue, int(priority) if priority.isdecimal() else 0)
        return Routed()

    def _is_phone(self, exten: str) -> bool:
        return f"PJSIP/{exten}" in self._board.parties

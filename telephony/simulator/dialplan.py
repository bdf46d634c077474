"""Where a channel goes: the contexts of config/asterisk, as far as calls can tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from telephony.pbx.plan import ECHO_TEST, FRONT_PRIORITY
from telephony.simulator.agi import Routed
from telephony.simulator.board import Switchboard
from telephony.simulator.channels import UP, Channel
from telephony.simulator.config import SimulatorConfig
from telephony.simulator.consult import Consultation
from telephony.simulator.dialing import Dial
from telephony.simulator.echo import Echo
from telephony.simulator.queues import Queue
from telephony.simulator.talks import Talk, Together

Ask = Callable[[Channel, Callable[[Routed], None]], None]
"""Asks the routing server about this caller; calls back once, whatever the server does."""

QUEUE_PREFIX = "q-"
CONTEXTS = frozenset({"crm-inbound", "crm-agents", "crm-outbound", "crm-consult", "crm-return"})
PHONE_RINGS_S, OUTSIDE_RINGS_S = 30.0, 60.0


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
        return context in CONTEXTS and bool(exten)

    def enter(self, channel: Channel, context: str, exten: str) -> None:
        """Runs (context, exten) on this channel, which is up or calls in."""
        if context == "crm-consult":
            context, exten, *_ = (*channel.variables.get("CRM_CONSULT", "").split(","), "")
        channel.context, channel.exten, channel.priority = context, exten, 1
        queue = self._queues.get(exten.removeprefix(QUEUE_PREFIX))
        if context == "crm-inbound":
            self._ask(channel, lambda routed: self._route(channel, routed))
        elif context == "crm-return":
            self._return(channel, exten)
        elif not self.knows(context, exten):
            self._board.end(channel, 0)
        elif exten.startswith(QUEUE_PREFIX) and queue is not None:
            self._answer(channel)
            self._join(channel, queue, int(channel.variables.get("CRM_PRIORITY", "0")))
        elif exten == ECHO_TEST:
            Echo(self._board, channel)
        else:
            self._dial(channel, exten)

    def consult(self, agent: Channel, context: str, exten: str) -> None:
        """The agent asks whom (context, exten) leads to while the other side of the talk waits."""
        talk = agent.work
        if isinstance(talk, Talk | Together) and agent.bridge is not None:
            place = (context, exten)
            run = partial(self.enter, context=context, exten=exten)
            Consultation(self._board, talk, agent, place, run)

    def _dial(self, channel: Channel, exten: str) -> None:
        interface, dial_string, identity = self._target(exten)
        rings_s = PHONE_RINGS_S if self._is_phone(exten) else OUTSIDE_RINGS_S
        Dial(self._board, channel, interface, dial_string, identity, timeout_s=rings_s)

    def _return(self, channel: Channel, extension: str) -> None:
        """Back to an agent whose telephone vanished; then to the front of the customer's queue."""
        name = channel.variables.get("CRM_QUEUE", "")
        queue = self._queues.get(name) or self._queues[self._config.default_queue]

        def to_the_front(caller: Channel) -> None:
            self._join(caller, queue, FRONT_PRIORITY)

        if not self._is_phone(extension):
            to_the_front(channel)
            return
        interface, dial_string, identity = self._target(extension)
        Dial(
            self._board,
            channel,
            interface,
            dial_string,
            identity,
            timeout_s=self._config.return_s,
            otherwise=to_the_front,
        )

    def _join(self, channel: Channel, queue: Queue, priority: int) -> None:
        channel.variables["CRM_QUEUE"] = queue.name
        if priority > 0:
            said = [("UserEvent", "CrmQueuePriority"), ("QueuePriority", str(priority))]
            self._board.emit("UserEvent", [*channel.headers(), *said], "user,all")
        queue.join(channel, priority)

    def _answer(self, channel: Channel) -> None:
        if channel.state != UP:
            self._board.set_state(channel, UP)

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
        channel.variables["CRM_PRIORITY"] = str(routed.priority)
        name = routed.queue if routed.queue in self._queues else self._config.default_queue
        if routed.language:
            channel.language = routed.language
        self._answer(channel)
        channel.priority = 2
        channel.variables["CRM_QUEUE"] = name
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
                otherwise=lambda caller: self._join(caller, queue, routed.priority),
            )
        else:
            self._join(channel, queue, routed.priority)

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

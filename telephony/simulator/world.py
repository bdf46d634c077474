"""The fake switch without its sockets: what exists, and what a manager may ask of it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from telephony.simulator.actions import Handlers
from telephony.simulator.board import Clock, Switchboard
from telephony.simulator.bus import Bus
from telephony.simulator.call_actions import CallActions
from telephony.simulator.channels import RING, UP, Channel
from telephony.simulator.config import SimulatorConfig
from telephony.simulator.dialplan import Ask, Dialplan
from telephony.simulator.parties import Caller, FarEnd, Phone
from telephony.simulator.queue_actions import QueueActions
from telephony.simulator.queues import Queue
from telephony.simulator.record_actions import RecordActions
from telephony.simulator.recorder import Recorder
from telephony.simulator.system_actions import SystemActions

WITHHELD = ("anonymous", "Anonymous")
COLLEAGUE_ANSWERS_S = (2.0, 6.0)


class World:
    """All of it runs on `clock`: with Twisted's test Clock it is deterministic."""

    def __init__(
        self, config: SimulatorConfig, clock: Clock, now: Callable[[], float], ask: Ask
    ) -> None:
        self.config = config
        self.rng = Random(config.seed)  # noqa: S311 (a play, not a secret)
        self.bus = Bus(now)
        self.board = Switchboard(clock, self.bus, self.rng)
        self.queues = {queue.name: Queue(self.board, queue) for queue in config.queues}
        self.system = SystemActions(self.board)
        self.dialplan = Dialplan(
            self.board, config, self.queues, ask=ask, database=self.system.database
        )
        self.handlers: Handlers = {
            **CallActions(self.board, self.dialplan).handlers(),
            **QueueActions(self.board, self.queues).handlers(),
            **RecordActions(self.board, Recorder(config.recordings)).handlers(),
            **self.system.handlers(),
        }
        self.board.parties[config.trunk] = FarEnd(self.board, self.rng, config.habits)
        self.phones = {
            interface: Phone(self.board, interface, config.auto_answer_s)
            for interface in config.interfaces
        }
        self.board.watchers.append(self._device_changed)
        self._colleagues_sign_in()
        for interface in config.answering:
            self.phones[interface].answer_after_s = self.rng.uniform(*COLLEAGUE_ANSWERS_S)

    def call_in(
        self,
        number: str,
        name: str = "",
        dialled: str = "",
        patience_s: float = -1.0,
        talk_s: float = -1.0,
        *,
        to: str = "",
    ) -> Channel:
        """A customer calls; "" withholds the number. Negative times: until told otherwise.
        `to` (as in crm-transfer: an extension, ``q-<queue>``): there, and the router is not asked.
        ValueError when that is not there."""
        if to and not self.dialplan.knows("crm-transfer", to):
            raise ValueError(f"{to!r} is neither a phone nor a queue of this switch")
        identity = (number, name) if number else WITHHELD
        config = self.config
        channel = self.board.new_channel(
            config.trunk, "crm-inbound", dialled or config.dids[0], state=RING, caller=identity
        )
        Caller(self.board, patience_s, talk_s).placed(channel)
        if to:
            self.board.set_state(channel, UP)
            self.dialplan.enter(channel, "crm-transfer", to)
        else:
            self.dialplan.enter(channel, channel.context, channel.exten)
        return channel

    def idle(self) -> bool:
        """Whether a member is free and nobody waits in any of its queues."""
        waited_for, free = set(), set()
        for queue in self.queues.values():
            free |= {member.interface for member in queue.free()}
            if queue.entries:
                waited_for |= set(queue.members)
        return bool(free - waited_for)

    def _device_changed(self, interface: str, state: str) -> None:
        for queue in self.queues.values():
            queue.device_changed(interface, state)

    def _colleagues_sign_in(self) -> None:
        config = self.config
        if not config.colleagues:
            return
        for interface in config.interfaces[-config.colleagues :]:
            self.phones[interface].answer_after_s = self.rng.uniform(*COLLEAGUE_ANSWERS_S)
            for name in config.colleague_queues:
                extension = interface.partition("/")[2]
                self.queues[name].add(interface, f"Colleague {extension}", False, penalty=1)

"""The simulator's world on a clock that a test turns: phones and callers, second by second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.task import Clock

from telephony.simulator import SimulatorConfig
from telephony.simulator.actions import Action, Reply
from telephony.simulator.agi import Routed
from telephony.simulator.channels import Channel
from telephony.simulator.world import World

CUSTOMER = "13800138000"
EPOCH = 1_800_000_000.0


class Stage:
    """`routed` is what the routing server would say; `written` are all bytes so far.

    Without `far_end`, whom an agent dials does only what the test says.
    """

    def __init__(self, routed: Routed | None = None, far_end: bool = False, **config: Any) -> None:
        self.clock = Clock()
        self.written = bytearray()
        self.routed = routed or Routed()

        def ask(channel: Channel, then: Callable[[Routed], None]) -> None:
            self.clock.callLater(0, then, self.routed)

        settings = SimulatorConfig(**{"agents": 3, **config})
        self.world = World(settings, self.clock, lambda: EPOCH + self.clock.seconds(), ask)
        if not far_end:
            del self.world.board.parties[settings.trunk]
        self.world.bus.attach(lambda name, frame: self.written.extend(frame))

    def wait(self, seconds: float) -> None:
        """From one thing that is due to the next, so that each happens at its own time."""
        clock, end = self.clock, self.clock.seconds() + seconds
        calls: list[Any] = clock.calls  # soonest first; mypy cannot read Twisted's interfaces
        while calls and (due := calls[0].getTime()) <= end:
            clock.advance(max(0, due - clock.seconds()))
        clock.advance(max(0, end - clock.seconds()))

    def act(self, action: str, **headers: str) -> Reply:
        """As a manager does; raises session.Refused."""
        lines = [f"Action: {action}", *(f"{name}: {value}" for name, value in headers.items())]
        return self.world.handlers[action.lower()][2](Action(lines))

    def staff(self, queue: str, *extensions: int) -> None:
        for extension in extensions:
            self.act(
                "QueueAdd",
                Queue=queue,
                Interface=f"PJSIP/{extension}",
                MemberName=f"Agent {extension}",
            )

    def call_in(
        self, name: str = "Wang Wei", *, patience_s: float = -1.0, talk_s: float = -1.0
    ) -> Channel:
        channel = self.world.call_in(CUSTOMER, name, "8000", patience_s, talk_s)
        self.wait(0)
        return channel

    def phone(self, extension: int) -> Channel:
        """The newest channel of this phone."""
        return self.world.board.of(f"PJSIP/{extension}")[-1]

    def rings(self, extension: int) -> bool:
        channels = self.world.board.of(f"PJSIP/{extension}")
        return any(channel.state == 5 for channel in channels)

    def pick_up(self, extension: int, after: float = 0.0) -> Channel:
        self.wait(after)
        channel = self.phone(extension)
        assert self.world.board.pick_up(channel), f"{extension} does not ring"
        self.wait(0)
        return channel

    def hang_up(self, channel: Channel, cause: int = 16) -> None:
        self.world.board.party_hangs_up(channel, cause)
        self.wait(0)

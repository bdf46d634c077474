"""Callers who come by themselves, drawn from the seed; and the noise of a busy switch."""

from __future__ import annotations

from collections import deque

from telephony.simulator.channels import RING, Channel
from telephony.simulator.world import World

NOISE_EVERY_S = 0.01


class Traffic:
    """Places calls until stopped. See `SimulatorConfig` for when."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._running = False
        self._first = deque(world.config.first)

    def begin(self) -> None:
        if not self._running:
            self._running = True
            self._later()

    def stop(self) -> None:
        self._running = False

    def _later(self) -> None:
        world = self._world
        rate = world.config.calls_per_s
        delay = 1 / rate if rate > 0 else world.rng.uniform(*world.config.habits.pause_s)
        world.board.clock.callLater(delay, self._tick)

    def _tick(self) -> None:
        if not self._running:
            return
        world, habits = self._world, self._world.config.habits
        steady = world.config.calls_per_s > 0
        if steady or world.idle() or world.rng.random() < habits.anyway_share:
            self._call()
        self._later()

    def _call(self) -> None:
        world, habits = self._world, self._world.config.habits
        impatient = world.rng.random() < habits.impatient_share and not self._first
        patience = world.rng.uniform(*(habits.impatient_s if impatient else habits.patience_s))
        number, name = self._who()
        dialled = world.rng.choice(world.config.dids)
        world.call_in(number, name, dialled, patience, world.rng.uniform(*habits.talk_s))

    def _who(self) -> tuple[str, str]:
        """Nobody calls twice at the same time."""
        if self._first:
            return self._first.popleft()
        rng, habits, callers = (
            self._world.rng,
            self._world.config.habits,
            self._world.config.callers,
        )
        kind = rng.random()
        if kind < habits.withheld_share:
            return "", ""
        if callers and kind >= habits.withheld_share + habits.unknown_share:
            busy = {channel.number for channel in self._world.board.of(self._world.config.trunk)}
            for _ in range(10):
                caller = rng.choice(callers)
                if caller[0] not in busy:
                    return caller
        return f"1{rng.choice('35789')}{rng.randrange(10**9):09d}", ""


class Noise:
    """`noise_per_s` events that no call centre reads, as a real dialplan makes them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._channel = Channel(
            name=f"{world.config.trunk}-ffffffff",
            interface=world.config.trunk,
            uniqueid="0.0",
            linkedid="0.0",
            context="crm-caller",
            exten="s",
            state=RING,
            number="13800138000",
        )
        self._since = 0.0
        self._count = 0
        self._running = False

    def begin(self) -> None:
        if self._world.config.noise_per_s > 0 and not self._running:
            self._running = True
            self._since = self._world.bus.now()
            self._tick()

    def stop(self) -> None:
        self._running = False

    def _tick(self) -> None:
        """Catches up with the clock: a late tick makes more, not less."""
        if not self._running:
            return
        due = self._world.config.noise_per_s * (self._world.bus.now() - self._since)
        while self._count < due:
            self._count += 1
            self._emit()
        self._world.board.clock.callLater(NOISE_EVERY_S, self._tick)

    def _emit(self) -> None:
        headers = self._channel.headers()
        if self._count % 2:
            extra = [("Variable", f"CRM_NOISE_{self._count % 97}"), ("Value", str(self._count))]
            self._world.bus.emit("VarSet", [*headers, *extra], "dialplan,all")
        else:
            extra = [("Extension", "s"), ("Application", "Set"), ("AppData", f"X={self._count}")]
            self._world.bus.emit("Newexten", [*headers, *extra], "dialplan,all")

"""The fake switch on a port of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import maybeDeferred
from twisted.internet.error import CannotListenError

from telephony.simulator.agi import AgiClient
from telephony.simulator.config import SimulatorConfig
from telephony.simulator.session import ManagerFactory, ManagerSession
from telephony.simulator.traffic import Noise, Traffic
from telephony.simulator.world import World

OnWrite = Callable[[str, str, int], None]
"""(event name, Uniqueid, `time.monotonic_ns()`), when an event was handed to a manager's socket."""

_UNIQUEID = b"\r\nUniqueid: "


class Simulator:
    """Speaks AMI on a TCP port and asks a FastAGI server for each caller's way.

    Needs Twisted's reactor on the running loop (`asyncioreactor.install`) before `start`.
    `world` is there after `start`, for tests and benches that play a part themselves.
    """

    world: World

    def __init__(self, config: SimulatorConfig, on_write: OnWrite | None = None) -> None:
        self._config = config
        self._on_write = on_write
        self._factory: ManagerFactory | None = None
        self._port: Any = None
        self._traffic: Traffic | None = None
        self._noise: Noise | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listens; the AMI port. Nobody calls before `begin_traffic` or `place_call`.

        Raises OSError when the port is not to be had.
        """
        from twisted.internet import reactor as installed  # noqa: PLC0415 (importing installs one)

        reactor: Any = installed
        config = self._config
        agi = AgiClient(reactor, config.agi_host, config.agi_port, config.agi_timeout_s)
        world = self.world = World(config, reactor, time.time, agi.ask)
        self._traffic, self._noise = Traffic(world), Noise(world)
        self._factory = ManagerFactory(
            lambda: ManagerSession(
                world.bus, config.accounts, world.handlers, self._written, config.filters
            )
        )
        try:
            self._port = reactor.listenTCP(port, self._factory, interface=host)
        except CannotListenError as error:
            raise error.socketError from None
        self._noise.begin()
        return int(self._port.getHost().port)

    async def stop(self) -> None:
        """Stops listening, drops everybody, and lets no more calls come."""
        if self._port is None:
            return
        assert self._traffic
        assert self._noise
        self._traffic.stop()
        self._noise.stop()
        self.drop_connections()
        port, self._port = self._port, None
        await maybeDeferred(port.stopListening).asFuture(asyncio.get_running_loop())

    def begin_traffic(self) -> None:
        """From now on callers come by themselves."""
        assert self._traffic, "start() first"
        self._traffic.begin()

    async def place_call(
        self,
        caller: str,
        name: str = "",
        dialled: str = "",
        patience_s: float = -1.0,
        talk_s: float = -1.0,
    ) -> str:
        """One caller, now; the Uniqueid. Negative times: they neither tire nor hang up."""
        return self.world.call_in(caller, name, dialled, patience_s, talk_s).uniqueid

    def call_in(
        self,
        number: str,
        name: str = "",
        *,
        to: str = "",
        dialled: str = "",
        patience_s: float = -1.0,
        talk_s: float = -1.0,
    ) -> str:
        """One simulated customer calls, now; the call's Uniqueid (`events.call_id_for` gives its
        id). For whoever wants a certain call at a certain moment: the practice room, tests.

        `to`: the extension that rings, or ``q-<queue>``; "" is the way of any caller, who dialled
        `dialled` (our first number, when "") and is routed as the FastAGI server says.
        `patience_s`: how long the customer waits for an answer; `talk_s`: how long they talk, from
        the first answer, before they hang up (never while they are on hold). Negative: for ever.
        ValueError when there is no such extension or queue.
        """
        return self.world.call_in(number, name, dialled, patience_s, talk_s, to=to).uniqueid

    def drop_connections(self) -> None:
        """Cuts all managers off, as a switch that goes down does."""
        if self._factory is not None:
            self._factory.drop()

    def _written(self, name: str, frame: bytes) -> None:
        if self._on_write is None:
            return
        written_at = time.monotonic_ns()
        start = frame.find(_UNIQUEID)
        if start >= 0:
            start += len(_UNIQUEID)
            self._on_write(name, frame[start : frame.index(b"\r\n", start)].decode(), written_at)

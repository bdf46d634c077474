"""The switch's question for each caller: which queue? (FastAGI, served by Twisted.)

The dialplan asks on a channel of its own and waits a second at most (docs/decisions). So does this
end: a question that cannot be answered in time is dropped, and the dialplan falls back to its
mirror. ``CRM_ROUTED=1`` is set last: what came before counts only with it. ``CRM_ROUTED=late``
tells the dialplan to ask nobody for a while.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineOnlyReceiver

log = structlog.get_logger(__name__)

SCRIPT = "route"
MAX_ENVIRONMENT = 100  # Asterisk sends about 25 lines
_UNKNOWN = frozenset({"unknown", "<unknown>"})  # what res_agi writes for a number it has not got

# What a value may be made of: it travels through the dialplan, which would act on , $ { } and ".
_WORD: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")
_DEVICE: Final = re.compile(r"(?:[A-Za-z0-9]{1,20}/[A-Za-z0-9_.-]{1,60})?")
_LANGUAGE: Final = re.compile(r"[A-Za-z_-]{0,12}")
_SOUND: Final = re.compile(r"[A-Za-z0-9_/-]{0,120}")


@dataclass(frozen=True, slots=True)
class RouteRequest:
    """`pbx` is the switch that asks, as its dialplan says; `uniqueid` is the caller's channel (and
    with it the call's id); `caller` as presented, "" when there is none; `dialled` is the number
    that was called."""

    pbx: str
    uniqueid: str
    caller: str
    caller_name: str
    dialled: str


@dataclass(frozen=True, slots=True)
class RouteAnswer:
    """`priority`: higher is served first. `ring_first`: a device such as ``PJSIP/1001`` that rings
    before the queue does. `greeting`: a sound's name; the dialplan plays it if it exists."""

    queue: str
    priority: int
    ring_first: str = ""
    language: str = ""
    greeting: str = ""

    def variables(self) -> list[tuple[str, str]]:
        """Channel variables in the order they are set; those that stay empty are left out, each is
        a round trip. ValueError names a value that is unsafe."""
        texts = [
            ("CRM_QUEUE", self.queue, _WORD),
            ("CRM_RING_FIRST", self.ring_first, _DEVICE),
            ("CRM_LANGUAGE", self.language, _LANGUAGE),
            ("CRM_GREETING", self.greeting, _SOUND),
        ]
        for name, value, allowed in texts:
            if not allowed.fullmatch(value):
                raise ValueError(f"{name} cannot be {value!r}")
        if not 0 <= self.priority < 1_000_000:
            raise ValueError(f"CRM_PRIORITY cannot be {self.priority}")
        named = [(name, value) for name, value, _ in texts if value]
        return [*named, ("CRM_PRIORITY", str(self.priority)), ("CRM_ROUTED", "1")]


_LATE = b'SET VARIABLE CRM_ROUTED "late"\n'

Route = Callable[[RouteRequest], Awaitable[RouteAnswer]]


@dataclass
class AgiStats:
    """Questions so far, by how they ended."""

    answered: int = 0
    late: int = 0
    failed: int = 0


@dataclass
class AgiFactory(Factory):
    route: Route
    pbx: str
    deadline_s: float
    stats: AgiStats = field(default_factory=AgiStats)
    open: set[asyncio.Task[None]] = field(default_factory=set)

    def buildProtocol(self, addr: object) -> AgiSession:  # noqa: N802 (Twisted's name)
        return AgiSession(self)


class AgiSession(LineOnlyReceiver):
    """One question: the environment comes in, variables go out one by one, the line is closed."""

    delimiter = b"\n"
    MAX_LENGTH = 2048
    transport: Any  # mypy cannot read Twisted's (zope) interfaces

    def __init__(self, factory: AgiFactory) -> None:
        self._house = factory
        self._environment: dict[str, str] = {}
        self._complete = asyncio.Event()
        self._replies: asyncio.Queue[str] = asyncio.Queue()

    def connectionMade(self) -> None:  # noqa: N802 (Twisted's name)
        self._task = asyncio.get_running_loop().create_task(self._serve())
        self._house.open.add(self._task)
        self._task.add_done_callback(self._house.open.discard)

    def connectionLost(self, reason: object = None) -> None:  # noqa: N802 (Twisted's name)
        self._task.cancel()

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 (Twisted's name)
        text = line.decode("utf-8", "replace").rstrip("\r")
        if self._complete.is_set():
            self._replies.put_nowait(text)
        elif not text:
            self._complete.set()
        elif len(self._environment) < MAX_ENVIRONMENT:
            name, _, value = text.partition(": ")
            self._environment[name] = value
        else:
            self.transport.loseConnection()

    async def _serve(self) -> None:
        stats = self._house.stats
        try:
            async with asyncio.timeout(self._house.deadline_s):
                await self._complete.wait()
                if self._environment.get("agi_network_script", SCRIPT) != SCRIPT:
                    raise ValueError(f"no such script: {self._environment['agi_network_script']!r}")
                answer = await self._house.route(self._request())
                for name, value in answer.variables():
                    await self._set(name, value)
            stats.answered += 1
        except TimeoutError:
            stats.late += 1
            self.transport.write(_LATE)
            log.warning("route_late", deadline_s=self._house.deadline_s)
        except Exception:  # whatever the router's fault is, the caller must not wait for it
            stats.failed += 1
            log.exception("route_failed")
        finally:
            self.transport.loseConnection()

    async def _set(self, name: str, value: str) -> None:
        self.transport.write(f'SET VARIABLE {name} "{value}"\n'.encode())
        reply = await self._replies.get()
        if not reply.startswith("200 "):  # also "HANGUP": the caller left
            raise ValueError(f"setting {name} was answered {reply[:80]!r}")

    def _request(self) -> RouteRequest:
        get = self._environment.get
        return RouteRequest(
            pbx=get("agi_arg_3") or self._house.pbx,
            uniqueid=get("agi_arg_1") or get("agi_uniqueid", ""),
            caller=_known(get("agi_callerid", "")),
            caller_name=_known(get("agi_calleridname", "")),
            dialled=get("agi_arg_2") or _known(get("agi_dnid", "")),
        )


def _known(value: str) -> str:
    return "" if value in _UNKNOWN else value


class FastAgiServer:
    """Listens for questions; each is answered by `route` within `deadline_s` or dropped."""

    def __init__(self, route: Route, pbx: str, deadline_s: float = 0.8) -> None:
        """`pbx` is the switch whose dialplan does not say which it is."""
        self._factory = AgiFactory(route, pbx, deadline_s)
        self._port: Any = None  # twisted.internet.tcp.Port; see AgiSession.transport

    @property
    def stats(self) -> AgiStats:
        return self._factory.stats

    async def start(self, host: str, port: int = 0) -> int:
        """Listens; returns the port. `twisted.internet.error.CannotListenError` when it is taken.

        The reactor is imported here and not above: the composition root installs it first.
        """
        from twisted.internet import reactor  # noqa: PLC0415

        listening: Any = reactor
        self._port = listening.listenTCP(port, self._factory, backlog=512, interface=host)
        return int(self._port.getHost().port)

    async def stop(self) -> None:
        """Stops listening and drops the questions under way."""
        if self._port is not None:
            await self._port.stopListening().asFuture(asyncio.get_running_loop())
            self._port = None
        for task in list(self._factory.open):
            task.cancel()
        await asyncio.gather(*self._factory.open, return_exceptions=True)

"""One connection to a manager, from the handshake to its end; never used again afterwards.

Every wait has a deadline. What goes wrong while connecting is `CannotConnect`.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Iterable

import structlog
from panoramisk.message import Message

from telephony.ami.config import AmiConfig, AmiStats
from telephony.ami.protocol import AmiProtocol, OneConnection, OnEvent
from telephony.problems import Problem
from telephony.switch import SwitchRefused, SwitchUnavailable, UnsafeValue
from telephony.wire import WANTED, Frame, UnsafeHeader

log = structlog.get_logger(__name__)

Headers = Iterable[tuple[str, str]]

NEEDED = {
    "originate": ("Originate",),
    "call": ("Hangup", "Redirect", "Atxfer", "Setvar", "Getvar", "PlayDTMF", "MixMonitorMute"),
    "agent": ("QueueAdd", "QueueRemove", "QueuePause"),
    "system": ("DBPut", "DBDel", "PJSIPNotify", "MuteAudio", "MixMonitor"),
    "reporting": ("CoreShowChannels", "CoreSettings", "DeviceStateList"),
}
"""Actions that orders need, by the write permission that grants them (``manager.conf``)."""


class CannotConnect(Exception):
    """`problem` says why; `lasting` when trying soon again is useless."""

    def __init__(self, problem: Problem, lasting: bool = False) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.lasting = lasting


class Link:
    """Asks and lists over one connection; `lost` resolves to the reason when it ends."""

    def __init__(self, config: AmiConfig, protocol: AmiProtocol, stats: AmiStats) -> None:
        self._config = config
        self._protocol = protocol
        self._stats = stats
        self.lost = protocol.lost
        self.on_pong: Callable[[float | None, float, float], None] = lambda *_: None

    def silent_for(self) -> float:
        """Seconds since the last wanted event; -1 when there was none."""
        last = self._protocol.last_event
        return asyncio.get_running_loop().time() - last if last else -1.0

    async def ask(self, action: str, headers: Headers = ()) -> Message:
        """The switch's answer. Raises SwitchRefused, SwitchUnavailable, UnsafeValue."""
        reply, _ = await self._send(action, headers, self._config.action_timeout_s, False)
        return reply

    async def list_all(
        self, action: str, headers: Headers = (), *, action_id: str = ""
    ) -> list[Frame]:
        """The items of a list, raw. An empty list may be answered by an error: it is empty."""
        try:
            _, items = await self._send(
                action, headers, self._config.list_timeout_s, True, action_id
            )
        except SwitchRefused as refused:
            if str(refused).lower().endswith("permission denied"):
                raise
            return []
        return items

    async def _send(
        self, action: str, headers: Headers, timeout_s: float, listing: bool, action_id: str = ""
    ) -> tuple[Message, list[Frame]]:
        if self.lost.done():
            raise SwitchUnavailable(f"{action}: {self.lost.result()}")
        try:
            sent = self._protocol.send_action(action, headers, action_id)
        except UnsafeHeader as unsafe:
            raise UnsafeValue(f"{action}: {unsafe}") from None
        items = self._protocol.collect(sent) if listing else None
        try:
            async with asyncio.timeout(timeout_s):
                reply: Message = await sent.future
                if not reply.success:
                    raise SwitchRefused(f"{action}: {reply.message or reply.response}")
                return reply, (await items if items else [])
        except TimeoutError:
            self._stats.timeouts += 1
            raise SwitchUnavailable(f"{action}: no answer within {timeout_s:g} s") from None
        except ConnectionAbortedError:
            raise SwitchUnavailable(f"{action}: {self.lost.result()}") from None
        finally:
            self._protocol.forget(sent)

    async def watch(self) -> Problem:
        """Pings until the connection ends; the reason. A silent peer counts as lost."""
        config, clock = self._config, asyncio.get_running_loop().time
        while not self.lost.done():
            await asyncio.wait({self.lost}, timeout=config.heartbeat_s)
            if self.lost.done():
                break
            asked_at = clock()
            try:
                async with asyncio.timeout(config.heartbeat_deadline_s):
                    await self.ping()
            except (SwitchUnavailable, TimeoutError):
                # Our own loop may have been busy: bytes that are here prove the peer alive.
                await asyncio.sleep(0)
                if self._protocol.last_heard < asked_at:
                    silent_s = config.heartbeat_deadline_s
                    self._protocol.lose(Problem("silent", {"silent_s": silent_s}))
            except SwitchRefused:
                pass  # it spoke
        return self.lost.result()

    async def ping(self) -> None:
        """Tells `on_pong` the switch's time (None: it does not say), and when by our clock it was
        asked and answered."""
        asked_at = time.time()
        pong = await self.ask("Ping")
        try:
            switch_at = float(pong.timestamp)
        except (TypeError, ValueError):
            switch_at = None
        self.on_pong(switch_at, asked_at, time.time())

    def close(self) -> None:
        self._protocol.lose(Problem("closed_here"))

    def lose(self, problem: Problem) -> None:
        self._protocol.lose(problem)


async def open_link(config: AmiConfig, on_event: OnEvent, stats: AmiStats) -> Link:
    """Connects, is greeted, logs in, checks permissions, sets filters. Raises CannotConnect.

    Events are off until somebody turns them on: they would come unfiltered before.
    """
    protocol = await _connect(config, on_event, stats)
    link = Link(config, protocol, stats)
    try:
        await _log_in(link, config)
        await _check_permissions(link, config)
        await _set_filters(link)
    except SwitchUnavailable as error:
        link.close()
        said = {"path": f"Asterisk manager at {_at(config)}", "said": str(error)}
        raise CannotConnect(Problem("said", said)) from None
    except BaseException:
        link.close()
        raise
    return link


def _at(config: AmiConfig) -> str:
    return f"{config.host}:{config.port}"


async def _connect(config: AmiConfig, on_event: OnEvent, stats: AmiStats) -> AmiProtocol:
    at = {"at": _at(config)}
    protocol: AmiProtocol | None = None
    try:
        manager = OneConnection(
            config.host, config.port, _tls(config), lambda: AmiProtocol(on_event, stats)
        )
        async with asyncio.timeout(config.connect_timeout_s):
            protocol = await manager.open()
            await protocol.greeting
            return protocol
    except TimeoutError:
        if protocol is None:
            tried: dict[str, str | float] = {"tried_s": config.connect_timeout_s, **at}
            problem = Problem("no_answer_tls" if config.tls else "no_answer", tried)
        else:
            problem = Problem("no_greeting", at)
    except ConnectionAbortedError:
        ended = protocol.lost.result() if protocol else Problem("closed")
        if not config.tls and ended.code == "closed":
            ended = Problem("closed_early")
        problem = ended.within("at", **at)
    except ssl.SSLCertVerificationError as error:
        problem = Problem("not_trusted", {"said": error.verify_message, **at})
    except ssl.SSLError:
        problem = Problem("no_tls", at)
    except ConnectionRefusedError:
        problem = Problem("refused", at)
    except OSError as error:
        problem = Problem("unreachable", {"said": error.strerror or str(error), **at})
    if protocol is not None:
        protocol.lose(problem)
    raise CannotConnect(problem)


def _tls(config: AmiConfig) -> ssl.SSLContext | None:
    if not config.tls:
        return None
    return ssl.create_default_context(cafile=config.tls_ca_file or None)


async def _log_in(link: Link, config: AmiConfig) -> None:
    headers = [("Username", config.username), ("Secret", config.secret), ("Events", "off")]
    try:
        await link.ask("Login", headers)
    except SwitchRefused as refused:
        told = {"at": _at(config), "user": config.username, "said": str(refused)}
        raise CannotConnect(Problem("login_refused", told), lasting=True) from None
    except UnsafeValue as unsafe:
        problem = Problem("login_unsafe", {"said": str(unsafe)})
        raise CannotConnect(problem, lasting=True) from None


async def _check_permissions(link: Link, config: AmiConfig) -> None:
    """Asks which actions this user may send: better one line now than each order refused later."""
    allowed = {name.lower() for name in await link.ask("ListCommands")}
    denied, absent = [], []
    for permission, actions in NEEDED.items():
        missing = [action for action in actions if action.lower() not in allowed]
        if len(missing) == len(actions):
            denied.append(permission)
        else:
            absent += missing
    if denied:
        # Not lasting: a switch that is still starting has not loaded all its actions yet.
        lacks = {"at": _at(config), "user": config.username, "permissions": ",".join(denied)}
        raise CannotConnect(Problem("no_permission", lacks))
    if absent:  # e.g. res_mutestream is not loaded; the rest still works
        log.warning("switch_actions_missing", actions=absent, pbx=config.pbx)


async def _set_filters(link: Link) -> None:
    """Lets the switch leave out what `wire` would only drop: a third of the events remains."""
    for count, name in enumerate(sorted(WANTED)):
        criteria = f"action(include),name({name})"
        headers = [("Operation", "Add"), ("MatchCriteria", criteria), ("Filter", "")]
        try:
            await link.ask("Filter", headers)
        except SwitchRefused as refused:
            if count:  # half a filter would hide events: never go on with it
                raise CannotConnect(Problem("half_filter", {"said": str(refused)})) from None
            log.info("switch_does_not_filter", reason=str(refused))  # an older Asterisk
            return

"""One connection to a manager, from the handshake to its end; never used again afterwards.

Every wait has a deadline. What goes wrong while connecting is `CannotConnect`, with one plain line.
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
    """`str(error)` is one plain line for a person; `lasting` when trying soon again is useless."""

    def __init__(self, reason: str, lasting: bool = False) -> None:
        super().__init__(reason)
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

    async def watch(self) -> str:
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
                    self._protocol.lose(f"it was silent for {config.heartbeat_deadline_s:g} s")
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
        self._protocol.lose("we closed it")

    def lose(self, reason: str) -> None:
        self._protocol.lose(reason)


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
        raise CannotConnect(f"{_where(config)}: {error}") from None
    except BaseException:
        link.close()
        raise
    return link


def _where(config: AmiConfig) -> str:
    return f"Asterisk manager at {config.host}:{config.port}"


async def _connect(config: AmiConfig, on_event: OnEvent, stats: AmiStats) -> AmiProtocol:
    where = _where(config)
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
            reason = f"{where} does not answer (tried for {config.connect_timeout_s:g} s)"
            if config.tls:
                reason += "; if its port does not speak TLS, set switch.tls to false"
        else:
            reason = (
                f"{where} accepts but sends no greeting: is it the TLS port, or another service?"
            )
    except ConnectionAbortedError:
        ended = protocol.lost.result() if protocol else "the connection was closed"
        reason = f"{where}: {ended}"
        if not config.tls and "closed" in ended:
            reason += " before its greeting: is it the TLS port?"
    except ssl.SSLCertVerificationError as error:
        reason = f"{where} shows a certificate that is not trusted ({error.verify_message})"
    except ssl.SSLError:
        reason = f"{where} does not speak TLS there: set switch.tls to false or use its TLS port"
    except ConnectionRefusedError:
        reason = (
            f"{where} refuses connections: is Asterisk running, and enabled=yes in manager.conf?"
        )
    except OSError as error:
        reason = f"{where} cannot be reached ({error.strerror or error})"
    if protocol is not None:
        protocol.lose(reason)
    raise CannotConnect(reason)


def _tls(config: AmiConfig) -> ssl.SSLContext | None:
    if not config.tls:
        return None
    return ssl.create_default_context(cafile=config.tls_ca_file or None)


async def _log_in(link: Link, config: AmiConfig) -> None:
    headers = [("Username", config.username), ("Secret", config.secret), ("Events", "off")]
    try:
        await link.ask("Login", headers)
    except SwitchRefused as refused:
        raise CannotConnect(
            f"{_where(config)} refused the user {config.username!r}: wrong name or secret,"
            f" or not permitted from here ({refused})",
            lasting=True,
        ) from None
    except UnsafeValue as unsafe:
        raise CannotConnect(f"switch.username or switch.secret: {unsafe}", lasting=True) from None


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
        raise CannotConnect(
            f"{_where(config)}: the user {config.username!r} lacks write={','.join(denied)}"
            " in manager.conf"
        )
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
                raise CannotConnect(
                    f"the switch took half of the event filter: {refused}"
                ) from None
            log.info("switch_does_not_filter", reason=str(refused))  # an older Asterisk
            return

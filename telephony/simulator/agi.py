"""Asks the routing server as the dialplan does: one FastAGI session per caller, bounded in time."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from twisted.internet import protocol
from twisted.protocols.basic import LineOnlyReceiver

from telephony.simulator.channels import Channel

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Routed:
    """Where the caller goes; the empty one is the default queue."""

    queue: str = ""
    priority: int = 0
    ring_first: str = ""
    language: str = ""


class AgiClient:
    """`reactor` is Twisted's; the deadline runs on it too."""

    def __init__(self, reactor: Any, host: str, port: int, timeout_s: float) -> None:
        self._reactor = reactor
        self._host = host
        self._port = port
        self._timeout_s = timeout_s

    def ask(self, channel: Channel, then: Callable[[Routed], None]) -> None:
        """Calls `then` exactly once: with the answer, or with Routed() when there is none."""
        if not self._port:
            then(Routed())
            return
        question = _Question(self._environment(channel), then)
        question.give_up = self._reactor.callLater(self._timeout_s, question.finish, Routed())
        self._reactor.connectTCP(self._host, self._port, question, timeout=self._timeout_s)

    def _environment(self, channel: Channel) -> list[tuple[str, str]]:
        return [
            ("network", "yes"),
            ("network_script", "route"),
            ("request", f"agi://{self._host}:{self._port}/route"),
            ("channel", channel.name),
            ("language", channel.language),
            ("type", "PJSIP"),
            ("uniqueid", channel.uniqueid),
            ("version", "22.10.1"),
            ("callerid", channel.number or "unknown"),
            ("calleridname", channel.caller_name or "unknown"),
            ("callingpres", "0"),
            ("callingani2", "0"),
            ("callington", "0"),
            ("callingtns", "0"),
            ("dnid", channel.exten),
            ("rdnis", "unknown"),
            ("context", channel.context),
            ("extension", channel.exten),
            ("priority", "1"),
            ("enhanced", "0.0"),
            ("accountcode", ""),
            ("threadid", "1"),
            ("arg_1", channel.uniqueid),
            ("arg_2", channel.exten),
        ]


class _Conversation(LineOnlyReceiver):
    delimiter = b"\n"
    transport: Any  # Twisted's interfaces are no types to mypy

    def __init__(self, asked: _Question) -> None:
        self._asked = asked

    def connectionMade(self) -> None:  # noqa: N802 (Twisted's name)
        self.transport.setTcpNoDelay(True)
        lines = [f"agi_{name}: {value}\n" for name, value in self._asked.environment]
        self.transport.write("".join([*lines, "\n"]).encode())

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 (Twisted's name)
        try:
            words = shlex.split(line.decode("utf-8", "replace"))
        except ValueError:
            words = []
        self.transport.write(f"{self._answer(words)}\n".encode())

    def _answer(self, words: list[str]) -> str:
        variables = self._asked.variables
        match [word.upper() for word in words[:2]]:
            case ["SET", "VARIABLE"] if len(words) == 4:
                variables[words[2]] = words[3]
                return "200 result=1"
            case ["GET", "VARIABLE"] if len(words) == 3:
                value = variables.get(words[2])
                return "200 result=0" if value is None else f"200 result=1 ({value})"
            case ["VERBOSE", *_] | ["NOOP", *_]:
                return "200 result=1"
            case _:
                return "510 Invalid or unknown command"

    def connectionLost(self, reason: object = None) -> None:  # noqa: N802 (Twisted's name)
        self._asked.finish(self._asked.routed())


class _Question(protocol.ClientFactory):
    noisy = False

    def __init__(self, environment: list[tuple[str, str]], then: Callable[[Routed], None]) -> None:
        self.environment = environment
        self.variables: dict[str, str] = {}
        self.give_up: Any = None  # the deadline's IDelayedCall
        self._then: Callable[[Routed], None] | None = then
        self._conversation: _Conversation | None = None

    def buildProtocol(self, addr: object) -> Any:  # noqa: N802 (Twisted's name)
        self._conversation = _Conversation(self)
        return self._conversation

    def clientConnectionFailed(  # noqa: N802 (Twisted's name)
        self, connector: object, reason: object
    ) -> None:
        log.info("routing_server_not_reached", reason=str(reason))
        self.finish(Routed())

    def routed(self) -> Routed:
        get = self.variables.get
        if get("CRM_ROUTED") != "1":
            return Routed()
        priority = get("CRM_PRIORITY", "")
        return Routed(
            queue=get("CRM_QUEUE", ""),
            priority=int(priority) if priority.isdecimal() else 0,
            ring_first=get("CRM_RING_FIRST", ""),
            language=get("CRM_LANGUAGE", ""),
        )

    def finish(self, routed: Routed) -> None:
        """The first to come decides: the answer, the end of the connection, or the deadline."""
        then, self._then = self._then, None
        if then is None:
            return
        if self.give_up is not None and self.give_up.active():
            self.give_up.cancel()
        if self._conversation is not None and self._conversation.transport is not None:
            self._conversation.transport.abortConnection()
        then(routed)

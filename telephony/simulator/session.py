"""One manager connection to the fake switch: login, filters, actions in, events out."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from twisted.internet import protocol
from twisted.internet.interfaces import ITCPTransport

from telephony.simulator.actions import Action, Handler, Handlers, Refused, Reply
from telephony.simulator.bus import Bus, encode
from telephony.simulator.channels import Fields
from telephony.simulator.config import BANNER, Account

log = structlog.get_logger(__name__)

MAX_ACTION = 128 * 1024


Written = Callable[[str, bytes], None]
"""(event name, frame), after the bytes were given to the transport."""


class ManagerSession(protocol.Protocol):
    """`handlers` maps a lower-case action name to (permissions that allow it, handler)."""

    transport: Any  # Twisted's interfaces are no types to mypy

    def __init__(
        self,
        bus: Bus,
        accounts: Mapping[str, Account],
        handlers: Handlers,
        written: Written,
        filters: bool = True,
    ) -> None:
        self._bus = bus
        self._accounts = accounts
        self._handlers = handlers
        self._written = written
        self._filters = filters
        self._buffer = b""
        self._challenge = ""
        self._account: Account | None = None
        self._only: set[str] = set()  # names of an include filter; empty: everything
        self._detach: Callable[[], None] | None = None
        self._at_the_door: dict[str, Handler] = {
            "login": self._login,
            "challenge": self._give_challenge,
            "logoff": lambda _: Reply("Thanks for all the fish."),
        }
        self._inside: dict[str, Handler] = {
            "filter": self._filter,
            "events": self._set_events,
            "listcommands": lambda _: self._list_commands(),
        }

    def connectionMade(self) -> None:  # noqa: N802 (Twisted's name)
        if ITCPTransport.providedBy(self.transport):
            self.transport.setTcpNoDelay(True)  # as Asterisk does; Nagle holds an event for 40 ms
        self.transport.write(f"{BANNER}\r\n".encode())

    def connectionLost(self, reason: object = None) -> None:  # noqa: N802 (Twisted's name)
        if self._detach:
            self._detach()
            self._detach = None

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 (Twisted's name)
        *actions, self._buffer = (self._buffer + data).split(b"\r\n\r\n")
        for raw in actions:
            self._act(Action(raw.decode("utf-8", "replace").split("\r\n")))
        if len(self._buffer) > MAX_ACTION:
            self.transport.abortConnection()

    def _act(self, action: Action) -> None:
        name = action.get("Action")
        try:
            reply = self._reply(name.lower(), action)
        except Refused as refused:
            self._respond(action, "Error", [("Message", str(refused))])
            if self._account is None and name.lower() == "login":
                self.transport.loseConnection()
            return
        if name.lower() == "logoff":
            self._respond(action, "Goodbye", reply.fields)
            self.transport.loseConnection()
            return
        self._respond(action, "Success", reply.fields)
        self._send_list(action, reply)
        if name.lower() == "login":
            self._logged_in(action)

    def _reply(self, name: str, action: Action) -> Reply:
        own = self._at_the_door.get(name)
        if own is not None:
            return own(action)
        if self._account is None:
            raise Refused("Permission denied")
        own = self._inside.get(name)
        if own is not None:
            return own(action)
        if name not in self._handlers:
            raise Refused(
                f"Invalid/unknown command: {action.get('Action')}."
                " Use Action: ListCommands to show available commands."
            )
        _, permissions, handler = self._handlers[name]
        if not self._may(permissions):
            raise Refused("Permission denied")
        return handler(action)

    def _may(self, permissions: frozenset[str]) -> bool:
        return not permissions or bool(self._account and self._account.write & permissions)

    def _respond(self, action: Action, response: str, fields: Fields) -> None:
        headers = [("Response", response)]
        if action.get("ActionID"):
            headers.append(("ActionID", action.get("ActionID")))
        self.transport.write(encode([*headers, *fields]))

    def _send_list(self, action: Action, reply: Reply) -> None:
        if not reply.complete:
            return
        number = ("ActionID", action.get("ActionID"))
        parts = [encode([("Event", name), number, *fields]) for name, fields in reply.items]
        end = [("Event", reply.complete), number, ("EventList", "Complete")]
        parts.append(encode([*end, ("ListItems", str(len(reply.items)))]))
        self.transport.write(b"".join(parts))

    # -- who asks --------------------------------------------------------------------------

    def _login(self, action: Action) -> Reply:
        account = self._accounts.get(action.get("Username"))
        if account is None or not self._proves(account, action):
            raise Refused("Authentication failed")
        self._account = account
        return Reply("Authentication accepted")

    def _proves(self, account: Account, action: Action) -> bool:
        if action.get("AuthType").upper() == "MD5":
            if not self._challenge:
                return False
            expected = hashlib.md5(
                (self._challenge + account.secret).encode(), usedforsecurity=False
            ).hexdigest()
            return hmac.compare_digest(expected, action.get("Key"))
        return hmac.compare_digest(account.secret.encode(), action.get("Secret").encode())

    def _give_challenge(self, action: Action) -> Reply:
        if action.get("AuthType").upper() != "MD5":
            raise Refused("Must specify AuthType")
        self._challenge = str(secrets.randbelow(10**9))
        return Reply(fields=[("Challenge", self._challenge)])

    def _logged_in(self, action: Action) -> None:
        if action.get("Events").lower() == "off":
            return
        self._listen(True)
        fields = [("Event", "FullyBooted"), ("Privilege", "system,all")]
        self.transport.write(encode([*fields, ("Uptime", "1"), ("Status", "Fully Booted")]))

    def _set_events(self, action: Action) -> Reply:
        return self._listen(action.get("EventMask").lower() != "off")

    def _listen(self, on: bool) -> Reply:
        if self._detach is not None:
            self._detach()
            self._detach = None
        if on:
            self._detach = self._bus.attach(self._event)
        return Reply(fields=[("Events", "On" if on else "Off")])

    def _filter(self, action: Action) -> Reply:
        if not self._may(frozenset({"system"})):
            raise Refused("Permission denied")
        if not self._filters:
            raise Refused("Filter format error")
        criteria = action.get("MatchCriteria")
        start, end = "action(include),name(", ")"
        if action.get("Filter") or not (criteria.startswith(start) and criteria.endswith(end)):
            raise Refused("Filter format error")
        self._only.add(criteria[len(start) : -1])
        return Reply("Success")

    def _list_commands(self) -> Reply:
        allowed = [(name, may) for name, may, _ in self._handlers.values() if self._may(may)]
        if self._may(frozenset({"system"})):
            allowed.append(("Filter", frozenset({"system"})))
        return Reply(
            fields=[
                (name, f"Simulated.  (Priv: {','.join(sorted(may)) or '<none>'})")
                for name, may in sorted(allowed)
            ]
        )

    def _event(self, name: str, frame: bytes) -> None:
        if self._only and name not in self._only:
            return
        self.transport.write(frame)
        self._written(name, frame)


class ManagerFactory(protocol.ServerFactory):
    """Makes a session per connection and can drop them all (the switch goes down)."""

    noisy = False

    def __init__(self, make: Callable[[], ManagerSession]) -> None:
        self._make = make
        self.sessions: set[ManagerSession] = set()

    def buildProtocol(self, addr: object) -> ManagerSession:  # noqa: N802 (Twisted's name)
        self.sessions = {session for session in self.sessions if session.connected}
        session = self._make()
        self.sessions.add(session)
        return session

    def drop(self) -> None:
        for session in self.sessions:
            if session.connected:
                session.transport.abortConnection()
        self.sessions = set()

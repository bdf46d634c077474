"""What a manager asks and is answered, and the table of those who answer."""

from __future__ import annotations

from collections.abc import Callable

from telephony.simulator.channels import Fields


class Action:
    """What a client asked. Header names are case-insensitive; some come several times."""

    def __init__(self, lines: list[str]) -> None:
        self.headers: list[tuple[str, str]] = []
        for line in lines:
            name, colon, value = line.partition(":")
            if colon:
                self.headers.append((name.strip().lower(), value.strip()))

    def get(self, name: str, default: str = "") -> str:
        for key, value in self.headers:
            if key == name.lower():
                return value
        return default

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name.lower()]


class Refused(Exception):
    """``Response: Error``, with this message."""


class Reply:
    """``Response: Success`` with `fields`; a list's `items` and its closing event follow."""

    def __init__(
        self,
        message: str = "",
        fields: Fields | None = None,
        items: list[tuple[str, Fields]] | None = None,
        complete: str = "",
    ) -> None:
        self.fields: Fields = list(fields or [])
        if complete:
            self.fields.append(("EventList", "start"))
        if message:
            self.fields.append(("Message", message))
        self.items = items or []
        self.complete = complete


Handler = Callable[[Action], Reply]
Handlers = dict[str, tuple[str, frozenset[str], Handler]]


def table(*rows: tuple[str, str, Handler]) -> Handlers:
    """Rows of (action, permissions that allow it, handler), keyed as sessions look them up."""
    return {
        name.lower(): (name, frozenset(permissions.split(",")) - {""}, handler)
        for name, permissions, handler in rows
    }

"""Events, made into bytes once and given to every manager session."""

from __future__ import annotations

from collections.abc import Callable, Iterable

Headers = Iterable[tuple[str, str]]
Sink = Callable[[str, bytes], None]
"""(event name, whole frame)"""


class Bus:
    """`now` is the switch's clock, in seconds since the epoch, for the header Timestamp."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self._sinks: list[Sink] = []

    def attach(self, sink: Sink) -> Callable[[], None]:
        """Every event goes to `sink` from now on, until the returned function is called."""
        self._sinks.append(sink)
        return lambda: self._sinks.remove(sink)

    def emit(self, name: str, headers: Headers, privilege: str = "call,all") -> None:
        stamp = f"{self.now():.6f}"
        first = [("Event", name), ("Privilege", privilege), ("Timestamp", stamp)]
        frame = encode([*first, *headers])
        for sink in tuple(self._sinks):
            sink(name, frame)


def encode(headers: Headers) -> bytes:
    """One frame. A line break in a value would be a second header: it becomes a space."""
    lines = []
    for name, value in headers:
        if "\r" in value or "\n" in value:
            value = value.replace("\r", " ").replace("\n", " ")  # noqa: PLW2901 (the same value, safe)
        lines.append(f"{name}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def escape(text: str) -> str:
    """As `ast_escape_c` does with names."""
    for sign in "\\'\"?":
        text = text.replace(sign, f"\\{sign}")
    return text

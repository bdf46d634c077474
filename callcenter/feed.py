"""Numbered messages to screens: a ring in memory, resumed by (epoch, seq).

`epoch` names this run of the process, `seq` rises by one per message, whoever it is for.
A client that missed messages asks `since`; when they are no longer in the ring (or belong to
another epoch) it gets None and takes a fresh snapshot instead. Everything here runs on the loop's
thread and returns at once: subscribers only enqueue.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import islice
from uuid import UUID, uuid4

import orjson

RING = 20_000  # messages kept; about 10 s of the busiest floor we measure, hours of a usual one


class Message:
    """One numbered message. `audience` None means everybody."""

    __slots__ = ("_encoded", "audience", "data", "seq", "type")

    def __init__(self, seq: int, kind: str, data: object, audience: frozenset[UUID] | None) -> None:
        self.seq = seq
        self.type = kind
        self.data = data
        self.audience = audience
        self._encoded: bytes | None = None

    def encoded(self) -> bytes:
        """The frame as every socket gets it: serialised once, on first need."""
        if self._encoded is None:
            self._encoded = orjson.dumps({"seq": self.seq, "type": self.type, "data": self.data})
        return self._encoded

    def is_for(self, user_id: UUID) -> bool:
        return self.audience is None or user_id in self.audience


Subscriber = Callable[[Message], None]


class Feed:
    def __init__(self, epoch: str | None = None, ring: int = RING) -> None:
        self.epoch = epoch or uuid4().hex
        self.seq = 0
        self._ring: deque[Message] = deque(maxlen=ring)
        self._subscribers: list[Subscriber] = []

    def publish(self, audience: frozenset[UUID] | None, kind: str, data: object) -> int:
        """Number the message, keep it, hand it to every subscriber; returns its number.

        `data` must be frozen from here on: it is serialised when the first socket needs it.
        """
        self.seq += 1
        message = Message(self.seq, kind, data, audience)
        self._ring.append(message)
        for subscriber in self._subscribers:
            subscriber(message)
        return self.seq

    def since(self, epoch: str | None, seq: int | None, user_id: UUID) -> list[Message] | None:
        """This user's messages after `seq`; None when a snapshot is needed instead."""
        if epoch != self.epoch or seq is None or not 0 <= seq <= self.seq:
            return None
        missed = self.seq - seq
        if missed > len(self._ring):
            return None
        newest = islice(self._ring, len(self._ring) - missed, None)
        return [message for message in newest if message.is_for(user_id)]

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` for every message from now on; call the result to stop."""
        self._subscribers = [*self._subscribers, subscriber]

        def unsubscribe() -> None:
            self._subscribers = [one for one in self._subscribers if one is not subscriber]

        return unsubscribe

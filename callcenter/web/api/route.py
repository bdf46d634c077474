"""How a route of the API is declared: one line, from which dispatch and OpenAPI both work.

What a handler takes and gives stands in its own annotations:
``async def change(incoming: Incoming[CallPatch, None]) -> CallDetail``.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from callcenter.domain.permissions import Actor
from callcenter.services.auth import Session
from callcenter.web.context import WebContext

PREFIX = "/api/v1"

B = TypeVar("B")
Q = TypeVar("Q")
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Incoming(Generic[B, Q]):
    """A request that passed: body and query are validated, the session is real."""

    context: WebContext
    body: B
    query: Q
    ids: Mapping[str, UUID]
    ip: str
    gateway_url: str
    who: Session | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        """Who asks. Every route has it but those for the public and for anybody."""
        if self.who is None:
            raise LookupError("nobody need be signed in for this route")
        return self.who

    @property
    def actor(self) -> Actor:
        return self.session.actor

    @property
    def user_id(self) -> UUID:
        return self.session.user.id

    @property
    def id(self) -> UUID:
        """The ``{id}`` of the path."""
        return self.ids["id"]


@dataclass(frozen=True, slots=True)
class WithCookie(Generic[A]):
    """An answer that also sets the session cookie ("" takes it away)."""

    data: A
    token: str


@dataclass(frozen=True, slots=True)
class Bytes:
    """An answer that is no JSON: `status`, `headers` and pieces, `length` bytes in all. Without
    `pieces` only the headers are sent."""

    media: str
    length: int
    pieces: AsyncGenerator[bytes, None] | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Route:
    method: str
    path: str  # below PREFIX
    handler: Callable[[Incoming[Any, Any]], Awaitable[Any]]
    summary: str
    status: int = 200
    public: bool = False  # nobody need be signed in, and it does not matter who is
    anybody: bool = False  # nobody need be signed in, and it matters who is
    repeatable: bool = False  # a POST that changes nothing when it is done again
    media: str = ""  # of an answer that is `Bytes`
    ranges: bool = False  # of these any part may be asked for
    body: type | None = field(init=False)
    query: type | None = field(init=False)
    answer: type | None = field(init=False)

    def __post_init__(self) -> None:
        hints = get_type_hints(self.handler)
        body, query = (None if t is type(None) else t for t in get_args(hints["incoming"]))
        answer = hints["return"]
        if get_origin(answer) is WithCookie:
            (answer,) = get_args(answer)
        object.__setattr__(self, "body", body)
        object.__setattr__(self, "query", query)
        no_schema = answer in (type(None), Bytes)
        object.__setattr__(self, "answer", None if no_schema else answer)

    @property
    def path_names(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    @property
    def idempotent_by_key(self) -> bool:
        return self.method == "POST" and not self.public

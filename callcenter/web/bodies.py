"""What REST accepts: request bodies and query strings. Unknown fields are refused by name.

In a PATCH a field that is absent stays as it was; where null is a value of its own (a ticket taken
off a call) the type says so.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)

from callcenter.services.records import PartyKind, TicketStatus


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not have a NUL character in it")
    return text


WithoutNul = AfterValidator(_without_nul)  # PostgreSQL stores none, and no switch takes one

Locale = Literal["en", "zh-CN"]
Theme = Literal["", "light", "dark"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000), WithoutNul]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), WithoutNul
]
Number = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), WithoutNul
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60), WithoutNul]
Priority = Annotated[int, Field(ge=1, le=4)]
Version = Annotated[int, Field(ge=1)]

ABSENT: Final[Any] = None  # the default of a field that may be left out but not be null


def _leave_out_absent(schema: dict[str, Any]) -> None:
    """An absent field has no default value a client could send."""
    for inner in schema.get("properties", {}).values():
        if inner.get("default", ...) is None:
            del inner["default"]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_leave_out_absent)


class SignIn(Body):
    login: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), WithoutNul
    ]
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class PrefsPatch(Body):
    locale: Locale = ABSENT
    theme: Theme = ABSENT


class CallPatch(Body):
    party_id: UUID | None = None
    ticket_id: UUID | None = None
    note: Text = ABSENT
    version: Version


class CustomerCreate(Body):
    name: Line
    number: Number
    kind: PartyKind = "person"
    company: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=300), WithoutNul
    ] = ""


class TicketCreate(Body):
    """`domain` is that of the `queue` when it is not given."""

    subject: Line
    party_id: UUID
    queue: Name = ""
    domain: Name = ""
    priority: Priority = 3
    call_id: UUID | None = None


class TicketPatch(Body):
    status: TicketStatus = ABSENT
    priority: Priority = ABSENT
    subject: Line = ABSENT
    version: Version


class NoteCreate(Body):
    body: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), WithoutNul
    ]
    call_id: UUID | None = None


class CallQuery(Body):
    mine: bool = False
    party_id: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    before: AwareDatetime | None = None  # calls that started earlier than this


class CustomerQuery(Body):
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), WithoutNul] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class TicketQuery(Body):
    party_id: UUID
    limit: Annotated[int, Field(ge=1, le=200)] = 50

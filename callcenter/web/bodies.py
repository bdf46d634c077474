"""What REST accepts: request bodies and query strings. Unknown fields are refused by name.

In a PATCH a field that is absent stays as it was; where null is a value of its own (a ticket taken
off a call) the type says so.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from callcenter.domain.zones import EXPECTED, is_zone
from callcenter.services.records import (
    ArticleKind,
    CallbackStatus,
    Density,
    PartyKind,
    TicketStatus,
    TimelineKind,
)


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not have a NUL character in it")
    return text


def _iana_zone(name: str) -> str:
    if name and not is_zone(name):
        raise ValueError(f"must be {EXPECTED}")
    return name


def _key_names(values: dict[str, str]) -> dict[str, str]:
    for name in values:
        if not re.fullmatch(r"[a-z0-9_.-]{1,40}", name):
            raise ValueError("keys are up to 40 small letters, digits, '.', '-' and '_'")
    return values


KeyNames = AfterValidator(_key_names)
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
Paragraph = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), WithoutNul
]
Zone = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=60), AfterValidator(_iana_zone)
]
Tag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), WithoutNul
]
Tags = Annotated[tuple[Tag, ...], Field(max_length=20)]
CallbackOwner = Literal["me", "anyone"]
Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), WithoutNul
]
DeviceLabel = Annotated[str, StringConstraints(max_length=200), WithoutNul]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{0,40}$")]
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


class ColumnWidths(Body):
    calls: Annotated[int, Field(ge=160, le=1200)]
    work: Annotated[int, Field(ge=160, le=1200)]


class SpeedDialEntry(Body):
    label: Label
    number: Number


class Devices(Body):
    microphone: DeviceLabel = ""
    speaker: DeviceLabel = ""
    ringer: DeviceLabel = ""


class PrefsPatch(Body):
    """What is given replaces what was; a list or map as a whole."""

    locale: Locale = ABSENT
    theme: Theme = ABSENT
    density: Density = ABSENT
    ringtone: Key = ABSENT
    ring_volume: Annotated[float, Field(ge=0, le=1)] = ABSENT
    ring_on: bool = ABSENT
    notify: bool = ABSENT
    columns: ColumnWidths | None = None
    shortcuts: Annotated[dict[str, Label], Field(max_length=80), KeyNames] = ABSENT
    speed_dial: Annotated[tuple[SpeedDialEntry, ...], Field(max_length=30)] = ABSENT
    devices: Devices = ABSENT
    toured: bool = ABSENT
    layout: Annotated[dict[str, Label], Field(max_length=40), KeyNames] = ABSENT


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
    body: Paragraph
    call_id: UUID | None = None


class CallbackCreate(Body):
    """`zone` is the customer's (IANA); `owner` "anyone" leaves it to the queue's agents."""

    number: Number
    due_at: AwareDatetime
    zone: Zone = ""
    owner: CallbackOwner = "me"
    note: Text = ""
    party_id: UUID | None = None
    queue: Name = ""
    call_id: UUID | None = None
    ticket_id: UUID | None = None


class CallbackPatch(Body):
    due_at: AwareDatetime = ABSENT
    zone: Zone = ABSENT
    owner: CallbackOwner = ABSENT
    status: CallbackStatus = ABSENT
    note: Text = ABSENT
    version: Version


class PromisedCallback(Body):
    """A callback after a call; customer, queue and ticket are the call's, and so is the number
    when it is not given."""

    due_at: AwareDatetime
    zone: Zone = ""
    number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64), WithoutNul] = ""
    owner: CallbackOwner = "me"
    note: Text = ""


class NextTask(Body):
    body: Paragraph
    due_at: AwareDatetime | None = None
    owner: CallbackOwner = "me"


class WrapUpTicket(Body):
    """The ticket the call was about: one there is (`id`), or a new one (`subject`); without both
    the call's own. `status`: what becomes of it."""

    id: UUID | None = None
    subject: Line = ABSENT
    status: TicketStatus = ABSENT


class WrapUp(Body):
    """Everything that is left to do after a call, saved at once.

    `note` replaces the call's; what somebody wrote since `note_was` (the note this one was made
    of) stays. An absent `note` or `tags` stays as it was.
    """

    disposition_id: UUID | None = None
    tags: Tags = ABSENT
    note: Text = ABSENT
    note_was: Text = ABSENT
    callback: PromisedCallback | None = None
    task: NextTask | None = None
    ticket: WrapUpTicket | None = None


class MissedClear(Body):
    """Calls missed up to then were seen; null brings all of them back."""

    until: AwareDatetime | None


class CustomerNote(Body):
    body: Paragraph


class TaskCreate(Body):
    body: Paragraph
    due_at: AwareDatetime | None = None
    owner: CallbackOwner = "me"
    party_id: UUID | None = None
    ticket_id: UUID | None = None
    call_id: UUID | None = None


class TaskPatch(Body):
    body: Paragraph = ABSENT
    done: bool = ABSENT
    due_at: AwareDatetime | None = None
    owner: CallbackOwner = ABSENT


class RecordingDelete(Body):
    """`reason` stands in the audit, beside what proves the deletion."""

    reason: Line


class CallQuery(Body):
    mine: bool = False
    undisposed: bool = False  # one's own whose disposition is required and missing
    party_id: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    before: AwareDatetime | None = None  # calls that started earlier than this


class CustomerQuery(Body):
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), WithoutNul] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class TicketQuery(Body):
    party_id: UUID
    limit: Annotated[int, Field(ge=1, le=200)] = 50


def _split(value: object) -> object:
    """A list in a query string: "call,ticket"."""
    return tuple(value.split(",")) if isinstance(value, str) else value


class TimelineQuery(Body):
    """The page after an entry: `before` and `before_id` are its `at` and `id`."""

    kinds: Annotated[
        tuple[TimelineKind, ...], BeforeValidator(_split), Field(max_length=10)
    ] = ()  # all of them
    before: AwareDatetime | None = None
    before_id: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class CallbackQuery(Body):
    """`open`: everything not done that one may see; `mine`: one's own of these; `due`: those of
    one's own and of one's queues that are due now."""

    state: Literal["due", "mine", "open"] = "open"
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class ReconciliationQuery(Body):
    limit: Annotated[int, Field(ge=1, le=400)] = 30


class DifferenceQuery(Body):
    limit: Annotated[int, Field(ge=1, le=10_000)] = 10_000


class TaskQuery(Body):
    mine: bool = False
    party_id: UUID | None = None
    done: bool = False  # also those that are done
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class ArticleQuery(Body):
    """Scripts first. `queue`: those of this queue and of every queue."""

    queue: Name = ""
    kind: ArticleKind | None = None
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), WithoutNul] = ""
    locale: Name = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 50

"""What a use case refuses, in words for the person who asked.

`code` is stable snake_case (screens translate it), `message` one plain English sentence.
The web layer turns the class into a status: Invalid 400, Forbidden 403, NotFound 404,
Conflict 409, Unavailable 503.
"""

from __future__ import annotations

from collections.abc import Mapping


class ServiceError(Exception):
    def __init__(self, code: str, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fields = dict(fields or {})


class Invalid(ServiceError):
    """The request cannot be meant like this; `fields` says which value and why."""


class Forbidden(ServiceError):
    """This person may not do that to this record."""


class NotFound(ServiceError):
    """No such record, or not for this person's eyes."""


class Conflict(ServiceError):
    """The state does not allow it: somebody was faster, or the agent is in another state."""


class Unavailable(ServiceError):
    """The switch (or another machine) is not there; nothing was lost, try again."""


class NotYet(Unavailable):
    """We are behind with our own work; nothing was done, so the same request may be sent again."""

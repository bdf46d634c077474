"""Users as an operator makes them: by the command line, until there is a screen for it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy.exc import IntegrityError

from callcenter.domain.permissions import SYSTEM
from callcenter.services import places
from callcenter.services.clock import Clock
from callcenter.services.errors import Conflict, Invalid, NotFound
from callcenter.store.database import Database
from callcenter.store.ids import new_id
from callcenter.store.queries import audit, users

PHONE_KINDS = ("browser", "desk")
_EXTENSION = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class NewUser:
    """`extension` "" for somebody without a phone; `queues` are the queues' names; `phone_kind`
    where a call's sound is: "browser" or "desk"; `switch` the id of a further one, "" the first."""

    login: str
    name: str
    password: str
    role: str
    extension: str
    queues: tuple[str, ...]
    locale: str
    phone_kind: str = "browser"
    switch: str = ""

    @property
    def device(self) -> str | None:
        if not self.extension:
            return None
        name = f"PJSIP/{self.extension}"
        return places.qualified(self.switch, name) if self.switch else name


def as_login(typed: str) -> str:
    """As it is stored and looked up: nobody's capitals or spaces matter."""
    return typed.strip().casefold()


async def add(database: Database, clock: Clock, new: NewUser) -> None:
    """Raises Invalid for a role or queue that is not there and an extension that cannot be dialled,
    Conflict for a login or extension that is taken."""
    if new.extension and not _EXTENSION.fullmatch(new.extension):
        raise Invalid(
            "extension", "An extension is dialled: digits only.", {"extension": "digits only"}
        )
    _known("phone", (new.phone_kind,), PHONE_KINDS)
    hashed = PasswordHasher().hash(new.password)
    async with database.begin() as connection:
        roles = await users.role_ids(connection)
        queues = await users.queue_ids(connection)
        _known("role", (new.role,), roles)
        _known("queues", new.queues, queues)
        user_id, login = new_id(), as_login(new.login)
        try:
            await users.insert(
                connection,
                id=user_id,
                login=login,
                name=new.name,
                password_hash=hashed,
                role_id=roles[new.role],
                extension=new.extension or None,
                interface=new.device,
                phone_kind=new.phone_kind,
                locale=new.locale,
                created_at=clock.now(),
            )
        except IntegrityError:
            raise Conflict(
                "user_exists", f"Login {login!r} or extension {new.extension!r} is taken."
            ) from None
        await users.join_queues(connection, user_id, [queues[name] for name in new.queues])
        await audit.record(
            connection,
            at=clock.now(),
            actor=SYSTEM,
            action="user.create",
            object_="user",
            object_id=str(user_id),
            after={"login": login, "role": new.role, "extension": new.extension},
        )


async def set_phone_kind(database: Database, clock: Clock, login: str, kind: str) -> None:
    """A running server takes it up with the next look at its users, between calls. Raises Invalid
    for another kind, NotFound for a login that is not there."""
    _known("phone", (kind,), PHONE_KINDS)
    async with database.begin() as connection:
        found = await users.phone_kind(connection, as_login(login))
        if found is None:
            raise NotFound("no_such_user", f"There is no user {login!r}.")
        await users.set_phone_kind(connection, found.id, kind)
        await audit.record(
            connection,
            at=clock.now(),
            actor=SYSTEM,
            action="user.update",
            object_="user",
            object_id=str(found.id),
            before={"phone_kind": found.phone_kind},
            after={"phone_kind": kind},
        )


async def set_passwords(database: Database, hashes: dict[str, str]) -> None:
    """argon2id hashes by login; logins that are not there are passed over."""
    async with database.begin() as connection:
        for login, hashed in hashes.items():
            await users.set_password_hash(connection, as_login(login), hashed)


def _known(field: str, wanted: Collection[str], there: Collection[str]) -> None:
    for name in wanted:
        if name not in there:
            choice = ", ".join(sorted(there))
            raise Invalid(
                "unknown", f"There is no {name!r}; there are {choice}.", {field: f"one of {choice}"}
            )

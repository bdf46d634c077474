"""What there is in the room: seats, each with customers of its own who call when asked to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from callcenter.practice.sessions import PracticeSessions
from callcenter.practice.switch import SEATS, PracticeSwitch, seat_extension
from callcenter.services.auth import Session
from callcenter.services.directory import Directory
from callcenter.services.errors import Conflict, NotFound, Unavailable
from callcenter.services.records import UserView
from callcenter.services.reloading import Reloading
from callcenter.store import practice as rows
from callcenter.store.database import Database
from callcenter.store.practice import PracticeCaller
from callcenter.web.context import WebContext
from callcenter.web.gateway import Gateway
from telephony.switch import Switch

URL: Final = "/practice/"
PATIENCE_S: Final = 40.0
TALK_S: Final = 300.0  # then the caller says goodbye


class House(Protocol):
    """What `callcenter.main.Application` is to its practice room."""

    @property
    def context(self) -> WebContext: ...

    @property
    def gateway(self) -> Gateway: ...

    @property
    def switch(self) -> Switch: ...

    @property
    def database(self) -> Database: ...

    @property
    def directory(self) -> Directory: ...

    @property
    def reloading(self) -> Reloading: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass(slots=True)
class _Seat:
    extension: str
    callers: list[PracticeCaller]
    calls: int = 0


class Inside:
    """`web.context.Practice` for who is in the room."""

    def __init__(self, switch: PracticeSwitch, sessions: PracticeSessions) -> None:
        self._switch = switch
        self._sessions = sessions
        self._seats: dict[UUID, _Seat] = {}
        self._sitting = asyncio.Lock()
        self._house: House | None = None

    async def furnish(self, house: House) -> None:
        """The house has started, and its switch is connected."""
        agents, now = house.context.agents, house.context.clock.now()
        async with house.database.begin() as connection:
            colleagues = await rows.furnish(connection, now)
            permissions = await rows.permissions(connection)
        await house.reloading.load()
        for user_id in colleagues:
            await agents.sign_in(user_id)
            await agents.ready(user_id)
        self._house = house
        self._sessions.open(self._sit, permissions)

    async def open(self, session: Session) -> str:
        """They are here already."""
        return URL

    def inside(self) -> WebContext:
        raise NotFound("not_found", "There is no room within this room.")

    async def call(self, user_id: UUID) -> None:
        """One of this user's customers calls them now; they are ready with that.

        Raises Conflict while they have another call.
        """
        house, seat = self._house, self._seats.get(user_id)
        if house is None or seat is None:
            raise NotFound("practice_over", "The practice room is closed.")
        if any(one.state != "ended" for one in house.context.live.snapshot(user_id).calls):
            raise Conflict("practice_busy", "Finish the call that you have first.")
        await house.context.agents.ready(user_id)
        caller = seat.callers[seat.calls % len(seat.callers)]
        seat.calls += 1
        await self._switch.simulator.place_call(
            caller.number, caller.name, rows.LINE, patience_s=PATIENCE_S, talk_s=TALK_S
        )

    async def _sit(self, user: UserView) -> str:
        async with self._sitting:
            seat = self._seats.get(user.id) or await self._welcome(user)
        return seat.extension

    async def _welcome(self, user: UserView) -> _Seat:
        house, number = self._house, len(self._seats) + 1
        if house is None or number > SEATS:
            raise Unavailable("practice_full", "Every seat of the practice room is taken.")
        extension = seat_extension(number)
        async with house.database.begin() as connection:
            callers = await rows.welcome(
                connection,
                user_id=user.id,
                name=user.name,
                locale=user.locale,
                extension=extension,
                seat=number,
                at=house.context.clock.now(),
            )
        await house.reloading.load()
        await house.directory.refresh({one.party_id for one in callers})
        seat = self._seats[user.id] = _Seat(extension, list(callers))
        return seat

"""Missed calls: whom an agent should call back.

Rules
1. Calls that rang at the agent and that nobody answered (from a queue, or directly), and calls
   that were given up in one of the agent's queues while they were signed in: they were there to
   answer it, so it is theirs to make good. Callers in the night are not; nor are withheld numbers,
   which nobody can call back.
2. One entry per customer, or per number nobody knows: the last attempt, and how many there were.
3. Gone when somebody spoke with them since, whoever and whoever called whom; an attempt at calling
   back that was not answered keeps it.
4. The list clears as a set, up to a time (`user.missed_cleared_at`); taking that back is clearing
   up to the former time. It never goes back farther than `LOOK_BACK`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from callcenter.domain.permissions import Actor
from callcenter.services.clock import Clock
from callcenter.services.directory import Directory
from callcenter.services.log_news import LoggedCall
from callcenter.services.news import News
from callcenter.services.records import MissedReason, MissedRow
from callcenter.services.roster import Roster
from callcenter.store.database import Database
from callcenter.store.queries import AnyRow
from callcenter.store.queries import missed as queries

LOOK_BACK: Final = timedelta(days=7)
MOST: Final = 500
"""Calls looked at; the list is shorter, because customers call more than once."""

_Who = UUID | str
"""A customer, or a number nobody knows."""


class Missed:
    def __init__(
        self,
        *,
        database: Database,
        directory: Directory,
        roster: Roster,
        clock: Clock,
        news: News,
    ) -> None:
        self._database = database
        self._directory = directory
        self._roster = roster
        self._clock = clock
        self._news = news
        self._shown: dict[UUID, frozenset[_Who]] = {}  # on whose screen stands whom

    async def listed(self, actor: Actor) -> Sequence[MissedRow]:
        """One's own; newest first."""
        oldest = self._clock.now() - LOOK_BACK
        async with self._database.read() as connection:
            cleared = await queries.cleared_at(connection, actor.user_id)
            after = max(cleared or oldest, oldest)
            calls = await queries.since(connection, actor, after, MOST)
            reached = await queries.reached(
                connection,
                min((one.started_at for one in calls), default=after),
                party_ids={one.party_id for one in calls if one.party_id},
                numbers={way for one in calls for way in self._written(one.number)},
            )
        rows = self._one_each(calls, self._last_reached(reached))
        if actor.user_id is not None:
            self._shown[actor.user_id] = frozenset(_keys(rows))
        return rows

    async def clear(
        self, actor: Actor, until: datetime | None
    ) -> tuple[datetime | None, datetime | None]:
        """(until when it is cleared now, until when it was before)."""
        wanted = min(until, self._clock.now()) if until else None
        async with self._database.begin() as connection:
            former = await queries.cleared_at(connection, actor.user_id)
            await queries.clear(connection, actor.user_id, wanted)
        if actor.user_id is not None:
            self._news.changed("missed", None, (actor.user_id,))
        return wanted, former

    def logged(self, call: LoggedCall) -> None:
        """A call's end is in the log: lists that it stands on, or that it takes someone off."""
        if call.reached:
            who = {call.party_id, self._directory.number(call.number).norm} - {None, ""}
            self._news.changed("missed", None, [u for u, all_ in self._shown.items() if all_ & who])
        elif call.ended and call.direction != "outbound":
            of_queue = {s.user_id for s in self._roster.seats() if call.queue in s.queues}
            self._news.changed("missed", None, call.agents | of_queue)

    def _one_each(
        self, calls: Iterable[AnyRow], reached: dict[_Who, datetime]
    ) -> Sequence[MissedRow]:
        latest: dict[_Who, AnyRow] = {}
        seen: dict[_Who, set[UUID]] = {}
        for one in calls:
            number = self._directory.number(one.number).norm
            if not number:
                continue
            who = one.party_id or number
            last = max(filter(None, (reached.get(who), reached.get(number))), default=None)
            if last is not None and last > one.started_at:
                continue
            latest.setdefault(who, one)
            seen.setdefault(who, set()).add(one.id)
        return [self._row(one, len(seen[who])) for who, one in latest.items()]

    def _last_reached(self, reached: Iterable[AnyRow]) -> dict[_Who, datetime]:
        last: dict[_Who, datetime] = {}
        for one in reached:
            for who in (one.party_id, self._directory.number(one.number).norm):
                if who:
                    last[who] = max(one.at, last.get(who, one.at))
        return last

    def _written(self, raw: str) -> set[str]:
        """The ways in which a switch writes this number."""
        number, code = self._directory.number(raw), self._directory.country_code
        ways = {raw, number.norm, number.digits}
        if number.kind == "e164":
            ways.add(f"00{number.digits}")
            if number.digits.startswith(code):
                national = number.digits.removeprefix(code)
                ways |= {national, f"0{national}"}
        return ways - {""}

    def _row(self, one: AnyRow, times: int) -> MissedRow:
        number = self._directory.number(one.number)
        return MissedRow(
            call_id=one.id,
            at=one.at,
            number=number.norm,
            display=number.display,
            party_id=one.party_id,
            party_name=one.party_name or "",
            queue=one.queue or "",
            reason=cast("MissedReason", one.reason),
            times=times,
        )


def _keys(rows: Iterable[MissedRow]) -> Iterable[_Who]:
    for row in rows:
        yield row.number
        if row.party_id:
            yield row.party_id

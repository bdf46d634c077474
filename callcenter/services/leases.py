"""One process works for a switch at a time: who has its lease.

Rules
1. A lease is `LENGTH_S` long by the database's clock and renewed every `RENEW_S`.
2. Who has not got it asks again when it is over, at least every `LOOK_S`: a process that takes over
   from a dead one does so within `LENGTH_S`.
3. It is lost when the database says that it is another's; then the work stops. A database that is
   away says nothing: nobody else can take the lease from it, and calls go on from memory.
4. A process that holds the journal's lock of its installation knows that the one before it is dead
   (`heir`): it takes that one's lease at once. Once it has lost it, it is nobody's heir any more:
   somebody runs a copy of this installation.
5. A stop in order gives it back.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.queries import pbx as rows

log = structlog.get_logger(__name__)

LENGTH_S: Final = 9.0
RENEW_S: Final = 3.0
LOOK_S: Final = 1.0
SHORTEST_S: Final = 0.05
RELEASE_S: Final = 1.0  # how long a stop waits for a database that does not answer
_LONGEST_HOST: Final = 60


def owner_name(installation: str) -> str:
    """This process, once: `store.queries.pbx` says how it is written."""
    host = socket.gethostname()[:_LONGEST_HOST]
    return f"{host}:{os.getpid()}:{secrets.token_hex(4)}/{installation}"


class Transactions(Protocol):
    def begin(self) -> AbstractAsyncContextManager[AsyncConnection]: ...


class Lease:
    """Of one switch. `changed()` is called whenever `held` or `holder` is another; it must not
    wait."""

    def __init__(
        self,
        database: Transactions,
        pbx: str,
        owner: str,
        *,
        length_s: float = LENGTH_S,
        renew_s: float = RENEW_S,
    ) -> None:
        self.pbx = pbx
        self.owner = owner
        self.held = False
        self.holder = ""  # whose it is, as last seen; "" nobody's
        self.changed: Callable[[], None] = lambda: None
        self._database = database
        self._length_s = length_s
        self._renew_s = renew_s
        self._heir_of = owner.partition("/")[2]
        self._task: asyncio.Task[None] | None = None
        self._got = asyncio.Event()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def until_held(self) -> None:
        """As long as it takes."""
        await self._got.wait()

    async def stop(self) -> None:
        """Gives it back, unless the database is away: then it is over by itself."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        held, self.held = self.held, False
        if not held:
            return
        try:
            async with asyncio.timeout(RELEASE_S), self._database.begin() as connection:
                await rows.release(connection, self.pbx, self.owner)
        except Exception as error:  # drivers raise all sorts of things
            log.warning("lease_not_released", pbx=self.pbx, problem=str(error))

    async def _run(self) -> None:
        while True:
            try:
                pause_s = await (self._keep() if self.held else self._get())
            except Exception as error:  # the database is away, whatever its driver says (rule 3)
                log.warning("lease_not_asked_for", pbx=self.pbx, problem=str(error))
                pause_s = LOOK_S
            await asyncio.sleep(pause_s)

    async def _get(self) -> float:
        """Seconds until the next look."""
        async with self._database.begin() as connection:
            terms = (self.pbx, self.owner, self._length_s)
            taken = await rows.take(connection, *terms, heir_of=self._heir_of)
            other = await rows.holder(connection, self.pbx)
        if not taken:
            self._become(False, other.owner)
            return min(max(other.free_in_s, SHORTEST_S), LOOK_S)
        self._become(True, self.owner)
        return self._renew_s

    async def _keep(self) -> float:
        async with self._database.begin() as connection:
            renewed = await rows.renew(connection, self.pbx, self.owner, self._length_s)
            other = await rows.holder(connection, self.pbx)
        if renewed:
            return self._renew_s
        self._heir_of = ""
        self._become(False, other.owner)
        return LOOK_S

    def _become(self, held: bool, holder: str) -> None:
        if (held, holder) == (self.held, self.holder):
            return
        if held or self.held:
            log.info("lease_taken" if held else "lease_lost", pbx=self.pbx, holder=holder)
        else:
            log.info("lease_waited_for", pbx=self.pbx, holder=holder)
        self.held, self.holder = held, holder
        if held:
            self._got.set()
        self.changed()

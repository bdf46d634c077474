"""One effect per key: repeated, at the same time, refused, broken off, after a restart."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import pytest_asyncio

from callcenter.services.errors import Conflict, Invalid, Unavailable
from callcenter.services.once import KEPT, Once
from callcenter.store.database import Database
from callcenter.store.ids import new_id
from tests.fakes import FakeClock

ACTOR = new_id()


class Effect:
    """Counts; fails first as often as told, with the given error."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.times = 0

    async def __call__(self) -> dict[str, Any]:
        await asyncio.sleep(0)
        if self.errors:
            raise self.errors.pop(0)
        self.times += 1
        return {"time": self.times}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest_asyncio.fixture(loop_scope="session")
async def once(database: Database, clock: FakeClock) -> Once:
    return Once(database, clock)


async def test_repeated_at_once_later_and_after_a_restart(
    once: Once, database: Database, clock: FakeClock
) -> None:
    effect = Effect()
    together = await asyncio.gather(*(once.run(ACTOR, "k", "r", effect) for _ in range(3)))
    later = await once.run(ACTOR, "k", "r", effect)
    restarted = await Once(database, clock).run(ACTOR, "k", "r", effect)
    assert [*together, later, restarted] == [{"time": 1}] * 5
    assert await once.run(new_id(), "k", "r", effect) == {"time": 2}  # somebody else's key


async def test_another_request_under_the_same_key_is_refused(once: Once) -> None:
    effect = Effect()
    both = await asyncio.gather(
        once.run(ACTOR, "k", "r", effect),
        once.run(ACTOR, "k", "another", effect),
        return_exceptions=True,
    )
    assert both[0] == {"time": 1}
    assert isinstance(both[1], Conflict)
    with pytest.raises(Conflict, match="used for another request"):
        await once.run(ACTOR, "k", "another", effect)


async def test_a_refusal_frees_the_key(once: Once) -> None:
    effect = Effect(Invalid("bad", "No."))
    with pytest.raises(Invalid):
        await once.run(ACTOR, "k", "r", effect)
    assert await once.run(ACTOR, "k", "r", effect) == {"time": 1}


@pytest.mark.parametrize("error", [Unavailable("gone", "Gone."), RuntimeError("a bug")])
async def test_what_broke_off_is_not_done_again_unseen(once: Once, error: Exception) -> None:
    effect = Effect(error)
    with pytest.raises(type(error)):
        await once.run(ACTOR, "k", "r", effect)
    with pytest.raises(Conflict, match="look before repeating"):
        await once.run(ACTOR, "k", "r", effect)
    assert effect.times == 0


async def test_a_client_that_hangs_up_does_not_undo_its_request(once: Once) -> None:
    effect = Effect()
    request = asyncio.create_task(once.run(ACTOR, "k", "r", effect))
    await asyncio.sleep(0)
    request.cancel()
    assert await once.run(ACTOR, "k", "r", effect) == {"time": 1}


async def test_keys_are_forgotten_in_time(once: Once, clock: FakeClock) -> None:
    effect = Effect()
    await once.run(ACTOR, "k", "r", effect)
    clock.advance(KEPT.total_seconds() + 1)
    assert await once.run(ACTOR, "k", "r", effect) == {"time": 2}


async def test_what_may_be_repeated_is_done_again_when_nobody_knows_how_it_ended(
    once: Once, database: Database, clock: FakeClock
) -> None:
    broken_off = Effect(RuntimeError("killed"))
    with pytest.raises(RuntimeError):
        await once.run(ACTOR, "k", "r", broken_off, repeatable=True)
    restarted = Once(database, clock)
    with pytest.raises(Conflict):
        await restarted.run(ACTOR, "k", "another", broken_off, repeatable=True)
    for _ in range(2):
        assert await restarted.run(ACTOR, "k", "r", broken_off, repeatable=True) == {"time": 1}

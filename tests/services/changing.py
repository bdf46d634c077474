"""What changes calls, for tests of the services beside it: there is no log to wait for."""

from __future__ import annotations

from callcenter.services.after_calls import AfterCalls
from callcenter.services.call_changes import CallChanges
from callcenter.services.calls import Calls
from callcenter.services.directory import Directory
from callcenter.services.news import News
from callcenter.services.roster import Roster
from callcenter.services.tickets import Tickets
from callcenter.store.database import Database
from tests.fakes import FakeClock
from tests.feed_scenarios import World


async def caught_up() -> None:
    """Whoever has no log is never behind."""


def call_changes(world: World, directory: Directory) -> CallChanges:
    return CallChanges(live=world.live, directory=directory, clock=world.clock, caught_up=caught_up)


def after_calls(
    database: Database,
    directory: Directory,
    world: World,
    changes: CallChanges,
    *,
    roster: Roster | None = None,
    clock: FakeClock | None = None,
) -> AfterCalls:
    """What follows calls, real, on this database; the desks are the world's."""
    news, roster, clock = News(world.feed), roster or Roster(), clock or world.clock
    calls = Calls(
        database=database, directory=directory, roster=roster, clock=clock, changes=changes
    )
    return AfterCalls(
        database=database,
        directory=directory,
        roster=roster,
        live=world.live,
        clock=clock,
        news=news,
        changes=changes,
        calls=calls,
        tickets=Tickets(database, directory, clock, changes, news),
        zone="Asia/Shanghai",
    )

"""What changes calls, for tests of the services beside it: there is no log to wait for."""

from __future__ import annotations

from callcenter.services.call_changes import CallChanges
from callcenter.services.directory import Directory
from tests.feed_scenarios import World


async def caught_up() -> None:
    """Whoever has no log is never behind."""


def call_changes(world: World, directory: Directory) -> CallChanges:
    return CallChanges(live=world.live, directory=directory, clock=world.clock, caught_up=caught_up)

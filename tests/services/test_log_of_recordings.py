"""Every recorded scenario through the log branch: what we saw, beside what Asterisk itself wrote;
and what we did not see, read back from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from callcenter.services.alarms import Alarms
from callcenter.services.reconciliation import Reconciliation, Records
from callcenter.services.recovery import Recovery
from callcenter.store.database import Database
from callcenter.store.queries import history
from telephony.calls import Topology
from telephony.events import CallEnded, CallEvent
from telephony.history.csv_file import CsvFile
from telephony.history.rebuild import rebuild
from telephony.replay import Replay, replay_all
from tests.services.log_house import LogHouse, opened, two_agents

RECORDINGS = Path(__file__).parent.parent / "recordings"
LONG = timedelta(minutes=10)


def recorded() -> Iterator[tuple[Path, Path, Replay]]:
    """(AMI, CEL, what the tracker makes of it) of each scenario that has both."""
    for cel in sorted(RECORDINGS.glob("*.cel.csv")):
        ami = cel.with_name(cel.name.replace(".cel.csv", ".ami"))
        told = replay_all(ami.read_bytes(), pbx=ami.stem)
        if told.logs:
            yield ami, cel, told


def span(told: Sequence[object]) -> tuple[datetime, datetime]:
    times = [one.log.started_at for one in told if isinstance(one, CallEnded)]
    return min(times) - LONG, max(times) + LONG


async def differences(house: LogHouse, pbx: str, cel: Path, told: Replay) -> list[str]:
    records = Records(pbx, CsvFile(str(cel)), rebuild, Topology())
    since, until = span(told.events)
    report = await Reconciliation(records, house.database, house.clock).run(since, until)
    assert report.problem is None, pbx
    return [
        f"{pbx} {one.uniqueid} {one.kind}: {one.ours} / {one.theirs}" for one in report.differences
    ]


async def test_what_we_saw_is_what_asterisk_recorded(database: Database, tmp_path: Path) -> None:
    await two_agents(database)
    found: list[str] = []
    async with opened(database, tmp_path / "journal") as house:
        for ami, cel, told in recorded():
            await house.tell(told.events)
            found += await differences(house, ami.stem, cel, told)
    assert found == []


async def test_what_we_did_not_see_is_read_back(database: Database, tmp_path: Path) -> None:
    """Nothing of it, or only the first half: afterwards the log is what Asterisk recorded."""
    await two_agents(database)
    found: list[str] = []
    # In the order of their time, from the first on: the house's clock only goes forward, and
    # every half minute of it is a record.
    scenarios = sorted(recorded(), key=lambda one: span(one[2].events))
    begin, _ = span(scenarios[0][2].events)
    async with opened(database, tmp_path / "journal", begin) as house:
        for number, (ami, cel, told) in enumerate(scenarios):
            begun = [one for one in told.events if isinstance(one, CallEvent)]
            await house.tell(begun[: len(begun) // 2 if number % 2 else 0])
            since, until = span(told.events)
            async with database.begin() as connection:
                await history.put_known_from(connection, ami.stem, since)
                await history.put_read_until(connection, ami.stem, since)
            house.clock.advance(max(0.0, (until - house.clock.now()).total_seconds()))
            recovery = Recovery(
                pbx=ami.stem,
                source=CsvFile(str(cel)),
                rebuild=rebuild,
                topology=Topology(),
                tracker=Nothing(),
                call_log=house.log,
                database=database,
                clock=house.clock,
                skew_s=(until - house.clock.now()).total_seconds,
                alarms=Alarms(house.clock),
            )
            await recovery.look()
            found += await differences(house, ami.stem, cel, told)
            assert await recovery.look() == 0
        open_ = [row["pbx"] for row in await house.rows("call") if row["ended_at"] is None]
    assert (found, open_) == ([], [])
    assert house.log.refused == 0


class Nothing:
    """A tracker without a live call."""

    def live_calls(self) -> tuple[()]:
        return ()

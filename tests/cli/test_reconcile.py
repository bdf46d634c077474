"""``callcenter calls reconcile``."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from callcenter.cli import app
from callcenter.store.database import Database

RECORDINGS = Path(__file__).parent.parent / "recordings"
CEL = RECORDINGS / "inbound_answered.cel.csv"


def reconcile(tmp_path: Path, *arguments: str, kind: str = "csv", path: str = str(CEL)) -> Result:
    environment = {
        "CALLCENTER_DATABASE__URL": f"sqlite:///{tmp_path / 'test.db'}",
        "CALLCENTER_PATHS__VAR": str(tmp_path),
        "CALLCENTER_HISTORY__KIND": kind,
        "CALLCENTER_HISTORY__PATH": path,
        "COLUMNS": "100",
    }
    return CliRunner().invoke(app, ["calls", "reconcile", *arguments], env=environment)


@pytest.fixture
def migrated(tmp_path: Path) -> Path:
    async def migrate() -> None:
        database = Database(f"sqlite:///{tmp_path / 'test.db'}")
        await database.migrate()
        await database.close()

    asyncio.run(migrate())
    return tmp_path


WHEN = ("--from", "2020-01-01", "--to", "2020-01-02")


def test_nothing_differs(migrated: Path) -> None:
    result = reconcile(migrated, *WHEN)
    assert result.exit_code == 0
    assert result.stdout.startswith("pbx1: 0 calls compared, 0 differ.\n")


def test_what_our_log_lacks(migrated: Path) -> None:
    first = CEL.read_text().splitlines()[0].split('","')
    day = int(float(first[1])) // 86_400
    since = datetime.fromtimestamp(day * 86_400, UTC)
    window: tuple[str, ...] = ("--from", f"{since - timedelta(days=1):%Y-%m-%d}")
    window = (*window, "--to", f"{since + timedelta(days=2):%Y-%m-%d}")
    result = reconcile(migrated, *window, "--json")
    assert result.exit_code == 1
    [line] = result.stdout.splitlines()
    found = orjson.loads(line)
    assert (found["kind"], found["ours"], found["pbx"]) == ("missing", None, "pbx1")
    shown = reconcile(migrated, *window)
    assert shown.exit_code == 1
    assert found["uniqueid"] in shown.stdout
    assert "1 calls compared, 1 differ" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "kind", "path", "says"),
    [
        (("--from", "2020-01-02", "--to", "2020-01-01"), "csv", str(CEL), "not before"),
        (("--pbx", "nowhere"), "csv", str(CEL), "no such switch"),
        (WHEN, "none", "", "set [history]"),
        (WHEN, "csv", "/nowhere/Master.csv", "pbx1: /nowhere: there is no such folder"),
    ],
)
def test_what_cannot_be_compared(
    migrated: Path, arguments: tuple[str, ...], kind: str, path: str, says: str
) -> None:
    result = reconcile(migrated, *arguments, kind=kind, path=path)
    assert result.exit_code == 2
    assert says in result.stderr

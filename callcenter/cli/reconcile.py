"""``callcenter calls reconcile``: our log of calls beside what the switch itself recorded.

Exit code 0 when nothing differs, 1 when something does, 2 when it could not be compared.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
from rich.table import Table

from callcenter.cli import logs, plain
from callcenter.services.clock import LoopClock
from callcenter.services.reconciliation import Reconciliation, Records, Report
from callcenter.services.records_of import records_of
from callcenter.settings import Settings
from callcenter.settings.switches import every_switch
from callcenter.store.database import Database
from telephony.calls import Topology

FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
SETTLED = timedelta(minutes=1)  # what ended later may be on its way into the log or the record


def reconcile(
    config: plain.ConfigFile = None,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=FORMATS, help="In the company's zone; else a day ago."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=FORMATS, help="In the company's zone; else a minute ago."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a difference.")] = False,
    pbx: Annotated[str, typer.Option(help="Only this switch.")] = "",
) -> None:
    """Compare our log of calls with the switch's own record (CEL, queue_log)."""
    settings = plain.settings(config)
    logs.set_up(settings.log.model_copy(update={"format": "console", "level": "warning"}))
    zone = ZoneInfo(settings.company.zone) if settings.company.zone else None
    end = _aware(until, zone) if until else LoopClock().now() - SETTLED
    begin = _aware(since, zone) if since else end - timedelta(days=1)
    if begin >= end:
        raise plain.wrong("--from is not before --to.")
    with plain.plain_errors(settings):
        records = _records(settings, pbx)
        reports = asyncio.run(_compare(settings, records, begin, end))
    if json:
        for report in reports:
            for one in report.differences:
                typer.echo(orjson.dumps({"pbx": report.pbx, **asdict(one)}))
    else:
        _print(reports)
    for report in reports:
        if report.problem:
            typer.echo(f"{report.pbx}: {report.problem}", err=True)
    if any(report.problem for report in reports):
        raise typer.Exit(2)
    if any(report.differences for report in reports):
        raise typer.Exit(1)


def _aware(at: datetime, zone: ZoneInfo | None) -> datetime:
    return at.replace(tzinfo=zone) if zone else at.astimezone()


def _records(settings: Settings, pbx: str) -> list[Records]:
    every = {one.pbx: one for one in every_switch(settings)}
    if pbx and pbx not in every:
        raise plain.wrong(f"--pbx {pbx}: no such switch; there are {', '.join(every)}.")
    found = [
        records_of(one, Topology(trunks=(*one.reached.trunks, *one.links), links=one.links))
        for name, one in every.items()
        if pbx in ("", name)
    ]
    records = [one for one in found if one is not None]
    if not records:
        raise plain.wrong("history.kind is none: set [history], so that there is a record to read.")
    return records


async def _compare(
    settings: Settings, records: Sequence[Records], begin: datetime, end: datetime
) -> list[Report]:
    database, reports = Database(settings.database.url), []
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    try:
        await database.migrate()
        screen = Console(stderr=True)
        hidden = not screen.is_terminal
        with Progress(*columns, console=screen, transient=True, disable=hidden) as bar:
            for one in records:
                task = bar.add_task(one.pbx, total=1.0)
                work = Reconciliation(one, database, LoopClock())
                show = partial(_show, bar, task)
                reports.append(await work.run(begin, end, show))
    finally:
        await database.close()
    return reports


def _show(bar: Progress, task: TaskID, done: float) -> None:
    bar.update(task, completed=done)


def _print(reports: Sequence[Report]) -> None:
    console = Console()
    for report in reports:
        if report.differences:
            table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
            for title in ("call", "differs in", "ours", "the switch's"):
                table.add_column(title, overflow="fold")
            for one in report.differences:
                table.add_row(one.uniqueid, one.kind, _short(one.ours), _short(one.theirs))
            console.print(table)
        calls, differ = report.calls, len({one.call_id for one in report.differences})
        bad = f", {report.bad_lines} lines of the record unreadable" if report.bad_lines else ""
        typer.echo(f"{report.pbx}: {calls} calls compared, {differ} differ{bad}.")
        if report.begins_at is not None:
            begins = f"{report.begins_at:%Y-%m-%d %H:%M:%S} UTC"
            typer.echo(f"{report.pbx}: the switch's record begins at {begins}; not before it.")


def _short(value: Any) -> str:
    return "–" if value is None else orjson.dumps(value).decode()

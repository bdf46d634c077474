"""``callcenter calls``: what the call log makes of a capture of AMI bytes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich import box
from rich.console import Console
from rich.table import Table

from callcenter.cli.plain import wrong
from callcenter.cli.reconcile import reconcile
from telephony.calls import LiveCall, Topology
from telephony.events import CallLog
from telephony.replay import Replay, as_json, as_json_unfinished, replay_all

app = typer.Typer(no_args_is_help=True, help="Calls and their log.")


app.command()(reconcile)


@app.callback()
def calls() -> None:
    """Calls and their log."""


@app.command()
def replay(
    file: Annotated[
        Path, typer.Argument(help="AMI bytes as the switch sent them (*.ami); - is standard input.")
    ],
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    trunk: Annotated[
        list[str] | None,
        typer.Option(help="A device that is the outside world, e.g. PJSIP/carrier; else guessed."),
    ] = None,
) -> None:
    """Print the call log that the tracker makes of a capture."""
    source = "standard input" if str(file) == "-" else str(file)
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise wrong(f"{source}: cannot be read: {error.strerror}", 1) from None
    topology = Topology(trunks=tuple(trunk)) if trunk else None
    replayed = replay_all(data, topology=topology)
    if not replayed.counters.frames:
        raise wrong(f"{source}: no AMI events of calls in it ({_faults(replayed)})", 1)
    if json:
        for log in replayed.logs:
            typer.echo(orjson.dumps(as_json(log)))
        for call in replayed.unfinished:
            typer.echo(orjson.dumps(as_json_unfinished(call)))
    else:
        _print(replayed)
    notes = _faults(replayed)
    if notes:
        typer.echo(f"{source}: {notes}", err=True)


def _faults(replayed: Replay) -> str:
    """What is odd about the capture; "" when nothing is."""
    framer, counters = replayed.framer, replayed.counters
    counts = {
        "malformed frames": framer.malformed,
        "oversized frames": framer.oversized,
        "frames that are not UTF-8": framer.undecodable,
        "events without a Timestamp (timestampevents=yes is missing)": counters.undated,
        "events about channels that began before the capture": counters.strangers,
        "calls that have not ended in the capture": len(replayed.unfinished),
        "bytes of a frame that is cut off": framer.pending,
    }
    found = [f"{count} {what}" for what, count in counts.items() if count]
    if not found and not counters.frames:
        return "the file is empty" if not counters.unwanted else "only events of other kinds"
    return ", ".join(found)


def _print(replayed: Replay) -> None:
    console = Console()
    if not (replayed.logs or replayed.unfinished):
        console.print("No call in this capture.")
    for log in replayed.logs:
        console.print(_heading(log), highlight=False, markup=False, soft_wrap=True)
        console.print(_legs(log))
        for transfer in log.transfers:
            line = f"  {transfer.kind} transfer by {transfer.by} to {transfer.to}"
            console.print(line, highlight=False, markup=False)
        for call_id in log.linked:
            console.print(f"  belongs together with call {call_id}", highlight=False)
        console.print()
    for call in replayed.unfinished:
        console.print(_begun(call, "not ended"), highlight=False, markup=False, soft_wrap=True)
        table = _table("device", "role", "state")
        for party in call.legs:
            table.add_row(party.interface, party.role.value, party.state)
        console.print(table)
        console.print()


def _heading(log: CallLog) -> str:
    parts = [
        _begun(log, log.result),
        f"waited {log.wait_s:.1f} s, connected {log.connected_s:.1f} s",
        "the end was not seen" if log.inferred else "",
    ]
    return " · ".join(part for part in parts if part)


def _begun(call: CallLog | LiveCall, result: str) -> str:
    caller = f"{call.caller or 'withheld'} {call.caller_name}".strip()
    parts = [
        f"{call.started_at:%Y-%m-%d %H:%M:%S} {call.direction} {result}",
        f"{caller} → {call.dialled or '?'}",
        f"queues {' → '.join(call.queues)}" if call.queues else "",
    ]
    return " · ".join(part for part in parts if part)


def _table(*titles: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for title in titles:
        table.add_column(title, no_wrap=True)
    return table


def _legs(log: CallLog) -> Table:
    table = _table("device", "role", "result")
    for title in ("ring", "conn.", "talk", "hold", "consult"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("ended by", no_wrap=True)
    for leg in log.legs:
        seconds = (leg.ring_s, leg.connected_s, leg.talk_s, leg.hold_s, leg.consult_s)
        table.add_row(
            leg.interface,
            leg.role.value,
            leg.result.value,
            *(f"{value:.1f}" if value else "" for value in seconds),
            leg.ended_by.value if leg.ended_by else "",
        )
    return table

"""Does the switch write down what it does (CEL), is it what we need, and can we read it?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from telephony.history.queue_log import QueueLog
from telephony.history.rows import HistorySource, HistoryUnavailable
from telephony.pbx.findings import Finding, State, loaded, setting
from telephony.pbx.plan import PbxPlan
from telephony.pbx.probe import AmiProbe

BACKENDS = ("cel_custom", "cel_sqlite3_custom", "cel_odbc", "cel_pgsql", "cel_manager")
LOOKED_AT = timedelta(hours=1)
# Without these, calls are rebuilt with gaps; without the others of cel.conf, with fewer details.
NEEDED_EVENTS = frozenset(
    {
        *("CHAN_START", "ANSWER", "HANGUP", "APP_START", "APP_END", "BRIDGE_ENTER", "BRIDGE_EXIT"),
        *("BLINDTRANSFER", "ATTENDEDTRANSFER", "PICKUP"),
    }
)
NEEDED_APPS = frozenset({"dial", "queue", "userevent"})


async def records(probe: AmiProbe, _plan: PbxPlan) -> AsyncIterator[Finding]:
    """As far as AMI shows it."""
    enabled = await setting(probe, "cel.conf", "general", "enable")
    if not enabled and not await loaded(probe, "func_config"):
        yield Finding(State.UNSEEN, "CEL", "run `asterisk -rx 'cel show status'`")
        return
    if enabled.lower() not in {"yes", "true", "1", "on"}:
        yield Finding(State.MISSING, "CEL is off", "set enable = yes in [general] of cel.conf")
        return
    if not any([await loaded(probe, name) for name in BACKENDS]):
        remedy = f"load one of {', '.join(BACKENDS)}"
        yield Finding(State.MISSING, "CEL is on, but nothing keeps it", remedy)
        return
    for key, needed in {"events": NEEDED_EVENTS, "apps": NEEDED_APPS}.items():
        there = _words(await setting(probe, "cel.conf", "general", key))
        lacking = {word for word in needed if word.lower() not in there}
        if lacking and "all" not in there:
            words = ",".join(sorted(lacking))
            yield Finding(
                State.MISSING, f"CEL is without {words}", f"add them to {key} in cel.conf"
            )
            return
    if await setting(probe, "cel.conf", "general", "dateformat"):
        remedy = "take dateformat out of cel.conf"
        yield Finding(State.WRONG, "CEL writes a time that has no zone", remedy)
        return
    yield Finding(State.OK, "CEL")


async def readable(
    source: HistorySource | None, queue_log: str, now: datetime
) -> AsyncIterator[Finding]:
    """Whether this machine can read what the settings name, and finds sense in it. `now` in UTC."""
    if source is None:
        remedy = "set history.kind, so that calls of an outage are filled in (README.txt, CEL)"
        yield Finding(State.UNSEEN, "the switch's own record of calls", remedy)
    else:
        yield await _read(source, now)
    if queue_log:
        yield await _read_queue_log(queue_log, now)


async def _read(source: HistorySource, now: datetime) -> Finding:
    try:
        reading = await source.read(now - LOOKED_AT, now)
    except HistoryUnavailable as error:
        return Finding(State.WRONG, "the switch's own record cannot be read", str(error))
    if reading.bad_count:
        first = reading.bad[0]
        what = f"the switch's own record has {reading.bad_count} lines that are none"
        return Finding(State.WRONG, what, f"{first.where}: {first.problem}")
    what = f"the switch's own record can be read: {len(reading.rows)} rows of the last hour's calls"
    return Finding(State.OK, what)


async def _read_queue_log(path: str, now: datetime) -> Finding:
    try:
        reading = await QueueLog(path).read(now - LOOKED_AT, now)
    except HistoryUnavailable as error:
        return Finding(State.WRONG, "queue_log cannot be read", str(error))
    return Finding(State.OK, f"queue_log can be read: {len(reading.facts)} stays of the last hour")


def _words(text: str) -> set[str]:
    return {word.strip().lower() for word in text.split(",")}

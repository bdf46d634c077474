"""The two switches a demo can run on: the simulated one, or a real Asterisk with sipp behind it."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from callcenter.main import Application
from callcenter.settings import Settings
from callcenter.store import demo as data
from callcenter.store.database import Database
from callcenter.store.queries import roster
from callcenter.store.secret_key import secret_key
from telephony.pbx.carrier import DemoCarrier
from telephony.pbx.embedded import EmbeddedAsterisk
from telephony.pbx.plan import PbxPlan, PhonePlan
from telephony.pbx.secrets import sip_secret
from telephony.ports import free_tcp_port
from telephony.simulator import Account, CallerHabits, Simulator, SimulatorConfig

CALLERS = 400  # demo customers who call
BUSY = 0.2  # of the times when somebody might call: they do, though nobody is free, and wait
MEETING = "meeting"
Print = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Switched:
    """A switch that runs: how to reach it, and what makes callers come (until cancelled)."""

    settings: Settings
    traffic: Callable[[Application], Coroutine[Any, Any, None]]


@asynccontextmanager
async def simulated(settings: Settings, _say: Print) -> AsyncIterator[Switched]:
    secret, fastagi_port = secrets.token_urlsafe(16), free_tcp_port()
    people = await _people(settings)
    config = SimulatorConfig(
        agents=tuple(f"PJSIP/{extension}" for extension in people.phones),
        dids=data.LINES,
        first=people.first,
        callers=people.callers,
        habits=CallerHabits(anyway_share=BUSY),
        answering=tuple(f"PJSIP/{extension}" for extension in people.colleagues.values()),
        seed=secrets.randbelow(2**31),
        agi_port=fastagi_port,
        accounts={settings.switch.username: Account(secret)},
        recordings=_folder(settings),
    )
    simulator = Simulator(config)
    port = await simulator.start()

    async def traffic(application: Application) -> None:
        await _colleagues_come(application, people.colleagues)
        simulator.begin_traffic()

    try:
        yield Switched(_reached(settings, port, secret, fastagi_port), traffic)
    finally:
        await simulator.stop()


@asynccontextmanager
async def asterisk(settings: Settings, say: Print) -> AsyncIterator[Switched]:
    secret, fastagi_port = secrets.token_urlsafe(16), free_tcp_port()
    people = await _people(settings)
    master = secret_key(settings.paths.var)
    plan = PbxPlan(
        ami_user=settings.switch.username,
        ami_secret=secret,
        phones=tuple(
            PhonePlan(extension, sip_secret(master, extension), name)
            for extension, name in people.phones.items()
        ),
        fastagi_port=fastagi_port,
        allowed_prefixes=settings.phone.allowed_prefixes,
        refused_prefixes=settings.phone.refused_prefixes,
    )
    async with EmbeddedAsterisk(plan, say) as switch:
        carrier = DemoCarrier(switch, people.callers, first=people.first, lines=data.LINES)

        async def traffic(application: Application) -> None:
            def somebody_ready() -> bool:
                seats = application.roster.seats()
                return any(application.presence.status(s.user_id).state == "ready" for s in seats)

            await carrier.run(somebody_ready)

        monitor = switch.home / "spool/monitor"
        monitor.mkdir(parents=True, exist_ok=True)  # Asterisk makes it with the first recording
        reached = _reached(settings, switch.ami_port, secret, fastagi_port, switch.ws_url)
        taken = reached.recordings.model_copy(update={"folder": str(monitor)})
        yield Switched(reached.model_copy(update={"recordings": taken}), traffic)


def _folder(settings: Settings) -> Path | None:
    """Where the simulated switch leaves its recordings."""
    if not settings.recordings.folder:
        return None
    folder = Path(settings.recordings.folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _reached(
    settings: Settings, port: int, secret: str, fastagi_port: int, websocket_url: str = ""
) -> Settings:
    """The settings, with a switch on this machine."""
    values = settings.model_dump()
    values["switch"] |= {"host": "127.0.0.1", "port": port, "secret": secret, "tls": False}
    values["fastagi"] |= {"host": "127.0.0.1", "port": fastagi_port}
    values["phone"] |= {"websocket_url": websocket_url, "domain": "127.0.0.1"}
    return Settings.model_validate(values)


@dataclass(frozen=True, slots=True)
class _People:
    """Who calls, (number, name), and who is called, extension → name. `colleagues`, user →
    extension, are those whom nobody can sign in as."""

    first: list[tuple[str, str]]
    callers: list[tuple[str, str]]
    phones: dict[str, str]
    colleagues: dict[UUID, str]


async def _people(settings: Settings) -> _People:
    database = Database(settings.database.url)
    try:
        first = await data.first_callers(database)
        callers = await data.callers(database, CALLERS)
        colleagues = await data.colleagues(database)
        async with database.read() as connection:
            seats = await roster.seats(connection)
    finally:
        await database.close()
    phones = {seat["extension"]: seat["name"] for seat in seats if seat["extension"]}
    return _People(first, callers, phones, colleagues)


async def _colleagues_come(application: Application, colleagues: Iterable[UUID]) -> None:
    """They are at hand, and no caller of the queues is theirs: those are for who tries the demo."""
    for user_id in colleagues:
        await application.agents.sign_in(user_id)
        if MEETING in application.roster.reasons:
            await application.agents.not_ready(user_id, MEETING)

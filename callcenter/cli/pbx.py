"""``callcenter pbx``: the configuration of an Asterisk, written and checked."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import phonenumbers
import typer

from callcenter.cli.plain import ConfigFile, unusable, wrong
from callcenter.cli.plain import settings as read_settings
from callcenter.services.places import pbx_of
from callcenter.settings import Settings
from callcenter.settings.switches import seen_from
from callcenter.store.database import Database, Unusable
from callcenter.store.queries import roster
from callcenter.store.secret_key import SecretKeyBroken, secret_key
from telephony.history.source import make_source
from telephony.pbx.check import check
from telephony.pbx.check_records import readable
from telephony.pbx.config import write_snippets, written_secret
from telephony.pbx.findings import Finding, State
from telephony.pbx.plan import DEFAULT_QUEUES, BadPlan, LinkPlan, PbxPlan, PhonePlan, QueuePlan
from telephony.pbx.probe import AmiProbe, ProbeError
from telephony.pbx.secrets import sip_secret

app = typer.Typer(
    no_args_is_help=True, help="The Asterisk that the call centre works with: write, check."
)

WhichSwitch = Annotated[
    str, typer.Option("--switch", help="The id of a further one, of [switches]; else the first.")
]
OurHost = Annotated[
    str, typer.Option("--our-host", help="This machine's address as the Asterisk reaches it.")
]


@app.command("config")
def write(
    out: Annotated[Path, typer.Option(help="Folder to write the snippets to.")],
    config: ConfigFile = None,
    freepbx: Annotated[bool, typer.Option("--freepbx", help="As *_custom.conf files.")] = False,
    our_host: OurHost = "",
    desk_phones: Annotated[
        str, typer.Option(help="Extensions that are no browsers: 2001,2005-2009.")
    ] = "",
    switch: WhichSwitch = "",
) -> None:
    """Write snippets ready to include: manager user, dialplan, queues, phones, CEL."""
    settings, first = _seen_from(config, switch)
    secret = settings.switch.secret.get_secret_value()
    try:
        kept = secret or written_secret(out, settings.switch.username, freepbx=freepbx)
        used = kept or secrets.token_urlsafe(24)
        plan = asyncio.run(_plan(settings, first, used, our_host, _extensions(desk_phones)))
        files = write_snippets(plan, out, freepbx=freepbx)
    except (BadPlan, SecretKeyBroken) as error:
        raise wrong(str(error)) from None
    except OSError as error:
        raise wrong(f"{error.filename}: cannot be written: {error.strerror}") from None
    for file in files:
        typer.echo(f"  {file}")
    why = "" if plan.phones else ": no users with an extension yet (callcenter users add)"
    typer.echo(f"{len(plan.queues)} queues, {len(plan.phones)} phones{why}.")
    if not secret:
        made = (
            "The manager secret written before was kept"
            if kept
            else "A new manager secret was made"
        )
        typer.echo(f"{made}: README.txt tells where to put it.")
    typer.echo(f"What goes where: {out / 'README.txt'}")


@app.command("check")
def examine(
    config: ConfigFile = None,
    our_host: OurHost = "",
    desk_phones: Annotated[str, typer.Option(help="As given to `pbx config`.")] = "",
    switch: WhichSwitch = "",
) -> None:
    """Tell line by line what of the Asterisk's configuration is missing or wrong.

    Changes nothing. Exit code 1 when anything is.
    """
    settings, first = _seen_from(config, switch)
    try:
        secret = settings.switch.secret.get_secret_value()
        plan = asyncio.run(_plan(settings, first, secret, our_host, _extensions(desk_phones)))
        bad = asyncio.run(_check(settings, plan))
    except (ValueError, SecretKeyBroken) as error:
        raise wrong(str(error)) from None
    except ProbeError as error:
        _say(Finding(State.WRONG, str(error), _remedy(str(error), settings)))
        raise typer.Exit(1) from None
    if bad:
        typer.echo(f"{bad} to repair.")
        raise typer.Exit(1)
    typer.echo("All that could be checked is well.")


async def _check(settings: Settings, plan: PbxPlan) -> int:
    """Print the findings; how many are bad."""
    switch = settings.switch
    tls = ssl.create_default_context(cafile=switch.tls_ca_file or None) if switch.tls else None
    bad = 0
    async with AmiProbe(switch.host, switch.port, plan.ami_user, plan.ami_secret, tls=tls) as probe:
        async for finding in check(probe, plan, time.time):
            _say(finding)
            bad += finding.bad
    history = settings.history
    source = make_source(
        history.kind,
        path=history.path,
        url=history.url.get_secret_value(),
        table=history.table,
    )
    async for finding in readable(source, history.queue_log, datetime.now(UTC)):
        _say(finding)
        bad += finding.bad
    return bad


def _say(finding: Finding) -> None:
    colour = {State.OK: typer.colors.GREEN, State.UNSEEN: typer.colors.YELLOW}
    mark = typer.style(f"{finding.state:<8}", fg=colour.get(finding.state, typer.colors.RED))
    if finding.state is State.UNSEEN:
        typer.echo(f"{mark} could not be checked: {finding.what}: {finding.remedy}")
    elif finding.remedy:
        typer.echo(f"{mark} {finding.what}: {finding.remedy}")
    else:
        typer.echo(f"{mark} {finding.what}")


def _remedy(reason: str, settings: Settings) -> str:
    user = settings.switch.username
    if "refused:" in reason:
        return (
            f"set secret of [{user}] in manager.conf and CALLCENTER_SWITCH__SECRET to the same, "
            "and let permit= name this machine"
        )
    return "see [general] enabled, bindaddr and port in manager.conf, and the firewall between"


def _seen_from(config: Path | None, switch: str) -> tuple[Settings, str]:
    """The settings as if that switch were the first, and the id of the one that is."""
    settings = read_settings(config)
    first = settings.switch.pbx
    try:
        return seen_from(settings, switch or first), first
    except ValueError as error:
        raise wrong(f"--switch: {error}") from None


async def _plan(
    settings: Settings, first: str, secret: str, our_host: str, desk_phones: frozenset[str]
) -> PbxPlan:
    """What the switch is to be, after the settings and the database."""
    host = our_host or _our_host(settings)
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        raise BadPlan(f"--our-host {host!r}: expected an IPv4 address, such as 10.0.0.5") from None
    if not settings.fastagi.port:
        raise BadPlan("fastagi.port = 0: the switch needs one that stays the same, e.g. 4573")
    queues, default, people = await _roster(settings)
    pbx, master = settings.switch.pbx, secret_key(settings.paths.var)
    at = {one.extension: pbx_of(one.device, first) for one in people}
    phones = [
        PhonePlan(
            one.extension,
            sip_secret(master, one.extension),
            one.name,
            one.extension not in desk_phones,
        )
        for one in people
        if at[one.extension] == pbx
    ]
    known = set(at)
    phones += [
        PhonePlan(extension, sip_secret(master, extension), webrtc=False)
        for extension in sorted(desk_phones - known)
    ]
    return PbxPlan(
        ami_user=settings.switch.username,
        ami_secret=secret,
        phones=tuple(phones),
        queues=queues,
        default_queue=default,
        pbx=pbx,
        links=tuple(
            LinkPlan(other, trunk, tuple(one for one, where in at.items() if where == other))
            for other, trunk in settings.switch.trunk_to.items()
        ),
        trunk=(settings.switch.trunks or ("PJSIP/carrier",))[0],
        ami_permit=(f"{host}/255.255.255.255",),
        fastagi_host=host,
        fastagi_port=settings.fastagi.port,
        websocket_url=settings.phone.websocket_url,
        allowed_prefixes=settings.phone.allowed_prefixes,
        refused_prefixes=settings.phone.refused_prefixes,
        country_code=str(phonenumbers.country_code_for_region(settings.switch.region)),
    )


@dataclass(frozen=True, slots=True)
class _Person:
    extension: str
    name: str
    device: str


async def _roster(settings: Settings) -> tuple[tuple[QueuePlan, ...], str, list[_Person]]:
    """Queues, the default one, and the agents with a phone; the standard set before the first
    start, when there is no database yet."""
    nothing: tuple[tuple[QueuePlan, ...], str, list[_Person]] = (
        DEFAULT_QUEUES,
        DEFAULT_QUEUES[0].name,
        [],
    )
    database = Database(settings.database.url)
    if not _exists(database):
        return nothing
    try:
        if await database.revision() is None:
            return nothing
        async with database.read() as connection:
            queues = await roster.queues(connection)
            seats = await roster.seats(connection)
    except Unusable as error:
        raise BadPlan(unusable(error)) from None
    finally:
        await database.close()
    if not queues:
        return nothing
    weights = {queue.name: queue.weight for queue in DEFAULT_QUEUES}
    plans = tuple(
        QueuePlan(row["name"], weight=weights.get(row["name"], 0), label=row["label"].get("en", ""))
        for row in queues
    )
    people = [
        _Person(row["extension"], row["name"], row["interface"] or "")
        for row in seats
        if row["extension"]
    ]
    return plans, queues[0]["name"], people


def _exists(database: Database) -> bool:
    """Opening an SQLite file would make it; a server's database is there or says why not."""
    file = database.url.database
    return not database.is_sqlite or bool(file and Path(file).exists())


def _our_host(settings: Settings) -> str:
    """Our address as the switch reaches it, where the settings tell it."""
    if _address(settings.switch.host).is_loopback:
        return "127.0.0.1"
    listening = _address(settings.fastagi.host)
    if listening.is_loopback or listening.is_unspecified:
        raise BadPlan("give --our-host: this machine's address as the Asterisk reaches it")
    return str(listening)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Of a setting; a name that is no address counts as one of some other machine."""
    try:
        return ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return ipaddress.IPv4Address("0.0.0.0")  # noqa: S104 (nothing listens on it)


def _extensions(text: str) -> frozenset[str]:
    """``2001,2005-2007`` -> 2001, 2005, 2006, 2007. BadPlan for anything else."""
    found: set[str] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        first, dash, last = part.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise BadPlan(f"--desk-phones {part!r}: expected numbers such as 2001 or 2001-2009")
        if dash and not 0 <= int(last) - int(first) < 10_000:
            raise BadPlan(f"--desk-phones {part!r}: expected the lower number first")
        found.update(str(number) for number in range(int(first), int(last or first) + 1))
    return frozenset(found)

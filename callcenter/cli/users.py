"""``callcenter users``: who may sign in."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from callcenter.cli import plain
from callcenter.services import users
from callcenter.services.clock import LoopClock
from callcenter.settings.switches import seen_from
from callcenter.store.database import Database


class PhoneKind(StrEnum):
    BROWSER = "browser"
    DESK = "desk"


PhoneOption = Annotated[
    PhoneKind, typer.Option(help="Where calls are heard: in the browser, or on a phone of its own.")
]
app = typer.Typer(no_args_is_help=True, help="Who may sign in.")
MIN_PASSWORD = 10


@app.callback()
def group() -> None:
    """Who may sign in."""


@app.command()
def add(
    login: Annotated[str, typer.Argument(help="What they sign in with.")],
    name: Annotated[str, typer.Option(help="As colleagues and customers see it.")],
    role: Annotated[str, typer.Option(help="agent, supervisor or admin.")] = "agent",
    extension: Annotated[
        str, typer.Option(help="Their phone, the endpoint's name on the switch: 1001.")
    ] = "",
    phone: PhoneOption = PhoneKind.BROWSER,
    switch: Annotated[
        str, typer.Option(help="Where their phone is: the id of a further one, of [switches].")
    ] = "",
    queues: Annotated[str, typer.Option(help="Comma separated: support,sales.")] = "",
    locale: Annotated[str, typer.Option(help="en or zh-CN; else as the browser asks.")] = "",
    password: Annotated[
        str,
        typer.Option(
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
            envvar="CALLCENTER_NEW_PASSWORD",
            help="Better asked for than given here, where others can read it.",
        ),
    ] = "",
    config: plain.ConfigFile = None,
) -> None:
    """Add a user; asks for the password unless CALLCENTER_NEW_PASSWORD holds it."""
    settings = plain.settings(config)
    if len(password) < MIN_PASSWORD:
        raise plain.wrong(f"The password needs at least {MIN_PASSWORD} characters.")
    names = tuple(part.strip() for part in queues.split(",") if part.strip())
    try:
        pbx = seen_from(settings, switch or settings.switch.pbx).switch.pbx
    except ValueError as error:
        raise plain.wrong(f"--switch: {error}") from None
    further = "" if pbx == settings.switch.pbx else pbx
    new = users.NewUser(login, name, password, role, extension, names, locale, phone.value, further)
    with plain.plain_errors(settings):
        asyncio.run(_add(settings.database.url, new))
    typer.echo(f"{login} can sign in.")


@app.command()
def phone(
    login: Annotated[str, typer.Argument(help="Whose.")],
    kind: Annotated[PhoneKind, typer.Argument(help="browser or desk.")],
    config: plain.ConfigFile = None,
) -> None:
    """Say where a user hears their calls: in the browser, or on a telephone on the desk.

    The desk stays the same; its orders then go to that telephone, by the switch. A running server
    takes it up within 15 seconds, the user's page when it is loaded again.
    """
    settings = plain.settings(config)
    with plain.plain_errors(settings):
        asyncio.run(_phone(settings.database.url, login, kind))
    where = "in the browser" if kind is PhoneKind.BROWSER else "on their desk phone"
    typer.echo(f"{login} hears calls {where}.")


async def _phone(url: str, login: str, kind: PhoneKind) -> None:
    database = Database(url)
    try:
        await database.migrate()
        await users.set_phone_kind(database, LoopClock(), login, kind.value)
    finally:
        await database.close()


async def _add(url: str, new: users.NewUser) -> None:
    database = Database(url)
    try:
        await database.migrate()
        await users.add(database, LoopClock(), new)
    finally:
        await database.close()

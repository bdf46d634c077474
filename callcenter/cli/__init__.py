"""``callcenter …``: one module per command; this one only says which there are."""

from __future__ import annotations

import typer

from callcenter.cli import calls, pbx, recordings, simulator, users
from callcenter.cli.demo import demo
from callcenter.cli.serve import migrate, serve

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Call-centre CRM with the telephony built in, on Asterisk.",
)
app.command()(serve)
app.command()(demo)
app.command()(migrate)
app.add_typer(users.app, name="users")
app.add_typer(calls.app, name="calls")
app.add_typer(recordings.app, name="recordings")
app.add_typer(pbx.app, name="pbx")
app.add_typer(simulator.app, name="simulator")

"""``callcenter simulator``: the fake switch alone, for trying things against it."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer

from telephony.simulator import Account, Simulator, SimulatorConfig

app = typer.Typer(help="A fake switch that speaks AMI and drives FastAGI. No sound, no phones.")


@app.callback(invoke_without_command=True)
def run(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="AMI port; 0 finds a free one.")] = 5038,
    agents: Annotated[int, typer.Option(min=1, help="Phones PJSIP/1001 …")] = 10,
    rate: Annotated[
        float, typer.Option(min=0, help="Calls per second; 0 follows the agents' readiness.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="The same seed plays the same callers.")] = 1,
    auto_answer: Annotated[
        float, typer.Option(help="Phones answer by themselves after so many seconds; -1 never.")
    ] = -1.0,
    noise: Annotated[float, typer.Option(min=0, help="Events per second nobody needs.")] = 0.0,
    agi: Annotated[str, typer.Option(help="FastAGI server to ask, host:port; empty: none.")] = "",
    username: Annotated[str, typer.Option(help="Manager user.")] = "callcenter",
    secret: Annotated[
        str, typer.Option(help="Its secret.", envvar="CALLCENTER_SWITCH__SECRET")
    ] = "callcenter",  # noqa: S107 (there is nothing behind it)
) -> None:
    """Run the simulated switch until Ctrl-C."""
    agi_host, _, agi_port = agi.rpartition(":")
    if agi and not agi_port.isdecimal():
        raise typer.BadParameter(f"{agi!r}: expected host:port", param_hint="--agi")
    config = SimulatorConfig(
        agents=agents,
        calls_per_s=rate,
        seed=seed,
        auto_answer_s=auto_answer,
        noise_per_s=noise,
        agi_host=agi_host or "127.0.0.1",
        agi_port=int(agi_port or 0),
        accounts={username: Account(secret)},
    )
    try:
        asyncio.run(_serve(config, host, port))
    except OSError as error:
        typer.echo(f"{host}:{port} cannot be listened on: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None


async def _serve(config: SimulatorConfig, host: str, port: int) -> None:
    from twisted.internet import asyncioreactor  # noqa: PLC0415 (must come before the reactor)

    loop = asyncio.get_running_loop()
    asyncioreactor.install(loop)
    simulator = Simulator(config)
    listening = await simulator.start(host, port)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    simulator.begin_traffic()
    typer.echo(f"Simulated switch: AMI on {host}:{listening}, {len(config.interfaces)} phones")
    await stopped.wait()
    await simulator.stop()

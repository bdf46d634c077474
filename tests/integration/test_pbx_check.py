"""`callcenter pbx check` against real Asterisks: a good one, and ones with something amiss."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from telephony.pbx.check import check
from telephony.pbx.config import TEMPLATES, render
from telephony.pbx.findings import Finding, State
from telephony.pbx.plan import PbxPlan, PhonePlan, QueuePlan
from telephony.pbx.probe import AmiProbe, ProbeError
from tests.asterisk.server import BROWSERS, MASTER, AsteriskServer, plan_for_tests

pytestmark = pytest.mark.integration

PLAN = plan_for_tests()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def good() -> AsyncIterator[AsteriskServer]:
    async with AsteriskServer(PLAN) as asterisk:
        yield asterisk


async def findings(asterisk: AsteriskServer, plan: PbxPlan, ahead_s: float = 0.0) -> list[Finding]:
    """With the product's own user, whose rights are what `pbx config` writes."""
    user = (asterisk.ami_user, asterisk.ami_secret)
    async with AmiProbe(asterisk.ami_host, asterisk.ami_port, *user) as probe:
        return [finding async for finding in check(probe, plan, lambda: time.time() - ahead_s)]


def said(found: list[Finding], state: State) -> set[str]:
    return {finding.what for finding in found if finding.state is state}


async def test_what_config_writes_passes_the_check(good: AsteriskServer) -> None:
    found = await findings(good, replace(PLAN, websocket_url=good.ws_url))
    assert [finding for finding in found if finding.state is not State.OK] == []
    assert {"queue vip", "phone 1001", "trunk PJSIP/carrier", "CEL"} <= said(found, State.OK)
    assert good.problems() == [], "and Asterisk itself has nothing to complain of"


async def test_what_is_missing_on_the_switch_is_named(good: AsteriskServer) -> None:
    nowhere = f"{good.ws_url}-not-here"
    plan = replace(
        PLAN,
        queues=(*PLAN.queues, QueuePlan("night")),
        phones=(*PLAN.phones, PhonePlan("1099", "x"), PhonePlan("2001", "x", webrtc=False)),
        trunk="PJSIP/other",
        websocket_url=nowhere,
        fastagi_port=PLAN.fastagi_port + 1,
    )
    found = await findings(good, plan)
    assert said(found, State.MISSING) == {
        "queue night",
        "phone 1099",
        "trunk PJSIP/other",
        f"SIP over WebSocket at {nowhere} (server rejected WebSocket connection: HTTP 404)",
    }
    assert said(found, State.WRONG) == {
        "phone 2001: another password than the call centre gives out",
        "the routing question goes somewhere else",
    }
    assert all(finding.remedy for finding in found if finding.bad)


async def test_clocks_that_disagree_are_told(good: AsteriskServer) -> None:
    found = await findings(good, PLAN, ahead_s=3600)
    assert said(found, State.WRONG) == {"the switch's clock is 3600 s ahead"}


async def test_a_wrong_secret_and_a_closed_port_are_one_plain_line(good: AsteriskServer) -> None:
    with pytest.raises(ProbeError, match="sign-in refused: Authentication failed"):
        async with AmiProbe(good.ami_host, good.ami_port, good.ami_user, "wrong"):
            pass
    with pytest.raises(ProbeError, match=r"cannot connect to 127.0.0.1:1: Connection refused"):
        async with AmiProbe(good.ami_host, 1, good.ami_user, "wrong"):
            pass


async def test_a_badly_configured_switch() -> None:
    """Modules not loaded, CEL off, no event times, wrong rights: each has its line."""
    snippets = render(PLAN)
    manager = (
        snippets["manager.conf"]
        .replace("timestampevents = yes", "timestampevents = no")
        .replace("writetimeout = 10000", "")
        .replace("read = system,call,agent,user", "read = system,call,user")
        .replace("write = system,call,agent,user", "write = system,call,command,user")
    )
    modules = (TEMPLATES / "embedded/modules.conf").read_text()
    for name in ("res_pjsip_transport_websocket", "res_mutestream"):
        modules = modules.replace(f"load = {name}.so\n", "")
    overrides = {
        "modules.conf": modules,
        "snippets/manager.conf": manager,
        "snippets/cel.conf": "enable = no\n",
        "snippets/extensions.conf": snippets["extensions.conf"].replace(",ct)", ",t)"),
        "snippets/features.conf": snippets["features.conf"].replace("swap = C", "swap = *7"),
        "snippets/pjsip.conf": snippets["pjsip.conf"].replace("rtp_timeout = 20", ""),
    }
    async with AsteriskServer(PLAN, overrides=overrides) as asterisk:
        found = await findings(asterisk, PLAN)
    assert said(found, State.MISSING) == {
        "the manager user may not write 'agent'",
        "events of agent",
        "module res_pjsip_transport_websocket",
        "module res_mutestream",
        "CEL is off",
        "events carry no time",
    }
    assert said(found, State.WRONG) == {
        "the manager user may write 'command', which hands the machine over",
        "writetimeout 100 (the default) ms: a short pause loses events",
        "no option c of Queue(): a customer whose agent's telephone vanishes is hung up",
        "atxferswap is *7: agents cannot consult",
        *(f"phone {extension}: nobody notices when a browser vanishes" for extension in BROWSERS),
    }


async def test_the_command_ends_with_0_when_all_is_well_and_with_1_when_not(
    good: AsteriskServer, tmp_path: Path
) -> None:
    (tmp_path / "secret.key").write_bytes(MASTER)
    file = tmp_path / "callcenter.toml"

    async def run(secret: str) -> tuple[int | None, str]:
        file.write_text(
            f'[paths]\nvar = "{tmp_path}"\n[database]\nurl = "sqlite:///{tmp_path}/none.db"\n'
            f'[switch]\nport = {good.ami_port}\nsecret = "{secret}"\n'
            f"[fastagi]\nport = {PLAN.fastagi_port}\n"
        )
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "callcenter", "pbx", "check", "--config", str(file)),
            *("--desk-phones", "2001-2004"),
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        return process.returncode, output.decode()

    code, output = await run(good.ami_secret)
    assert code == 0, output
    assert "OK       phone 2004" in output
    assert "?        could not be checked: SIP over WebSocket" in output
    assert output.endswith("All that could be checked is well.\n")

    code, output = await run("wrong")
    assert code == 1
    assert output.startswith("WRONG    sign-in refused: Authentication failed: set secret of")
    assert len(output.splitlines()) == 1

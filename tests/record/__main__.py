"""`python -m tests.record [scenario …]`: plays scenarios on a real Asterisk, records what AMI says.

Writes tests/recordings/<scenario>.ami (the bytes), <scenario>.json (the call logs, one object a
line) and <scenario>.cel.csv (what the switch itself wrote down, `config/asterisk/cel_custom.conf`).
A log is written only when it agrees with the parties and with CEL (`check`).

`python -m tests.record --again`: makes the logs of all recordings anew from their bytes, after the
tracker has learnt something. Whether they are right the stories say (`tests/telephony/stories.py`).
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import orjson

from telephony.events import CallLog
from telephony.pbx.plan import DEFAULT_QUEUES, QueuePlan
from telephony.pbx.secrets import sip_secret
from telephony.ports import free_tcp_port
from telephony.replay import as_json, replay_all
from tests.asterisk.server import MASTER, AsteriskServer, plan_for_tests
from tests.record import queues, switch
from tests.record.check import differences
from tests.record.scenarios import SCENARIOS, Scenario
from tests.record.scenarios.table import CUSTOMER, MAY_TRANSFER, PICKUP, RING_FIRST
from tests.record.sip import Party
from tests.record.stage import Recorder, Stage

RECORDINGS = Path(__file__).parent.parent / "recordings"
PHONES = (2001, 2002, 2003)
AT_ONCE = 2  # scenarios; each has an Asterisk of its own
SETTLE_S = 0.8  # the last events of a call come after its last SIP message

# Everything that an existing Asterisk would send: no event filter, and no dialplan class.
_RECORDER = """
[recorder]
secret = recorder
read = system,call,agent,user,reporting
write = system,call,agent,user,originate,reporting
writetimeout = 10000
"""
_DIALPLAN = f"""
[crm-inbound]
exten => {MAY_TRANSFER},1,Answer()
 same => n,Queue(support,t)
exten => {RING_FIRST},1,Set(CRM_RING_FIRST=PJSIP/2001)
 same => n,Set(CRM_QUEUE=support)
 same => n,Goto(crm-queue,s,1)
[crm-agents]
exten => {PICKUP},1,PickupChan(PJSIP/2001,p)
 same => n,Hangup()
"""


async def record(name: str, play: Scenario, folder: Path) -> list[str]:
    """What is wrong with the log; the bytes and the log are written to `folder` in any case."""
    usual = tuple(QueuePlan(queue.name, ring_s=4) for queue in DEFAULT_QUEUES)
    everyone = QueuePlan("everyone", strategy="ringall", ring_s=10)
    agi_port = free_tcp_port()
    plan = plan_for_tests(
        browsers=(),
        queues=(*usual, everyone),
        ring_first_s=3,
        return_s=4,
        fastagi_port=agi_port,
    )
    extra = {
        "manager.conf": _RECORDER,
        "extensions.conf": _DIALPLAN + switch.DIALPLAN + queues.DIALPLAN,
        "queues.conf": queues.QUEUES,
        "modules.conf": switch.MODULES + queues.MODULES,
        "pjsip.conf": switch.PHONES,
    }
    async with switch.RecordedSwitch(plan, extra=extra) as asterisk:
        stage = await _set_up(asterisk, agi_port)
        try:
            await play(stage)
            await asyncio.sleep(SETTLE_S)
        finally:
            await _tear_down(stage)
        cel = asterisk.cel_path.read_bytes() if asterisk.cel_path.exists() else b""
    data = bytes(stage.ami.recorded)
    replayed = replay_all(data)
    wrong = differences(replayed.logs, stage.dialogs, cel.decode("utf-8", "replace"))
    if replayed.unfinished:
        wrong.append(f"{len(replayed.unfinished)} calls without an end")
    (folder / f"{name}.ami").write_bytes(data)
    (folder / f"{name}.cel.csv").write_bytes(cel)
    _write_logs(folder / f"{name}.json", replayed.logs)
    return wrong


def _write_logs(path: Path, logs: Sequence[CallLog]) -> None:
    path.write_bytes(b"".join(orjson.dumps(as_json(log)) + b"\n" for log in logs))


def read_again() -> int:
    """How many recordings there are."""
    recordings = sorted(RECORDINGS.glob("*.ami"))
    for path in recordings:
        _write_logs(path.with_suffix(".json"), replay_all(path.read_bytes()).logs)
    return len(recordings)


async def _record_if_true(name: str) -> list[str]:
    """Keeps the old recording when the new one's log is wrong."""
    with tempfile.TemporaryDirectory() as made:
        wrong = await record(name, SCENARIOS[name], Path(made))
        if not wrong:
            shutil.copytree(made, RECORDINGS, dirs_exist_ok=True)
    return wrong


async def _set_up(asterisk: AsteriskServer, agi_port: int) -> Stage:
    server = (asterisk.ami_host, asterisk.sip_port)
    phones = {}
    for extension in PHONES:
        phone = Party(str(extension), server, sip_secret(MASTER, str(extension)))
        await phone.open(asterisk.ami_host)
        await phone.register()
        phone.interface = f"PJSIP/{extension}"
        phones[extension] = phone
    carrier = Party(CUSTOMER, server)
    await carrier.open(asterisk.carrier_host, asterisk.carrier_port)
    carrier.interface = "PJSIP/carrier"
    recorder, orders = Recorder(), Recorder()
    address = (asterisk.ami_host, asterisk.ami_port)
    await orders.open(address, asterisk.ami_user, asterisk.ami_secret)
    await recorder.open(address, "recorder", "recorder")
    return Stage(recorder, orders, carrier, phones, agi_port)


async def _tear_down(stage: Stage) -> None:
    for party in (*stage.phones.values(), stage.carrier):
        party.close()
    await stage.ami.close()
    await stage.orders.close()
    if stage.server is not None:
        stage.server.close()


async def main(names: list[str]) -> int:
    unknown = set(names) - set(SCENARIOS)
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}\nknown: {', '.join(SCENARIOS)}")
        return 2
    slots = asyncio.Semaphore(AT_ONCE)
    failed = 0

    async def one(name: str) -> None:
        nonlocal failed
        async with slots:
            try:
                wrong = await _record_if_true(name)
            except (TimeoutError, AssertionError) as error:
                wrong = [f"did not play: {error!r}"]
        print(f"{'✗' if wrong else '✓'} {name}", *wrong, sep="\n    ", flush=True)
        failed += bool(wrong)

    await asyncio.gather(*(one(name) for name in names or SCENARIOS))
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--again"]:
        print(f"{read_again()} recordings read again")
        sys.exit(0)
    sys.exit(asyncio.run(main(sys.argv[1:])))

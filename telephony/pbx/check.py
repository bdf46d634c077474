"""What of an Asterisk's configuration is missing or wrong, line by line and in plain words.

Uses only read-only actions that the product's own AMI user may send. What they do not show is said
to be unseen instead of being guessed; nothing on the switch is changed.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from telephony.ami.link import NEEDED
from telephony.pbx.check_dialplan import contexts, features
from telephony.pbx.check_records import records
from telephony.pbx.findings import Finding, State, loaded, setting
from telephony.pbx.plan import PbxPlan, PhonePlan
from telephony.pbx.probe import TIMEOUT_S, AmiProbe
from telephony.wire import Frame

OLDEST = 20  # the oldest major version that the snippets are written for
SKEW_S = 2.0  # the routing guard's heartbeat is three seconds long
WRITE_TIMEOUT_MS = 5000
READ = frozenset({"system", "call", "agent", "user", "reporting"})
MODULES = {
    "app_queue": "queues",
    "app_dial": "calls",
    "res_agi": "the routing question",
    "func_db": "the routing mirror",
    "func_global": "the routing guard",
    "chan_pjsip": "phones and trunks",
    "res_pjsip_registrar": "phones that register",
    "res_pjsip_transport_websocket": "browser phones",
    "res_http_websocket": "browser phones",
    "res_srtp": "browser phones",
    "res_pjsip_notify": "answering and holding from the screen",
    "res_mutestream": "muting from the screen",
    "res_musiconhold": "music for those who wait",
    "app_echo": "the echo test",
    "bridge_softmix": "three who talk together",
    "app_mixmonitor": "recording",
}


Clock = Callable[[], float]


async def check(probe: AmiProbe, plan: PbxPlan, clock: Clock) -> AsyncIterator[Finding]:
    """All findings in the order in which they are best repaired. `clock` is our time, in epoch
    seconds. Raises `ProbeError` when the connection breaks meanwhile."""
    yield await _version(probe)
    parts = (
        *(_rights, _manager, _modules, _websocket, _queues, contexts, features),
        *(_phones, _trunk, records, _music),
    )
    for part in parts:
        async for finding in part(probe, plan):
            yield finding
    async for finding in _time(probe, clock):
        yield finding


async def _version(probe: AmiProbe) -> Finding:
    version = (await probe.ask("CoreSettings")).get("AsteriskVersion")
    match = re.search(r"\d+", version)
    if not match:
        return Finding(State.UNSEEN, "the version of Asterisk", "give the user read=system")
    if int(match[0]) < OLDEST:
        return Finding(State.WRONG, f"Asterisk {version}", f"upgrade to {OLDEST} or newer")
    return Finding(State.OK, f"Asterisk {version}")


async def _rights(probe: AmiProbe, plan: PbxPlan) -> AsyncIterator[Finding]:
    user = f"[{plan.ami_user}] in manager.conf"
    allowed = {name.lower() for name, _ in (await probe.ask("ListCommands")).items()}
    for permission, actions in NEEDED.items():
        if any(action.lower() in allowed for action in actions):
            yield Finding(State.OK, f"the manager user may write {permission!r}")
        else:
            remedy = f"add {permission!r} to write= of {user}"
            yield Finding(State.MISSING, f"the manager user may not write {permission!r}", remedy)
    for permission, action in {"command": "command", "config": "updateconfig"}.items():
        if action in allowed:
            what = f"the manager user may write {permission!r}, which hands the machine over"
            yield Finding(State.WRONG, what, f"take {permission!r} out of write= of {user}")


async def _manager(probe: AmiProbe, plan: PbxPlan) -> AsyncIterator[Finding]:
    user = f"[{plan.ami_user}] in manager.conf"
    read = await setting(probe, "manager.conf", plan.ami_user, "read")
    if read:
        granted = {word.strip() for word in read.split(",")}
        missing = READ - granted
        if missing and "all" not in granted:
            words = ",".join(sorted(missing))
            yield Finding(State.MISSING, f"events of {words}", f"add {words} to read= of {user}")
        else:
            yield Finding(State.OK, "the manager user reads all the events it needs")
    else:
        yield Finding(State.UNSEEN, "what the manager user may read", f"see read= of {user}")
    timeout = await setting(probe, "manager.conf", plan.ami_user, "writetimeout")
    if timeout.isdecimal() and int(timeout) >= WRITE_TIMEOUT_MS:
        yield Finding(State.OK, f"writetimeout {timeout} ms")
    elif read:
        what = f"writetimeout {timeout or '100 (the default)'} ms: a short pause loses events"
        yield Finding(State.WRONG, what, f"set writetimeout = 10000 in {user}")
    else:
        yield Finding(State.UNSEEN, "writetimeout", f"it must be 10000 in {user}")
    if (await setting(probe, "asterisk.conf", "options", "live_dangerously")).lower() == "yes":
        remedy = "set live_dangerously = no in asterisk.conf"
        yield Finding(State.WRONG, "live_dangerously is on: AMI could run programs", remedy)


async def _modules(probe: AmiProbe, _plan: PbxPlan) -> AsyncIterator[Finding]:
    for module, purpose in MODULES.items():
        if await loaded(probe, module):
            yield Finding(State.OK, f"module {module}")
        else:
            remedy = f"load {module}.so in modules.conf (for {purpose})"
            yield Finding(State.MISSING, f"module {module}", remedy)
    if not any([await loaded(probe, name) for name in ("codec_opus", "codec_opus_open_source")]):
        yield Finding(
            State.UNSEEN,
            "no Opus codec: browsers fall back to G.711",
            "load codec_opus, if you can",
        )


async def _websocket(_probe: AmiProbe, plan: PbxPlan) -> AsyncIterator[Finding]:
    """Knocks where the browsers will: the one thing here that AMI cannot tell."""
    url = plan.websocket_url
    if not url:
        remedy = "set phone.websocket_url, e.g. wss://pbx.example:8089/ws"
        yield Finding(State.UNSEEN, "SIP over WebSocket for browsers", remedy)
        return
    try:
        async with connect(url, subprotocols=[Subprotocol("sip")], open_timeout=TIMEOUT_S):
            yield Finding(State.OK, f"SIP over WebSocket at {url}")
    except (OSError, TimeoutError, WebSocketException) as error:
        remedy = (
            "see http.conf (enabled, bindaddr, bindport, tls*) and the ws transport in pjsip.conf"
        )
        yield Finding(State.MISSING, f"SIP over WebSocket at {url} ({error})", remedy)


async def _queues(probe: AmiProbe, plan: PbxPlan) -> AsyncIterator[Finding]:
    there = {frame.get("Queue") for frame in await probe.ask_list("QueueStatus")}
    for queue in plan.queues:
        if queue.name in there:
            yield Finding(State.OK, f"queue {queue.name}")
        else:
            remedy = f"add [{queue.name}] to queues.conf (callcenter pbx config writes it)"
            yield Finding(State.MISSING, f"queue {queue.name}", remedy)


async def _phones(probe: AmiProbe, plan: PbxPlan) -> AsyncIterator[Finding]:
    for phone in plan.phones:
        details = {
            frame.get("ObjectType"): frame
            for frame in await probe.ask_list("PJSIPShowEndpoint", ("Endpoint", phone.extension))
        }
        faults = _faults(phone, details, plan)
        if not details:
            remedy = f"add endpoint [{phone.extension}] to pjsip.conf"
            yield Finding(State.MISSING, f"phone {phone.extension}", remedy)
        elif faults:
            yield Finding(State.WRONG, f"phone {phone.extension}: {faults[0][0]}", faults[0][1])
        else:
            yield Finding(State.OK, f"phone {phone.extension}")


def _faults(phone: PhonePlan, details: dict[str, Frame], plan: PbxPlan) -> list[tuple[str, str]]:
    """What is wrong with a phone, and what to do, the worst first."""
    nothing = Frame(b"")
    endpoint, auth = details.get("endpoint", nothing), details.get("auth", nothing)
    faults = []
    if auth.get("Password") != phone.secret:
        remedy = f"set password of auth [{phone.extension}] to what callcenter pbx config writes"
        faults.append(("another password than the call centre gives out", remedy))
    if phone.webrtc and endpoint.get("Webrtc") != "yes":
        faults.append(("not for browsers", f"set webrtc = yes in endpoint [{phone.extension}]"))
    if endpoint.get("Context") not in {"crm-agents", "from-internal"}:
        remedy = f"set context = crm-agents in endpoint [{phone.extension}]"
        faults.append((f"it dials in context {endpoint.get('Context')!r}", remedy))
    if phone.webrtc and endpoint.get("RtpTimeout") == "0":
        remedy = f"set rtp_timeout = {plan.rtp_timeout_s} in endpoint [{phone.extension}]"
        faults.append(("nobody notices when a browser vanishes", remedy))
    return faults


async def _trunk(probe: AmiProbe, plan: PbxPlan) -> AsyncIterator[Finding]:
    technology, _, name = plan.trunk.partition("/")
    if technology != "PJSIP":
        yield Finding(State.UNSEEN, f"trunk {plan.trunk}", "its calls must reach crm-inbound")
        return
    found = await probe.ask_list("PJSIPShowEndpoint", ("Endpoint", name))
    if not found:
        remedy = f"add endpoint [{name}] to pjsip.conf, or set switch.trunks to your trunk's name"
        yield Finding(State.MISSING, f"trunk {plan.trunk}", remedy)
        return
    context = found[0].get("Context")
    if context == "crm-inbound":
        yield Finding(State.OK, f"trunk {plan.trunk}")
    else:
        remedy = f"its calls begin in context {context!r}; they must go on to crm-inbound"
        yield Finding(State.UNSEEN, f"where calls of trunk {plan.trunk} go", remedy)


async def _music(probe: AmiProbe, _plan: PbxPlan) -> AsyncIterator[Finding]:
    if not await setting(probe, "musiconhold.conf", "default", "mode"):
        remedy = "queues have no music: add class [default] to musiconhold.conf"
        yield Finding(State.UNSEEN, "music on hold", remedy)


async def _time(probe: AmiProbe, clock: Clock) -> AsyncIterator[Finding]:
    """An event of our own shows whether events carry the switch's time, and what time it has."""
    since = len(probe.seen)
    before = clock()
    await probe.ask("UserEvent", ("UserEvent", "CallcenterCheck"))
    try:
        echo = await probe.wait_for(
            lambda frame: frame.get("UserEvent") == "CallcenterCheck", 1.0, since=since
        )
    except TimeoutError:
        remedy = "read= needs 'user', and an eventfilter must let UserEvent pass"
        yield Finding(State.UNSEEN, "the switch's clock: its events do not reach us", remedy)
        return
    stamp = echo.get("Timestamp")
    if not stamp:
        remedy = "set timestampevents = yes in [general] of manager.conf"
        yield Finding(State.MISSING, "events carry no time", remedy)
        return
    yield Finding(State.OK, "events carry the switch's time")
    skew = float(stamp) - before
    if abs(skew) > SKEW_S:
        what = f"the switch's clock is {abs(skew):.0f} s {'ahead' if skew > 0 else 'behind'}"
        yield Finding(State.WRONG, what, "let both machines keep time by NTP")
    else:
        yield Finding(State.OK, "both clocks agree")

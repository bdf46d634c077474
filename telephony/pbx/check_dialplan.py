"""Is the dialplan there that `callcenter pbx config` writes, and does it do what we count on?"""

from __future__ import annotations

from collections.abc import AsyncIterator

from telephony.ami.orders import CONSULT_KEYS
from telephony.pbx.findings import Finding, State, loaded, setting
from telephony.pbx.plan import PbxPlan
from telephony.pbx.probe import AmiProbe
from telephony.switch import ConsultOrder
from telephony.wire import Frame

CONTEXTS = (
    "crm-inbound",
    "crm-caller",
    "crm-route",
    "crm-queue",
    "crm-return",
    "crm-transfer",
    "crm-consult",
    "crm-agents",
    "crm-outbound",
    "crm-echo",
    "crm-linked",
)
# What the dialplan's Queue() must be told, and what is lost without it.
QUEUE_OPTIONS = {
    "c": "a customer whose agent's telephone vanishes is hung up",
    "t": "agents cannot consult",
}
FEATURES = {  # features.conf: section and key -> value
    ("featuremap", "atxfer"): "A",
    ("general", "atxferabort"): CONSULT_KEYS[ConsultOrder.CANCEL],
    ("general", "atxfercomplete"): CONSULT_KEYS[ConsultOrder.COMPLETE],
    ("general", "atxferswap"): CONSULT_KEYS[ConsultOrder.SWAP],
    ("general", "atxferthreeway"): CONSULT_KEYS[ConsultOrder.THREE_WAY],
}


async def contexts(probe: AmiProbe, plan: PbxPlan) -> AsyncIterator[Finding]:
    for context in CONTEXTS:
        lines = await probe.ask_list("ShowDialPlan", ("Context", context))
        if not lines:
            remedy = "include the dialplan that callcenter pbx config writes"
            yield Finding(State.MISSING, f"dialplan context {context}", remedy)
            continue
        yield Finding(State.OK, f"dialplan context {context}")
        if context == "crm-route":
            yield _asked(lines, f"agi://{plan.fastagi_host}:{plan.fastagi_port}/")
        if context == "crm-queue":
            for finding in _queue_options(lines):
                yield finding


def _asked(lines: list[Frame], address: str) -> Finding:
    asked = [line.get("AppData") for line in lines if "agi://" in line.get("AppData")]
    if any(address in text for text in asked):
        return Finding(State.OK, f"the routing question goes to {address}")
    remedy = f"it must ask {address}; write the snippets anew, or change [fastagi]"
    return Finding(State.WRONG, "the routing question goes somewhere else", remedy)


def _queue_options(lines: list[Frame]) -> list[Finding]:
    told = [line.get("AppData") for line in lines if line.get("Application") == "Queue"]
    given = set.intersection(*({*text.partition(",")[2]} for text in told)) if told else set()
    missing = [option for option in QUEUE_OPTIONS if option not in given]
    remedy = "include the dialplan that callcenter pbx config writes"
    return [
        Finding(State.WRONG, f"no option {option} of Queue(): {QUEUE_OPTIONS[option]}", remedy)
        for option in missing
    ] or [Finding(State.OK, "the options of Queue()")]


async def features(probe: AmiProbe, _plan: PbxPlan) -> AsyncIterator[Finding]:
    """The keys that our orders about a consultation press."""
    found = {place: await setting(probe, "features.conf", *place) for place in FEATURES}
    if not any(found.values()) and not await loaded(probe, "func_config"):
        yield Finding(State.UNSEEN, "the keys of consultations", "see features.conf")
        return
    for (section, key), value in FEATURES.items():
        if found[section, key] != value:
            what = f"{key} is {found[section, key] or 'not set'}: agents cannot consult"
            yield Finding(State.WRONG, what, f"set {key} = {value} in [{section}] of features.conf")
    if found == FEATURES:
        yield Finding(State.OK, "the keys of consultations")

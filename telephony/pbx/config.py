"""The switch's configuration as text: the templates in `config/asterisk`, filled from a plan.

The snippets that are written for somebody's own Asterisk and the configuration that the tests run
on come out of this one function, so that the tests prove the snippets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from telephony.pbx.plan import ECHO_TEST, FRONT_PRIORITY, LinkPlan, PbxPlan, PhonePlan, QueuePlan

TEMPLATES = Path(__file__).resolve().parents[2] / "config" / "asterisk"

SNIPPETS = (
    "manager.conf",
    "extensions.conf",
    "features.conf",
    "queues.conf",
    "pjsip.conf",
    "cel.conf",
    "cel_custom.conf",
    "cel_sqlite3_custom.conf",
    "cel_pgsql.conf",
    "musiconhold.conf",
)

_BLANK = re.compile(r"\{\{([a-z_]+)\}\}")


def fill(template: str, values: Mapping[str, str]) -> str:
    """`template` with every ``{{name}}`` replaced; KeyError names a value nobody gave.

    Not `string.Template`: a dialplan is full of ``$``.
    """
    return _BLANK.sub(lambda match: values[match[1]], template)


# FreePBX keeps its own music, and includes files of these names by itself (but cel_custom's).
FREEPBX_NAMES = {
    "manager.conf": "manager_custom.conf",
    "extensions.conf": "extensions_custom.conf",
    "queues.conf": "queues_custom.conf",
    "pjsip.conf": "pjsip_custom.conf",
    "cel.conf": "cel_general_custom.conf",
    "cel_custom.conf": "cel_custom_callcenter.conf",
}
# It includes each of these inside the section of features.conf that it is named after.
FREEPBX_FEATURES = {
    "general": "features_general_custom.conf",
    "featuremap": "features_featuremap_custom.conf",
}


def render(plan: PbxPlan, *, freepbx: bool = False) -> dict[str, str]:
    """Snippet name -> text. FreePBX has its own outbound routes: there the trunk is left to it."""
    values = _values(plan, freepbx=freepbx)
    return {name: fill((TEMPLATES / name).read_text(), values) for name in SNIPPETS}


def write_snippets(plan: PbxPlan, out: Path, *, freepbx: bool = False) -> list[Path]:
    """Write the snippets and a README.txt that says what goes where; readable by us only.

    Raises OSError when `out` cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    texts = {}
    for name, text in render(plan, freepbx=freepbx).items():
        if not freepbx:
            texts[_ours(name)] = text
        elif name in FREEPBX_NAMES:
            texts[FREEPBX_NAMES[name]] = text
        elif name == "features.conf":
            texts |= {file: _section(text, its) for its, file in FREEPBX_FEATURES.items()}
    readme = (TEMPLATES / ("README.freepbx.txt" if freepbx else "README.txt")).read_text()
    texts["README.txt"] = fill(readme, _values(plan, freepbx=freepbx))
    for name, text in texts.items():
        path = out / name
        path.touch(mode=0o600)
        path.write_text(text)
    return [out / name for name in texts]


def written_secret(out: Path, ami_user: str, *, freepbx: bool = False) -> str:
    """The manager secret of that user in snippets written to `out` before; "" when there is none.

    Raises OSError when they cannot be read.
    """
    name = FREEPBX_NAMES["manager.conf"] if freepbx else _ours("manager.conf")
    if not (out / name).exists():
        return ""
    section = ""
    for line in (out / name).read_text(errors="replace").splitlines():
        key, _, value = line.partition("=")
        if line.startswith("["):
            section = line.partition("]")[0].removeprefix("[")
        elif section == ami_user and key.strip() == "secret":
            return value.strip()
    return ""


def _section(text: str, name: str) -> str:
    """The lines of ``[name](+)``, without their heading."""
    return text.partition(f"[{name}](+)\n")[2].partition("\n[")[0] + "\n"


def _ours(name: str) -> str:
    return name.replace(".conf", "_callcenter.conf")


def _values(plan: PbxPlan, *, freepbx: bool) -> dict[str, str]:
    return {
        "ami_user": plan.ami_user,
        "ami_secret": plan.ami_secret,
        "permits": "\n".join(f"permit = {network}" for network in plan.ami_permit),
        "event_filters": "\n".join(
            f"eventfilter(action(include),name({name})) =" for name in sorted(plan.events)
        ),
        "fastagi": f"{plan.fastagi_host}:{plan.fastagi_port}",
        "heartbeat_s": str(plan.heartbeat_s),
        "breaker_s": str(plan.breaker_s),
        "ask_s": str(plan.ask_s),
        "ring_first_s": str(plan.ring_first_s),
        "return_s": str(plan.return_s),
        "front_priority": str(FRONT_PRIORITY),
        "rtp_timeout_s": str(plan.rtp_timeout_s),
        "echo": ECHO_TEST,
        "country_code": plan.country_code,
        "default_queue": plan.default_queue,
        "moh_directory": plan.moh_directory,
        "internal": "\n".join(map(_internal, plan.phones)) or "; no phones yet",
        "pbx": plan.pbx,
        "elsewhere": "\n".join(map(_elsewhere, plan.links)) or "; no other switch",
        "outside": _outside(plan) or "; none allowed",
        "outbound": _FREEPBX_OUTBOUND if freepbx else _outbound(plan),
        "queues": "\n".join(map(_queue, plan.queues)),
        "phones": "\n".join(map(_phone, plan.phones)) or "; no phones yet",
        "trunk": plan.trunk,
        "callcenter_host": plan.fastagi_host,
    }


# Dial's option T lets the caller consult: an agent may, a customer who is sent on may not.
_MAY_CONSULT = "${IF(${CRM_AGENT}?T)}"
_FREEPBX_OUTBOUND = " same => n,Goto(from-internal,${CRM_NUMBER},1)"


def _outbound(plan: PbxPlan) -> str:
    technology, _, name = plan.trunk.partition("/")
    target = (
        f"PJSIP/${{CRM_NUMBER}}@{name}"
        if technology == "PJSIP"
        else f"{technology}/{name}/${{CRM_NUMBER}}"
    )
    lines = [f" same => n,Dial({target},60,{_MAY_CONSULT})"]
    if plan.outbound_caller_id:
        lines.insert(0, f" same => n,Set(CALLERID(num)={plan.outbound_caller_id})")
    return "\n".join(lines)


def _outside(plan: PbxPlan) -> str:
    """The more exact of two patterns counts, so an allowed prefix within a refused one is left out.

    What the trunk would filter out of a number ("+86 1069": from a SIP address anything may come)
    could hide a refused prefix; such a number is none."""
    allowed = [one for one in plan.allowed_prefixes if not one.startswith(plan.refused_prefixes)]
    clean = "$[${LEN(${EXTEN})}=${LEN(${FILTER(+0-9,${EXTEN})})}]"
    lines = [
        f"exten => _{prefix}!,1,GotoIf({clean}?crm-trunk,${{EXTEN}},1)\n same => n,Hangup(21)"
        for prefix in allowed
    ]
    lines += [f"exten => _{prefix}!,1,Hangup(21)" for prefix in plan.refused_prefixes]
    return "\n".join(lines)


def _internal(phone: PhonePlan) -> str:
    device = f"PJSIP/{phone.extension}"
    return (
        f"exten => {phone.extension},hint,{device}\n"
        f"exten => {phone.extension},1,Dial({device},30,t{_MAY_CONSULT})\n"
        " same => n,Hangup(${HANGUPCAUSE})"
    )


def _elsewhere(link: LinkPlan) -> str:
    """Dial's option b says, before the call leaves, whose call it is here."""
    name = link.trunk.removeprefix("PJSIP/")
    say = "b(crm-link^s^1(${CRM_AGENT}))"
    return "\n".join(
        f"exten => {extension},1,Dial(PJSIP/{extension}@{name},40,t{_MAY_CONSULT}{say})\n"
        " same => n,Hangup(${HANGUPCAUSE})"
        for extension in link.extensions
    )


def _queue(queue: QueuePlan) -> str:
    return f"""
[{queue.name}]
strategy = {queue.strategy}
weight = {queue.weight}
timeout = {queue.ring_s}
retry = 1
wrapuptime = 0
ringinuse = no
autofill = yes
autopause = no
joinempty = yes
leavewhenempty = no
musicclass = default
reportholdtime = no
announce-frequency = 0"""


def _phone(phone: PhonePlan) -> str:
    extension = phone.extension
    kind = "crm-webrtc" if phone.webrtc else "crm-desk"
    name = phone.name.replace('"', "") or extension
    return f"""
[{extension}]({kind})
auth = {extension}
aors = {extension}
callerid = "{name}" <{extension}>
[{extension}](crm-auth)
username = {extension}
password = {phone.secret}
[{extension}](crm-aor)"""

"""What an order carries: keys of a consultation, and values that are safe in a dialplan.

Asterisk gives values a meaning of their own: a comma ends an argument (and MixMonitor's third is a
command for a shell), ``${`` is evaluated, ``&`` rings several. So each is matched as a whole
against what may stand there; nothing is escaped. All raise `UnsafeValue`.
"""

from __future__ import annotations

import re

from telephony.switch import ConsultOrder, UnsafeValue

# As in config/asterisk/features.conf; no telephone has these keys.
CONSULT_KEYS = {
    ConsultOrder.CANCEL: "BA",
    ConsultOrder.COMPLETE: "BB",
    ConsultOrder.SWAP: "C",
    ConsultOrder.THREE_WAY: "D",
}
CONSULT_DIGITS = "0#"  # what Atxfer dials in the consult context; # ends the digits at once

_CONTEXT = re.compile(r"[A-Za-z0-9_-]{1,40}")
_EXTEN = re.compile(r"[A-Za-z0-9_+*#-]{1,60}")
_TONES = re.compile(r"[0-9*#]{1,40}")
_FILE = re.compile(r"(?:[A-Za-z0-9_-]{1,80}/){0,4}[A-Za-z0-9_-]{1,80}\.wav")


def place(context: str, exten: str) -> str:
    """Where Goto goes: ``context,exten,1``."""
    return f"{_whole(_CONTEXT, 'context', context)},{_whole(_EXTEN, 'extension', exten)},1"


def tones(digits: str) -> str:
    """Ordinary keys only: A to D are orders."""
    return _whole(_TONES, "key tones", digits)


def recording_file(file: str) -> str:
    """A path under the monitor folder: no dots but the one of ``.wav``, no way out of it."""
    return _whole(_FILE, "recording file", file)


def _whole(pattern: re.Pattern[str], what: str, value: str) -> str:
    if not pattern.fullmatch(value):
        raise UnsafeValue(f"{what} {value!r} holds what must not reach the switch")
    return value

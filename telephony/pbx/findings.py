"""One line of a check: what of a switch is well, missing or wrong; and how it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from telephony.pbx.probe import AmiProbe


class State(StrEnum):
    OK = "OK"
    MISSING = "MISSING"
    WRONG = "WRONG"
    UNSEEN = "?"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` is a short statement; `remedy` says what to do when it is not OK."""

    state: State
    what: str
    remedy: str = ""

    @property
    def bad(self) -> bool:
        return self.state in {State.MISSING, State.WRONG}


async def loaded(probe: AmiProbe, module: str) -> bool:
    return (await probe.ask("ModuleCheck", ("Module", module))).get("Response") == "Success"


async def setting(probe: AmiProbe, file: str, section: str, key: str) -> str:
    """One value of a .conf file, as the dialplan function AST_CONFIG shows it; "" for none."""
    name = f"AST_CONFIG({file},{section},{key})"
    return (await probe.ask("Getvar", ("Variable", name))).get("Value")

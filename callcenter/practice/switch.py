"""The room's switch, and the settings of a house that stands on it."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from callcenter.settings import Settings
from callcenter.settings.sections import (
    DatabaseSection,
    HistorySection,
    Paths,
    RecordingsSection,
)
from callcenter.store.practice import COLLEAGUES, LINE
from telephony.ports import free_tcp_port

if TYPE_CHECKING:
    from telephony.simulator import Simulator

SEATS: Final = 200
_HERE = "127.0.0.1"
_RING_FIRST_S = 60.0  # longer than anybody waits: whose call it is, nobody else is rung


def seat_extension(seat: int) -> str:
    """Of the seats 1 … SEATS."""
    return str(2000 + seat)


class PracticeSwitch:
    """A simulator of its own, reachable from this machine with a secret made up for it."""

    simulator: Simulator

    def __init__(self) -> None:
        self._secret = secrets.token_urlsafe(16)
        self._agi_port = free_tcp_port()
        self._port = 0

    async def start(self) -> None:
        """Raises OSError."""
        from telephony.simulator import (  # noqa: PLC0415 (most servers never need it)
            Account,
            Simulator,
            SimulatorConfig,
        )

        phones = [*map(seat_extension, range(1, SEATS + 1)), *COLLEAGUES]
        config = SimulatorConfig(
            agents=tuple(f"PJSIP/{extension}" for extension in phones),
            colleagues=len(COLLEAGUES),  # they answer by themselves
            dids=(LINE,),
            seed=secrets.randbelow(2**31),
            agi_port=self._agi_port,
            ring_first_s=_RING_FIRST_S,
            accounts={"practice": Account(self._secret)},
        )
        self.simulator = Simulator(config)
        self._port = await self.simulator.start(_HERE)

    async def stop(self) -> None:
        await self.simulator.stop()

    def settings(self, real: Settings, folder: Path) -> Settings:
        """As in the real house, but for the switch and the place of data."""
        at_home = {"host": _HERE, "port": self._port, "tls": False, "tls_ca_file": ""}
        who = {"username": "practice", "secret": SecretStr(self._secret), "pbx": "practice"}
        lines = {"trunks": ("PJSIP/carrier",), "own_numbers": (LINE,), "trunk_to": {}}
        routing = {"host": _HERE, "port": self._agi_port}
        phone = {"websocket_url": "", "ice_servers": (), "daily_cost": 0}
        return real.model_copy(
            update={
                "database": DatabaseSection(url=f"sqlite:///{folder / 'practice.db'}"),
                "paths": Paths(var=folder),
                "switch": real.switch.model_copy(update={**at_home, **who, **lines}),
                "fastagi": real.fastagi.model_copy(update=routing),
                "phone": real.phone.model_copy(update=phone),
                "switches": {},
                "history": HistorySection(),
                "recordings": RecordingsSection(store=folder / "recordings"),
            }
        )

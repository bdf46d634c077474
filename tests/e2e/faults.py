"""The network between browsers and us, spoiled on demand: the telephone's way and the gateway's."""

from __future__ import annotations

from types import TracebackType

from tests.asterisk.server import AsteriskServer
from tests.e2e.fault_proxy import FaultProxy
from tests.e2e.product import Way


class Faults:
    """`sip`: a browser's telephone ↔ the switch. `gateway`: its screen ↔ the product."""

    def __init__(self, asterisk: AsteriskServer) -> None:
        self._asterisk = asterisk
        self.sip = FaultProxy(asterisk.ws_port)
        self.gateway = FaultProxy()

    async def __aenter__(self) -> Faults:
        await self.sip.__aenter__()
        await self.gateway.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.gateway.__aexit__(kind, error, trace)
        await self.sip.__aexit__(kind, error, trace)

    def way(self) -> Way:
        sip_url = self._asterisk.ws_url.replace(f":{self._asterisk.ws_port}", f":{self.sip.port}")
        return Way(sip_url, f"ws://127.0.0.1:{self.gateway.port}/gateway")

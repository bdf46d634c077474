"""The web, started and stopped as one: HTTP on its port, the gateway on its own."""

from __future__ import annotations

from aiohttp import web

from callcenter.web.context import WebContext
from callcenter.web.gateway import PATH, Gateway
from callcenter.web.http import application
from callcenter.web.metrics import Gauges, Metrics
from callcenter.web.origin import host_name


class Web:
    """`port` and `gateway_port` say where it listens, once started (port 0 takes a free one)."""

    def __init__(self, context: WebContext, gauges: Gauges | None = None) -> None:
        self._context = context
        self.gateway = Gateway(context)
        self._metrics = Metrics(self.gateway.gauges(), gauges or {})
        self._runner: web.AppRunner | None = None
        self.port = 0
        self.gateway_port = 0

    async def start(self, host: str, port: int, gateway_port: int) -> None:
        """Raises OSError when a port is taken."""
        self.gateway_port = await self.gateway.start(host, gateway_port)
        app = application(self._context, self._metrics, self._gateway_url)
        self._runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=2.0
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.gateway.page_port = self.port

    async def stop(self) -> None:
        await self.gateway.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _gateway_url(self, request: web.Request) -> str:
        """As configured, else on the host name the browser used."""
        if self._context.settings.gateway_url:
            return self._context.settings.gateway_url
        scheme = "wss" if self._context.settings.secure_cookies else "ws"
        return f"{scheme}://{host_name(request.host)}:{self.gateway_port}{PATH}"

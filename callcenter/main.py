"""The composition root: builds every part, wires them, starts and stops them in order.

The only owner of the loop and of Twisted's reactor. Nothing happens on import.
"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import structlog
import uvloop
from twisted.internet.error import CannotListenError

from callcenter.domain.agents import Status
from callcenter.domain.dialling import DialRules, Tariffs
from callcenter.feed import Feed
from callcenter.practice import Inside, PracticeRoom, PracticeSessions
from callcenter.services.after_calls import AfterCalls
from callcenter.services.agents import ABSENT_S, Agents
from callcenter.services.auth import Auth
from callcenter.services.call_changes import CallChanges
from callcenter.services.call_log import CallLog
from callcenter.services.calls import Calls
from callcenter.services.clock import LoopClock
from callcenter.services.colleagues import Colleagues
from callcenter.services.collector import Collector
from callcenter.services.company import company, read_logo
from callcenter.services.consults import Consults
from callcenter.services.customers import Customers
from callcenter.services.dial_policy import DialLimits, DialPolicy
from callcenter.services.directory import Directory
from callcenter.services.heartbeat import Heartbeat
from callcenter.services.journal import AgentStateBegan, WrapUpDone
from callcenter.services.left_open import left_open, signed_in_still
from callcenter.services.live import Live
from callcenter.services.log_news import LogNews
from callcenter.services.log_writer import LogWriter
from callcenter.services.look_ups import LookUps
from callcenter.services.lost_pages import LostPages
from callcenter.services.membership import Membership
from callcenter.services.mirror import Mirror
from callcenter.services.news import News
from callcenter.services.once import Once
from callcenter.services.own_dials import OwnDials
from callcenter.services.phone_holders import PhoneHolders
from callcenter.services.phones import PhoneRules, Phones
from callcenter.services.presence import Presence
from callcenter.services.quality import Quality
from callcenter.services.queue_strip import QueueStrip
from callcenter.services.recordings import Recordings
from callcenter.services.records import IceServer
from callcenter.services.reloading import Reloading
from callcenter.services.roster import Roster
from callcenter.services.routing import Router
from callcenter.services.tickets import Tickets
from callcenter.settings import Settings, SettingsError, wrong_value
from callcenter.store.database import Database
from callcenter.store.inbox import Inbox
from callcenter.store.secret_key import secret_key
from callcenter.web.context import WebContext, WebSettings
from callcenter.web.gateway import Gateway
from callcenter.web.server import Web
from telephony.ami import AmiConfig, AmiSwitch
from telephony.calls import CallTracker, Topology
from telephony.fastagi import FastAgiServer, RouteAnswer, RouteRequest

log = structlog.get_logger(__name__)

WARM = 50_000  # numbers in memory before anybody calls


class PortTaken(Exception):
    """Another program listens there; the message says where and what to set."""


def cannot_listen(
    section: str, host: str, ports: int | str, error: OSError, remedy: str
) -> PortTaken | SettingsError:
    """What to raise: it is the host, for good, or the port, which may be free again later."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        expected = "an address of this machine, like 127.0.0.1"
        return SettingsError(wrong_value(f"{section}.host", host, expected))
    reason = os.strerror(error.errno or 0)
    return PortTaken(f"{host}:{ports} cannot be listened on ({reason}): {remedy}")


class Application:
    """Everything, wired. Built and started once."""

    def __init__(
        self,
        settings: Settings,
        sessions: PracticeSessions | None = None,
        inside: Inside | None = None,
    ) -> None:
        """Opens the journal: InboxBusy when another process works in the same `paths.var`.

        With `sessions` and `inside` it is the house of a practice room: it has no port of its own.
        """
        self.settings = settings
        self._is_practice = sessions is not None
        self._sessions = sessions
        self._inside = inside
        self._stack = AsyncExitStack()
        self._tasks: set[asyncio.Task[object]] = set()
        self.fastagi_port = 0
        self.clock = LoopClock()
        self.collector = Collector(self.clock)
        self.feed = Feed()
        self.news = News(self.feed)
        self.database = Database(settings.database.url)
        self.inbox = Inbox(settings.paths.var / "journal")
        self._build_live()
        self._build_services()
        self._build_routing()
        complete = self.own_dials.complete
        self.switch.subscribe(lambda event: self.live.on_event(complete(event)))
        self.switch.subscribe(self.holders.on_event)
        self.switch.subscribe(self.lost_pages.on_event)
        self.switch.subscribe(self.membership.on_event)
        self.switch.subscribe(self.mirror.on_event)
        self.switch.subscribe(lambda event: self.call_log.on_event(complete(event)))
        self.switch.subscribe(self.recordings.on_event)
        self.switch.subscribe(self.quality.on_event)
        self.context = self._web_context()
        self.web = Web(self.context, self._gauges())
        if isinstance(self.practice, PracticeRoom):
            self.practice.by(self.gateway)

    @property
    def gateway(self) -> Gateway:
        return self.web.gateway

    # --- building, from the switch to the screen ----------------------------------------------

    def _build_live(self) -> None:
        """The branch that waits for nothing, and the log branch beside it."""
        options = self.settings.switch
        self.tracker = CallTracker(options.pbx, Topology(trunks=options.trunks))
        self.switch = AmiSwitch(
            AmiConfig(
                host=options.host,
                port=options.port,
                username=options.username,
                secret=options.secret.get_secret_value(),
                tls=options.tls,
                tls_ca_file=options.tls_ca_file,
                pbx=options.pbx,
            ),
            self.tracker,
        )
        self.roster = Roster()
        self.directory = Directory(self.database, options.region, options.own_numbers)
        self.presence = Presence(self.roster, self.feed, self.clock)
        self.holders = PhoneHolders(
            self.roster,
            self.presence,
            self.feed,
            self.clock,
            simulated=lambda: self.switch.simulated,
            lost=lambda user_id: self.lost_pages.lost(user_id),  # noqa: PLW0108 (it is made later)
        )
        self.look_ups = LookUps(self.directory)
        self.log_news = LogNews(self.directory, self.feed)
        writer = LogWriter(self.database, self.roster, self.directory, self.log_news.tell)
        self.call_log = CallLog(self.inbox, writer, self.clock)
        self.live = Live(
            roster=self.roster,
            presence=self.presence,
            strip=QueueStrip(self.roster, self.feed, self.clock),
            colleagues=Colleagues(self.roster, self.presence, self.feed, self.clock),
            phone=self.holders.view,
            directory=self.directory,
            feed=self.feed,
            clock=self.clock,
            ask=self.look_ups.ask,
            wrapped_up=lambda *work: self.call_log.record(WrapUpDone(*work)),
            simulated=lambda: self.switch.simulated,
        )
        self.lost_pages = LostPages(self.live, self.switch, self.roster, self.clock)
        self.look_ups.tell(self.live)
        self.presence.subscribe(self._record_state)

    def _build_services(self) -> None:
        self.membership = Membership(self.roster, self.switch, self.clock)
        self.agents = Agents(
            roster=self.roster,
            presence=self.presence,
            membership=self.membership,
            clock=self.clock,
            resume=self.live.resume,
            reload_roster=lambda: self.reloading.load(),  # noqa: PLW0108 (it is made later)
            work_done=lambda user_id: self.after.wrap_ups.expect_disposed(user_id),  # noqa: PLW0108
        )
        self.own_dials = OwnDials()
        policy = self._dial_policy()
        self.phones = Phones(
            self.roster,
            self.live,
            self.switch,
            own_dials=self.own_dials,
            policy=policy,
            holders=self.holders,
            rules=self._phone_rules(),
        )
        self.consults = Consults(self.roster, self.live, self.presence, self.switch, policy)
        self.recordings = Recordings(self.roster, self.live, self.switch)
        self.quality = Quality(self.roster, self.live, self.call_log.record)
        self.customers = Customers(self.database, self.directory, self.clock, self.news)
        changes = CallChanges(
            live=self.live,
            directory=self.directory,
            clock=self.clock,
            caught_up=self.call_log.caught_up,
        )
        self.tickets = Tickets(self.database, self.directory, self.clock, changes, self.news)
        self.calls = Calls(
            database=self.database,
            directory=self.directory,
            roster=self.roster,
            clock=self.clock,
            changes=changes,
        )
        self.after = AfterCalls(
            database=self.database,
            directory=self.directory,
            roster=self.roster,
            live=self.live,
            clock=self.clock,
            news=self.news,
            changes=changes,
            calls=self.calls,
            tickets=self.tickets,
            zone=self.settings.company.zone,
        )
        self.log_news.subscribe(self.after.logged)
        self.auth: Auth | PracticeSessions
        self.practice: PracticeRoom | Inside
        if self._sessions is not None and self._inside is not None:
            self.auth, self.practice = self._sessions, self._inside
        else:
            self.auth = auth = Auth(self.database, self.clock, busy=self.agents.busy)
            self.practice = PracticeRoom(self.settings, auth, self.clock, Application)
        self.auth.subscribe_prefs(lambda user_id: self.news.changed("desk", None, (user_id,)))

    def _build_routing(self) -> None:
        self.router = Router(
            self.database,
            self.directory,
            self.clock,
            ready_since=self.presence.ready_since,
        )
        fastagi = self.settings.fastagi
        self.fastagi = FastAgiServer(self._route, self.settings.switch.pbx, fastagi.deadline_s)
        self.heartbeat = Heartbeat(self.switch, lambda: self.router.route("", ""))
        self.mirror = Mirror(self.switch, self.router, self.clock)
        self.reloading = Reloading(
            self.database,
            self.roster,
            self.router,
            seats_changed=self._roster_changed,
            rules_changed=self.mirror.refill,
            look_at_desk=self.after.look_at_desk,
        )
        self.directory.subscribe(lambda numbers, _: self.mirror.numbers_changed(numbers))

    def _web_context(self) -> WebContext:
        http, own = self.settings.http, self.settings.company
        logo = read_logo(own.logo)
        return WebContext(
            settings=WebSettings(
                ui=http.ui,
                gateway_url=http.public_gateway_url,
                secure_cookies=http.secure_cookies,
                origins=http.origins,
                trusted_proxies=http.trusted_proxies,
                sip_websocket_url=self.settings.phone.websocket_url,
            ),
            clock=self.clock,
            feed=self.feed,
            database=self.database,
            auth=self.auth,
            once=Once(self.database, self.clock),
            live=self.live,
            agents=self.agents,
            phones=self.phones,
            holders=self.holders,
            consults=self.consults,
            recordings=self.recordings,
            quality=self.quality,
            calls=self.calls,
            customers=self.customers,
            tickets=self.tickets,
            after=self.after,
            company=company(own.name, own.accent, logo),
            logo=logo,
            practice=self.practice,
        )

    def _dial_policy(self) -> DialPolicy:
        phone = self.settings.phone
        return DialPolicy(
            DialRules(
                region=self.settings.switch.region,
                allowed=phone.allowed_prefixes,
                refused=phone.refused_prefixes,
                premium=phone.premium_numbers,
            ),
            DialLimits(
                per_minute=phone.dials_per_minute,
                daily_cost=phone.daily_cost,
                tariffs=Tariffs(phone.tariffs),
            ),
            roster=self.roster,
            desk=self.live,
            database=self.database,
            clock=self.clock,
            zone=self.settings.company.zone,
        )

    def _phone_rules(self) -> PhoneRules:
        phone = self.settings.phone
        return PhoneRules(
            domain=phone.domain or self.settings.switch.host,
            websocket_url=phone.websocket_url,
            ice_servers=tuple(
                IceServer(one.urls, one.username, one.credential.get_secret_value())
                for one in phone.ice_servers
            ),
            sip_master=secret_key(self.settings.paths.var),
        )

    def _gauges(self) -> dict[str, Callable[[], float]]:
        return {
            "switch_connected": lambda: self.switch.connected,
            "switch_events": lambda: self.switch.stats().events,
            "call_log_backlog": self.call_log.backlog,
            "call_log_refused": lambda: self.call_log.refused,
            "call_log_stumbled": lambda: self.call_log.stumbled,
            "feed_messages": lambda: self.feed.seq,
            "routes_answered": lambda: self.fastagi.stats.answered,
            "routes_late": lambda: self.fastagi.stats.late,
            "heartbeats_skipped": lambda: self.heartbeat.skipped,
            "practice_open": lambda: (
                isinstance(self.practice, PracticeRoom) and self.practice.is_open
            ),
        }

    # --- running ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bring the database up to date, then open the doors: log, routing, screens, switch.

        Needs Twisted's reactor on the running loop. Raises PortTaken, and what a database raises
        that is not there; then everything is stopped again.
        """
        async with AsyncExitStack() as stack:
            stack.callback(self.inbox.close)
            stack.callback(self.auth.close)
            stack.push_async_callback(self.database.close)
            await self.database.migrate()
            await self.reloading.load()
            stack.push_async_callback(self.call_log.stop)
            await self.call_log.start()
            await self._recall()
            stack.push_async_callback(self.look_ups.stop)
            stack.push_async_callback(self.membership.stop)
            stack.push_async_callback(self.fastagi.stop)
            stack.push_async_callback(self.web.stop)
            stack.push_async_callback(self.lost_pages.stop)
            stack.callback(self.holders.stop)  # first: screens then go because we do
            if isinstance(self.practice, PracticeRoom):
                stack.push_async_callback(self.practice.close)
            await self._listen()
            stack.push_async_callback(self.recordings.stop)
            stack.push_async_callback(self.switch.stop)
            await self.switch.start()
            stack.push_async_callback(self.heartbeat.stop)
            self.heartbeat.start()
            stack.push_async_callback(self.mirror.stop)
            self.mirror.start()
            stack.push_async_callback(self.after.due.stop)
            self.after.due.start()
            stack.push_async_callback(self.reloading.stop)
            self.reloading.start()
            stack.callback(self.collector.stop)
            stack.push_async_callback(self._stop_tasks)
            self._in_background(self._warm_up())
            self._stack = stack.pop_all()

    async def stop(self) -> None:
        """The other way round: first nothing new comes in, last what came is committed."""
        await self._stack.aclose()

    async def _listen(self) -> None:
        fastagi, http = self.settings.fastagi, self.settings.http
        try:
            self.fastagi_port = await self.fastagi.start(fastagi.host, fastagi.port)
        except CannotListenError as error:
            remedy = "is it taken? Set another fastagi.port"
            reason = error.socketError
            raise cannot_listen("fastagi", fastagi.host, fastagi.port, reason, remedy) from None
        if self._is_practice:
            self.gateway.open()
            return
        gateway_port = http.gateway_port or (http.port and http.port + 1)
        ports = f"{http.port} or {gateway_port}"
        try:
            await self.web.start(http.host, http.port, gateway_port)
        except OSError as error:
            remedy = "choose another port with HTTP_PORT=…"
            raise cannot_listen("http", http.host, ports, error, remedy) from None

    async def _recall(self) -> None:
        """Calls and agents outlive us."""
        await self.call_log.caught_up()  # with what a former run left in the journal
        now = self.clock.now()
        seen_at = self.call_log.former_run_until or now
        self.tracker.recall(await left_open(self.database, self.switch.pbx, seen_at))
        self.agents.restore(await signed_in_still(self.database, seen_at, now, ABSENT_S))

    def _roster_changed(self) -> None:
        own = (*self.settings.switch.own_numbers, *self.roster.extensions())
        self.directory.set_own_numbers(own)
        self.membership.roster_changed()
        self.live.roster_changed()

    async def _warm_up(self) -> None:
        await self.directory.warm(WARM)
        if not self._is_practice:  # the collector is the whole process's
            self.collector.start()

    async def _route(self, request: RouteRequest) -> RouteAnswer:
        route = await self.router.route(request.caller, request.dialled, request.caller_name)
        return RouteAnswer(
            queue=route.queue,
            priority=route.priority,
            ring_first=route.ring_first,
            language=route.language,
            greeting=route.greeting,
        )

    def _record_state(self, user_id: UUID, before: Status, after: Status) -> None:
        began = AgentStateBegan(
            user_id,
            after.state,
            after.reason,
            after.since,
            then=after.then,
            then_reason=after.then_reason,
            until=after.until,
            paused_at=after.paused_at,
        )
        self.call_log.record(began)

    def _in_background(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _stop_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def run(serve: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run `serve(stopped)` on a loop of ours; SIGINT and SIGTERM set `stopped`."""

    async def go() -> None:
        from twisted.internet import asyncioreactor  # noqa: PLC0415 (must come before the reactor)

        loop = asyncio.get_running_loop()
        asyncioreactor.install(loop)
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        await serve(stopped)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(go())


async def started(application: Application, stopped: asyncio.Event) -> bool:
    """Start it; False when `stopped` was set before it had: a start may wait for a database."""
    start = asyncio.create_task(application.start())
    stop = asyncio.create_task(stopped.wait())
    await asyncio.wait({start, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if start.done():
        await start
        return True
    start.cancel()
    await asyncio.gather(start, return_exceptions=True)
    return False


async def serve(settings: Settings, stopped: asyncio.Event) -> None:
    """The product, until `stopped` is set."""
    application = Application(settings)
    if not await started(application, stopped):
        return
    log.info("started", http=f"http://{settings.http.host}:{application.web.port}")
    try:
        await stopped.wait()
    finally:
        await application.stop()
        log.info("stopped")

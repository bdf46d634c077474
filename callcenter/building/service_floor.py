"""The use cases: what agents do, to calls, customers and tickets."""

from __future__ import annotations

from callcenter.building.live_floor import LiveFloor
from callcenter.domain.dialling import DialRules, Tariffs
from callcenter.services.after_calls import AfterCalls
from callcenter.services.agents import Agents
from callcenter.services.call_changes import CallChanges
from callcenter.services.calls import Calls
from callcenter.services.consults import Consults
from callcenter.services.cost_watch import CostWatch
from callcenter.services.customers import Customers
from callcenter.services.dial_policy import DialLimits, DialPolicy
from callcenter.services.membership import Membership
from callcenter.services.outside_calls import OutsideCalls
from callcenter.services.own_dials import OwnDials
from callcenter.services.phones import PhoneRules, Phones, SipPlace
from callcenter.services.quality import Quality
from callcenter.services.recordings import Recordings
from callcenter.services.records import IceServer
from callcenter.services.tickets import Tickets
from callcenter.settings import Settings
from callcenter.store.secret_key import secret_key


class ServiceFloor(LiveFloor):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
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
        self.outside_calls = OutsideCalls(self.roster)
        policy = self._dial_policy()
        self.cost_watch = CostWatch(policy, self.outside_calls, self.feed, self.clock)
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
        self.quality = Quality(self.roster, self.live, self.houses.record)
        self.customers = Customers(self.database, self.directory, self.clock, self.news)
        changes = CallChanges(
            live=self.live,
            directory=self.directory,
            clock=self.clock,
            caught_up=self.houses.caught_up,
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
            outside=self.outside_calls,
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
            further={
                pbx: SipPlace(one.domain or one.host, one.websocket_url)
                for pbx, one in self.settings.switches.items()
            },
        )

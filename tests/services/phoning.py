"""The orders to telephones, over the live branch and a fake switch."""

from __future__ import annotations

from dataclasses import replace

from callcenter.domain.agents import Input
from callcenter.domain.dialling import DialRules
from callcenter.services.consults import Consults
from callcenter.services.dial_policy import DialLimits, DialPolicy
from callcenter.services.outside_calls import OutsideCalls
from callcenter.services.own_dials import OwnDials
from callcenter.services.phone_holders import Page
from callcenter.services.phones import PhoneRules, Phones
from callcenter.services.recordings import Recordings
from callcenter.services.roster import RecordingPolicy
from callcenter.store.database import Database
from telephony import events
from telephony.events import Direction, LegRole, call_id_for
from tests.fakes import FakeSwitch
from tests.feed_scenarios import (
    DEVICES,
    NUMBERS,
    PBX,
    REASONS,
    ROSTER_QUEUES,
    ROSTER_SEATS,
    USERS,
    World,
)

AGENT, OTHER, THIRD = USERS
DEVICE = DEVICES[0]
CALL, CONSULT = call_id_for(PBX, "1.1"), call_id_for(PBX, "2.1")
MASTER = b"m" * 32


class Phoning:
    """Everybody is signed in; `desk`: with a telephone on the desk, else on a page."""

    def __init__(self, database: Database | None = None, *, desk: bool = True) -> None:
        """Without a database no cost can be limited."""
        self.world = World()
        seats = [replace(one, phone_kind="desk" if desk else "browser") for one in ROSTER_SEATS]
        self.world.roster.replace(seats, ROSTER_QUEUES, REASONS)
        for user_id in USERS:
            self.world.command(user_id, Input.SIGN_IN)
        self.switch = FakeSwitch(simulated=False)
        self.database = database or Database("sqlite:///nowhere.db")
        self.outside = OutsideCalls(self.world.roster)
        self.policy = self.policed(DialLimits())
        self.recordings = Recordings(self.world.roster, self.world.live, self.switch)

    def policed(self, limits: DialLimits, *prefixes: str) -> DialPolicy:
        rules = DialRules("CN", prefixes or ("+86",))
        world = self.world
        return DialPolicy(
            rules,
            limits,
            roster=world.roster,
            outside=self.outside,
            database=self.database,
            clock=world.clock,
        )

    @property
    def phones(self) -> Phones:
        return Phones(
            self.world.roster,
            self.world.live,
            self.switch,
            own_dials=OwnDials(),
            policy=self.policy,
            holders=self.world.holders,
            rules=PhoneRules("pbx.example", "wss://pbx.example/ws", (), MASTER),
        )

    @property
    def consults(self) -> Consults:
        world = self.world
        return Consults(world.roster, world.live, world.presence, self.switch, self.policy)

    def recorded(self, queue: str, policy: RecordingPolicy) -> None:
        queues = [
            replace(one, recording=policy if one.name == queue else one.recording)
            for one in ROSTER_QUEUES
        ]
        self.world.roster.replace(self.world.roster.seats(), queues, REASONS)

    def opens(self, screen: str, device: str = "laptop") -> None:
        self.world.holders.came(AGENT, screen, Page(screen, device, device.title()), legs=0)

    def say(self, kind: type[events.CallEvent], *fields: object) -> None:
        call_id, *rest = fields
        assert isinstance(call_id, type(CALL))
        self.world.say(kind, call_id, *rest)
        event = kind(PBX, call_id, self.world.seq, self.world.at(), *rest)
        self.recordings.on_event(event)
        self.outside.on_event(event)

    def rings(self, queue: str = "support") -> None:
        """A customer calls, and the agent's phone rings."""
        fields = ("1.1", Direction.INBOUND, NUMBERS[0], "", "4001", "PJSIP/carrier")
        self.say(events.CallArrived, CALL, *fields)
        self.say(events.CallQueued, CALL, queue, 0, 1)
        self.say(events.AgentRinging, CALL, "leg", DEVICE, queue)

    def talks(self, queue: str = "support") -> None:
        self.rings(queue)
        self.answers(queue)

    def answers(self, queue: str = "support", device: str = DEVICE, leg: str = "leg") -> None:
        self.say(events.CallAnswered, CALL, leg, device, LegRole.AGENT, queue)

    def asks(self, colleague: str = "1002") -> None:
        """The agent consults a colleague, whose phone rings."""
        self.say(
            events.CallArrived, CONSULT, "2.1", Direction.INTERNAL, "1001", "", colleague, DEVICE
        )
        self.say(events.ConsultBegan, CONSULT, CALL, DEVICE)
        self.say(events.CallHeld, CALL, "leg", DEVICE)
        self.say(events.AgentRinging, CONSULT, "asked", f"PJSIP/{colleague}", "")

    def is_asked(self, colleague: str = "1002") -> None:
        """And answers."""
        self.asks(colleague)
        device = f"PJSIP/{colleague}"
        self.say(events.CallAnswered, CONSULT, "asked", device, LegRole.AGENT, "")

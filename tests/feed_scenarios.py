"""Random life on three desks, told twice: as events and commands to the live branch, and as the
snapshot and messages that a screen gets of it.

`python -m tests.feed_scenarios` writes tests/fixtures/feed_scenarios.json (name, snapshot,
messages, expected), by which the browser's store is proven with the very same data.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import orjson

from callcenter.domain.agents import Input, InvalidTransition
from callcenter.feed import Feed, Message
from callcenter.services.colleagues import Colleagues
from callcenter.services.errors import Conflict
from callcenter.services.live import Live
from callcenter.services.lost_pages import LISTEN_S
from callcenter.services.phone_holders import Page, PhoneHolders
from callcenter.services.presence import Presence
from callcenter.services.queue_strip import QueueStrip
from callcenter.services.roster import PauseReason, QueueInfo, Roster, Seat
from callcenter.services.views import Caller, CustomerCard, OpenTicket, TierBadge
from telephony import events
from telephony.events import (
    CallLog,
    CallResult,
    Direction,
    LegLog,
    LegResult,
    LegRole,
    call_id_for,
)
from telephony.problems import Problem
from tests.fakes import START, FakeClock, FakeDirectory

FIXTURE = Path(__file__).parent / "fixtures" / "feed_scenarios.json"
PBX = "pbx1"


def named(text: str) -> UUID:
    """The same id for the same name, so that the fixture is the same every time."""
    return uuid5(events.NAMESPACE, text)


USERS = tuple(named(f"user/{n}") for n in (1, 2, 3))
DEVICES = ("PJSIP/1001", "PJSIP/1002", "PJSIP/1003")
QUEUES = ("support", "vip")
NUMBERS = ("+8613800138000", "+8613900139000", "95588", "")
ROSTER_SEATS = tuple(
    Seat(user, f"Agent {n}", f"100{n}", f"PJSIP/100{n}", QUEUES) for n, user in enumerate(USERS, 1)
)
ROSTER_QUEUES = tuple(
    QueueInfo(
        named(f"queue/{q}"),
        q,
        {"en": q.title(), "zh-CN": "队列"},
        "support",
        15,
        is_default=q == "vip",
        wrap_up_extra_s=60,
        recording="always" if q == "vip" else "never",
    )
    for q in QUEUES
)
REASONS = (PauseReason("lunch", 30), PauseReason("training"))


def card(number: str) -> CustomerCard:
    ticket = OpenTicket(
        named(f"ticket/{number}"), 10482, "Invoice does not add up", "open", 2, "support", START
    )
    return CustomerCard(
        party_id=named(f"party/{number}"),
        name="王小明",
        company="Hangzhou Optics",
        tier=TierBadge("platinum", {"en": "Platinum", "zh-CN": "白金"}, 1),
        language="zh-CN",
        zone="Asia/Shanghai",
        note="Speaks slowly, please",
        owner="Li Na",
        contacts=(),
        tickets=(ticket,),
    )


class World:
    """The live branch with everything around it faked, and one screen per user listening."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.feed = Feed(epoch="test")
        self.roster = Roster(ROSTER_SEATS, ROSTER_QUEUES, REASONS)
        self.presence = Presence(self.roster, self.feed, self.clock)
        self.directory = FakeDirectory({NUMBERS[0]: card(NUMBERS[0])})
        self.asked: list[tuple[UUID, str, str]] = []
        self.wrapped: list[tuple[UUID, UUID, float]] = []
        self.lost: list[UUID] = []
        self.heard: set[UUID] = set()  # whose telephone the switch hears, though its page is away
        self.holders = PhoneHolders(
            self.roster,
            self.presence,
            self.feed,
            self.clock,
            simulated=lambda: False,
            lost=self.lost.append,
            listen=self._listen,
        )
        self.live = Live(
            roster=self.roster,
            presence=self.presence,
            strip=QueueStrip(self.roster, self.presence, self.feed, self.clock),
            colleagues=Colleagues(self.roster, self.presence, self.feed, self.clock),
            phone=self.holders.view,
            directory=self.directory,
            feed=self.feed,
            clock=self.clock,
            ask=lambda *question: self.asked.append(question),
            wrapped_up=lambda *work: self.wrapped.append(work),
            simulated=lambda: True,
        )
        self.listeners: list[Callable[[events.TelephonyEvent], None]] = []
        self.messages: list[Message] = []
        self.feed.subscribe(self.messages.append)
        self.seq = 0
        self.calls: list[UUID] = []

    def _listen(self, user_id: UUID, silent: Callable[[], None]) -> None:
        """As the switch does, which says nothing when it hears the telephone all the while."""

        def listened() -> None:
            if user_id not in self.heard:
                silent()

        self.clock.call_later(LISTEN_S, listened)

    def at(self, later_s: float = 0) -> datetime:
        return self.clock.now() + timedelta(seconds=later_s)

    def stamp(self) -> int:
        self.seq += 1
        return self.seq

    def snapshot(self, user_id: UUID) -> dict[str, Any]:
        shown: dict[str, Any] = orjson.loads(orjson.dumps(self.live.snapshot(user_id)))
        return shown

    def say(self, kind: type[events.CallEvent], call_id: UUID, *fields: object) -> None:
        event = kind(PBX, call_id, self.stamp(), self.at(), *fields)
        self.live.on_event(event)
        self.holders.on_event(event)
        for listener in self.listeners:
            listener(event)

    def command(self, user_id: UUID, given: Input, reason: str = "") -> None:
        with suppress(InvalidTransition):  # the service answers Conflict; nothing changed
            self.presence.apply(user_id, given, reason=reason)
        if given is Input.SIGN_IN:
            self.live.resume(user_id)


def reduce(snapshot: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    """What a screen does with a message: upsert or remove, nothing cleverer."""
    data, state = message["data"], dict(snapshot)
    match message["type"]:
        case "call":
            calls = {one["id"]: one for one in state["calls"]} | {data["id"]: data}
            state["calls"] = list(calls.values())
        case "call.gone":
            state["calls"] = [one for one in state["calls"] if one["id"] != data["id"]]
        case "agent":
            state["me"] = data
        case "queue":
            queues = {one["name"]: one for one in state["queues"]} | {data["name"]: data}
            state["queues"] = list(queues.values())
        case "switch":
            state["switch"] = data
        case "colleague":
            known = {one["user_id"]: one for one in state["colleagues"]}
            state["colleagues"] = list((known | {data["user_id"]: data}).values())
        case "phone":
            state["phone"] = data
        case "call.logged" | "changed" | "phone.order" | "delay":
            pass  # read when it is looked at; obeyed; said again and again
        case other:
            raise AssertionError(f"the reducer knows no {other}")
    return state


# --- moves: one thing that may happen; `pick` chooses an index below a bound ----------------------

Pick = Callable[[int], int]


def leg_log(device: str, leg_id: str, world: World) -> LegLog:
    now = world.at()
    return LegLog(
        leg_id, device, LegRole.AGENT, LegResult.ANSWERED, now, now, now, 1, 9, 8, 1, 0, None
    )


def _leg(call_id: UUID, device: str) -> str:
    return f"{call_id.hex[:8]}.{device[-4:]}"


def arrive(world: World, pick: Pick) -> None:
    uniqueid = f"1767603600.{len(world.calls) + 1}"
    call_id = call_id_for(PBX, uniqueid)
    world.calls.append(call_id)
    direction = (Direction.INBOUND, Direction.INBOUND, Direction.OUTBOUND, Direction.INTERNAL)[
        pick(4)
    ]
    number, device = NUMBERS[pick(len(NUMBERS))], DEVICES[pick(3)]
    fields: tuple[object, ...]
    if direction is Direction.INBOUND:
        fields = (uniqueid, direction, number, "WANG", "4001", "PJSIP/carrier")
    elif direction is Direction.OUTBOUND:
        fields = (uniqueid, direction, device[-4:], "", number, device)
    else:
        fields = (uniqueid, direction, device[-4:], "", DEVICES[pick(3)][-4:], device)
    world.say(events.CallArrived, call_id, *fields)


def _some_call(world: World, pick: Pick) -> UUID:
    return world.calls[-1 - pick(min(4, len(world.calls)))] if world.calls else named("no call")


def queued(world: World, pick: Pick) -> None:
    world.say(events.CallQueued, _some_call(world, pick), QUEUES[pick(2)], pick(3) * 10, 1)


def unqueued(world: World, pick: Pick) -> None:
    world.say(events.CallUnqueued, _some_call(world, pick), QUEUES[pick(2)])


def ring(world: World, pick: Pick) -> None:
    call, device = _some_call(world, pick), DEVICES[pick(3)]
    world.say(events.AgentRinging, call, _leg(call, device), device, QUEUES[pick(2)])


def ring_ended(world: World, pick: Pick) -> None:
    call, device = _some_call(world, pick), DEVICES[pick(3)]
    result = (LegResult.NO_ANSWER, LegResult.CANCELLED, LegResult.REJECTED, LegResult.FAILED)
    world.say(events.AgentRingEnded, call, _leg(call, device), device, result[pick(4)])


def answered(world: World, pick: Pick) -> None:
    call = _some_call(world, pick)
    device = (*DEVICES, "PJSIP/carrier")[pick(4)]
    role = LegRole.CUSTOMER if device == "PJSIP/carrier" else LegRole.AGENT
    world.say(events.CallAnswered, call, _leg(call, device), device, role, "support")


def held(world: World, pick: Pick) -> None:
    call, device = _some_call(world, pick), DEVICES[pick(3)]
    world.say(events.CallHeld, call, _leg(call, device), device)


def resumed(world: World, pick: Pick) -> None:
    call, device = _some_call(world, pick), DEVICES[pick(3)]
    world.say(events.CallResumed, call, _leg(call, device), device)


def merged(world: World, pick: Pick) -> None:
    call, into = _some_call(world, pick), _some_call(world, pick)
    if call != into:
        world.say(events.CallMerged, call, into)


def leg_ended(world: World, pick: Pick) -> None:
    call, device = _some_call(world, pick), DEVICES[pick(3)]
    world.say(events.LegEnded, call, leg_log(device, _leg(call, device), world))


def call_ended(world: World, pick: Pick) -> None:
    call = _some_call(world, pick)
    world.say(events.CallEnded, call, some_log(call, world))


def some_log(call: UUID, world: World) -> CallLog:
    now = world.at()
    return CallLog(
        pbx=PBX,
        call_id=call,
        uniqueid="1",
        direction=Direction.INBOUND,
        result=CallResult.ANSWERED,
        caller=NUMBERS[0],
        caller_name="",
        dialled="4001",
        queues=QUEUES[:1],
        started_at=now,
        answered_at=now,
        ended_at=now,
        wait_s=1,
        connected_s=1,
        legs=(),
        transfers=(),
        linked=(),
    )


def switch_changes(world: World, pick: Pick) -> None:
    kind: events.SwitchEvent
    if pick(2):
        kind = events.SwitchConnected(PBX, world.stamp(), world.at(), "22.10.1")
    else:
        kind = events.SwitchLost(PBX, world.stamp(), world.at(), Problem("closed"))
    world.live.on_event(kind)


def look_up_returns(world: World, pick: Pick) -> None:
    if world.asked:
        call, raw, name = world.asked.pop(pick(len(world.asked)))
        known = Caller(raw, f"{raw} ✓", name, "exact", card(raw), (), looked_up=True)
        world.live.caller_known(call, known)


def customer_changes(world: World, pick: Pick) -> None:
    number = NUMBERS[pick(2)]
    world.directory.cards[number] = replace(card(number), note=f"note {pick(9)}", tickets=())
    world.live.callers_changed([number])


def customer_chosen(world: World, pick: Pick) -> None:
    call, number = _some_call(world, pick), NUMBERS[pick(2)]
    chosen = Caller(number, number, "", "several", card(number), (), looked_up=True)
    world.live.customer_chosen(call, named(f"party/{number}"), chosen)


def noted(world: World, pick: Pick) -> None:
    world.live.set_note(_some_call(world, pick), f"note {pick(9)}")


def ticket_set(world: World, pick: Pick) -> None:
    world.live.set_ticket(_some_call(world, pick), named("ticket") if pick(2) else None)


def muted(world: World, pick: Pick) -> None:
    world.live.set_muted(USERS[pick(3)], _some_call(world, pick), bool(pick(2)))


def consulted(world: World, pick: Pick) -> None:
    """One of the last calls is a consultation about another of them."""
    call, of = _some_call(world, pick), _some_call(world, pick)
    if call != of:
        world.say(events.ConsultBegan, call, of, DEVICES[pick(3)])


def recorded(world: World, pick: Pick) -> None:
    state = tuple(events.RecordingState)[pick(3)]
    world.say(events.RecordingChanged, _some_call(world, pick), state)


def page_lost(world: World, pick: Pick) -> None:
    world.live.set_returning(USERS[pick(3)], _some_call(world, pick), bool(pick(4)))


def screen_came_or_left(world: World, pick: Pick) -> None:
    user, socket = USERS[pick(3)], pick(3)
    if pick(2):
        page = Page(f"screen {socket}", f"device {socket % 2}", "Chrome, Linux")
        world.holders.came(user, (user, socket), page, pick(2))
    elif pick(2):
        world.holders.left(user, (user, socket), by_itself=bool(pick(2)))
    else:
        with suppress(Conflict):
            world.holders.claim(user, f"screen {socket}")


def commanded(world: World, pick: Pick) -> None:
    given = (
        Input.SIGN_IN,
        Input.GO_READY,
        Input.GO_READY,
        Input.GO_NOT_READY,
        Input.WRAP_UP_ENDED,
        Input.EXTEND,
        Input.VANISHED,
        Input.RETURNED,
        Input.SIGN_OUT,
    )[pick(9)]
    world.command(USERS[pick(3)], given, "lunch" if given is Input.GO_NOT_READY else "")


def time_passes(world: World, pick: Pick) -> None:
    world.clock.advance((0.1, 1.0, 20.0)[pick(3)])


MOVES: tuple[Callable[[World, Pick], None], ...] = (
    arrive,
    queued,
    unqueued,
    ring,
    ring,
    ring_ended,
    answered,
    answered,
    held,
    resumed,
    merged,
    leg_ended,
    leg_ended,
    call_ended,
    switch_changes,
    look_up_returns,
    customer_changes,
    customer_chosen,
    noted,
    ticket_set,
    muted,
    consulted,
    consulted,
    recorded,
    page_lost,
    screen_came_or_left,
    commanded,
    commanded,
    time_passes,
)


def scenarios(seed: int = 20260105, count: int = 10, steps: int = 120) -> list[dict[str, Any]]:
    """Random lives, each with the snapshot half-way, what followed, and how it must end."""
    told = []
    dice = random.Random(seed)
    for number in range(count):
        world, user = World(), USERS[number % 3]
        world.command(user, Input.SIGN_IN)
        world.command(user, Input.GO_READY)
        for _ in range(steps // 2):
            dice.choice(MOVES)(world, dice.randrange)
        snapshot = world.snapshot(user)
        world.messages.clear()
        for _ in range(steps):
            dice.choice(MOVES)(world, dice.randrange)
        told.append(
            {
                "name": f"life {number + 1} of {world.roster.seat(user).name}",  # type: ignore[union-attr]  # USERS are seated
                "snapshot": snapshot,
                "messages": [orjson.loads(m.encoded()) for m in world.messages if m.is_for(user)],
                "expected": world.snapshot(user),
            }
        )
    return told


def written() -> bytes:
    return orjson.dumps(scenarios(), option=orjson.OPT_INDENT_2) + b"\n"


if __name__ == "__main__":
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_bytes(written())
    sys.stdout.write(f"{FIXTURE}\n")

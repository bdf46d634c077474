"""The simulator beside the real Asterisk: the same scenario gives the same events, headers, log.

Asterisk's threads race: which of two channels hangs up first differs from run to run. So events are
compared as a whole (each as often), and in order per channel.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from telephony.simulator import QueueConfig
from telephony.simulator.agi import Routed
from telephony.simulator.channels import Channel
from telephony.wire import WANTED, Frame, Framer
from tests.telephony.stage import Stage

RECORDINGS = Path(__file__).parents[1] / "recordings"
# Device states are computed beside the calls, at the switch's leisure.
BESIDE = {"DeviceStateChange", "QueueMemberStatus"}
# What a device's own thread says may come a moment sooner or later than what the dialplan says.
RACING = {"DialState", "OriginateResponse"}
ABROAD = "13900139000"

# The recordings' queues; vip rings everybody.
RECORDED_QUEUES = (
    QueueConfig("support", ring_s=4),
    QueueConfig("sales", ring_s=4),
    QueueConfig("vip", strategy="ringall", ring_s=4),
)

Scenario = Callable[[Stage], None]
SCENARIOS: dict[str, Scenario] = {}


def scenario(play: Scenario) -> Scenario:
    SCENARIOS[play.__name__] = play
    return play


@scenario
def inbound_answered(stage: Stage) -> None:
    stage.staff("support", 1001)
    caller = stage.call_in()
    stage.pick_up(1001, after=2)
    stage.wait(3)
    stage.hang_up(caller)


@scenario
def inbound_agent_hangs_up(stage: Stage) -> None:
    stage.staff("support", 1001)
    stage.call_in(name="张伟")
    agent = stage.pick_up(1001, after=1)
    stage.wait(2)
    stage.hang_up(agent)


@scenario
def inbound_abandoned(stage: Stage) -> None:
    caller = stage.call_in()
    stage.wait(2.5)
    stage.hang_up(caller)


@scenario
def inbound_abandoned_while_ringing(stage: Stage) -> None:
    stage.staff("support", 1001)
    caller = stage.call_in()
    stage.wait(2)
    stage.hang_up(caller)


@scenario
def ring_no_answer(stage: Stage) -> None:
    stage.staff("support", 1001, 1002)
    caller = stage.call_in()
    while stage.rings(1001):
        stage.wait(0.05)
    stage.act("QueuePause", Interface="PJSIP/1001", Paused="true")
    stage.wait(1)
    stage.pick_up(1002, after=1)
    stage.wait(2)
    stage.hang_up(caller)


@scenario
def refused(stage: Stage) -> None:
    stage.staff("support", 1001, 1002)
    caller = stage.call_in()
    stage.wait(1)
    stage.act("QueuePause", Interface="PJSIP/1001", Paused="true")
    stage.hang_up(stage.phone(1001), 17)
    stage.pick_up(1002, after=1)
    stage.wait(2)
    stage.hang_up(caller)


@scenario
def ring_all(stage: Stage) -> None:
    stage.staff("vip", 1001, 1002, 1003)
    caller = stage.call_in()
    stage.pick_up(1002, after=2)
    stage.wait(2)
    stage.hang_up(caller)


@scenario
def two_calls_in_the_same_second(stage: Stage) -> None:
    stage.staff("support", 1001, 1002)
    callers = [stage.world.call_in("13800138000", name, "8000") for name in ("Wang Wei", "Li Na")]
    stage.wait(1.5)
    for extension in (1001, 1002):
        stage.pick_up(extension)
    stage.wait(2)
    for caller in callers:
        stage.hang_up(caller)


@scenario
def hold_and_resume(stage: Stage) -> None:
    stage.staff("support", 1001)
    caller = stage.call_in()
    agent = stage.pick_up(1001, after=1)
    stage.wait(2)
    for held, talk in ((2, 1), (1, 1)):
        stage.world.board.hold(agent, True)
        stage.wait(held)
        stage.world.board.hold(agent, False)
        stage.wait(talk)
    stage.hang_up(caller)


@scenario
def hold_until_the_caller_leaves(stage: Stage) -> None:
    stage.staff("support", 1001)
    caller = stage.call_in()
    agent = stage.pick_up(1001, after=1)
    stage.wait(1)
    stage.world.board.hold(agent, True)
    stage.wait(2)
    stage.hang_up(caller)


def redirect(stage: Stage, exten: str) -> None:
    caller = stage.call_in()
    stage.pick_up(1001, after=1)
    stage.wait(2)
    stage.act("Redirect", Channel=caller.name, Context="crm-transfer", Exten=exten)
    stage.wait(0)
    stage.pick_up(1002, after=1)
    stage.wait(2)
    stage.hang_up(caller)


@scenario
def redirect_to_agent(stage: Stage) -> None:
    stage.staff("support", 1001)
    redirect(stage, "1002")


@scenario
def redirect_to_queue(stage: Stage) -> None:
    stage.staff("support", 1001)
    stage.staff("sales", 1002)
    redirect(stage, "q-sales")


def click_to_dial(stage: Stage, uniqueid: str) -> None:
    stage.act(
        "Originate",
        Channel="PJSIP/1001",
        ChannelId=uniqueid,
        Context="crm-outbound",
        Exten=ABROAD,
        Priority="1",
        CallerID=f'"{ABROAD}" <{ABROAD}>',
        Timeout="20000",
        Async="true",
        ActionID="record-2",
    )
    stage.wait(0)
    if uniqueid != "click-5":
        stage.pick_up(1001, after=1)


def far_end(stage: Stage) -> Channel:
    return stage.world.board.of("PJSIP/carrier")[-1]


@scenario
def click_to_dial_answered(stage: Stage) -> None:
    click_to_dial(stage, "click-1")
    stage.wait(2)
    stage.world.board.pick_up(far_end(stage))
    stage.wait(3)
    stage.hang_up(far_end(stage))


@scenario
def click_to_dial_no_answer(stage: Stage) -> None:
    click_to_dial(stage, "click-3")
    stage.wait(3)
    stage.hang_up(stage.phone(1001))


@scenario
def click_to_dial_timed_out(stage: Stage) -> None:
    click_to_dial(stage, "click-4")
    stage.wait(3)
    stage.hang_up(far_end(stage), 19)


@scenario
def click_to_dial_agent_declines(stage: Stage) -> None:
    click_to_dial(stage, "click-5")
    stage.wait(1)
    stage.hang_up(stage.phone(1001), 17)


def frames(data: bytes) -> list[Frame]:
    return [frame for frame in Framer().feed(data) if frame.event in WANTED and not foreign(frame)]


def foreign(frame: Frame) -> bool:
    """Device states of queues themselves, and the dialplan's own question."""
    return frame.get("Device").startswith("Queue:") or "@crm-route" in frame.raw.decode()


def device(channel: str) -> str:
    return channel.rpartition("-")[0]


def told(frame: Frame) -> tuple[str, ...]:
    """What a frame says, without numbers that differ from run to run."""
    headers = ("Queue", "Interface", "DialStatus", "Reason", "Response", "Cause", "Paused")
    names = (device(frame.get("Channel")), device(frame.get("DestChannel")))
    return (frame.event, *names, *(frame.get(header) for header in headers))


def by_channel(found: list[Frame]) -> dict[str, list[list[str]]]:
    """Each device's own story, the channels of one device one after the other."""
    stories: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for frame in found:
        channel = frame.get("Channel")
        if channel and frame.event not in RACING:
            stories[device(channel)][channel].append(frame.event)
    return {name: sorted(own.values()) for name, own in stories.items()}


def headers_of(found: list[Frame]) -> dict[str, set[tuple[str, ...]]]:
    known: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for frame in found:
        known[frame.event].add(tuple(name for name, _ in frame.items()))
    return known


def play(name: str) -> bytes:
    routed = Routed(queue="vip" if name == "ring_all" else "support")
    stage = Stage(routed, queues=RECORDED_QUEUES)
    SCENARIOS[name](stage)
    return bytes(stage.written)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_events_in_the_same_order(name: str) -> None:
    real = [f for f in frames((RECORDINGS / f"{name}.ami").read_bytes()) if f.event not in BESIDE]
    ours = [frame for frame in frames(play(name)) if frame.event not in BESIDE]
    assert Counter(map(told, ours)) == Counter(map(told, real))
    assert by_channel(ours) == by_channel(real)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_headers_in_the_same_order(name: str) -> None:
    real = headers_of(frames((RECORDINGS / f"{name}.ami").read_bytes()))
    ours = headers_of(frames(play(name)))
    assert {event: ours[event] - real[event] for event in ours if ours[event] - real[event]} == {}

"""The simulator beside the real Asterisk: the same scenario gives the same events, headers, log.

Asterisk's threads race: which of two channels hangs up first differs from run to run. So events are
compared as a whole (each as often), and in order per channel.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from telephony.ami.orders import CONSULT_KEYS
from telephony.replay import as_json, replay
from telephony.simulator import QueueConfig
from telephony.simulator.agi import Routed
from telephony.simulator.channels import Channel
from telephony.switch import ConsultOrder
from telephony.wire import WANTED, Frame, Framer
from tests.telephony.stage import Stage

RECORDINGS = Path(__file__).parents[1] / "recordings"
# Device states are computed beside the calls, at the switch's leisure.
BESIDE = {"DeviceStateChange", "QueueMemberStatus"}
# What a device's own thread says may come a moment sooner or later than what the dialplan says.
RACING = {"DialState", "OriginateResponse"}
ABROAD = "13900139000"

# The recordings' queues.
RECORDED_QUEUES = (
    QueueConfig("support", ring_s=4),
    QueueConfig("sales", ring_s=4),
    QueueConfig("vip", ring_s=4),
    QueueConfig("everyone", strategy="ringall", ring_s=4),
)

PHONES = ("PJSIP/2001", "PJSIP/2002", "PJSIP/2003")

Scenario = Callable[[Stage], None]
SCENARIOS: dict[str, Scenario] = {}


def scenario(play: Scenario) -> Scenario:
    SCENARIOS[play.__name__] = play
    return play


@scenario
def inbound_answered(stage: Stage) -> None:
    stage.staff("support", 2001)
    caller = stage.call_in()
    stage.pick_up(2001, after=2)
    stage.wait(3)
    stage.hang_up(caller)


@scenario
def inbound_agent_hangs_up(stage: Stage) -> None:
    stage.staff("support", 2001)
    stage.call_in(name="张伟")
    agent = stage.pick_up(2001, after=1)
    stage.wait(2)
    stage.hang_up(agent)


@scenario
def inbound_abandoned(stage: Stage) -> None:
    caller = stage.call_in()
    stage.wait(3)
    stage.hang_up(caller)


@scenario
def inbound_abandoned_while_ringing(stage: Stage) -> None:
    stage.staff("support", 2001)
    caller = stage.call_in()
    stage.wait(2)
    stage.hang_up(caller)


@scenario
def ring_no_answer(stage: Stage) -> None:
    stage.staff("support", 2001, 2002)
    caller = stage.call_in()
    while stage.rings(2001):
        stage.wait(0.05)
    stage.act("QueuePause", Interface="PJSIP/2001", Paused="true")
    stage.wait(1)
    stage.pick_up(2002, after=1)
    stage.wait(2)
    stage.hang_up(caller)


@scenario
def attended_transfer_by_the_switch(stage: Stage) -> None:
    stage.staff("support", 2001)
    caller = stage.call_in()
    agent = stage.pick_up(2001, after=1)
    stage.wait(2.24)  # that one's feature code was longer
    stage.act("Atxfer", Channel=agent.name, Context="crm-transfer", Exten="2002")
    stage.wait(0.2)
    stage.pick_up(2002, after=1)
    stage.wait(2)
    stage.hang_up(agent)
    stage.wait(3)
    stage.hang_up(caller)


@scenario
def refused(stage: Stage) -> None:
    stage.staff("support", 2001, 2002)
    caller = stage.call_in()
    stage.wait(1)
    stage.act("QueuePause", Interface="PJSIP/2001", Paused="true")
    stage.hang_up(stage.phone(2001), 17)
    stage.pick_up(2002, after=1)
    stage.wait(2)
    stage.hang_up(caller)


def order_hangup(stage: Stage, extension: int) -> None:
    stage.act("Hangup", Channel=stage.phone(extension).name, Cause="16")
    stage.wait(0)


@scenario
def refused_by_order(stage: Stage) -> None:
    stage.staff("support", 2001)
    caller = stage.call_in()
    stage.wait(1)
    stage.act("QueuePause", Interface="PJSIP/2001", Paused="true", Reason="missed")
    order_hangup(stage, 2001)
    stage.wait(1)
    stage.hang_up(caller)


@scenario
def ended_by_order(stage: Stage) -> None:
    stage.staff("support", 2001)
    stage.call_in()
    stage.pick_up(2001, after=1)
    stage.wait(2)
    order_hangup(stage, 2001)


@scenario
def ring_first(stage: Stage) -> None:
    stage.staff("support", 2002)
    caller = stage.call_in()
    stage.wait(3)
    stage.pick_up(2002, after=1)
    stage.wait(2)
    stage.hang_up(caller)


@scenario
def ring_first_answered(stage: Stage) -> None:
    stage.call_in()
    agent = stage.pick_up(2001, after=1)
    stage.wait(2)
    stage.hang_up(agent)


@scenario
def ring_all(stage: Stage) -> None:
    stage.staff("everyone", 2001, 2002, 2003)
    caller = stage.call_in()
    stage.pick_up(2002, after=2)
    stage.wait(2)
    stage.hang_up(caller)


@scenario
def two_calls_in_the_same_second(stage: Stage) -> None:
    stage.staff("support", 2001, 2002)
    callers = [stage.world.call_in("13800138000", name, "8000") for name in ("Wang Wei", "Li Na")]
    stage.wait(1)
    for extension in (2001, 2002):
        stage.pick_up(extension)
    stage.wait(2)
    for caller in callers:
        stage.hang_up(caller)


@scenario
def hold_and_resume(stage: Stage) -> None:
    stage.staff("support", 2001)
    caller = stage.call_in()
    agent = stage.pick_up(2001, after=1)
    stage.wait(2)
    for held, talk in ((2, 1), (1, 1)):
        stage.world.board.hold(agent, True)
        stage.wait(held)
        stage.world.board.hold(agent, False)
        stage.wait(talk)
    stage.hang_up(caller)


@scenario
def hold_until_the_caller_leaves(stage: Stage) -> None:
    stage.staff("support", 2001)
    caller = stage.call_in()
    agent = stage.pick_up(2001, after=1)
    stage.wait(1)
    stage.world.board.hold(agent, True)
    stage.wait(2)
    stage.hang_up(caller)


def redirect(stage: Stage, exten: str) -> None:
    caller = stage.call_in()
    stage.pick_up(2001, after=1)
    stage.wait(2)
    stage.act("Redirect", Channel=caller.name, Context="crm-transfer", Exten=exten)
    stage.wait(0)
    stage.pick_up(2002, after=1)
    stage.wait(2)
    stage.hang_up(caller)


@scenario
def redirect_to_agent(stage: Stage) -> None:
    stage.staff("support", 2001)
    redirect(stage, "2002")


@scenario
def redirect_to_queue(stage: Stage) -> None:
    stage.staff("support", 2001)
    stage.staff("sales", 2002)
    redirect(stage, "q-sales")


def click_to_dial(stage: Stage, uniqueid: str, number: str = ABROAD) -> None:
    stage.act(
        "Originate",
        Channel="PJSIP/2001",
        ChannelId=uniqueid,
        Context="crm-outbound",
        Exten=number,
        Priority="1",
        CallerID=f'"{number}" <{number}>',
        Timeout="20000",
        Async="true",
        ActionID="record-2",
    )
    stage.wait(0)
    if uniqueid != "click-5":
        stage.pick_up(2001, after=1)


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
def click_to_dial_given_up(stage: Stage) -> None:
    click_to_dial(stage, "click-3")
    stage.wait(3)
    stage.hang_up(stage.phone(2001))


@scenario
def click_to_dial_no_answer(stage: Stage) -> None:
    click_to_dial(stage, "click-4")
    stage.wait(3)
    stage.hang_up(far_end(stage), 19)


@scenario
def click_to_dial_agent_declines(stage: Stage) -> None:
    click_to_dial(stage, "click-5")
    stage.wait(1)
    stage.hang_up(stage.phone(2001), 17)


# -- consultations by order ---------------------------------------------------------------------


def consult(stage: Stage, exten: str, context: str = "crm-transfer") -> None:
    """As `AmiSwitch.consult`; the real one takes 0.2 s for the keys it presses itself."""
    agent = stage.phone(2001).name
    target = f"{context},{exten},1"
    stage.act("Setvar", Channel=agent, Variable="__CRM_CONSULT", Value=target)
    stage.act("Atxfer", Channel=agent, Context="crm-consult", Exten="0#")
    stage.wait(0.2)


def order(stage: Stage, what: ConsultOrder) -> None:
    """As `AmiSwitch.consult_order`."""
    for key in CONSULT_KEYS[what]:
        stage.act("PlayDTMF", Channel=stage.phone(2001).name, Digit=key, Receive="true")
    stage.wait(0.25)


def talk(stage: Stage) -> tuple[Channel, Channel]:
    stage.staff("support", 2001)
    caller = stage.call_in()
    agent = stage.pick_up(2001, after=1)
    stage.wait(1)
    return caller, agent


def consultation(stage: Stage) -> tuple[Channel, Channel, Channel]:
    caller, agent = talk(stage)
    consult(stage, "2002")
    expert = stage.pick_up(2002, after=1)
    stage.wait(2)
    return caller, agent, expert


def ends(stage: Stage, seconds: float, channel: Channel) -> None:
    stage.wait(seconds)
    stage.hang_up(channel)


@scenario
def consult_by_order_completed(stage: Stage) -> None:
    caller, _, _ = consultation(stage)
    order(stage, ConsultOrder.COMPLETE)
    ends(stage, 2, caller)


@scenario
def consult_blonde(stage: Stage) -> None:
    caller, _ = talk(stage)
    consult(stage, "2002")
    stage.wait(1)
    order(stage, ConsultOrder.COMPLETE)
    stage.pick_up(2002, after=1)
    ends(stage, 2, caller)


@scenario
def consult_blonde_refused(stage: Stage) -> None:
    caller, _ = talk(stage)
    consult(stage, "2002")
    stage.wait(1)
    order(stage, ConsultOrder.COMPLETE)
    stage.wait(1)
    stage.hang_up(stage.phone(2002), 17)
    stage.pick_up(2001, after=1)
    ends(stage, 2, caller)


@scenario
def consult_swapped_twice(stage: Stage) -> None:
    caller, _, _ = consultation(stage)
    for _ in range(2):
        order(stage, ConsultOrder.SWAP)
        stage.wait(0.75)
    order(stage, ConsultOrder.COMPLETE)
    ends(stage, 2, caller)


@scenario
def consult_cancelled(stage: Stage) -> None:
    caller, _, _ = consultation(stage)
    order(stage, ConsultOrder.CANCEL)
    ends(stage, 2, caller)


@scenario
def consult_cancelled_with_the_customer(stage: Stage) -> None:
    caller, _, _ = consultation(stage)
    order(stage, ConsultOrder.SWAP)
    stage.wait(0.75)
    order(stage, ConsultOrder.CANCEL)
    ends(stage, 1, caller)


@scenario
def consult_cancelled_while_ringing(stage: Stage) -> None:
    caller, _ = talk(stage)
    consult(stage, "2002")
    stage.wait(2)
    order(stage, ConsultOrder.CANCEL)
    ends(stage, 1, caller)


@scenario
def consult_target_busy(stage: Stage) -> None:
    caller, _ = talk(stage)
    stage.world.phones["PJSIP/2002"].busy = True
    consult(stage, "2002")
    ends(stage, 2, caller)


@scenario
def consult_no_answer(stage: Stage) -> None:
    caller, _ = talk(stage)
    consult(stage, "2002")
    stage.wait(2)
    stage.hang_up(stage.phone(2002), 19)
    ends(stage, 1, caller)


@scenario
def consult_nobody_there(stage: Stage) -> None:
    caller, _ = talk(stage)
    consult(stage, "2999")
    ends(stage, 1.8, caller)


@scenario
def consult_target_leaves(stage: Stage) -> None:
    caller, _, expert = consultation(stage)
    stage.hang_up(expert)
    ends(stage, 1, caller)


@scenario
def consult_customer_leaves(stage: Stage) -> None:
    caller, agent, _ = consultation(stage)
    stage.hang_up(caller)
    ends(stage, 1, agent)


@scenario
def consult_outside_number(stage: Stage) -> None:
    caller, _ = talk(stage)
    consult(stage, ABROAD, "crm-outbound")
    stage.wait(1)
    stage.world.board.pick_up(far_end(stage))
    stage.wait(2)
    order(stage, ConsultOrder.COMPLETE)
    ends(stage, 2, caller)


@scenario
def consult_a_queue(stage: Stage) -> None:
    stage.staff("sales", 2002)
    caller, _ = talk(stage)
    consult(stage, "q-sales")
    stage.pick_up(2002, after=1)
    stage.wait(2)
    order(stage, ConsultOrder.CANCEL)
    ends(stage, 1, caller)


@scenario
def three_way_agent_leaves(stage: Stage) -> None:
    caller, agent, _ = consultation(stage)
    order(stage, ConsultOrder.THREE_WAY)
    ends(stage, 1.75, agent)
    ends(stage, 2, caller)


@scenario
def three_way_customer_leaves(stage: Stage) -> None:
    caller, agent, _ = consultation(stage)
    order(stage, ConsultOrder.THREE_WAY)
    ends(stage, 1.75, caller)
    ends(stage, 1, agent)


@scenario
def consult_on_outbound_call(stage: Stage) -> None:
    click_to_dial(stage, "click-9")
    agent, customer = stage.phone(2001), far_end(stage)
    stage.wait(1)
    stage.world.board.pick_up(customer)
    stage.wait(1)
    consult(stage, "2002")
    stage.pick_up(2002, after=1)
    stage.wait(2)
    order(stage, ConsultOrder.SWAP)
    stage.wait(0.75)
    order(stage, ConsultOrder.THREE_WAY)
    ends(stage, 1.75, agent)
    ends(stage, 1, customer)


@scenario
def consult_on_internal_call(stage: Stage) -> None:
    click_to_dial(stage, "click-10", "2003")
    colleague = stage.pick_up(2003, after=1)
    stage.wait(1)
    consult(stage, "2002")
    stage.pick_up(2002, after=1)
    stage.wait(2)
    order(stage, ConsultOrder.CANCEL)
    ends(stage, 1, colleague)


@scenario
def recording_paused(stage: Stage) -> None:
    stage.staff("support", 2001)
    caller = stage.call_in()
    stage.pick_up(2001, after=1)
    stage.act("MixMonitor", Channel=caller.name, File="2026-01/one.wav")
    for state in ("1", "0"):
        stage.wait(1)
        stage.act("MixMonitorMute", Channel=caller.name, Direction="both", State=state)
    ends(stage, 1, caller)


# -- back to the agent, and the echo --------------------------------------------------------------


def sent_back(stage: Stage) -> Channel:
    stage.staff("support", 2001)
    caller = stage.call_in()
    stage.pick_up(2001, after=1)
    stage.wait(2)
    stage.act("QueuePause", Interface="PJSIP/2001", Paused="true")
    stage.act("Redirect", Channel=caller.name, Context="crm-return", Exten="2001")
    return caller


@scenario
def sent_back_and_taken(stage: Stage) -> None:
    caller = sent_back(stage)
    stage.pick_up(2001, after=1)
    ends(stage, 2, caller)


@scenario
def sent_back_to_the_queue(stage: Stage) -> None:
    caller = sent_back(stage)
    stage.wait(5)  # app_queue looks a second later whether somebody has come
    stage.staff("support", 2002)
    stage.wait(0)
    stage.pick_up(2002, after=1)
    ends(stage, 2, caller)


@scenario
def click_to_dial_echo(stage: Stage) -> None:
    click_to_dial(stage, "click-11", "*43")
    ends(stage, 2, stage.phone(2001))


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
    """Each device's own story, the channels of one device one after the other. Local channels are
    no devices: their ends are two threads."""
    stories: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for frame in found:
        channel = frame.get("Channel")
        if channel and not channel.startswith("Local/") and frame.event not in RACING:
            stories[device(channel)][channel].append(frame.event)
    return {name: sorted(own.values()) for name, own in stories.items()}


def headers_of(found: list[Frame]) -> dict[str, set[tuple[str, ...]]]:
    known: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for frame in found:
        # The target of an attended transfer is told or not, as the switch's threads go.
        names = (name for name, _ in frame.items() if not name.startswith("TransferTarget"))
        known[frame.event].add(tuple(names))
    return known


def play(name: str) -> bytes:
    queue = "everyone" if name == "ring_all" else "support"
    ring_first = "PJSIP/2001" if name.startswith("ring_first") else ""
    routed = Routed(queue, ring_first=ring_first)
    stage = Stage(routed, queues=RECORDED_QUEUES, agents=PHONES, ring_first_s=3, return_s=4)
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


SLACK_S = 0.3  # what the real parties took longer than the script says


def shape(log: dict[str, Any]) -> dict[str, Any]:
    """A call log without what differs from run to run: ids, dates, fractions of seconds."""
    plain = {key: log[key] for key in ("direction", "result", "caller", "queues")}
    legs = sorted(
        (leg["interface"], leg["role"], leg["result"], leg["ended_by"] or "") for leg in log["legs"]
    )
    return {**plain, "legs": legs, "transfers": log["transfers"], "linked": len(log["linked"])}


def seconds(log: dict[str, Any]) -> list[float]:
    legs = sorted(log["legs"], key=lambda leg: (leg["interface"], leg["result"]))
    spent = [leg[name] for leg in legs for name in ("ring_s", "talk_s", "hold_s", "consult_s")]
    return [log["wait_s"], log["connected_s"], *spent]


def logs(data: bytes) -> list[dict[str, Any]]:
    return sorted((as_json(log) for log in replay(data)), key=lambda log: str(log["caller_name"]))


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_tracker_makes_the_same_log_of_both(name: str) -> None:
    real = logs((RECORDINGS / f"{name}.ami").read_bytes())
    ours = logs(play(name))
    assert [shape(log) for log in ours] == [shape(log) for log in real]
    for one, other in zip(ours, real, strict=True):
        assert seconds(one) == pytest.approx(seconds(other), abs=SLACK_S)

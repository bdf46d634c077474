"""The fake switch's own rules: queues, phones, callers, what a manager may ask."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from twisted.internet.testing import StringTransport

from telephony.simulator import Account, CallerHabits, QueueConfig
from telephony.simulator.actions import Refused
from telephony.simulator.agi import Routed
from telephony.simulator.session import ManagerSession
from telephony.simulator.traffic import Noise, Traffic
from telephony.wire import Frame, Framer
from tests.telephony.stage import Stage


def events(stage: Stage, name: str) -> list[Frame]:
    return [frame for frame in Framer().feed(bytes(stage.written)) if frame.event == name]


def interfaces(stage: Stage, name: str = "AgentCalled") -> list[str]:
    return [frame.get("Interface") for frame in events(stage, name)]


# -- queues ------------------------------------------------------------------------------------


def test_the_higher_priority_is_offered_first() -> None:
    stage = Stage()
    standard = stage.call_in("Standard")
    stage.routed = Routed(queue="support", priority=10)
    platinum = stage.call_in("Platinum")
    stage.staff("support", 1001)
    stage.wait(0)
    assert events(stage, "AgentCalled")[0].get("Uniqueid") == platinum.uniqueid
    assert [e.get("Position") for e in events(stage, "QueueCallerJoin")] == ["1", "1"]
    entries = dict(stage.act("QueueStatus", Queue="support").items[-1][1])
    assert (entries["Uniqueid"], entries["Position"]) == (standard.uniqueid, "2")


@pytest.mark.parametrize("number", ["13800138000", "+8613800138000", "008613800138000"])
def test_without_an_answer_the_mirror_decides(number: str) -> None:
    stage = Stage()
    stage.act("DBPut", Family="crm_tier", Key="8613800138000", Val="vip,30")
    stage.world.call_in(number)
    stage.wait(0)
    assert [entry.priority for entry in stage.world.queues["vip"].entries] == [30]


def test_a_transferred_caller_keeps_their_priority() -> None:
    stage = Stage(Routed(queue="support", priority=30))
    caller = stage.call_in()
    stage.act("Redirect", Channel=caller.name, Context="crm-transfer", Exten="q-sales")
    assert [entry.priority for entry in stage.world.queues["sales"].entries] == [30]


def test_a_waiting_caller_can_be_moved_up() -> None:
    stage = Stage()
    stage.call_in("First")
    second = stage.call_in("Second")
    stage.act("QueueChangePriorityCaller", Queue="support", Caller=second.name, Priority="5")
    stage.staff("support", 1001)
    stage.wait(0)
    assert events(stage, "AgentCalled")[0].get("Uniqueid") == second.uniqueid


def test_the_longest_idle_is_rung() -> None:
    stage = Stage()
    stage.staff("support", 1001, 1002)
    for _ in range(3):
        caller = stage.call_in()
        ringing = 1001 if stage.rings(1001) else 1002
        stage.pick_up(ringing, after=1)
        stage.wait(2)
        stage.hang_up(caller)
    assert interfaces(stage) == ["PJSIP/1001", "PJSIP/1002", "PJSIP/1001"]


def test_a_paused_member_is_not_rung_and_an_unpaused_one_at_once() -> None:
    stage = Stage()
    stage.staff("support", 1001)
    stage.act("QueuePause", Interface="PJSIP/1001", Paused="true", Reason="lunch")
    stage.call_in()
    stage.wait(5)
    assert not stage.rings(1001)
    stage.act("QueuePause", Interface="PJSIP/1001", Paused="false")
    stage.wait(0)
    assert stage.rings(1001)
    assert events(stage, "QueueMemberPause")[0].get("PausedReason") == "lunch"


def test_wrap_up_keeps_a_member_free_of_calls() -> None:
    stage = Stage(queues=(QueueConfig("support", wrapup_s=10),))
    stage.staff("support", 1001)
    caller = stage.call_in()
    stage.pick_up(1001, after=1)
    stage.hang_up(caller)
    stage.call_in()
    stage.wait(9)
    assert not stage.rings(1001)
    stage.wait(1)
    assert stage.rings(1001)


def test_ringing_ends_after_the_queue_s_time_and_begins_again() -> None:
    stage = Stage(queues=(QueueConfig("support", ring_s=4, retry_s=1),))
    stage.staff("support", 1001)
    stage.call_in()
    stage.wait(4)
    assert not stage.rings(1001)
    stage.wait(1)
    assert stage.rings(1001)
    assert [e.get("RingTime") for e in events(stage, "AgentRingNoAnswer")] == ["4000"]


def test_who_rejects_is_rung_again_after_the_queue_s_pause_unless_paused_by_then() -> None:
    stage = Stage(queues=(QueueConfig("support", retry_s=5),))
    stage.staff("support", 1001)
    stage.call_in()
    stage.act("Hangup", Channel=stage.phone(1001).name, Cause="21")
    stage.wait(4.9)
    assert not stage.rings(1001)
    stage.wait(0.2)
    assert stage.rings(1001)
    stage.act("Hangup", Channel=stage.phone(1001).name, Cause="21")
    stage.act("QueuePause", Interface="PJSIP/1001", Paused="true", Reason="rejected")
    stage.wait(30)
    assert not stage.rings(1001)


def test_a_removed_member_is_not_rung_again() -> None:
    stage = Stage()
    stage.staff("support", 1001)
    stage.act("QueueRemove", Queue="support", Interface="PJSIP/1001")
    stage.call_in()
    assert not stage.rings(1001)


# -- callers, phones and the far end -----------------------------------------------------------


def test_an_impatient_caller_abandons() -> None:
    stage = Stage()
    stage.call_in(patience_s=5)
    stage.wait(4)
    assert events(stage, "QueueCallerAbandon") == []
    stage.wait(1)
    assert len(events(stage, "QueueCallerAbandon")) == 1
    assert stage.world.board.channels == {}


def test_a_caller_who_spoke_does_not_abandon_but_hangs_up_in_the_end() -> None:
    stage = Stage()
    stage.staff("support", 1001)
    stage.call_in(patience_s=5, talk_s=30)
    stage.pick_up(1001, after=1)
    stage.wait(29)
    assert len(stage.world.board.channels) == 2
    stage.wait(2)
    assert stage.world.board.channels == {}


def test_a_withheld_number_is_anonymous() -> None:
    stage = Stage()
    stage.world.call_in("")
    assert events(stage, "Newchannel")[0].get("CallerIDNum") == "anonymous"


def test_the_browser_panel_s_orders() -> None:
    """Answer, hold, resume by NOTIFY; mute and hang up by action."""
    stage = Stage()
    stage.staff("support", 1001)
    stage.call_in()
    phone = stage.phone(1001)
    for event, seen in (("talk", "AgentConnect"), ("hold", "Hold"), ("talk", "Unhold")):
        stage.act("PJSIPNotify", Channel=phone.name, Variable=f"Event={event}")
        stage.wait(0)
        assert len(events(stage, seen)) == 1
    stage.act("MuteAudio", Channel=phone.name, Direction="in", State="on")
    assert phone.muted
    stage.act("Hangup", Channel=phone.name, Cause="16")
    assert stage.world.board.channels == {}


def test_rejecting_is_hanging_up_while_it_rings() -> None:
    stage = Stage()
    stage.staff("support", 1001)
    stage.call_in()
    stage.act("Hangup", Channel=stage.phone(1001).name, Cause="21")
    assert [e.get("Cause") for e in events(stage, "Hangup")] == ["21"]
    assert len(stage.world.queues["support"].entries) == 1


def test_ring_first_rings_the_agent_before_the_queue() -> None:
    stage = Stage(Routed(queue="support", ring_first="PJSIP/1002"))
    stage.staff("support", 1001)
    stage.call_in()
    assert stage.rings(1002)
    assert not stage.rings(1001)
    stage.wait(12)
    assert stage.rings(1001)


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("13900139001", "ANSWER"),
        ("13900130000", "BUSY"),
        ("13900139999", "CANCEL"),
        ("13900139998", "BUSY"),
    ],
)
def test_the_number_decides_what_the_far_end_does(number: str, status: str) -> None:
    stage = Stage(far_end=True)
    stage.act("Originate", **originate(number))
    stage.wait(0)
    stage.pick_up(1001)
    stage.wait(10)
    if stage.world.board.of("PJSIP/1001"):
        stage.hang_up(stage.phone(1001))
    ends = {
        e.get("DialStatus") for e in events(stage, "DialEnd") if "carrier" in e.get("DestChannel")
    }
    assert ends == {status}


def originate(number: str, interface: str = "PJSIP/1001") -> dict[str, str]:
    return {
        "Channel": interface,
        "ChannelId": "me-1",
        "Context": "crm-outbound",
        "Exten": number,
        "CallerID": f"<{number}>",
        "Timeout": "5000",
        "Async": "true",
    }


@pytest.mark.parametrize(
    ("interface", "wait_s", "reason"), [("PJSIP/1001", 6.0, "3"), ("PJSIP/9999", 0.0, "0")]
)
def test_an_originate_that_fails_says_so(interface: str, wait_s: float, reason: str) -> None:
    stage = Stage()
    stage.act("Originate", **originate("13900139001", interface))
    stage.wait(wait_s)
    response = events(stage, "OriginateResponse")[0]
    assert (response.get("Response"), response.get("Reason")) == ("Failure", reason)
    assert response.get("Uniqueid") == "me-1"


def test_the_same_channel_id_is_one_call() -> None:
    stage = Stage()
    for _ in range(2):
        stage.act("Originate", **originate("13900139001"))
        stage.wait(0)
    assert len(stage.world.board.of("PJSIP/1001")) == 1


# -- traffic -----------------------------------------------------------------------------------


def test_whoever_is_ready_has_a_caller_within_20_s() -> None:
    for seed in range(20):
        stage = Stage(agents=4, colleagues=2, seed=seed)
        Traffic(stage.world).begin()
        stage.wait(30)
        stage.staff("support", 1001)
        stage.wait(20)
        assert "PJSIP/1001" in interfaces(stage), f"seed {seed}"


def test_calls_do_not_flood_when_nobody_is_there() -> None:
    stage = Stage()
    Traffic(stage.world).begin()
    stage.wait(120)
    assert len(events(stage, "Newchannel")) <= 3


def test_colleagues_take_calls_while_nobody_else_is_free() -> None:
    stage = Stage(agents=3, colleagues=1, seed=3)
    Traffic(stage.world).begin()
    stage.wait(120)
    assert set(interfaces(stage, "AgentConnect")) == {"PJSIP/1003"}
    stage.staff("support", 1001)
    before = len(interfaces(stage))
    stage.wait(60)
    assert interfaces(stage)[before] == "PJSIP/1001"


def test_some_callers_abandon_some_are_unknown_some_withheld() -> None:
    habits = CallerHabits(impatient_share=0.3, withheld_share=0.2, unknown_share=0.2)
    known = [(f"138{number:08d}", "") for number in range(50)]
    stage = Stage(agents=2, habits=habits, callers=known, calls_per_s=0.5, auto_answer_s=3)
    stage.staff("support", 1001)
    traffic = Traffic(stage.world)
    traffic.begin()
    stage.wait(300)
    traffic.stop()
    numbers = {e.get("CallerIDNum") for e in events(stage, "QueueCallerJoin")}
    listed = {number for number, _ in known}
    assert "anonymous" in numbers
    assert numbers & listed
    assert numbers - listed - {"anonymous"}
    assert events(stage, "QueueCallerAbandon")
    assert events(stage, "AgentComplete")


def test_those_who_call_first_call_first_and_every_line_is_dialled() -> None:
    first = [("13800138000", "王伟"), ("", ""), ("95588", "")]
    stage = Stage(first=first, callers=[("13900139000", "")], dids=("1", "2"), calls_per_s=1)
    Traffic(stage.world).begin()
    stage.wait(30)
    came = [e for e in events(stage, "Newchannel") if e.get("Context") == "crm-inbound"]
    assert [e.get("CallerIDNum") for e in came[:3]] == ["13800138000", "anonymous", "95588"]
    assert {e.get("Exten") for e in came} == {"1", "2"}
    assert len(came) > 20


def test_the_same_seed_plays_the_same() -> None:
    def play(seed: int) -> bytes:
        stage = Stage(agents=3, seed=seed, calls_per_s=0.5, auto_answer_s=1, colleagues=1)
        Traffic(stage.world).begin()
        stage.wait(60)
        return bytes(stage.written)

    assert play(7) == play(7)
    assert play(7) != play(8)


def test_noise_comes_at_its_rate() -> None:
    stage = Stage(noise_per_s=2000)
    Noise(stage.world).begin()
    stage.wait(1)
    count = len(events(stage, "VarSet")) + len(events(stage, "Newexten"))
    assert count == pytest.approx(2000, rel=0.02)


# -- the manager's door --------------------------------------------------------------------------


class Client:
    """A manager session without a socket."""

    def __init__(self, stage: Stage, **accounts: Account) -> None:
        self.transport = StringTransport()
        session: Any = ManagerSession(
            stage.world.bus, accounts, stage.world.handlers, lambda name, frame: None
        )
        session.makeConnection(self.transport)
        self.session = session
        self._framer = Framer()
        self.read()

    def ask(self, action: str, *lines: str) -> Frame:
        self.session.dataReceived("\r\n".join([f"Action: {action}", *lines, "", ""]).encode())
        return self.read()[0]

    def read(self) -> list[Frame]:
        data = self.transport.value()
        self.transport.clear()
        return self._framer.feed(data)


def test_a_secret_or_its_digest_lets_in() -> None:
    stage = Stage()
    accounts: Any = {"me": Account("s3cret")}
    assert (
        Client(stage, **accounts).ask("Login", "Username: me", "Secret: no").get("Message")
        == "Authentication failed"
    )
    client = Client(stage, **accounts)
    challenge = client.ask("Challenge", "AuthType: MD5").get("Challenge")
    key = hashlib.md5(f"{challenge}s3cret".encode()).hexdigest()
    answer = client.ask("Login", "AuthType: MD5", "Username: me", f"Key: {key}")
    assert answer.get("Response") == "Success"


def test_nothing_without_login_and_nothing_without_permission() -> None:
    client = Client(Stage(), weak=Account("x", frozenset({"call", "reporting"})))
    assert client.ask("Ping").get("Message") == "Permission denied"
    client.ask("Login", "Username: weak", "Secret: x")
    assert client.ask("Originate").get("Message") == "Permission denied"
    assert client.ask("Filter", "Operation: Add").get("Message") == "Permission denied"
    names = [name for name, _ in client.ask("ListCommands").items()]
    assert "Hangup" in names
    assert "Originate" not in names


def test_a_filter_lets_only_its_names_through() -> None:
    stage = Stage()
    client = Client(stage, me=Account("x"))
    client.ask("Login", "Username: me", "Secret: x")
    criteria = "MatchCriteria: action(include),name(QueueCallerJoin)"
    assert client.ask("Filter", "Operation: Add", criteria).get("Response") == "Success"
    stage.call_in()
    assert [frame.event for frame in client.read()] == ["QueueCallerJoin"]


@pytest.mark.parametrize(
    ("action", "headers", "words"),
    [
        ("QueueAdd", {"Queue": "nope", "Interface": "x"}, "to queue: No such queue"),
        ("QueueAdd", {"Queue": "support", "Interface": "PJSIP/1001"}, "Already there"),
        ("QueueRemove", {"Queue": "support", "Interface": "PJSIP/1002"}, "Not there"),
        ("QueuePause", {"Interface": "PJSIP/1002", "Paused": "true"}, "Interface not found"),
        ("QueueChangePriorityCaller", {"Queue": "support", "Caller": "x"}, "No such caller"),
        ("Hangup", {"Channel": "x"}, "No such channel"),
        ("Redirect", {"Channel": "x"}, "Channel does not exist: x"),
        ("Originate", {"Channel": "PJSIP/1001", "Context": "no"}, "Extension does not exist."),
        ("PJSIPNotify", {"Channel": "x"}, "Channel not found"),
        ("MuteAudio", {"Channel": "x"}, "No such channel"),
        ("DBDel", {"Family": "f", "Key": "k"}, "could not be deleted"),
        ("DBGet", {"Family": "f", "Key": "k"}, "Database entry not found"),
        ("DBPut", {"Key": "k"}, "No family specified"),
        ("Getvar", {"Variable": "X", "Channel": "x"}, "No such channel"),
    ],
)
def test_refusals_are_in_asterisk_s_words(action: str, headers: dict[str, str], words: str) -> None:
    stage = Stage()
    stage.staff("support", 1001)
    with pytest.raises(Refused, match=words):
        stage.act(action, **headers)


def test_globals_and_database() -> None:
    stage = Stage()
    stage.act("Setvar", Variable="CRM_ALIVE", Value="1")
    assert dict(stage.act("Getvar", Variable="CRM_ALIVE").fields)["Value"] == "1"
    stage.act("DBPut", Family="crm_tier", Key="8613800138000", Val="vip,10")
    reply = stage.act("DBGet", Family="crm_tier", Key="8613800138000")
    assert dict(reply.items[0][1])["Val"] == "vip,10"
    stage.act("DBDel", Family="crm_tier", Key="8613800138000")


def test_a_user_event_is_told_to_everybody() -> None:
    stage = Stage()
    stage.act("UserEvent", UserEvent="Hello", Colour="green")
    event = events(stage, "UserEvent")[0]
    assert (event.get("UserEvent"), event.get("Colour")) == ("Hello", "green")

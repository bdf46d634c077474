"""What happened in each recording, written by hand from `tests/record/scenarios/`.

Seconds are what the scenario's parties were told to do. The first 0.5 s of an inbound call, in
which Asterisk answers, are in no figure: waiting begins in the queue.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

CARRIER, ONE, TWO, THREE = "PJSIP/carrier", "PJSIP/2001", "PJSIP/2002", "PJSIP/2003"


@dataclass(frozen=True)
class Stay:
    """One leg. `connected` is talk + hold + consult unless given."""

    interface: str
    role: str
    result: str = "answered"
    ring: float = 0.0
    talk: float = 0.0
    hold: float = 0.0
    consult: float = 0.0
    connected: float | None = None
    ended_by: str | None = None
    cause: str = ""  # unless `Story.cause` says it already

    @property
    def connected_s(self) -> float:
        total = self.talk + self.hold + self.consult
        return total if self.connected is None else self.connected


@dataclass(frozen=True)
class Story:
    direction: str
    result: str
    legs: tuple[Stay, ...]
    wait: float = 0.0
    connected: float = 0.0
    queues: tuple[str, ...] = ()
    transfers: tuple[tuple[str, str, str], ...] = ()
    caller: str = "13800138000"
    caller_name: str = "Wang Wei"
    dialled: str = "4008001234"
    linked: int = 0
    stays: tuple[tuple[str, float, str], ...] | None = None

    @property
    def visits(self) -> tuple[tuple[str, float, str], ...]:
        """Of each stay in a queue: the wait, and how it ended. Unless told otherwise there was one
        queue, nothing before it, and it ended as the call did."""
        if self.stays is not None:
            return self.stays
        return tuple((queue, self.wait, self.result) for queue in self.queues)

    def cause(self, stay: Stay) -> str:
        """Why that leg ended: as `transfers` and the results tell it, unless `Stay.cause` does."""
        first = next(leg for leg in self.legs if leg.interface == stay.interface)
        if stay.cause:
            return stay.cause
        if stay is first and stay.interface in {by for _, by, _ in self.transfers}:
            return "transferred"
        return _CAUSES[stay.result]


_CAUSES = {
    "answered": "hung_up",
    "abandoned": "caller_left",
    "cancelled": "caller_left",
    "no_answer": "not_picked_up",
    "rejected": "declined",
    "busy": "busy",
}


@dataclass(frozen=True)
class Inbound(Story):
    direction: str = field(default="inbound", init=False)
    queues: tuple[str, ...] = ("support",)


def customer(talk: float, hold: float = 0.0, by: str = "customer") -> Stay:
    return Stay(CARRIER, "customer", talk=talk, hold=hold, ended_by=by)


def agent(
    interface: str,
    ring: float,
    talk: float,
    by: str | None = "customer",
    hold: float = 0.0,
    consult: float = 0.0,
    cause: str = "",
) -> Stay:
    return Stay(
        interface,
        "agent",
        ring=ring,
        talk=talk,
        hold=hold,
        consult=consult,
        ended_by=by,
        cause=cause,
    )


def missed(interface: str, result: str, ring: float, cause: str = "") -> Stay:
    return Stay(interface, "agent", result, ring, cause=cause)


GONE = Stay(CARRIER, "customer", "abandoned")


def outbound(result: str, *legs: Stay, wait: float = 0.0, connected: float = 0.0) -> Story:
    """2001 calls a customer."""
    return Story(
        "outbound",
        result,
        legs,
        wait,
        connected,
        caller="2001",
        caller_name="Phone 2001",
        dialled="13900139000",
    )


def consultation(
    result: str,
    *asked: Stay,
    talk: float = 0.0,
    hold: float = 0.0,
    wait: float = 0.0,
    direction: str = "internal",
    dialled: str = "2002",
    queues: tuple[str, ...] = (),
) -> Story:
    """2001 asks somebody while a customer waits, and returns to the customer."""
    ended_by = "agent" if result == "answered" else None
    cause = "given_up" if result == "failed" else ""  # the dialplan knows no such number
    return Story(
        direction,
        result,
        (
            Stay(ONE, "agent", result, talk=talk, hold=hold, ended_by=ended_by, cause=cause),
            *asked,
        ),
        wait,
        talk + hold,
        queues,
        caller="2001",
        caller_name="Phone 2001",
        dialled=dialled,
        linked=1,
    )


_SIMPLE = Inbound("answered", (customer(2), agent(ONE, 1, 2)), 1, 2)

STORIES: dict[str, tuple[Story, ...]] = {
    "inbound_answered": (Inbound("answered", (customer(3), agent(ONE, 2, 3)), 2, 3),),
    "inbound_agent_hangs_up": (
        Inbound(
            "answered",
            (customer(2, by="agent"), agent(ONE, 1, 2, "agent")),
            1,
            2,
            caller_name="张伟",
        ),
    ),
    "inbound_abandoned": (Inbound("abandoned", (GONE,), 3),),
    "inbound_abandoned_while_ringing": (
        Inbound("abandoned", (GONE, missed(ONE, "cancelled", 2)), 2),
    ),
    # Four seconds of ringing, one until the queue tries again, one of ringing.
    "ring_no_answer": (
        Inbound("answered", (customer(2), missed(ONE, "no_answer", 4), agent(TWO, 1, 2)), 6, 2),
    ),
    "refused": (
        Inbound("answered", (customer(2), missed(ONE, "rejected", 1), agent(TWO, 1, 2)), 2, 2),
    ),
    "refused_then_abandoned": (Inbound("abandoned", (GONE, missed(ONE, "rejected", 1)), 2),),
    "refused_by_order": (Inbound("abandoned", (GONE, missed(ONE, "rejected", 1)), 2),),
    "ring_all": (
        Inbound(
            "answered",
            (
                customer(2),
                missed(ONE, "cancelled", 2, "taken_elsewhere"),
                agent(TWO, 2, 2),
                missed(THREE, "cancelled", 2, "taken_elsewhere"),
            ),
            2,
            2,
            queues=("everyone",),
        ),
    ),
    "two_calls_in_the_same_second": (
        _SIMPLE,
        Inbound("answered", (customer(2), agent(TWO, 1, 2)), 1, 2, caller_name="Li Na"),
    ),
    "hold_and_resume": (Inbound("answered", (customer(4, 3), agent(ONE, 1, 4, hold=3)), 1, 7),),
    "hold_until_the_caller_leaves": (
        Inbound("answered", (customer(1, 2), agent(ONE, 1, 1, hold=2)), 1, 3),
    ),
    "ended_by_order": (
        Inbound("answered", (customer(2, by="agent"), agent(ONE, 1, 2, "agent")), 1, 2),
    ),
    # While the second phone rings, the customer hears music: held, and connected with nobody.
    "blind_transfer": (
        Inbound(
            "answered",
            (customer(5, 1, "agent"), agent(ONE, 1, 2, "agent"), agent(TWO, 1, 3, "agent")),
            1,
            5,
            transfers=(("blind", ONE, "2002"),),
        ),
    ),
    "blind_transfer_to_the_outside": (
        Inbound(
            "answered",
            (
                customer(3, 1),
                agent(ONE, 1, 1, "agent"),
                Stay(CARRIER, "outside", ring=1, talk=2, ended_by="customer"),
            ),
            1,
            3,
            transfers=(("blind", ONE, "13900139000"),),
        ),
    ),
    "redirect_to_agent": (
        Inbound(
            "answered",
            (customer(4, 1), agent(ONE, 1, 2, "agent"), agent(TWO, 1, 2)),
            1,
            4,
            transfers=(("blind", ONE, "2002"),),
        ),
    ),
    "redirect_to_queue": (
        Inbound(
            "answered",
            (customer(4, 1), agent(ONE, 1, 2, "agent"), agent(TWO, 1, 2)),
            1,
            4,
            ("support", "sales"),
            (("queue", ONE, "sales"),),
            stays=(("support", 1, "answered"), ("sales", 1, "answered")),
        ),
    ),
    "transfer_to_queue": (
        Inbound(
            "answered",
            (customer(5, 2), agent(ONE, 1, 2, "agent"), agent(TWO, 2, 3)),
            1,
            5,
            ("support", "sales"),
            (("queue", ONE, "sales"),),
            stays=(("support", 1, "answered"), ("sales", 2, "answered")),
        ),
    ),
    "transfer_to_queue_abandoned": (
        Inbound(
            "answered",
            (customer(2, 2), agent(ONE, 1, 2, "agent")),
            1,
            2,
            ("support", "sales"),
            (("queue", ONE, "sales"),),
            stays=(("support", 1, "answered"), ("sales", 2, "abandoned")),
        ),
    ),
    # 2 s talk; held while 2002 rings for 1 s and is consulted for 2 s; 3 s with 2002.
    "attended_transfer": (
        Inbound(
            "answered",
            (
                customer(5, 3),
                agent(ONE, 1, 2, "agent", hold=1, consult=2),
                agent(TWO, 1, 3, consult=2),
            ),
            1,
            8,
            transfers=(("attended", ONE, "2002"),),
        ),
    ),
    # The same; the switch takes 0.4 s to collect the digits, half of them before the hold.
    "attended_transfer_by_the_switch": (
        Inbound(
            "answered",
            (
                customer(5.2, 3.2),
                agent(ONE, 1, 2.2, "agent", hold=1.2, consult=2),
                agent(TWO, 1, 3, consult=2),
            ),
            1,
            8.4,
            transfers=(("attended", ONE, "2002"),),
            dialled="5001",
        ),
    ),
    "consultation_given_up": (
        Story(
            "outbound",
            "answered",
            (
                Stay(ONE, "agent", talk=2, ended_by="agent"),
                Stay(CARRIER, "outside", ring=1, talk=2, ended_by="agent"),
            ),
            1,
            2,
            caller="2001",
            caller_name="Phone 2001",
            dialled="13900139000",
            linked=1,
        ),
        Inbound("answered", (customer(4, 3), agent(ONE, 1, 4, hold=1, consult=2)), 1, 7, linked=1),
    ),
    # From here on the switch consults for the agent. It takes 0.1 s to hold the customer and 0.1 s
    # to dial; an order of two keys takes 0.2 s. Until the other answers, the agent is with nobody.
    "consult_by_order_completed": (
        Inbound(
            "answered",
            (
                customer(3.1, 3.3),
                agent(ONE, 1, 1.1, "agent", hold=1.1, consult=2.2),
                agent(TWO, 1, 2, consult=2.2),
            ),
            1,
            6.4,
            transfers=(("attended", ONE, "2002"),),
        ),
    ),
    # The agent leaves while it rings; the customer hears music for a second more.
    "consult_blonde": (
        Inbound(
            "answered",
            (customer(3.1, 2.3), agent(ONE, 1, 1.1, "agent", hold=1.3), agent(TWO, 2.2, 2)),
            1,
            4.4,
            transfers=(("attended", ONE, "2002"),),
        ),
    ),
    "consult_blonde_refused": (
        Inbound(
            "answered",
            (
                customer(3.1, 3.3),
                agent(ONE, 1, 1.1, "agent", hold=1.3),
                missed(TWO, "rejected", 2.2),
                agent(ONE, 1, 2),
            ),
            1,
            4.4,
            transfers=(("attended", ONE, "2002"),),
        ),
    ),
    "consult_swapped_twice": (
        Inbound(
            "answered",
            (
                customer(4.1, 4.3),
                agent(ONE, 1, 2.1, "agent", hold=1.1, consult=3.2),
                agent(TWO, 1, 2, hold=1, consult=3.2),
            ),
            1,
            8.4,
            transfers=(("attended", ONE, "2002"),),
        ),
    ),
    "consult_cancelled": (
        consultation("answered", agent(TWO, 1, 2.2, "agent"), talk=2.2, wait=1),
        Inbound(
            "answered",
            (customer(3.1, 3.3), agent(ONE, 1, 3.1, hold=1.1, consult=2.2)),
            1,
            6.4,
            linked=1,
        ),
    ),
    "consult_cancelled_with_the_customer": (
        consultation("answered", agent(TWO, 1, 2.1, "agent", hold=1.1), talk=2.1, hold=1.1, wait=1),
        Inbound(
            "answered",
            (customer(3.2, 3.2), agent(ONE, 1, 3.2, hold=1.1, consult=2.1)),
            1,
            6.4,
            linked=1,
        ),
    ),
    "consult_cancelled_while_ringing": (
        consultation("cancelled", missed(TWO, "cancelled", 2.2), wait=2.2),
        Inbound("answered", (customer(2.1, 2.3), agent(ONE, 1, 2.1, hold=2.3)), 1, 4.4, linked=1),
    ),
    "consult_target_busy": (
        consultation("busy", missed(TWO, "busy", 0)),
        Inbound("answered", (customer(3.1, 0.1), agent(ONE, 1, 3.1, hold=0.1)), 1, 3.2, linked=1),
    ),
    "consult_no_answer": (
        consultation("no_answer", missed(TWO, "no_answer", 2), wait=2),
        Inbound("answered", (customer(2.1, 2.1), agent(ONE, 1, 2.1, hold=2.1)), 1, 4.2, linked=1),
    ),
    "consult_nobody_there": (
        consultation("failed", direction="outbound", dialled="2999"),
        Inbound("answered", (customer(2.9, 0.1), agent(ONE, 1, 2.9, hold=0.1)), 1, 3, linked=1),
    ),
    "consult_target_leaves": (
        consultation("answered", agent(TWO, 1, 2, "agent"), talk=2, wait=1),
        Inbound(
            "answered",
            (customer(2.1, 3.1), agent(ONE, 1, 2.1, hold=1.1, consult=2)),
            1,
            5.2,
            linked=1,
        ),
    ),
    # Who stays behind talks about the contact, without the customer.
    "consult_customer_leaves": (
        Inbound(
            "answered",
            (
                customer(1.1, 3.1),
                agent(ONE, 1, 1.1, "agent", hold=1.1, consult=3),
                agent(TWO, 1, 0, "agent", consult=3),
            ),
            1,
            5.2,
        ),
    ),
    "consult_outside_number": (
        Inbound(
            "answered",
            (
                customer(3.1, 3.3),
                agent(ONE, 1, 1.1, "agent", hold=1.1, consult=2.2),
                Stay(CARRIER, "outside", ring=1, talk=2, consult=2.2, ended_by="customer"),
            ),
            1,
            6.4,
            transfers=(("attended", ONE, "13900139000"),),
        ),
    ),
    "consult_a_queue": (
        consultation(
            "answered",
            agent(TWO, 1, 2.2, "agent"),
            talk=2.2,
            wait=1,
            dialled="sales",
            queues=("sales",),
        ),
        Inbound(
            "answered",
            (customer(2.1, 3.3), agent(ONE, 1, 2.1, hold=1.1, consult=2.2)),
            1,
            5.4,
            linked=1,
        ),
    ),
    # Three talk for 1.9 s (one key takes 0.1 s); whoever leaves last ends it for the other.
    "three_way_agent_leaves": (
        Inbound(
            "answered",
            (
                customer(5, 3.2),
                agent(ONE, 1, 3, "agent", hold=1.1, consult=2.1),
                agent(TWO, 1, 3.9, consult=2.1),
            ),
            1,
            8.2,
            transfers=(("attended", ONE, "2002"),),
        ),
    ),
    "three_way_customer_leaves": (
        Inbound(
            "answered",
            (
                customer(3, 3.2),
                agent(ONE, 1, 3, "agent", hold=1.1, consult=3.1),
                agent(TWO, 1, 1.9, "agent", consult=3.1),
            ),
            1,
            7.2,
        ),
    ),
    "consult_on_outbound_call": (
        Story(
            "outbound",
            "answered",
            (
                Stay(
                    ONE,
                    "agent",
                    ring=1,
                    talk=4,
                    hold=1.1,
                    consult=2.1,
                    connected=8.2,
                    ended_by="agent",
                ),
                Stay(CARRIER, "customer", ring=1, talk=5, hold=3.2, ended_by="customer"),
                agent(TWO, 1, 2.9, hold=1, consult=2.1),
            ),
            1,
            8.2,
            transfers=(("attended", ONE, "2002"),),
            caller="2001",
            caller_name="Phone 2001",
            dialled="13900139000",
        ),
    ),
    "consult_on_internal_call": (
        consultation("answered", agent(TWO, 1, 2.2, "agent"), talk=2.2, wait=1),
        Story(
            "internal",
            "answered",
            (
                Stay(
                    ONE,
                    "agent",
                    ring=1,
                    talk=2.1,
                    hold=1.1,
                    consult=2.2,
                    connected=6.4,
                    ended_by="agent",
                ),
                agent(THREE, 1, 2.1, "agent", hold=3.3),
            ),
            1,
            5.4,
            caller="2001",
            caller_name="Phone 2001",
            dialled="2003",
            linked=1,
        ),
    ),
    "recording_paused": (Inbound("answered", (customer(3), agent(ONE, 1, 3)), 1, 3),),
    # The agent is connected while the customer's phone rings, and with nobody.
    "click_to_dial_answered": (
        outbound(
            "answered",
            Stay(ONE, "agent", ring=1, talk=3, connected=5, ended_by="customer"),
            Stay(CARRIER, "customer", ring=2, talk=3, ended_by="customer"),
            wait=2,
            connected=3,
        ),
    ),
    "click_to_dial_busy": (
        outbound(
            "busy",
            Stay(ONE, "agent", ring=1, connected=1, cause="busy"),
            Stay(CARRIER, "customer", "busy", 1),
            wait=1,
        ),
    ),
    "click_to_dial_no_answer": (
        outbound(
            "no_answer",
            Stay(ONE, "agent", ring=1, connected=3, cause="not_picked_up"),
            Stay(CARRIER, "customer", "no_answer", 3),
            wait=3,
        ),
    ),
    "click_to_dial_given_up": (
        outbound(
            "cancelled",
            Stay(ONE, "agent", ring=1, connected=3, ended_by="agent"),
            Stay(CARRIER, "customer", "cancelled", 3),
            wait=3,
        ),
    ),
    # Never dialled: OriginateResponse says whom the agent wanted to call.
    "click_to_dial_agent_declines": (
        Story(
            "outbound",
            "cancelled",
            (missed(ONE, "rejected", 1),),
            caller="2001",
            caller_name="Phone 2001",
            dialled="13900139000",
        ),
    ),
    "click_to_dial_internal": (
        Story(
            "internal",
            "answered",
            (
                Stay(ONE, "agent", ring=1, talk=3, connected=5, ended_by="agent"),
                Stay(TWO, "agent", ring=2, talk=3, ended_by="agent"),
            ),
            2,
            3,
            caller="2001",
            caller_name="Phone 2001",
            dialled="2002",
        ),
    ),
    "click_to_dial_internal_busy": (
        Story(
            "internal",
            "busy",
            (Stay(ONE, "agent", ring=1, connected=1, cause="busy"), missed(TWO, "busy", 1)),
            1,
            caller="2001",
            caller_name="Phone 2001",
            dialled="2002",
        ),
    ),
    "outbound_from_the_phone": (
        outbound(
            "answered",
            Stay(ONE, "agent", talk=2, ended_by="agent"),
            Stay(CARRIER, "customer", ring=2, talk=2, ended_by="agent"),
            wait=2,
            connected=2,
        ),
    ),
    "outbound_customer_redirected": (
        Story(
            "outbound",
            "answered",
            (
                Stay(ONE, "agent", ring=1, talk=2, connected=3, ended_by="agent"),
                Stay(CARRIER, "customer", ring=1, talk=4, hold=1, ended_by="customer"),
                agent(TWO, 1, 2),
            ),
            1,
            4,
            ("sales",),
            (("queue", ONE, "sales"),),
            "2001",
            "Phone 2001",
            "13900139000",
        ),
    ),
    "internal_call": (
        Story(
            "internal",
            "answered",
            (
                Stay(ONE, "agent", talk=2, ended_by="agent"),
                Stay(TWO, "agent", ring=1, talk=2, ended_by="agent"),
            ),
            1,
            2,
            caller="2001",
            caller_name="Phone 2001",
            dialled="2002",
        ),
    ),
    "picked_up_by_a_colleague": (
        Story(
            "internal",
            "answered",
            (
                Stay(THREE, "agent", talk=2, ended_by="agent"),
                missed(ONE, "cancelled", 2, "taken_elsewhere"),
                Stay(TWO, "agent", talk=2, ended_by="agent"),
            ),
            2,
            2,
            caller="2003",
            caller_name="Phone 2003",
            dialled="2001",
        ),
    ),
    "local_member": (Inbound("answered", (customer(3), agent(ONE, 2, 3)), 2, 3),),
    "local_member_optimised": (Inbound("answered", (customer(3), agent(ONE, 2, 3)), 2, 3),),
    "ring_first": (
        Inbound(
            "answered",
            (customer(2), missed(ONE, "no_answer", 3), agent(TWO, 1, 2)),
            4,
            2,
            dialled="5002",
            stays=(("support", 1, "answered"),),
        ),
    ),
    "ring_first_answered": (
        Inbound(
            "answered",
            (customer(2, by="agent"), agent(ONE, 1, 2, "agent")),
            1,
            2,
            (),
            dialled="5002",
        ),
    ),
    "sent_back_and_taken": (
        Inbound(
            "answered",
            (customer(4, 1), agent(ONE, 1, 2, None, cause="lost"), agent(ONE, 1, 2)),
            1,
            4,
        ),
    ),
    "sent_back_to_the_queue": (
        Inbound(
            "answered",
            (
                customer(4, 6),
                agent(ONE, 1, 2, None, cause="lost"),
                missed(ONE, "no_answer", 4),
                agent(TWO, 1, 2),
            ),
            1,
            4,
            ("support", "support"),
            stays=(("support", 1, "answered"), ("support", 2, "answered")),
        ),
    ),
    "click_to_dial_echo": (
        replace(
            outbound("cancelled", Stay(ONE, "agent", ring=1, connected=2, ended_by="agent")),
            dialled="*43",
        ),
    ),
    "routed_by_fastagi": (Inbound("answered", (customer(2), agent(ONE, 1, 2)), 1, 2, ("vip",)),),
}

"""What happened in the recordings of transfers, parking, far ends, supervisors and breaks.

Written by hand from `tests/record/scenarios/`; see `stories`."""

from __future__ import annotations

from tests.telephony.stories import (
    CARRIER,
    ONE,
    THREE,
    TWO,
    Inbound,
    Stay,
    Story,
    agent,
    consultation,
    customer,
    missed,
    outbound,
)

_REFUSED = ("blind", ONE, "2002")


def supervisor(talk: float, by: str) -> Stay:
    return Stay(THREE, "supervisor", talk=talk, ended_by=by)


def unreached(result: str, cause: str, ring: float = 0.0) -> Story:
    """2001 picks up after 1 s, and whom they call does not."""
    return outbound(
        result,
        Stay(ONE, "agent", ring=1, connected=ring, cause=cause),
        Stay(CARRIER, "customer", result, ring, cause=cause),
        wait=ring,
    )


def campaign(*legs: Stay, connected: float = 0.0, queues: tuple[str, ...] = ()) -> Story:
    """A customer is called, and nobody of ours yet: there is no caller."""
    return Story(
        "outbound",
        "answered",
        legs,
        1,
        connected,
        queues,
        caller="",
        caller_name="",
        dialled="13900139000",
    )


STORIES: dict[str, tuple[Story, ...]] = {
    # While the next phone rings the customer hears music: held.
    "transferred_back": (
        Inbound(
            "answered",
            (
                customer(6, 2),
                agent(ONE, 1, 2, "agent"),
                agent(TWO, 1, 2, "agent"),
                agent(ONE, 1, 2),
            ),
            1,
            6,
            transfers=(_REFUSED, ("blind", TWO, "2001")),
        ),
    ),
    "transferred_twice": (
        Inbound(
            "answered",
            (
                customer(6, 2, "agent"),
                agent(ONE, 1, 2, "agent"),
                agent(TWO, 1, 2, "agent"),
                agent(THREE, 1, 2, "agent"),
            ),
            1,
            6,
            transfers=(_REFUSED, ("blind", TWO, "2003")),
        ),
    ),
    "attended_then_blind": (
        Inbound(
            "answered",
            (
                customer(6, 4),
                agent(ONE, 1, 2, "agent", hold=1, consult=2),
                agent(TWO, 1, 2, "agent", consult=2),
                agent(THREE, 1, 2),
            ),
            1,
            9,
            transfers=(("attended", ONE, "2002"), ("blind", TWO, "2003")),
        ),
    ),
    # Nobody hung up: the dialplan had nowhere else to go.
    "transfer_refused": (
        Inbound(
            "answered",
            (
                Stay(CARRIER, "customer", talk=2, hold=1, cause="given_up"),
                agent(ONE, 1, 2, "agent"),
                missed(TWO, "rejected", 1),
            ),
            1,
            2,
            transfers=(_REFUSED,),
        ),
    ),
    # A mailbox is nobody: the customer is connected, and with no one.
    "transfer_to_voicemail": (
        Inbound(
            "answered",
            (customer(2, 3), agent(ONE, 1, 2, "agent")),
            1,
            2,
            transfers=(("blind", ONE, "5600"),),
        ),
    ),
    "consult_left_alone": (
        Inbound(
            "answered",
            (customer(2, 3), agent(ONE, 1, 2, hold=1, consult=2)),
            1,
            5,
            linked=1,
        ),
        consultation("answered", agent(TWO, 1, 4, "agent"), talk=4, wait=1),
    ),
    # To park is to send away; who fetches them answers, at once.
    "parked_and_fetched": (
        Inbound(
            "answered",
            (
                customer(4, 2, "agent"),
                agent(ONE, 1, 2, "agent", cause="transferred"),
                agent(ONE, 0, 2, "agent", cause="hung_up"),
            ),
            1,
            4,
            transfers=(("blind", ONE, "7000"),),
        ),
    ),
    "parked_and_fetched_by_a_colleague": (
        Inbound(
            "answered",
            (customer(4, 2), agent(ONE, 1, 2, "agent"), agent(TWO, 0, 2)),
            1,
            4,
            transfers=(("blind", ONE, "7000"),),
        ),
    ),
    "parked_and_abandoned": (
        Inbound(
            "answered",
            (customer(2, 2), agent(ONE, 1, 2, "agent")),
            1,
            2,
            transfers=(("blind", ONE, "7000"),),
        ),
    ),
    "parked_for_too_long": (
        Inbound(
            "answered",
            (customer(4, 6), agent(ONE, 1, 2, "agent"), agent(ONE, 1, 2)),
            1,
            4,
            transfers=(("blind", ONE, "7000"),),
        ),
    ),
    "held_with_music": (Inbound("answered", (customer(4, 2), agent(ONE, 1, 4, hold=2)), 1, 6),),
    # The phone that says 302 has not been missed by anybody.
    "forwarded_by_the_phone": (
        Inbound(
            "answered",
            (customer(2), missed(ONE, "cancelled", 0, "transferred"), agent(TWO, 1, 2)),
            1,
            2,
        ),
    ),
    "forwarded_within_the_house": (
        Story(
            "internal",
            "answered",
            (
                Stay(THREE, "agent", talk=2, ended_by="agent"),
                missed(ONE, "cancelled", 0, "transferred"),
                agent(TWO, 1, 2, "agent"),
            ),
            1,
            2,
            caller="2003",
            caller_name="Phone 2003",
            dialled="2001",
        ),
    ),
    "outbound_congestion": (unreached("failed", "congestion"),),
    "outbound_no_such_number": (unreached("failed", "unreachable"),),
    "outbound_declined": (unreached("rejected", "declined", 2),),
    "outbound_from_the_phone_busy": (
        outbound("busy", Stay(ONE, "agent", "busy"), Stay(CARRIER, "customer", "busy", 1), wait=1),
    ),
    # The switch makes no channel, and answers the order with a failure: there was no call.
    "outbound_agent_not_registered": (),
    # While the dialplan listens, and in the queue, the customer is connected with nobody.
    "amd_machine": (campaign(Stay(CARRIER, "customer", ring=1, connected=1.5, cause="machine")),),
    "amd_person": (
        campaign(
            Stay(CARRIER, "customer", ring=1, talk=2, connected=4.5, ended_by="customer"),
            agent(TWO, 1, 2),
            connected=2,
            queues=("sales",),
        ),
    ),
    # The supervisor's phone takes 0.1 s until it hears something.
    "supervisor_listens": (
        Inbound("answered", (customer(5), agent(ONE, 1, 5), supervisor(1.9, "supervisor")), 1, 5),
    ),
    "supervisor_whispers": (
        Inbound("answered", (customer(4), agent(ONE, 1, 4), supervisor(1.9, "customer")), 1, 4),
    ),
    "supervisor_dials_in": (
        Inbound(
            "answered",
            (customer(3.1, by="agent"), agent(ONE, 1, 3.1, "agent"), supervisor(2, "agent")),
            1,
            3.1,
        ),
    ),
    # From the second's first ring on.
    "supervisor_of_two_calls": (
        Inbound(
            "answered",
            (customer(3, by="agent"), agent(ONE, 1, 3, "agent"), supervisor(0.9, "agent")),
            1,
            3,
        ),
        Inbound(
            "answered",
            (customer(2), agent(ONE, 1, 2), supervisor(2.9, "customer")),
            1,
            2,
            caller_name="Li Na",
        ),
    ),
    # Until the switch notices it takes silence for talk.
    "phone_vanishes": (
        Inbound(
            "answered",
            (
                customer(7, 5),
                agent(ONE, 1, 5, None, cause="lost"),
                missed(ONE, "no_answer", 4),
                agent(TWO, 1, 2),
            ),
            1,
            7,
            ("support", "support"),
            stays=(("support", 1, "answered"), ("support", 1, "answered")),
        ),
    ),
}

"""What happened in the recordings of queues, crowds and names.

Written by hand from `tests/record/scenarios/{queues_more,crowds,names}.py`; see `stories`."""

from __future__ import annotations

from tests.record import queues
from tests.record.scenarios import crowds, names
from tests.telephony.stories import (
    CARRIER,
    GONE,
    ONE,
    THREE,
    TWO,
    Inbound,
    Stay,
    Story,
    agent,
    customer,
    missed,
)

SENT_AWAY = Stay(CARRIER, "customer", "no_answer", cause="given_up")


def sent_away(
    number: str, *stays: tuple[str, float, str], wait: float = 0.0, name: str = "Wang Wei"
) -> Inbound:
    """The switch hung up on a caller whom nobody had answered."""
    return Inbound(
        "no_answer",
        (SENT_AWAY,),
        wait,
        0,
        tuple(queue for queue, _, _ in stays),
        caller_name=name,
        dialled=number,
        stays=stays,
    )


def named(name: str) -> tuple[Story]:
    return (Inbound("answered", (customer(1), agent(ONE, 1, 1)), 1, 1, caller_name=name),)


def _passed(name: str) -> str:
    """Asterisk counts bytes, and cuts no letter in two."""
    return name.encode()[: names.PASSED].decode(errors="ignore")


STORIES: dict[str, tuple[Story, ...]] = {
    "queue_full": (
        Inbound("abandoned", (GONE,), 2, 0, ("tiny",), dialled=queues.TO_TINY),
        sent_away(queues.TO_TINY, ("tiny", 0, "full"), name="Li Na"),
    ),
    "queue_empty": (sent_away(queues.TO_CLOSED, ("closed", 0, "empty")),),
    "queue_left_when_empty": (
        Inbound(
            "no_answer",
            (SENT_AWAY, missed(ONE, "rejected", 2)),
            2,
            0,
            ("leaving",),
            dialled=queues.TO_LEAVING,
            stays=(("leaving", 2, "empty"),),
        ),
    ),
    "queue_timed_out": (
        Inbound(
            "no_answer",
            (SENT_AWAY, missed(ONE, "no_answer", 3)),
            3,
            dialled=queues.TO_SHORT,
            stays=(("support", 3, "timed_out"),),
        ),
    ),
    "queue_timed_out_untold": (
        sent_away(queues.TO_SHORT_FOREIGN, ("support", 3, "timed_out"), wait=3),
    ),
    "queue_overflow": (
        Inbound(
            "answered",
            (customer(2), agent(TWO, 1, 2)),
            3,
            2,
            ("support", "sales"),
            dialled=queues.TO_OVERFLOW,
            stays=(("support", 2, "timed_out"), ("sales", 1, "answered")),
        ),
    ),
    # The announcements after the key are no waiting.
    "queue_left_by_key": (sent_away(queues.TO_KEYED, ("keyed", 2, "key"), wait=2),),
    "queue_callback": (
        sent_away(queues.TO_KEYED, ("keyed", 2, "callback"), wait=2),
        Story(
            "outbound",
            "answered",
            (
                Stay(ONE, "agent", ring=1, talk=2, connected=4, ended_by="customer"),
                Stay(CARRIER, "customer", ring=2, talk=2, ended_by="customer"),
            ),
            2,
            2,
            caller="2001",
            caller_name="Phone 2001",
            dialled="13800138000",
        ),
    ),
    # Our panel moved a caller who waited: nobody transferred anything, nobody abandoned.
    "moved_while_waiting": (
        Inbound(
            "answered",
            (customer(2), agent(TWO, 1, 2)),
            3,
            2,
            ("support", "sales"),
            stays=(("support", 2, "moved"), ("sales", 1, "answered")),
        ),
    ),
    "moved_and_abandoned": (
        Inbound(
            "abandoned",
            (GONE,),
            3,
            0,
            ("support", "sales"),
            stays=(("support", 2, "moved"), ("sales", 1, "abandoned")),
        ),
    ),
    "abandoned_on_the_move": (Inbound("abandoned", (GONE,), 2, stays=(("support", 2, "moved"),)),),
    "moved_and_timed_out": (
        sent_away("4008001234", ("support", 2, "moved"), ("support", 3, "timed_out"), wait=5),
    ),
    # He joined first, and waits 1 s for her to come, 1 s for the agent and the queue's next look,
    # 2.5 s for her to be done, 0.5 s for the next look, and 1 s of ringing.
    "first_by_priority": (
        Inbound(
            "answered",
            (customer(1.5), agent(ONE, 1, 1.5)),
            2,
            1.5,
            caller_name="Li Na",
            dialled=queues.TO_FIRST,
        ),
        Inbound("answered", (customer(1), agent(ONE, 1, 1)), 6, 1),
    ),
    "rings_both_phones": (
        Inbound(
            "answered",
            (
                customer(2),
                missed(ONE, "cancelled", 2, cause="taken_elsewhere"),
                agent(TWO, 2, 2),
            ),
            2,
            2,
        ),
    ),
    "two_customers_at_one_agent": (
        Inbound(
            "answered",
            (customer(4, 2), agent(ONE, 1, 4, hold=2)),
            1,
            6,
            ("eager",),
            dialled=queues.TO_EAGER,
        ),
        Inbound(
            "answered",
            (customer(2), agent(ONE, 1, 2)),
            1,
            2,
            ("eager",),
            caller_name="Li Na",
            dialled=queues.TO_EAGER,
        ),
    ),
    "next_customer_after_wrap_up": (
        Inbound("answered", (customer(2, by="agent"), agent(ONE, 1, 2, "agent")), 1, 2),
        Inbound("answered", (customer(1), agent(ONE, 1, 1)), 4, 1, caller_name="Li Na"),
    ),
    "caller_leaves_before_the_answer": (
        Inbound("abandoned", (GONE,), 0, 0, (), dialled=queues.TO_RINGING),
    ),
    "caller_leaves_in_the_greeting": (
        Inbound("abandoned", (GONE,), 0, 0, (), dialled=queues.TO_GREETING),
    ),
    "agent_leaves_while_holding": (
        Inbound("answered", (customer(2, 1, by="agent"), agent(ONE, 1, 2, "agent", hold=1)), 1, 3),
    ),
    "both_hang_up_at_once": (Inbound("answered", (customer(2), agent(ONE, 1, 2)), 1, 2),),
    # The last three: 3.75 s, 0.7 s while the others go, 2 s, the queue's next look, 1 s of ringing.
    "fifty_in_the_same_second": (
        *(
            Inbound("abandoned", (GONE,), crowds.PATIENCE_S, caller_name=f"Caller {number:02}")
            for number in range(1, crowds.CALLERS - crowds.ANSWERED + 1)
        ),
        *(
            Inbound("answered", (customer(2), agent(phone, 1, 2)), 7, 2, caller_name=name)
            for phone, name in ((ONE, "Caller 48"), (TWO, "Caller 49"), (THREE, "Caller 50"))
        ),
    ),
    "name_chinese": named(names.CHINESE),
    "name_thai": named(names.THAI),
    "name_emoji": named(names.EMOJI),
    "name_of_300_characters": named(names.LONG[: names.PASSED]),
    "name_of_300_chinese_characters": named(_passed(names.LONG_CHINESE)),
    "name_quoted": named(names.QUOTED.replace("\\", "\\\\").replace('"', '\\"')),
    "name_with_a_tab": named(names.TABBED),
    "name_made_unfriendly": (Inbound("abandoned", (GONE,), 2, dialled=queues.TO_RENAMED),),
}

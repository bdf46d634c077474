"""One screen holds the telephone: who gets it, who has to ask, and when a page with a call is lost.

A and B are two tabs of one browser, C is another device. A frame of the table is what happens;
what follows is who holds the telephone, or how often the page with the call was lost by then.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from callcenter.domain.agents import Input
from callcenter.services.errors import Conflict
from callcenter.services.lost_pages import LISTEN_S
from callcenter.services.phone_holders import DOUBTED_AFTER_S, KEPT_FOR_S, Page
from callcenter.services.views import PhoneOrderView
from telephony import events
from telephony.events import Direction, LegRole
from tests.feed_scenarios import DEVICES, ROSTER_QUEUES, ROSTER_SEATS, USERS, World, leg_log, named

AGENT, CALL = USERS[0], named("call")
LOST_AFTER_S = DOUBTED_AFTER_S + LISTEN_S
PAGES = {
    "A": Page("A", "laptop", "Chrome, Linux"),
    "B": Page("B", "laptop", "Chrome, Linux"),
    "C": Page("C", "tablet", "Safari, iOS"),
}


class Desk:
    """Words to frames: ``A`` greets, ``A-`` is gone with its sound, ``A/`` has its line to us cut
    and sounds on, ``A~`` falls silent to us, ``A+1`` greets with a call, ``C!`` claims, ``ring``,
    ``answer``, ``end``, seconds that pass."""

    def __init__(self) -> None:
        self.world = World()
        self.world.command(AGENT, Input.SIGN_IN)
        self.world.command(AGENT, Input.GO_READY)
        self.sockets: dict[str, int] = {}
        self.count = 0

    def play(self, story: str) -> None:
        for word in story.split():
            self.happens(word)

    def happens(self, word: str) -> None:
        world, holders = self.world, self.world.holders
        if word == "ring":
            fields = ("1.1", Direction.INBOUND, "95588", "", "4001", "PJSIP/carrier")
            world.say(events.CallArrived, CALL, *fields)
            world.say(events.AgentRinging, CALL, "leg", DEVICES[0], "support")
        elif word == "answer":
            world.say(events.CallAnswered, CALL, "leg", DEVICES[0], LegRole.AGENT, "support")
        elif word == "end":
            world.say(events.LegEnded, CALL, leg_log(DEVICES[0], "leg", world))
        elif word[0] not in PAGES:
            world.clock.advance(float(word))
        elif word[1:] in ("-", "/", "~"):
            (world.heard.add if word[1:] == "/" else world.heard.discard)(AGENT)
            holders.left(AGENT, self.sockets.pop(word[0]), by_itself=word[1:] != "~")
        elif word[1:] == "!":
            holders.claim(AGENT, word[0])
        else:
            self.count += 1
            self.sockets[word[0]] = self.count
            holders.came(AGENT, self.count, PAGES[word[0]], int(word[1:] or 0))

    @property
    def holder(self) -> str:
        view = self.world.live.snapshot(AGENT).phone
        page = PAGES.get(view.screen)
        assert (view.device, view.name) == ((page.device, page.name) if page else ("", ""))
        return view.screen


@pytest.mark.parametrize(
    ("story", "holder"),
    [
        ("", ""),
        ("A", "A"),
        ("A B C", "A"),
        ("A B C A-", "B"),  # another tab of the same browser, at once
        ("A C A-", ""),  # another device has to ask
        ("A C A- C!", "C"),
        ("A C A- 2 A", "A"),  # loaded again
        ("A A- 2 C", ""),  # its device keeps the right to it for a while
        (f"A A- {KEPT_FOR_S} C", "C"),
        ("A C C!", "C"),
        ("A C C! A!", "A"),
        ("A C A+0 C-", "A"),
        ("A B+1", "B"),  # after a restart of ours: the sound is where the calls are
        ("A ring answer B+1", "A"),
        ("A C ring C!", "A"),  # while a call lasts, it stays where its sound is
        ("A C ring answer C!", "A"),
        ("A C ring answer C! end", "C"),
        ("A C ring answer C! A! end", "A"),
        ("A C ring answer C! C- end", "A"),
        ("A B ring answer A-", "A"),  # its line may be cut and its call go on
        (f"A B ring answer A- {LOST_AFTER_S}", "B"),
        ("A B ring answer A/ 60", "A"),  # its call does go on
        ("A B ring answer A/ 60 end", "B"),
        ("A B ring answer A- 1 A+1", "A"),
        ("A B ring answer A- end", "B"),
        ("A A", "A"),  # came back before the old socket was given up
    ],
)
def test_who_holds_the_telephone(story: str, holder: str) -> None:
    desk = Desk()
    desk.play(story)
    assert desk.holder == holder


@pytest.mark.parametrize(
    ("story", "lost"),
    [
        ("A ring answer A- 1 A", 1),  # loaded again: at once
        ("A ring answer A", 1),  # and the old socket has not even been given up
        ("A ring answer A- 2.9", 0),
        ("A ring answer A- 3", 1),  # crashed
        ("A ring answer A- 3 A 9", 1),  # not twice
        ("A ring answer A/ 60", 0),  # only its line to us was cut, for as long as it may be
        ("A ring answer A/ 60 A+1 60", 0),
        ("A ring answer A/ 2 A+1 1 A/ 2 A+1 60", 0),
        ("A ring answer A/ 60 A", 1),  # it was loaded again when there was no way to us
        ("A ring answer A/ 60 A+1 60 A- 3", 1),
        ("A ring answer A- 1 A+1 60", 0),  # its sound stopped for a moment, too
        ("A ring answer A- 2 A+1 1 A/ 60", 0),
        ("A ring answer A- 2 end ring answer 60", 0),  # that was another call
        ("A ring answer A+1 60", 0),
        ("A ring answer A~ 60", 0),  # fell silent: what its page does, nobody knows
        ("A ring answer A~ 60 A+1 60", 0),
        ("A ring answer A~ 60 A", 1),  # now it is known
        ("A ring A- 9", 0),  # the ring goes on as any ring
        ("A ring A- 1 A 9", 0),
        ("A A- 9", 0),
        ("A ring answer end A- 9", 0),
        ("A ring answer A- end 9", 0),  # they hung up meanwhile
        ("A B ring answer A- 3", 1),  # the other tab had no sound of it
        ("A B ring answer A- B 9", 1),
        ("A C ring answer C- 9", 0),  # who only follows may come and go
        ("A C ring answer C 9", 0),
        ("ring answer A 9", 0),  # after a restart of ours: nobody knows whose sound it is
        ("ring answer A A- 9", 0),
        ("ring answer A+1 A- 9", 1),
        ("ring answer B A+1 B- 9", 0),
    ],
)
def test_when_the_page_with_a_call_is_lost(story: str, lost: int) -> None:
    desk = Desk()
    desk.play(story)
    assert desk.world.lost == [AGENT] * lost


def test_our_own_end_loses_no_page() -> None:
    desk = Desk()
    desk.play("A ring answer")
    desk.world.holders.stop()
    desk.play("A- 9")
    assert desk.world.lost == []


def test_a_desk_phone_has_its_sound_elsewhere() -> None:
    desk = Desk()
    seat = replace(ROSTER_SEATS[0], phone_kind="desk")
    desk.world.roster.replace([seat, *ROSTER_SEATS[1:]], ROSTER_QUEUES)
    desk.play("A B ring answer A- 1 A 9")
    assert desk.world.lost == []
    assert not desk.world.holders.relay(AGENT, "B", CALL, "hold")


def told(desk: Desk) -> list[tuple[str, str, str]]:
    orders = [m.data for m in desk.world.messages if m.type == "phone.order" and m.is_for(AGENT)]
    return [(o.screen, o.order, o.digits) for o in orders if isinstance(o, PhoneOrderView)]


def test_an_order_given_elsewhere_goes_to_the_page_with_the_telephone() -> None:
    desk = Desk()
    holders = desk.world.holders
    assert not holders.relay(AGENT, "A", CALL, "answer"), "nobody holds it"
    desk.play("A B C ring")
    assert holders.relay(AGENT, "C", CALL, "answer")
    desk.play("answer")
    assert holders.relay(AGENT, "B", CALL, "tones", "12#")
    assert told(desk) == [("A", "answer", ""), ("A", "tones", "12#")]
    assert not holders.relay(AGENT, "A", CALL, "hold"), "the holder does it itself"
    desk.play("A-")
    assert not holders.relay(AGENT, "B", CALL, "hold"), "nobody is there to obey"
    assert not holders.relay(USERS[1], "A", CALL, "hold")


def test_every_screen_is_told_who_holds_it_and_only_when_that_changes() -> None:
    desk = Desk()
    desk.world.messages.clear()
    desk.play("A A- 1 A B C C! C!")
    views = [m.data for m in desk.world.messages if m.type == "phone"]
    screens = [getattr(view, "screen", None) for view in views]
    assert screens == ["A", "", "A", "C"]


@pytest.mark.parametrize("screen", ["", "unknown"])
def test_a_screen_that_is_not_there_cannot_claim(screen: str) -> None:
    desk = Desk()
    desk.play("A")
    with pytest.raises(Conflict) as caught:
        desk.world.holders.claim(AGENT, screen)
    assert caught.value.code == "no_such_screen"


def test_a_program_that_watches_never_holds_it() -> None:
    desk = Desk()
    desk.world.holders.came(AGENT, 1, Page("", "", ""), 0)
    assert desk.holder == ""
    desk.world.holders.left(AGENT, 1, by_itself=True)

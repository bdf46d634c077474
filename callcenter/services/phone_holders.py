"""Which of a user's screens holds the telephone, and where the sound of their calls is.

Rules
1. The first screen that greets gets the telephone. A page that greets with calls on its telephone
   gets it before any other: their sound is there, whatever we knew (we may have been restarted).
2. When the holder leaves, another screen of the same device takes over at once. A screen of
   another device has to ask (`claim`); nobody finds the sound of a call on another desk unasked.
   The device keeps its right for a while: a page that is loaded again finds its telephone.
3. While a call rings or talks, a claim counts for the next one: the call stays where its sound is.
4. A call's sound is where the holder was when it was answered. That page is lost when it greets
   without the call (it was loaded again), or its line to us breaks, it does not come back within
   `DOUBTED_AFTER_S`, and the switch hears no sound of it then (a crash, a closed tab). A page that
   only lost its line to us is heard on, and nothing happens, however long it stays away.
   A line that fell silent is no leaving: what its page does, nobody knows.
5. An order given at a screen that only follows is passed on to the page with the sound.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from callcenter.domain.agents import Status
from callcenter.feed import Feed
from callcenter.services.clock import Clock, Timer
from callcenter.services.errors import Conflict
from callcenter.services.presence import Presence
from callcenter.services.roster import Roster
from callcenter.services.views import Order, PhoneOrderView, PhoneView
from telephony.events import CallAnswered, TelephonyEvent

log = structlog.get_logger(__name__)

DOUBTED_AFTER_S = 1.0
KEPT_FOR_S = 15.0  # the right of a device whose page left

NOBODY = PhoneView("", "", "")


@dataclass(frozen=True, slots=True)
class Page:
    """A screen, the browser it runs in, and how people call that browser."""

    screen: str
    device: str
    name: str


@dataclass(slots=True)
class _Telephone:
    """Of one user. `sound`: the page with the calls; it may have left a moment ago."""

    pages: dict[Hashable, Page] = field(default_factory=dict)  # by socket
    holder: Page | None = None
    sound: str = ""
    claimed: str = ""  # who gets it after the call
    kept_for: str = ""  # the device that had it last
    kept_until: datetime | None = None
    timer: Timer | None = None
    doubt: object = None  # whether the page with the sound is still there; the switch is listening
    told: PhoneView = NOBODY

    def page(self, screen: str) -> Page | None:
        return next((page for page in self.pages.values() if page.screen == screen), None)

    def stop(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.timer = self.doubt = None


class PhoneHolders:
    """`lost(user_id)` is called when the page with the sound of their calls is lost.
    `listen(user_id, silent)` begins to ask the switch, which calls `silent` when it hears nothing
    of their telephone."""

    def __init__(
        self,
        roster: Roster,
        presence: Presence,
        feed: Feed,
        clock: Clock,
        *,
        simulated: Callable[[], bool],
        lost: Callable[[UUID], None],
        listen: Callable[[UUID, Callable[[], None]], None],
    ) -> None:
        self._roster = roster
        self._presence = presence
        self._feed = feed
        self._clock = clock
        self._simulated = simulated
        self._lost = lost
        self._listen = listen
        self._of: dict[UUID, _Telephone] = {}
        self._stopped = False
        presence.subscribe(self._presence_changed)

    def view(self, user_id: UUID) -> PhoneView:
        telephone = self._of.get(user_id)
        return telephone.told if telephone else NOBODY

    def in_browser(self, user_id: UUID) -> bool:
        """Whether the sound of this user's calls is on a page."""
        seat = self._roster.seat(user_id)
        browser = seat is not None and seat.interface != "" and seat.phone_kind == "browser"
        return browser and not self._simulated()

    # --- screens come and go -------------------------------------------------------------------

    def came(self, user_id: UUID, socket: Hashable, page: Page, legs: int) -> None:
        """A screen greeted at `socket`, with so many calls on its telephone."""
        if not page.screen:  # a program that watches
            return
        telephone = self._of.setdefault(user_id, _Telephone())
        telephone.pages = {
            of: one for of, one in telephone.pages.items() if one.screen != page.screen
        } | {socket: page}
        if telephone.sound == page.screen:
            telephone.stop()
            if not legs:
                self._page_lost(user_id, telephone, "it was loaded again")
        elif legs and not telephone.sound:
            telephone.holder = page
            if self._talks(user_id):
                telephone.sound = page.screen
        self._settle(user_id, telephone, page)

    def left(self, user_id: UUID, socket: Hashable, *, by_itself: bool) -> None:
        """The socket is gone. Not `by_itself`: we closed it, or gave it up as it was silent."""
        telephone = self._of.get(user_id)
        page = telephone.pages.pop(socket, None) if telephone else None
        if telephone is None or page is None or self._stopped:
            return
        if telephone.sound == page.screen and by_itself:
            telephone.stop()
            telephone.timer = self._clock.call_later(
                DOUBTED_AFTER_S, lambda: self._doubted(user_id, telephone)
            )
        self._settle(user_id, telephone)

    def claim(self, user_id: UUID, screen: str) -> bool:
        """This screen wants the telephone. Whether it has it now; else after the call.

        Raises Conflict for a screen that cannot have one.
        """
        telephone = self._of.get(user_id)
        page = telephone.page(screen) if telephone else None
        if telephone is None or page is None:
            raise Conflict("no_such_screen", "This screen cannot hold the telephone.")
        holder = telephone.holder
        if holder is not None and holder.screen == screen:
            telephone.claimed = ""
            return True
        if holder is not None and self._is_with_calls(user_id):
            telephone.claimed = screen
            return False
        self._give(user_id, telephone, page)
        return True

    def stop(self) -> None:
        """Screens that go from now on go because we do."""
        self._stopped = True
        for telephone in self._of.values():
            telephone.stop()

    # --- orders given elsewhere ----------------------------------------------------------------

    def relay(
        self, user_id: UUID, asking_screen: str, call_id: UUID, order: Order, digits: str = ""
    ) -> bool:
        """Pass an order on to the page that holds the telephone; False when there is none to pass
        it to: a desk phone's orders, and those of the holder itself, go to the switch."""
        telephone = self._of.get(user_id)
        if telephone is None or not self.in_browser(user_id):
            return False
        holder = telephone.page(telephone.sound) or (
            telephone.page(telephone.holder.screen) if telephone.holder else None
        )
        if holder is None or holder.screen == asking_screen:
            return False
        told = PhoneOrderView(holder.screen, call_id, order, digits, self._clock.now())
        self._feed.publish(frozenset((user_id,)), "phone.order", told)
        return True

    # --- what happens to calls -----------------------------------------------------------------

    def on_event(self, event: TelephonyEvent) -> None:
        if isinstance(event, CallAnswered):
            seat = self._roster.at(event.interface)
            telephone = self._of.get(seat.user_id) if seat else None
            if telephone and not telephone.sound and telephone.holder:
                telephone.sound = telephone.holder.screen

    def _presence_changed(self, user_id: UUID, before: Status, after: Status) -> None:
        telephone = self._of.get(user_id)
        if telephone is None or self._is_with_calls(user_id):
            return
        telephone.stop()
        telephone.sound, claimed = "", telephone.claimed
        telephone.claimed = ""
        page = telephone.page(claimed)
        if page is not None:
            telephone.holder = page
        self._settle(user_id, telephone)

    def _doubted(self, user_id: UUID, telephone: _Telephone) -> None:
        telephone.timer, telephone.doubt = None, (doubt := object())

        def silent() -> None:
            if telephone.doubt is doubt:  # else it came back, or the call is over
                telephone.stop()
                self._page_lost(user_id, telephone, "it is gone, and its sound")
                self._settle(user_id, telephone)

        if self.in_browser(user_id):
            self._listen(user_id, silent)
        else:
            silent()

    def _page_lost(self, user_id: UUID, telephone: _Telephone, why: str) -> None:
        telephone.sound = ""
        if self._talks(user_id) and self.in_browser(user_id):
            log.info("page_with_call_lost", user_id=str(user_id), why=why)
            self._lost(user_id)

    def _talks(self, user_id: UUID) -> bool:
        return self._presence.status(user_id).state == "on_call"

    def _is_with_calls(self, user_id: UUID) -> bool:
        return self._presence.status(user_id).state in ("ringing", "on_call")

    # --- who holds it --------------------------------------------------------------------------

    def _settle(self, user_id: UUID, telephone: _Telephone, new: Page | None = None) -> None:
        """Give it to whom it belongs now, and tell the user's screens. `new` has just come."""
        holder = telephone.holder
        if holder is not None and telephone.page(holder.screen) is None:
            if telephone.sound == holder.screen:
                return  # it may come back with the call
            self._keep(telephone, holder)
            telephone.holder = next(
                (page for page in telephone.pages.values() if page.device == holder.device), None
            )
        elif holder is None and new is not None and self._may_take(telephone, new):
            telephone.holder = new
        elif holder is not None and new is not None and holder.screen == new.screen:
            telephone.holder = new  # it may have another name
        self._tell(user_id, telephone)

    def _keep(self, telephone: _Telephone, holder: Page) -> None:
        telephone.kept_for = holder.device
        telephone.kept_until = self._clock.now() + timedelta(seconds=KEPT_FOR_S)

    def _may_take(self, telephone: _Telephone, page: Page) -> bool:
        kept = telephone.kept_until
        return kept is None or page.device == telephone.kept_for or self._clock.now() >= kept

    def _give(self, user_id: UUID, telephone: _Telephone, page: Page) -> None:
        telephone.holder, telephone.claimed = page, ""
        self._tell(user_id, telephone)

    def _tell(self, user_id: UUID, telephone: _Telephone) -> None:
        holder = telephone.holder
        view = PhoneView(holder.screen, holder.device, holder.name) if holder else NOBODY
        if view != telephone.told:
            telephone.told = view
            self._feed.publish(frozenset((user_id,)), "phone", view)

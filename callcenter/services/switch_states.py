"""Whether the switch is there: for each agent theirs, where their phone is.

Somebody without a phone, and the house as a whole, is connected when every switch is; what is
missing says which one it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from uuid import UUID

from callcenter.feed import Feed
from callcenter.services import places
from callcenter.services.roster import Roster
from callcenter.services.views import SwitchTrouble, SwitchView
from telephony import events
from telephony.problems import Problem


def _lost(pbx: str, problem: Problem, simulated: bool = False) -> SwitchView:
    return SwitchView(False, simulated, (SwitchTrouble(pbx, problem),))


NOT_CONNECTED = _lost("", Problem("not_connected_yet"))


class SwitchStates:
    """`pbxs`: the switches' ids, the first one first; () is one, whatever its id."""

    def __init__(
        self, pbxs: Sequence[str], roster: Roster, feed: Feed, simulated: Callable[[], bool]
    ) -> None:
        self._roster = roster
        self._feed = feed
        self._simulated = simulated
        self._first = pbxs[0] if len(pbxs) > 1 else ""
        self._views = {"": NOT_CONNECTED}
        if self._first:
            self._views = {pbx: _lost(pbx, Problem("not_connected_yet")) for pbx in pbxs}
        self._told: dict[UUID, SwitchView] = {}

    @property
    def whole(self) -> SwitchView:
        lost = [view for view in self._views.values() if not view.connected]
        if len(self._views) == 1 and lost:
            return lost[0]
        troubles = tuple(one for view in lost for one in view.troubles)
        return SwitchView(not lost, self._simulated(), troubles)

    def of(self, user_id: UUID) -> SwitchView:
        seat = self._roster.seat(user_id)
        if not self._first or seat is None or not seat.interface:
            return self.whole
        pbx = places.pbx_of(seat.interface, self._first)
        view = self._views.get(pbx)
        return view or _lost(pbx, Problem("not_set_up"))

    def connected(self, event: events.SwitchConnected) -> None:
        self._set(event.pbx, SwitchView(True, self._simulated()))

    def lost(self, event: events.SwitchLost) -> None:
        key = event.pbx if self._first else ""
        self._set(event.pbx, _lost(key, event.problem, self._simulated()))

    def roster_changed(self) -> None:
        """Somebody may have their phone at another switch now."""
        if self._first:
            self._tell_each()

    def _set(self, pbx: str, view: SwitchView) -> None:
        key = pbx if self._first else ""
        if self._views.get(key) == view:
            return
        self._views[key] = view
        if self._first:
            self._tell_each()
        else:
            self._feed.publish(None, "switch", view)

    def _tell_each(self) -> None:
        """Who has to be told something else than before."""
        news: defaultdict[SwitchView, set[UUID]] = defaultdict(set)
        for seat in self._roster.seats():
            view = self.of(seat.user_id)
            if self._told.get(seat.user_id) != view:
                self._told[seat.user_id] = view
                news[view].add(seat.user_id)
        for view, users in news.items():
            self._feed.publish(frozenset(users), "switch", view)

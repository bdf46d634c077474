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
from callcenter.services.views import SwitchView
from telephony import events

NOT_CONNECTED = SwitchView(connected=False, simulated=False, reason="Not connected yet.")


class SwitchStates:
    """`pbxs`: the switches' ids, the first one first; () is one, whatever its id."""

    def __init__(
        self, pbxs: Sequence[str], roster: Roster, feed: Feed, simulated: Callable[[], bool]
    ) -> None:
        self._roster = roster
        self._feed = feed
        self._simulated = simulated
        self._first = pbxs[0] if len(pbxs) > 1 else ""
        self._views = dict.fromkeys(pbxs if self._first else [""], NOT_CONNECTED)
        self._told: dict[UUID, SwitchView] = {}

    @property
    def whole(self) -> SwitchView:
        lost = {pbx: view for pbx, view in self._views.items() if not view.connected}
        if not lost:
            return SwitchView(True, self._simulated(), "")
        if not self._first:
            return self._views[""]
        reason = "; ".join(f"{pbx}: {view.reason}" for pbx, view in lost.items())
        return SwitchView(False, self._simulated(), reason)

    def of(self, user_id: UUID) -> SwitchView:
        seat = self._roster.seat(user_id)
        if not self._first or seat is None or not seat.interface:
            return self.whole
        pbx = places.pbx_of(seat.interface, self._first)
        view = self._views.get(pbx)
        if view is None:
            return SwitchView(False, False, f"{pbx}: no switch of this name is set up.")
        return (
            view if view.connected else SwitchView(False, view.simulated, f"{pbx}: {view.reason}")
        )

    def connected(self, event: events.SwitchConnected) -> None:
        self._set(event.pbx, SwitchView(True, self._simulated(), ""))

    def lost(self, event: events.SwitchLost) -> None:
        self._set(event.pbx, SwitchView(False, self._simulated(), event.reason))

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

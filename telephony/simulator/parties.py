"""Who is behind a channel: an agent's phone, a caller, somebody an agent calls."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from telephony.simulator.board import Switchboard
from telephony.simulator.channels import UP, Channel
from telephony.simulator.config import CallerHabits

AGAIN_S = 5.0  # who is on hold looks so often whether somebody is back
HOLDS_S = 120.0  # and is put out with nobody for so long


class Phone:
    """An agent's device. It obeys NOTIFY talk/hold, like a desk phone; nobody lifts it by itself
    unless `answer_after_s` ≥ 0."""

    def __init__(self, board: Switchboard, interface: str, answer_after_s: float = -1.0) -> None:
        self.interface = interface
        self.busy = False  # wants no calls, and says so
        self.answer_after_s = answer_after_s
        self._board = board
        board.parties[interface] = self

    def accepts(self, channel: Channel) -> bool:
        return not self.busy

    def rung(self, channel: Channel) -> None:
        if self.answer_after_s >= 0:
            self._board.clock.callLater(self.answer_after_s, self._board.pick_up, channel)

    def connected(self, channel: Channel) -> None:
        """Agents end their calls by order."""

    def ended(self, channel: Channel) -> None:
        """The phone is on the hook again."""

    def notified(self, channel: Channel, event: str) -> None:
        if event == "hold":
            self._board.hold(channel, True)
        elif event == "talk" and not self._board.pick_up(channel):
            self._board.hold(channel, False)


@dataclass(eq=False)
class Caller:
    """A customer who called: waits `patience_s` in all, talks `talk_s` from the first answer.
    Negative: for ever."""

    board: Switchboard
    patience_s: float = -1.0
    talk_s: float = -1.0
    spoke: bool = False
    held_s: float = 0.0

    def placed(self, channel: Channel) -> None:
        channel.party = self
        if self.patience_s >= 0:
            self.board.clock.callLater(self.patience_s, self._out_of_patience, channel)

    def accepts(self, channel: Channel) -> bool:
        return True

    def rung(self, channel: Channel) -> None:
        """Callers call; they are not rung."""

    def connected(self, channel: Channel) -> None:
        if not self.spoke:
            self.spoke = True
            if self.talk_s >= 0:
                self.board.clock.callLater(self.talk_s, self._has_said_all, channel)

    def ended(self, channel: Channel) -> None:
        """Whoever hung up, it is over."""

    def _has_said_all(self, channel: Channel) -> None:
        """Says goodbye to somebody, not to the music; also waits for whom they are given to."""
        alone = channel.held or channel.bridge is None
        if alone and self.held_s < HOLDS_S and not channel.gone:
            self.held_s += AGAIN_S
            self.board.clock.callLater(AGAIN_S, self._has_said_all, channel)
        else:
            self.board.party_hangs_up(channel)

    def _out_of_patience(self, channel: Channel) -> None:
        if not self.spoke:
            self.board.party_hangs_up(channel)


class FarEnd:
    """Anybody an agent dials. The number's last digits decide, so that each outcome can be shown:
    …0000 is busy, …9999 never answers, …9998 declines; all others answer after 2–5 s."""

    def __init__(self, board: Switchboard, rng: Random, habits: CallerHabits) -> None:
        self._board = board
        self._rng = rng
        self._habits = habits

    def accepts(self, channel: Channel) -> bool:
        return True

    def rung(self, channel: Channel) -> None:
        number, later = channel.number, self._board.clock.callLater
        if number.endswith("0000"):
            later(1.0, self._board.party_hangs_up, channel, 17)
        elif number.endswith("9998"):
            later(2.0, self._board.party_hangs_up, channel, 21)
        elif not number.endswith("9999"):
            later(self._rng.uniform(2, 5), self._board.pick_up, channel)

    def connected(self, channel: Channel) -> None:
        if channel.state == UP:
            talk_s = self._rng.uniform(*self._habits.talk_s)
            self._board.clock.callLater(talk_s, self._board.party_hangs_up, channel)

    def ended(self, channel: Channel) -> None:
        """Whoever hung up, it is over."""

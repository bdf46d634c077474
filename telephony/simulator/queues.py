"""Queues of the fake switch: who waits, who is rung, in the order of `app_queue`'s events."""

from __future__ import annotations

import itertools

from telephony.simulator.board import Switchboard
from telephony.simulator.channels import UP, Channel, Fields
from telephony.simulator.config import QueueConfig
from telephony.simulator.members import Attempt, Entry, Member
from telephony.simulator.talks import QueueTalk


class Queue:
    """One queue. It is the `Work` of its waiting callers and of the phones it rings."""

    def __init__(self, board: Switchboard, config: QueueConfig) -> None:
        self.config = config
        self.name = config.name
        self.members: dict[str, Member] = {}
        self.entries: list[Entry] = []
        self.completed = 0
        self.abandoned = 0
        self._board = board
        self._numbers = itertools.count(1)
        self._poked = False

    # -- members ---------------------------------------------------------------------------

    def add(self, interface: str, name: str, paused: bool, penalty: int = 0) -> bool:
        """`penalty`: rung only when nobody with a lower one is free."""
        if interface in self.members:
            return False
        now = self._board.bus.now()
        member = Member(self.name, interface, name or interface, paused, now, penalty)
        member.state = self._board.device_state(interface)
        self.members[interface] = member
        self._emit("QueueMemberAdded", member.headers())
        self.poke()
        return True

    def remove(self, interface: str) -> bool:
        member = self.members.pop(interface, None)
        if member is None:
            return False
        self._emit("QueueMemberRemoved", member.headers())
        return True

    def pause(self, interface: str, paused: bool, reason: str) -> bool:
        member = self.members.get(interface)
        if member is None:
            return False
        member.paused, member.reason = paused, reason
        if paused:
            member.last_pause = self._board.bus.now()
        self._emit("QueueMemberPause", member.headers())
        self.poke()
        return True

    def device_changed(self, interface: str, state: str) -> None:
        member = self.members.get(interface)
        if member is not None and member.state != state:
            member.state = state
            self._emit("QueueMemberStatus", member.headers())
            self.poke()

    def free(self) -> list[Member]:
        """Who may be rung now: the lowest penalty only, the longest idle first."""
        now = self._board.bus.now()
        able = [
            member
            for member in self.members.values()
            if not member.paused and member.state == "NOT_INUSE" and member.free_at <= now
        ]
        lowest = min((member.penalty for member in able), default=0)
        first = [member for member in able if member.penalty == lowest]
        return sorted(first, key=lambda member: (member.last_call, member.login_time))

    # -- callers ---------------------------------------------------------------------------

    def join(self, channel: Channel, priority: int) -> None:
        now = self._board.bus.now()
        entry = Entry(channel, self.name, priority, next(self._numbers), now)
        self.entries.append(entry)
        self.entries.sort(key=Entry.order)
        entry.position = self.entries.index(entry) + 1
        channel.work = self
        channel.application, channel.application_data = "Queue", self.name
        self._emit("QueueCallerJoin", [*channel.headers(), *self._place(entry)])
        self.poke()

    def reorder(self, channel: Channel, priority: int) -> bool:
        entry = self._entry_of(channel)
        if entry is None:
            return False
        entry.priority = priority
        self.entries.sort(key=Entry.order)
        return True

    def poke(self) -> None:
        """Something changed: see soon whether somebody can be rung."""
        if not self._poked:
            self._poked = True
            self._board.clock.callLater(0, self._offer)

    def _offer(self) -> None:
        self._poked = False
        now = self._board.bus.now()
        for entry in tuple(self.entries):
            if entry.attempts or entry.not_before > now or entry not in self.entries:
                continue
            if not self._ring_next(entry):
                return

    def _ring_next(self, entry: Entry) -> bool:
        """Rings whoever is free and has not refused this caller in this round."""
        able = [member for member in self.free() if member.interface not in entry.tried]
        for member in able if self.config.strategy == "ringall" else able[:1]:
            self._ring(entry, member)
        if entry.attempts:
            first = entry.attempts[0]
            self._board.clock.callLater(self.config.ring_s, self._timed_out, entry, first)
        return bool(entry.attempts)

    def _ring(self, entry: Entry, member: Member) -> None:
        board, caller = self._board, entry.channel
        phone = board.new_channel(
            member.interface,
            "crm-agents",
            "s",
            parent=caller,
            caller=(member.interface.partition("/")[2], member.name),
        )
        phone.exten = caller.exten
        phone.connected_number, phone.connected_name = caller.number, caller.caller_name
        phone.work = self
        entry.attempts.append(Attempt(member, phone, board.bus.now()))
        self._emit("AgentCalled", self._both(entry, phone, member))
        board.dial_event("DialBegin", caller, phone, ("DialString", member.interface))
        caller.connected_number, caller.connected_name = phone.number, phone.caller_name
        board.ring(phone)
        if not phone.gone and phone.state != UP:
            board.dial_event("DialState", caller, phone, ("DialStatus", "RINGING"))

    # -- Work: what happens to the channels ------------------------------------------------

    def answered(self, channel: Channel) -> None:
        entry, winner = self._attempt_of(channel)
        board, caller = self._board, entry.channel
        board.set_state(channel, UP)
        board.dial_end(caller, channel, "ANSWER")
        losers = [attempt for attempt in entry.attempts if attempt is not winner]
        entry.attempts = []
        self._cancel(entry, [attempt.channel for attempt in losers])
        for attempt in losers:
            board.end(attempt.channel, 26)
        self._leave(entry)
        member, now = winner.member, board.bus.now()
        hold_time, ring_time = now - entry.joined_at, now - winner.since
        member.in_call = True
        extra = [("HoldTime", str(int(hold_time))), ("RingTime", str(int(ring_time)))]
        self._emit("AgentConnect", [*self._both(entry, channel, member), *extra])
        QueueTalk(board, self, member, caller, channel, waited_s=hold_time)

    def gone(self, channel: Channel, cause: int) -> None:
        entry = self._entry_of(channel)
        if entry is not None:
            self._abandon(entry)
        else:
            self._refused(channel, cause)

    def taken_out(self, channel: Channel) -> None:
        entry = self._entry_of(channel)
        if entry is not None:
            phones = self._stop_ringing(entry)
            self._leave(entry)
            for phone in phones:
                self._board.end(phone, 0)

    def _abandon(self, entry: Entry) -> None:
        board, caller = self._board, entry.channel
        phones = self._stop_ringing(entry)
        waited = int(board.bus.now() - entry.joined_at)
        position = self.entries.index(entry) + 1
        extra = [("Position", str(position)), ("OriginalPosition", str(entry.position))]
        self.abandoned += 1
        self._emit(
            "QueueCallerAbandon",
            [*caller.headers(), ("Queue", self.name), *extra, ("HoldTime", str(waited))],
        )
        self._leave(entry)
        board.emit("SoftHangupRequest", [*caller.headers(), ("Cause", "16")])
        for phone in phones:
            board.end(phone, 0)
        board.end(caller, caller.cause)

    def _refused(self, channel: Channel, cause: int) -> None:
        entry, attempt = self._attempt_of(channel)
        entry.attempts.remove(attempt)
        self._board.dial_end(entry.channel, channel, "NOANSWER")
        self._rings_no_more(entry, attempt)
        self._board.end(channel, cause)
        entry.tried.add(attempt.member.interface)
        if not entry.attempts and not self._ring_next(entry):
            self._again(entry)

    def _timed_out(self, entry: Entry, first: Attempt) -> None:
        if first not in entry.attempts:
            return
        attempts, entry.attempts = entry.attempts, []
        for attempt in attempts:
            self._rings_no_more(entry, attempt)
        for status in ("NOANSWER", "CANCEL"):
            for attempt in attempts:
                self._board.dial_end(entry.channel, attempt.channel, status)
        for attempt in attempts:
            self._board.end(attempt.channel, 0)
        self._again(entry)

    def _rings_no_more(self, entry: Entry, attempt: Attempt) -> None:
        rung_ms = round((self._board.bus.now() - attempt.since) * 1000)
        both = self._both(entry, attempt.channel, attempt.member)
        self._emit("AgentRingNoAnswer", [*both, ("RingTime", str(rung_ms))])

    def _again(self, entry: Entry) -> None:
        entry.tried.clear()
        entry.not_before = self._board.bus.now() + self.config.retry_s
        self._board.clock.callLater(self.config.retry_s, self.poke)

    def _stop_ringing(self, entry: Entry) -> list[Channel]:
        phones = [attempt.channel for attempt in entry.attempts]
        entry.attempts = []
        self._cancel(entry, phones)
        return phones

    def _cancel(self, entry: Entry, phones: list[Channel]) -> None:
        """DialEnd comes twice: once as app_queue gives up, once as the channel goes."""
        for _ in range(2):
            for phone in phones:
                self._board.dial_end(entry.channel, phone, "CANCEL")

    def _leave(self, entry: Entry) -> None:
        position = self.entries.index(entry) + 1
        self.entries.remove(entry)
        extra = [
            ("Queue", self.name),
            ("Position", str(position)),
            ("Count", str(len(self.entries))),
        ]
        self._emit("QueueCallerLeave", [*entry.channel.headers(), *extra])

    def talked(self, member: Member) -> None:
        """A conversation of this member ended."""
        now = self._board.bus.now()
        self.completed += 1
        member.calls_taken += 1
        member.in_call = False
        member.last_call = now
        member.free_at = now + self.config.wrapup_s
        self._board.clock.callLater(self.config.wrapup_s, self.poke)

    # -- headers and look-ups --------------------------------------------------------------

    def _place(self, entry: Entry) -> Fields:
        position, count = str(entry.position), str(len(self.entries))
        return [("Queue", self.name), ("Position", position), ("Count", count)]

    def _both(self, entry: Entry, phone: Channel, member: Member) -> Fields:
        queue = [
            ("Queue", self.name),
            ("Interface", member.interface),
            ("MemberName", member.name),
        ]
        return [*entry.channel.headers(), *phone.headers("Dest"), *queue]

    def _entry_of(self, channel: Channel) -> Entry | None:
        return next((entry for entry in self.entries if entry.channel is channel), None)

    def _attempt_of(self, phone: Channel) -> tuple[Entry, Attempt]:
        for entry in self.entries:
            for attempt in entry.attempts:
                if attempt.channel is phone:
                    return entry, attempt
        raise LookupError(f"{phone.name} does not ring for {self.name}")

    def _emit(self, name: str, headers: Fields) -> None:
        self._board.emit(name, headers, "agent,all")

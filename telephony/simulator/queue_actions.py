"""What a manager may ask about queues."""

from __future__ import annotations

from telephony.simulator.actions import Action, Handlers, Refused, Reply, table
from telephony.simulator.board import Switchboard
from telephony.simulator.channels import Fields
from telephony.simulator.members import Entry
from telephony.simulator.queues import Queue


class QueueActions:
    """Each raises Refused with app_queue's own words."""

    def __init__(self, board: Switchboard, queues: dict[str, Queue]) -> None:
        self._board = board
        self._queues = queues

    def handlers(self) -> Handlers:
        return table(
            ("QueueAdd", "agent", self.add),
            ("QueueRemove", "agent", self.remove),
            ("QueuePause", "agent", self.pause),
            ("QueueStatus", "", self.status),
            ("QueueSummary", "", self.summary),
            ("QueueChangePriorityCaller", "", self.change_priority),
        )

    def add(self, action: Action) -> Reply:
        queue = self._queues.get(action.get("Queue"))
        interface = action.get("Interface")
        if not interface:
            raise Refused("'Interface' not specified.")
        if queue is None:
            raise Refused("Unable to add interface to queue: No such queue")
        if not queue.add(interface, action.get("MemberName"), _true(action.get("Paused"))):
            raise Refused("Unable to add interface: Already there")
        return Reply("Added interface to queue")

    def remove(self, action: Action) -> Reply:
        queue = self._queues.get(action.get("Queue"))
        if queue is None:
            raise Refused("Unable to remove interface from queue: No such queue")
        if not queue.remove(action.get("Interface")):
            raise Refused("Unable to remove interface: Not there")
        return Reply("Removed interface from queue")

    def pause(self, action: Action) -> Reply:
        paused = _true(action.get("Paused"))
        named = action.get("Queue")
        queues = [queue for queue in self._queues.values() if named in ("", queue.name)]
        done = [
            queue.pause(action.get("Interface"), paused, action.get("Reason")) for queue in queues
        ]
        if not any(done):
            raise Refused("Interface not found")
        return Reply(f"Interface {'paused' if paused else 'unpaused'} successfully")

    def change_priority(self, action: Action) -> Reply:
        queue = self._queues.get(action.get("Queue"))
        failed = "Unable to change priority caller on queue"
        if queue is None:
            raise Refused(f"{failed}: No such queue")
        channel = self._board.find(action.get("Caller"))
        if channel is None or not queue.reorder(channel, int(action.get("Priority") or 0)):
            raise Refused(f"{failed}: No such caller")
        return Reply("Priority change for caller on queue")

    def status(self, action: Action) -> Reply:
        items: list[tuple[str, Fields]] = []
        for queue in self._chosen(action):
            items.append(("QueueParams", self._params(queue)))
            items += [("QueueMember", member.listed()) for member in queue.members.values()]
            items += [
                ("QueueEntry", self._entry(queue, place, entry))
                for place, entry in enumerate(queue.entries, 1)
            ]
        return Reply("Queue status will follow", items=items, complete="QueueStatusComplete")

    def summary(self, action: Action) -> Reply:
        items = [("QueueSummary", self._summed(queue)) for queue in self._chosen(action)]
        return Reply("Queue summary will follow", items=items, complete="QueueSummaryComplete")

    def _chosen(self, action: Action) -> list[Queue]:
        name = action.get("Queue")
        return [queue for queue in self._queues.values() if name in ("", queue.name)]

    def _params(self, queue: Queue) -> Fields:
        return [
            ("Queue", queue.name),
            ("Max", "0"),
            ("Strategy", queue.config.strategy),
            ("Calls", str(len(queue.entries))),
            ("Holdtime", "0"),
            ("TalkTime", "0"),
            ("Completed", str(queue.completed)),
            ("Abandoned", str(queue.abandoned)),
            ("ServiceLevel", "0"),
            ("ServicelevelPerf", "0.0"),
            ("ServicelevelPerf2", "0.0"),
            ("Weight", "0"),
        ]

    def _entry(self, queue: Queue, place: int, entry: Entry) -> Fields:
        channel = entry.channel
        waited = int(self._board.bus.now() - entry.joined_at)
        return [
            ("Queue", queue.name),
            ("Position", str(place)),
            ("Channel", channel.name),
            ("Uniqueid", channel.uniqueid),
            ("CallerIDNum", channel.number or "unknown"),
            ("CallerIDName", channel.caller_name or "unknown"),
            ("ConnectedLineNum", channel.connected_number or "unknown"),
            ("ConnectedLineName", channel.connected_name or "unknown"),
            ("Wait", str(waited)),
            ("Priority", str(entry.priority)),
        ]

    def _summed(self, queue: Queue) -> Fields:
        now = self._board.bus.now()
        waits = [int(now - entry.joined_at) for entry in queue.entries]
        return [
            ("Queue", queue.name),
            ("LoggedIn", str(len(queue.members))),
            ("Available", str(len(queue.free()))),
            ("Callers", str(len(waits))),
            ("HoldTime", "0"),
            ("TalkTime", "0"),
            ("LongestHoldTime", str(max(waits, default=0))),
        ]


def _true(text: str) -> bool:
    return text.lower() in ("1", "true", "yes", "on", "y", "t")

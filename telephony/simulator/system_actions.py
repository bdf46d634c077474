"""What a manager may ask about the switch itself: variables, AstDB, devices, its name."""

from __future__ import annotations

from telephony.simulator.actions import Action, Handlers, Refused, Reply, table
from telephony.simulator.board import Switchboard
from telephony.simulator.config import BANNER, VERSION


class SystemActions:
    """Variables, AstDB, devices, and what the switch says of itself."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self.globals: dict[str, str] = {}
        self.database: dict[tuple[str, str], str] = {}

    def handlers(self) -> Handlers:
        return table(
            ("Ping", "", self.ping),
            ("CoreSettings", "system,reporting", self.settings),
            ("DeviceStateList", "call,reporting", self.devices),
            ("Setvar", "call", self.setvar),
            ("Getvar", "call,reporting", self.getvar),
            ("DBPut", "system", self.db_put),
            ("DBGet", "system,reporting", self.db_get),
            ("DBGetTree", "system,reporting", self.db_tree),
            ("DBDel", "system", self.db_delete),
            ("UserEvent", "user", self.user_event),
        )

    def ping(self, action: Action) -> Reply:
        stamp = f"{self._board.bus.now():.6f}"
        return Reply(fields=[("Ping", "Pong"), ("Timestamp", stamp)])

    def settings(self, action: Action) -> Reply:
        return Reply(
            fields=[
                ("AMIversion", BANNER.rpartition("/")[2]),
                ("AsteriskVersion", VERSION),
                ("SystemName", ""),
                ("CoreMaxCalls", "0"),
                ("CoreCDRenabled", "No"),
                ("CoreHTTPenabled", "No"),
            ]
        )

    def devices(self, action: Action) -> Reply:
        items = [
            (
                "DeviceStateChange",
                [("Device", interface), ("State", self._board.device_state(interface))],
            )
            for interface in self._board.parties
        ]
        message = "Device State Changes will follow"
        return Reply(message, items=items, complete="DeviceStateListComplete")

    def setvar(self, action: Action) -> Reply:
        self._variables(action)[self._named(action)] = action.get("Value")
        return Reply("Variable Set")

    def getvar(self, action: Action) -> Reply:
        name = self._named(action)
        return Reply(fields=[("Variable", name), ("Value", self._variables(action).get(name, ""))])

    def _named(self, action: Action) -> str:
        if not action.get("Variable"):
            raise Refused("No variable specified")
        return action.get("Variable").lstrip("_")  # which only says who inherits it

    def _variables(self, action: Action) -> dict[str, str]:
        if not action.get("Channel"):
            return self.globals
        channel = self._board.find(action.get("Channel"))
        if channel is None:
            raise Refused("No such channel")
        return channel.variables

    def db_put(self, action: Action) -> Reply:
        self.database[self._key(action)] = action.get("Val")
        return Reply("Updated database successfully")

    def db_get(self, action: Action) -> Reply:
        family, key = self._key(action)
        if (family, key) not in self.database:
            raise Refused("Database entry not found")
        fields = [("Family", family), ("Key", key), ("Val", self.database[family, key])]
        return Reply(
            "Result will follow", items=[("DBGetResponse", fields)], complete="DBGetComplete"
        )

    def db_tree(self, action: Action) -> Reply:
        family = action.get("Family")
        items = [
            ("DBGetTreeResponse", [("Key", f"/{family}/{key}"), ("Val", value)])
            for (its, key), value in sorted(self.database.items())
            if its == family
        ]
        return Reply("Result will follow", items=items, complete="DBGetTreeComplete")

    def db_delete(self, action: Action) -> Reply:
        if self.database.pop(self._key(action), None) is None:
            raise Refused("Database entry could not be deleted")
        return Reply("Key deleted successfully")

    def _key(self, action: Action) -> tuple[str, str]:
        family, key = action.get("Family"), action.get("Key")
        if not family:
            raise Refused("No family specified.")
        if not key:
            raise Refused("No key specified.")
        return family, key

    def user_event(self, action: Action) -> Reply:
        fields = [
            (key.capitalize(), value)
            for key, value in action.headers
            if key not in ("action", "actionid", "userevent")
        ]
        self._board.emit("UserEvent", [("UserEvent", action.get("UserEvent")), *fields], "user,all")
        return Reply("Event Sent")

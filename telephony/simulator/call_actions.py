"""What a manager may ask about calls."""

from __future__ import annotations

from telephony.simulator.actions import Action, Handlers, Refused, Reply, table
from telephony.simulator.board import Switchboard
from telephony.simulator.channels import RINGING, UP, Channel, Fields
from telephony.simulator.dialing import Originate
from telephony.simulator.dialplan import Dialplan
from telephony.simulator.keys import KEY_S, Keys
from telephony.simulator.parties import Phone
from telephony.simulator.talks import Talk, Together


class CallActions:
    """Actions on calls; each raises Refused with Asterisk's own words."""

    def __init__(self, board: Switchboard, dialplan: Dialplan) -> None:
        self._board = board
        self._dialplan = dialplan
        self._keys = Keys(board)

    def handlers(self) -> Handlers:
        return table(
            ("Originate", "originate", self.originate),
            ("Redirect", "call", self.redirect),
            ("Atxfer", "call", self.attended_transfer),
            ("PlayDTMF", "call", self.play_dtmf),
            ("Hangup", "system,call", self.hangup),
            ("PJSIPNotify", "system", self.notify),
            ("MuteAudio", "system", self.mute),
            ("CoreShowChannels", "system,reporting", self.channels),
        )

    def originate(self, action: Action) -> Reply:
        context, exten = action.get("Context"), action.get("Exten")
        if not action.get("Channel"):
            raise Refused("Channel not specified")
        if not self._dialplan.knows(context, exten):
            raise Refused("Extension does not exist.")
        self._board.clock.callLater(0, self._originate, action, context, exten)
        return Reply("Originate successfully queued")

    def _originate(self, action: Action, context: str, exten: str) -> None:
        board, interface, wanted = self._board, action.get("Channel"), action.get("ChannelId")
        number, name = caller_id(action.get("CallerID"))
        taken = any(channel.uniqueid == wanted for channel in board.channels.values())
        if interface not in board.parties or (wanted and taken):
            self._respond(action, interface, wanted, ("", ""), success=False, reason=0)
            return
        own = interface.partition("/")[2]
        channel = board.new_channel(
            interface, "crm-agents", "s", uniqueid=wanted, caller=(own, f"Agent {own}")
        )
        for value in action.all("Variable"):
            key, _, text = value.partition("=")
            channel.variables[key] = text
        board.identify(channel, number, name)
        channel.connected_number, channel.connected_name = number, name

        def respond(success: bool, reason: int) -> None:
            shown = channel.name if success else interface
            identity, uniqueid = (number, name), channel.uniqueid
            self._respond(action, shown, uniqueid, identity, success=success, reason=reason)

        Originate(
            board,
            channel,
            respond,
            lambda answered: self._dialplan.enter(answered, context, exten),
            float(action.get("Timeout") or 30_000) / 1000,
        )

    def _respond(
        self,
        action: Action,
        channel: str,
        uniqueid: str,
        caller: tuple[str, str],
        *,
        success: bool,
        reason: int,
    ) -> None:
        fields = [("ActionID", action.get("ActionID"))] if action.get("ActionID") else []
        fields += [
            ("Response", "Success" if success else "Failure"),
            ("Channel", channel),
            ("Context", action.get("Context")),
            ("Exten", action.get("Exten")),
            ("Reason", str(reason)),
            ("Uniqueid", uniqueid or "<unknown>"),
            ("CallerIDNum", caller[0] or "<unknown>"),
            ("CallerIDName", caller[1] or "<unknown>"),
        ]
        self._board.emit("OriginateResponse", fields)

    def redirect(self, action: Action) -> Reply:
        name = action.get("Channel")
        channel = self._board.find(name)
        if channel is None:
            raise Refused(f"Channel does not exist: {name}")
        context, exten = action.get("Context"), action.get("Exten")
        if channel.state != UP or not self._dialplan.knows(context, exten):
            raise Refused(f"Redirect failed, channel not up: {name}")
        channel.context, channel.exten = context, exten  # known before it leaves its bridge
        if channel.work is not None:
            channel.work.taken_out(channel)
            channel.work = None
        self._dialplan.enter(channel, context, exten)
        return Reply("Redirect successful")

    def attended_transfer(self, action: Action) -> Reply:
        channel = self._channel(action, "Channel specified does not exist")
        exten = action.get("Exten").rstrip("#")  # which ends the digits
        context = action.get("Context") or "crm-transfer"
        if not isinstance(channel.work, Talk | Together) or not exten:
            raise Refused("No attended transfer feature code found")
        self._board.clock.callLater(KEY_S, self._dialplan.consult, channel, context, exten)
        return Reply("Atxfer successfully queued")

    def play_dtmf(self, action: Action) -> Reply:
        """Without ``Receive`` the tone goes out to the device, which is no matter here."""
        channel = self._channel(action, "Channel not found")
        if len(action.get("Digit")) != 1:
            raise Refused("No digit specified")
        if action.get("Receive").lower() in ("true", "yes", "1"):
            self._keys.press(channel, action.get("Digit"))
        return Reply("DTMF successfully queued")

    def hangup(self, action: Action) -> Reply:
        channel = self._channel(action, "No such channel")
        cause = action.get("Cause")
        self._board.manager_hangs_up(channel, int(cause) if cause.isdecimal() else 16)
        return Reply("Channel Hungup")

    def notify(self, action: Action) -> Reply:
        channel = self._channel(action, "Channel not found")
        for value in action.all("Variable"):
            name, _, event = value.partition("=")
            if name == "Event" and isinstance(channel.party, Phone):
                self._board.clock.callLater(0, channel.party.notified, channel, event)
        return Reply("NOTIFY sent")

    def mute(self, action: Action) -> Reply:
        channel = self._channel(action, "No such channel")
        channel.muted = action.get("State").lower() in ("on", "true", "1")
        return Reply()

    def channels(self, action: Action) -> Reply:
        items = [
            ("CoreShowChannel", self._listed(channel)) for channel in self._board.channels.values()
        ]
        return Reply("Channels will follow", items=items, complete="CoreShowChannelsComplete")

    def _listed(self, channel: Channel) -> Fields:
        age = int(self._board.bus.now() - channel.created_at)
        application = "AppQueue" if channel.state == RINGING else channel.application
        return [
            *channel.headers(),
            ("Application", application),
            ("ApplicationData", channel.application_data),
            ("Duration", f"{age // 3600:02}:{age % 3600 // 60:02}:{age % 60:02}"),
            ("BridgeId", channel.bridge.uniqueid if channel.bridge else ""),
        ]

    def _channel(self, action: Action, complaint: str) -> Channel:
        channel = self._board.find(action.get("Channel"))
        if channel is None:
            raise Refused(complaint)
        return channel


def caller_id(text: str) -> tuple[str, str]:
    """``"Name" <number>`` or a bare number: (number, name)."""
    name, bracket, rest = text.partition("<")
    if not bracket:
        return text.strip(), ""
    return rest.rstrip("> "), name.strip().strip('"')

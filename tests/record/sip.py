"""A scripted SIP party on UDP: as much of RFC 3261 as a recording needs, and no sound.

Not sipp, which plays the carrier elsewhere: a consultation with REFER and Replaces spans two
dialogs, and here every party writes down *when* it did what (`Dialog.journal`), so that an
expected call log can be checked against the parties themselves and not only against the tracker.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import struct
import time
from dataclasses import dataclass, field

from tests.record.message import (
    SDP,
    Address,
    Message,
    authorization,
    content,
    media_of,
    new_branch,
    tag_of,
    token,
)

SILENCE = b"\xff" * 160  # 20 ms of µ-law
VOICE = b"\x90" * 4 + b"\x10" * 4  # 1 kHz, at a quarter of the loudest
VOICE *= 20


@dataclass
class Dialog:
    """One call as this party sees it. `local` and `remote` are From/To values with tags."""

    party: Party
    call_id: str
    local: str
    remote: str
    target: str
    invite: Message | None = None  # the INVITE we received; None when we called
    cseq: int = 1
    sdp_version: int = 1
    branch: str = ""
    media: Address = ("", 0)  # where the other side listens
    voice_s: float = 0.0  # how long it speaks, first of all
    journal: list[tuple[float, str]] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, what: str) -> None:
        self.journal.append((time.time(), what))

    # what a called party does
    def ring(self) -> None:
        self.note("ring")
        self.respond("180 Ringing")

    def answer(self) -> None:
        self.note("answer")
        self.respond("200 OK", self.sdp("sendrecv"))
        self.answered.set()
        self.party.speak(self)

    def refuse(self, status: str) -> None:
        """`status` as in ``486 Busy Here``."""
        self.note(f"refuse {status[:3]}")
        self.respond(status)
        self.ended.set()

    def forward(self, number: str) -> None:
        """This phone sends its calls to another one of the house."""
        self.note(f"refuse 302 {number}")
        assert self.invite is not None
        host, port = self.party.server
        contact = f"sip:{number}@{host}:{port}"
        self.party.respond(self.invite, "302 Moved Temporarily", self.local, contact=contact)
        self.ended.set()

    # what either does
    def hold(self) -> None:
        self.note("hold")
        self.request("INVITE", self.sdp("sendonly"))

    def resume(self) -> None:
        self.note("resume")
        self.request("INVITE", self.sdp("sendrecv"))

    def press(self, key: str) -> None:
        """A telephone key, told by SIP INFO."""
        self.note(f"press {key}")
        self.cseq += 1
        body = f"Signal={key}\r\nDuration=160\r\n"
        self.party.send(
            f"INFO {self.target} SIP/2.0\r\n"
            + self.head("INFO", self.cseq, new_branch())
            + f"Content-Type: application/dtmf-relay\r\nContent-Length: {len(body)}\r\n\r\n"
            + body
        )

    def hang_up(self) -> None:
        self.note("hang_up")
        self.request("BYE")
        self.ended.set()

    def cancel(self) -> None:
        """Gives up a call that nobody answered."""
        self.note("cancel")
        self.party.send(
            f"CANCEL {self.target} SIP/2.0\r\n"
            + self.head("CANCEL", 1, self.branch)
            + "Content-Length: 0\r\n\r\n"
        )

    def refer(self, number: str, replaces: Dialog | None = None) -> None:
        """Blind transfer to `number`; with `replaces`, completes the consultation with it."""
        self.note(f"refer {number}")
        host, port = self.party.server
        uri = f"sip:{number}@{host}:{port}"
        if replaces is not None:
            to_tag, from_tag = tag_of(replaces.remote), tag_of(replaces.local)
            value = f"{replaces.call_id};to-tag={to_tag};from-tag={from_tag}"
            uri += "?Replaces=" + value.replace(";", "%3B").replace("=", "%3D").replace("@", "%40")
        self.request("REFER", extra=f"Refer-To: <{uri}>\r\nReferred-By: <{self.party.uri}>\r\n")

    def request(self, method: str, body: str = "", extra: str = "") -> None:
        self.cseq += 1
        self.party.send(
            f"{method} {self.target} SIP/2.0\r\n"
            + self.head(method, self.cseq, new_branch())
            + extra
            + content(body)
        )

    def acknowledge(self, response: Message) -> None:
        number = response.headers["cseq"].split()[0]
        final = response.status >= 300
        branch = self.branch if final else new_branch()
        remote = response.headers["to"]
        self.party.send(
            f"ACK {self.target} SIP/2.0\r\n"
            + self.head("ACK", int(number), branch, remote)
            + "Content-Length: 0\r\n\r\n"
        )

    def head(self, method: str, number: int, branch: str, remote: str = "") -> str:
        host, port = self.party.address
        return (
            f"Via: SIP/2.0/UDP {host}:{port};branch={branch}\r\nMax-Forwards: 70\r\n"
            f"From: {self.local}\r\nTo: {remote or self.remote}\r\nCall-ID: {self.call_id}\r\n"
            f"CSeq: {number} {method}\r\nContact: <{self.party.uri}>\r\n"
        )

    def respond(self, status: str, body: str = "") -> None:
        assert self.invite is not None
        self.party.respond(self.invite, status, self.local, body)

    def sdp(self, direction: str) -> str:
        self.sdp_version += 1
        host, port = self.party.media
        return SDP.format(version=self.sdp_version, ip=host, port=port, direction=direction)


class Party(asyncio.DatagramProtocol):
    """A phone, or the carrier: one address, any number of dialogs."""

    def __init__(self, user: str, server: Address, password: str = "") -> None:
        self.user = user
        self.server = server
        self.password = password
        self.interface = ""  # the device as the switch names it
        self.address: Address = ("", 0)
        self.media: Address = ("", 0)
        self.incoming: asyncio.Queue[Dialog] = asyncio.Queue()
        self.registered = asyncio.Event()
        self.gone = False
        self._dialogs: dict[str, Dialog] = {}
        self._sent: dict[str, str] = {}  # Call-ID → our last request that may be challenged
        self._transport: asyncio.DatagramTransport | None = None
        self._sound: asyncio.DatagramTransport | None = None
        self._speaking: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))
        self._transport = transport
        self.address = transport.get_extra_info("sockname")[:2]
        self._sound, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=(host, 0)
        )
        self.media = self._sound.get_extra_info("sockname")[:2]

    def close(self) -> None:
        for task in self._speaking:
            task.cancel()
        for transport in (self._transport, self._sound):
            if transport is not None:
                transport.close()

    def speak(self, dialog: Dialog) -> None:
        """Sends silence while the call lasts: Asterisk's clocks (Answer, DTMF, the optimisation
        of Local channels) wait for packets."""
        task = asyncio.create_task(self._speak(dialog))
        self._speaking.add(task)
        task.add_done_callback(self._speaking.discard)

    async def _speak(self, dialog: Dialog) -> None:
        assert self._sound is not None
        source = secrets.token_bytes(4)
        number = 0
        while not (dialog.ended.is_set() or self.gone) and dialog.media[1]:
            head = struct.pack("!BBHI", 0x80, 0, number & 0xFFFF, number * 160)
            sound = VOICE if number * 0.02 < dialog.voice_s else SILENCE
            self._sound.sendto(head + source + sound, dialog.media)
            number += 1
            await asyncio.sleep(0.02)

    @property
    def uri(self) -> str:
        return f"sip:{self.user}@{self.address[0]}:{self.address[1]}"

    async def register(self, expires_s: int = 3600) -> None:
        """0: no longer. Raises TimeoutError when the switch does not accept it within 5 s."""
        self.registered.clear()
        host, port = self.server
        text = (
            f"REGISTER sip:{host}:{port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self.address[0]}:{self.address[1]};branch={new_branch()}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{self.user}@{host}>;tag={token()}\r\n"
            f"To: <sip:{self.user}@{host}>\r\nCall-ID: {token()}\r\nCSeq: 1 REGISTER\r\n"
            f"Contact: <{self.uri}>\r\nExpires: {expires_s}\r\nContent-Length: 0\r\n\r\n"
        )
        self.send(text)
        await asyncio.wait_for(self.registered.wait(), 5)

    def call(self, number: str, name: str = "") -> Dialog:
        """Sends the INVITE; wait for `Dialog.answered` or `.ended`."""
        host, port = self.server
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        display = f'"{quoted}" ' if name else ""
        dialog = Dialog(
            party=self,
            call_id=token(),
            local=f"{display}<{self.uri}>;tag={token()}",
            remote=f"<sip:{number}@{host}:{port}>",
            target=f"sip:{number}@{host}:{port}",
            branch=new_branch(),
        )
        self._dialogs[dialog.call_id] = dialog
        dialog.note(f"call {number}")
        self.send(
            f"INVITE {dialog.target} SIP/2.0\r\n"
            + dialog.head("INVITE", 1, dialog.branch)
            + content(dialog.sdp("sendrecv"))
        )
        return dialog

    def send(self, text: str) -> None:
        call_id = re.search(r"Call-ID: (\S+)", text)
        if call_id and not text.startswith(("ACK", "SIP/2.0", "CANCEL")):
            self._sent[call_id[1]] = text
        assert self._transport is not None
        self._transport.sendto(text.encode(), self.server)

    def vanish(self) -> None:
        """Without a word: no answer to anything, and no sound, from now on."""
        self.gone = True
        for dialog in self._dialogs.values():
            dialog.note("vanish")
            dialog.ended.set()

    def respond(
        self, request: Message, status: str, local: str = "", body: str = "", contact: str = ""
    ) -> None:
        copied = "".join(
            f"{name}: {request.headers[name.lower()]}\r\n" for name in ("Via", "From", "Call-ID")
        )
        self.send(
            f"SIP/2.0 {status}\r\n{copied}To: {local or request.headers['to']}\r\n"
            f"CSeq: {request.headers['cseq']}\r\nContact: <{contact or self.uri}>\r\n"
            + content(body)
        )

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if self.gone:
            return
        message = Message.parse(data)
        if message.status:
            self._on_response(message)
        else:
            self._on_request(message)

    def _on_request(self, request: Message) -> None:
        dialog = self._dialogs.get(request.headers["call-id"])
        method = request.method
        if method == "ACK":
            return
        if method == "INVITE" and dialog is None:
            self._new_dialog(request)
        elif dialog is None:
            self.respond(request, "481 No such call")
        elif method == "CANCEL":
            self.respond(request, "200 OK", dialog.local)
            dialog.note("cancelled")
            dialog.respond("487 Request Terminated")
            dialog.ended.set()
        elif method == "INVITE":
            repeated = dialog.invite and dialog.invite.headers["cseq"] == request.headers["cseq"]
            if not repeated:
                self.respond(request, "200 OK", dialog.local, dialog.sdp("sendrecv"))
        else:
            self.respond(request, "200 OK", dialog.local)
            if method == "NOTIFY":
                self.notified(dialog, request.headers.get("event", ""))
            if method == "BYE":
                dialog.note("bye")
                dialog.ended.set()

    def notified(self, dialog: Dialog, event: str) -> None:
        """A NOTIFY that a desk phone would obey, or not."""

    def _new_dialog(self, invite: Message) -> None:
        call_id = invite.headers["call-id"]
        contact = re.search(r"sip:[^>;]+", invite.headers["contact"])
        assert contact is not None
        dialog = Dialog(
            party=self,
            call_id=call_id,
            local=f"{invite.headers['to']};tag={token()}",
            remote=invite.headers["from"],
            target=contact[0],
            invite=invite,
            media=media_of(invite.body),
        )
        self._dialogs[call_id] = dialog
        self.respond(invite, "100 Trying")
        dialog.note("invited")
        self.incoming.put_nowait(dialog)

    def _on_response(self, response: Message) -> None:
        call_id = response.headers["call-id"]
        dialog = self._dialogs.get(call_id)
        if response.method == "INVITE" and response.status >= 200 and dialog is not None:
            dialog.acknowledge(response)
        if response.status in {401, 407}:
            self._authorise(response, dialog)
        elif response.method == "REGISTER" and response.status == 200:
            self.registered.set()
        elif dialog is not None and response.method == "INVITE" and not dialog.answered.is_set():
            if response.status == 200:
                contact = re.search(r"sip:[^>;]+", response.headers["contact"])
                dialog.target = contact[0] if contact else dialog.target
                dialog.remote = response.headers["to"]
                dialog.media = media_of(response.body)
                dialog.note("answered")
                dialog.answered.set()
                self.speak(dialog)
            elif response.status >= 300:
                dialog.note(f"refused {response.status}")
                dialog.ended.set()

    def _authorise(self, response: Message, dialog: Dialog | None) -> None:
        """Sends the challenged request again, with a digest."""
        text = self._sent[response.headers["call-id"]]
        assert "Authorization:" not in text, f"{self.user}: the switch refuses our password"
        branch = new_branch()
        number = int(response.headers["cseq"].split()[0]) + 1
        text = re.sub(r"branch=\S+", f"branch={branch}", text, count=1)
        text = re.sub(r"CSeq: \d+", f"CSeq: {number}", text, count=1)
        if dialog is not None:
            dialog.branch, dialog.cseq = branch, number
        method, uri, *_ = text.split()
        header = authorization(response, self.user, self.password, method, uri)
        self.send(text.replace("Contact:", header + "Contact:", 1))

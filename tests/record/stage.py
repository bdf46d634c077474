"""Where a scenario plays: desk phones 2001…2003, the carrier, and a recorded AMI connection."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from dataclasses import dataclass, field

from telephony.wire import WANTED, Frame, Framer, encode_action
from tests.record.message import Address
from tests.record.sip import Dialog, Party

DID = "4008001234"
PATIENCE = 20.0  # seconds until something that must happen is missed


class Recorder:
    """An AMI connection that keeps every byte the switch sends."""

    def __init__(self) -> None:
        self.recorded = bytearray()
        self.frames: list[Frame] = []
        self._framer = Framer()
        self._ids = itertools.count(1)
        self._changed = asyncio.Condition()
        self._reading: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self, address: Address, user: str, secret: str) -> None:
        reader, self._writer = await asyncio.open_connection(*address)
        self._reading = asyncio.create_task(self._read(reader))
        await self.action("Login", Username=user, Secret=secret)

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        if self._reading is not None:
            self._reading.cancel()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(65536):
            self.recorded += data
            async with self._changed:
                self.frames += self._framer.feed(data)
                self._changed.notify_all()

    async def action(self, name: str, **headers: str) -> Frame:
        """The switch's response; refusal is an AssertionError, for a scenario must play."""
        number = f"record-{next(self._ids)}"
        assert self._writer is not None
        self._writer.write(encode_action(name, [("ActionID", number), *headers.items()]))
        response = await self.seen("", ActionID=number)
        assert response.get("Response") == "Success", f"{name}: {response.get('Message')}"
        return response

    async def seen(self, event: str, **headers: str) -> Frame:
        """The first frame of that name and with those headers, sent already or to come."""

        def find() -> Frame | None:
            for frame in self.frames:
                if frame.event == event and all(
                    frame.get(name) == value for name, value in headers.items()
                ):
                    return frame
            return None

        async with self._changed, asyncio.timeout(PATIENCE):
            while (frame := find()) is None:
                await self._changed.wait()
        return frame


@dataclass
class Stage:
    """`orders` is an AMI connection beside the recorded one, for what is not part of the story."""

    ami: Recorder
    orders: Recorder
    carrier: Party
    phones: dict[int, Party]
    agi_port: int = 0
    dialogs: list[Dialog] = field(default_factory=list)
    server: asyncio.Server | None = None

    async def answer_route(self, **variables: str) -> None:
        """A FastAGI server that gives this answer, and the heartbeat that makes Asterisk ask."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while (await reader.readline()).strip():
                pass
            for name, value in variables.items():
                writer.write(f'SET VARIABLE {name} "{value}"\n'.encode())
                await reader.readline()
            writer.close()

        self.server = await asyncio.start_server(serve, "127.0.0.1", self.agi_port)
        await self.orders.action("Setvar", Variable="CRM_ALIVE", Value=str(int(time.time())))

    async def only_what_is_read(self) -> None:
        """As in the product: the switch sends no events that the tracker does not read."""
        for name in sorted(WANTED):
            criteria = f"action(include),name({name})"
            await self.ami.action("Filter", Operation="Add", MatchCriteria=criteria, Filter="")

    async def staff(
        self, queue: str, *extensions: int, interface: str = "PJSIP/{}", ranked: bool = True
    ) -> None:
        """Adds members; ranked by penalty, so that the first is always offered first."""
        for penalty, extension in enumerate(extensions):
            await self.ami.action(
                "QueueAdd",
                Queue=queue,
                Interface=interface.format(extension),
                MemberName=f"Agent {extension}",
                Penalty=str(penalty if ranked else 0),
                StateInterface=f"PJSIP/{extension}",
            )

    async def call_in(self, queue: str, name: str = "Wang Wei", number: str = DID) -> Dialog:
        """A customer calls us; the tier mirror sends this caller to `queue`."""
        await self.orders.action(
            "DBPut", Family="crm_tier", Key=self.carrier.user, Val=f"{queue},0"
        )
        return self.call(self.carrier, number, name)

    def call(self, party: Party, number: str, name: str = "") -> Dialog:
        dialog = party.call(number, name)
        self.dialogs.append(dialog)
        return dialog

    async def invited(self, party: int | Party) -> Dialog:
        """The next call that reaches this phone (or the carrier)."""
        who = self.phones[party] if isinstance(party, int) else party
        dialog = await asyncio.wait_for(who.incoming.get(), PATIENCE)
        self.dialogs.append(dialog)
        return dialog

    async def pick_up(self, party: int | Party, after: float, voice_s: float = 0) -> Dialog:
        """It rings there for `after` seconds; who answers speaks for `voice_s`."""
        dialog = await self.invited(party)
        dialog.voice_s = voice_s
        dialog.ring()
        await asyncio.sleep(after)
        dialog.answer()
        return dialog

    def channel(self, interface: str) -> str:
        """The device's newest channel."""
        pattern = re.compile(re.escape(interface) + r"-[0-9a-f]{8}$")
        names = [
            frame.get("Channel")
            for frame in self.ami.frames
            if frame.event == "Newchannel" and pattern.match(frame.get("Channel"))
        ]
        return names[-1]


async def until_over(*dialogs: Dialog) -> None:
    """Until each of them has ended."""
    for dialog in dialogs:
        await asyncio.wait_for(dialog.ended.wait(), PATIENCE)

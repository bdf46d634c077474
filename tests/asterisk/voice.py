"""A scripted SIP party with a voice: speaks one tone, remembers what it hears.

`tests.record.sip.Party` with the sound of `rtp.RtpParty`. Where sipp's fixed scripts will not do:
parties that register and vanish, are called again, or are sent re-INVITEs in between.
"""

from __future__ import annotations

import asyncio

from telephony.pbx.embedded import HOST
from telephony.pbx.secrets import sip_secret
from tests.asterisk.rtp import RtpParty
from tests.asterisk.server import MASTER, AsteriskServer
from tests.record.sip import Dialog, Party

PATIENCE = 20.0


class Voice(Party):
    """`async with Voice.phone(...)` (registered), or `Voice.carrier(...)`."""

    def __init__(
        self, user: str, server: tuple[str, int], host: str, port: int, tone_hz: float, secret: str
    ) -> None:
        super().__init__(user, server, secret)
        self.interface = f"PJSIP/{user}" if secret else "PJSIP/carrier"
        self.sound = RtpParty(host, tone_hz)
        self.orders: list[str] = []
        self._at = (host, port)

    @classmethod
    def phone(cls, asterisk: AsteriskServer, extension: str, tone_hz: float) -> Voice:
        secret = sip_secret(MASTER, extension)
        return cls(extension, (asterisk.ami_host, asterisk.sip_port), HOST, 0, tone_hz, secret)

    @classmethod
    def carrier(cls, asterisk: AsteriskServer, number: str, tone_hz: float) -> Voice:
        at = (asterisk.carrier_host, asterisk.carrier_port)
        return cls(number, (asterisk.ami_host, asterisk.sip_port), *at, tone_hz, "")

    async def __aenter__(self) -> Voice:
        await self.sound.__aenter__()
        await self.open(*self._at)
        self.media = self.sound.media
        if self.password:
            await self.register()
        return self

    async def __aexit__(self, *error: object) -> None:
        for dialog in self._dialogs.values():
            if not dialog.ended.is_set():
                dialog.hang_up()
        self.close()
        await self.sound.__aexit__(None, None, None)

    def notified(self, dialog: Dialog, event: str) -> None:
        """As desk phones do: ``talk`` answers or resumes, ``hold`` holds."""
        self.orders.append(event)
        if event == "hold":
            dialog.hold()
        elif event == "talk" and dialog.answered.is_set():
            dialog.resume()
        elif event == "talk":
            dialog.answer()

    def speak(self, dialog: Dialog) -> None:
        self.sound.speak_to(dialog.media)

    async def invited(self) -> Dialog:
        return await asyncio.wait_for(self.incoming.get(), PATIENCE)

    async def pick_up(self, after_s: float = 0.2) -> Dialog:
        dialog = await self.invited()
        dialog.ring()
        await asyncio.sleep(after_s)
        dialog.answer()
        return dialog

    def speak_to_nobody(self) -> None:
        """As a browser that is gone: not a packet comes any more, and no goodbye."""
        self.sound.speak_to(None)

    async def unregister(self) -> None:
        await self.register(expires_s=0)

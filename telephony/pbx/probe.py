"""A plain AMI session for looking at a switch: one question, its answer.

Not the product's connection (`telephony.ami` is, with reconnects and orders): this one fails as
soon as something is wrong, because saying what is wrong is its purpose.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable
from itertools import count

from telephony.pbx.running import Running
from telephony.wire import Frame, Framer, encode_action

TIMEOUT_S = 5.0


class ProbeError(Exception):
    """No session, or no answer. `str(error)` is one plain English line."""


class AmiProbe(Running):
    """Use as ``async with AmiProbe(host, port, user, secret) as probe``.

    `seen` keeps every event that is not part of an answer, in the switch's order.
    """

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        secret: str,
        *,
        events: bool = True,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.host, self.port = host, port
        self._tls = tls
        self.seen: list[Frame] = []
        self._login = [
            ("Username", user),
            ("Secret", secret),
            ("Events", "on" if events else "off"),
        ]
        self._framer = Framer()
        self._answers: dict[str, asyncio.Queue[Frame]] = {}
        self._ids = count(1)
        self._news = asyncio.Event()
        self._lost = ""

    @property
    def banner(self) -> str:
        return self._framer.banner

    async def start(self) -> None:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                self._reader, self._writer = await asyncio.open_connection(
                    self.host, self.port, ssl=self._tls
                )
        except TimeoutError:
            raise ProbeError(f"{self.host}:{self.port} does not answer") from None
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise ProbeError(f"cannot connect to {self.host}:{self.port}: {reason}") from error
        self._pump = asyncio.create_task(self._read())
        try:
            answer = await self.ask("Login", *self._login)
            if answer.get("Response") != "Success":
                raise ProbeError(f"sign-in refused: {answer.get('Message')}")
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        self._pump.cancel()
        self._writer.close()
        await asyncio.gather(self._pump, self._writer.wait_closed(), return_exceptions=True)

    async def ask(self, action: str, *headers: tuple[str, str]) -> Frame:
        """The response to one action, whether it says Success or Error."""
        return await self._next(self._send(action, headers), action)

    async def ask_list(self, action: str, *headers: tuple[str, str]) -> list[Frame]:
        """The events of a list action; none when the switch answers Error (an empty list does)."""
        answers = self._send(action, headers)
        if (await self._next(answers, action)).get("Response") == "Error":
            return []
        frames = []
        while (frame := await self._next(answers, action)).get("EventList") != "Complete":
            frames.append(frame)
        return frames

    async def wait_for(
        self, wanted: Callable[[Frame], bool], timeout_s: float = TIMEOUT_S, *, since: int = 0
    ) -> Frame:
        """The first event in `seen[since:]` that is `wanted`; TimeoutError when none comes."""
        async with asyncio.timeout(timeout_s):
            while True:
                for frame in self.seen[since:]:
                    if wanted(frame):
                        return frame
                since = len(self.seen)
                if self._lost:
                    raise ProbeError(self._lost)
                self._news.clear()
                await self._news.wait()

    def _send(self, action: str, headers: tuple[tuple[str, str], ...]) -> asyncio.Queue[Frame]:
        action_id = f"probe-{next(self._ids)}"
        answers = self._answers[action_id] = asyncio.Queue()
        self._writer.write(encode_action(action, [("ActionID", action_id), *headers]))
        return answers

    async def _next(self, answers: asyncio.Queue[Frame], action: str) -> Frame:
        waiting = asyncio.create_task(answers.get())
        done, _ = await asyncio.wait(
            {waiting, self._pump}, timeout=TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED
        )
        if waiting in done:
            return waiting.result()
        waiting.cancel()
        raise ProbeError(self._lost or f"no answer to {action} within {TIMEOUT_S:.0f} s")

    async def _read(self) -> None:
        try:
            while data := await self._reader.read(65536):
                for frame in self._framer.feed(data):
                    answers = self._answers.get(frame.get("ActionID"))
                    if answers is not None and frame.event != "UserEvent":  # an echo, no answer
                        answers.put_nowait(frame)
                    else:
                        self.seen.append(frame)
                self._news.set()
            self._lost = f"{self.host}:{self.port} closed the connection"
        except OSError as error:
            self._lost = f"{self.host}:{self.port} broke the connection: {error.strerror}"
        self._news.set()

"""`async with`: started on the way in, stopped on every way out."""

from __future__ import annotations

from typing import Self


class Running:
    async def start(self) -> object:
        """Returns when it runs; leaves nothing behind when it raises."""

    async def stop(self) -> None:
        """Idempotent."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()

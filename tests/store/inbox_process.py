"""Appends numbered records until it is killed; says on standard output what is on the disk."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from callcenter.store.inbox import Inbox


async def main(path: Path) -> None:
    inbox = Inbox(path, segment_bytes=5_000)
    number = 0
    while True:
        for _ in range(7):
            inbox.append(b"%d" % number + b"." * (number % 90))
            number += 1
        await inbox.flush()
        print(number, flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))

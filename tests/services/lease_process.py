"""``python -m tests.services.lease_process URL INSTALLATION``: waits for the lease of pbx1, says
``waits`` and ``held``, and works until it is killed."""

from __future__ import annotations

import asyncio
import logging
import sys

import structlog

from callcenter.services.leases import Lease, owner_name
from callcenter.store.database import Database


async def main(url: str, installation: str) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    lease = Lease(Database(url), "pbx1", owner_name(installation))
    lease.changed = lambda: print("held" if lease.held else "waits", flush=True)
    lease.start()
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))

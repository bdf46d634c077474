"""Free ports of this machine, for servers of our own that must know theirs before they listen.

A port that the kernel chooses (bind 0) is only free at that moment: the next connection of anybody
may go out from it before the server that it was chosen for listens. These lie below the range from
which connections go out, and no two processes are given the same one: each process claims a slot
of them, for as long as it lives.
"""

from __future__ import annotations

import atexit
import os
import socket
from functools import cache
from itertools import cycle
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

LOWEST: Final = 20_000  # what is lower is for voices (RTP); Linux connects from 32,768 up
SLOTS: Final = 60
PER_SLOT: Final = 200  # a port is given again after so many others


class NoFreePort(Exception):
    """Everything in this process's slot is taken."""


def free_tcp_port(host: str = "127.0.0.1") -> int:
    """Raises NoFreePort."""
    return _free(host, socket.SOCK_STREAM)


def free_udp_port(host: str = "127.0.0.1") -> int:
    """Raises NoFreePort."""
    return _free(host, socket.SOCK_DGRAM)


def _free(host: str, kind: socket.SocketKind) -> int:
    ports = _ports_of(os.getpid())
    for _ in range(PER_SLOT):
        port = next(ports)
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind is socket.SOCK_STREAM:  # as servers do: what lingers there disturbs nobody
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise NoFreePort(f"{PER_SLOT} ports of {host} are taken")


@cache
def _ports_of(pid: int) -> Iterator[int]:
    first = LOWEST + _claim_slot(pid) * PER_SLOT
    return cycle(range(first, first + PER_SLOT))


def _claim_slot(pid: int) -> int:
    """One that no living process has. Where the kernel knows no abstract names (they are Linux's),
    and when all are taken, one by chance."""
    chance = pid % SLOTS
    for slot in range(SLOTS):
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0callcenter-ports-{slot}")
        except OSError:
            claim.close()
            continue
        atexit.register(claim.close)  # the kernel does it, too, however the process ends
        return slot
    return chance

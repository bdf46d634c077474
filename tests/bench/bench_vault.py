"""Taking a recording in: encrypted and measured, beside a plain copy that is as durable; and how
long the event loop waits meanwhile.

An hour of sound (57.6 MB), whose copy is read, written and synced in the same pieces.
"""

from __future__ import annotations

import asyncio
import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from callcenter.services.recording_sound import Meter, Wav
from callcenter.store.vault import CHUNK, SealedFile, new_key, seal

SECONDS, RATE = 3600, 8000
SIZE = SECONDS * RATE * 2
ROUNDS = 5
SEEKS = 300


def run() -> dict[str, dict[str, float]]:
    """`ratio`: time of seal ÷ copy; `taken_ratio`: with waveform and silence measured, too;
    `seek_ms`: 64 KiB from anywhere; `loop_p99_ms`: a turn of the loop while it happens."""
    data = os.urandom(1 << 20) * (SIZE // (1 << 20))
    key = new_key()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def copied() -> None:
            with (folder / "copy").open("wb", buffering=0) as out:
                source = io.BytesIO(data)
                while chunk := source.read(CHUNK):
                    out.write(chunk)
                os.fsync(out.fileno())

        def sealed() -> None:
            seal(io.BytesIO(data), folder / "sealed", key)

        def taken() -> None:
            meter = Meter(Wav(1, RATE, 0, len(data), len(data)))
            seal(io.BytesIO(data), folder / "taken", key, meter.feed)

        copy, plain, whole = (_best(work) for work in (copied, sealed, taken))
        seeks = _seeks(folder / "sealed", key, len(data))
        turns = asyncio.run(_turns(taken))
    return {
        "vault": {
            "copy_mb_s": len(data) / copy / 1e6,
            "seal_mb_s": len(data) / plain / 1e6,
            "ratio": plain / copy,
            "taken_mb_s": len(data) / whole / 1e6,
            "taken_ratio": whole / copy,
            "seek_p50_ms": statistics.median(seeks) * 1000,
            "loop_p50_ms": statistics.median(turns) * 1000,
            "loop_p99_ms": sorted(turns)[int(len(turns) * 0.99)] * 1000,
        }
    }


def _best(work: Callable[[], None]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def _seeks(path: Path, key: bytes, size: int) -> list[float]:
    times = []
    with SealedFile(path, key) as file:
        for place in range(SEEKS):
            at = place * 7919 * CHUNK % (size - CHUNK)
            began = time.perf_counter()
            assert len(file.read(at, at + CHUNK)) == CHUNK
            times.append(time.perf_counter() - began)
    return times


async def _turns(work: Callable[[], None]) -> list[float]:
    """How late a turn of 1 ms comes while a thread works."""
    late = []
    thread = asyncio.create_task(asyncio.to_thread(work))
    while not thread.done():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        late.append(time.perf_counter() - began - 0.001)
    await thread
    return late

"""The judge is judged first: a tone through our own µ-law comes out as that tone."""

from __future__ import annotations

import asyncio
import time

import numpy as np
import pytest

from tests.e2e.tones import RATE, TonePhone, level_at, loudest, ulaw_decode, ulaw_encode


def sine(hz: float, seconds: float = 0.5) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return (8000 * np.sin(2 * np.pi * hz * np.arange(int(RATE * seconds)) / RATE)).astype(np.int16)


@pytest.mark.parametrize("hz", [350, 440, 1000, 2100])
def test_a_tone_survives_ulaw(hz: float) -> None:
    back = ulaw_decode(ulaw_encode(sine(hz)))
    assert loudest(back, RATE).is_tone(hz)
    assert np.max(np.abs(back * 32768 - sine(hz))) < 300  # one step of µ-law at this height


def test_silence_is_no_tone_and_one_tone_is_found_under_another() -> None:
    silence = ulaw_decode(ulaw_encode(np.zeros(RATE, np.int16)))
    assert not loudest(silence, RATE).is_tone(440)
    both = ulaw_decode(ulaw_encode((sine(440) // 2 + sine(1000)).astype(np.int16)))
    assert level_at(both, RATE, 440) > 0.05
    assert level_at(both, RATE, 700) < 0.01


async def test_two_phones_hear_each_other() -> None:
    one, two = TonePhone(440), TonePhone(700)
    await one.open("127.0.0.1")
    await two.open("127.0.0.1")
    try:
        # Each answers whoever spoke last: one word starts the conversation.
        assert one._transport is not None
        one._transport.sendto(b"\x80\x00" + bytes(10) + b"\xff" * 160, ("127.0.0.1", two.port))
        since = time.monotonic()
        await asyncio.sleep(0.6)
        assert loudest(one.heard_since(since), RATE).is_tone(700)
        assert loudest(two.heard_since(since), RATE).is_tone(440)
    finally:
        await one.close()
        await two.close()

"""The judges of the end-to-end tests are judged first."""

from __future__ import annotations

import numpy as np
import pytest

from telephony.pbx.sound import RATE, tones, ulaw
from tests.asterisk.rtp import RtpParty
from tests.asterisk.spectrum import level, loudest

RTP_HEADER = b"\x80\x00" + bytes(10)


def party_that_heard(*frequencies: float) -> RtpParty:
    party = RtpParty("127.0.0.1")
    sound = tones(frequencies, 0.6) if frequencies else [0] * RATE
    party.datagram_received(RTP_HEADER + ulaw(sound), ("127.0.0.1", 4000))
    return party


@pytest.mark.parametrize("hz", [350, 440, 1000, 2100])
def test_a_tone_survives_ulaw(hz: float) -> None:
    party = party_that_heard(hz)
    assert party.hears(hz)
    assert not party.hears(hz + 50)
    assert party.level(hz) == pytest.approx(0.2, abs=0.02)


def test_silence_is_no_tone_and_one_tone_is_found_under_another() -> None:
    assert party_that_heard().loudest() == 0.0
    both = party_that_heard(440, 1000)
    assert both.level(440) == pytest.approx(0.1, abs=0.01)
    assert both.level(700) < 0.005


def test_too_little_to_tell_is_silence() -> None:
    assert loudest(np.ones(10), RATE) == 0.0
    assert level(np.ones(10), RATE, 440) == 0.0

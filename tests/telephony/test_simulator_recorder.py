"""What the simulated switch leaves of a recorded call: as long as that, silent while paused."""

from __future__ import annotations

from pathlib import Path

from callcenter.services.recording_sound import Meter, read_header
from telephony.simulator.agi import Routed
from telephony.simulator.recorder import write_talk
from tests.telephony.stage import Stage


def measured(path: Path) -> tuple[float, list[tuple[float, float]], bytes]:
    with path.open("rb") as file:
        wav = read_header(file, path.stat().st_size)
    assert (wav.problem, wav.is_closed) == (None, True)
    meter = Meter(wav)
    meter.feed(path.read_bytes())
    return round(wav.seconds, 2), meter.silences(), meter.peaks() or b""


def test_a_call_that_is_recorded_leaves_a_file_when_it_ends(tmp_path: Path) -> None:
    stage = Stage(Routed("support"), agents=("PJSIP/2001",), recordings=tmp_path)
    stage.staff("support", 2001)
    caller = stage.call_in()
    stage.pick_up(2001, after=1)
    stage.act("MixMonitor", Channel=caller.name, File="2026-01-05/one.wav")
    for state in ("1", "0"):
        stage.wait(2)
        stage.act("MixMonitorMute", Channel=caller.name, Direction="both", State=state)
    stage.wait(2)
    assert list(tmp_path.iterdir()) == []
    stage.hang_up(caller)
    seconds, silences, peaks = measured(tmp_path / "2026-01-05/one.wav")
    assert abs(seconds - 6) < 0.1
    ((begin, end),) = silences
    assert abs(begin - 2) < 0.1
    assert abs(end - 4) < 0.1
    assert max(peaks[:300]) > 40 < max(peaks[700:])
    assert [path.name for path in (tmp_path / "2026-01-05").iterdir()] == ["one.wav"]


def test_a_talk_of_any_length(tmp_path: Path) -> None:
    for seconds in (0.5, 30.0, 61.25):
        write_talk(tmp_path / "x.wav", seconds, [(0.0, 0.2), (20.0, 25.0)])
        found, silences, _ = measured(tmp_path / "x.wav")
        assert found == seconds
        assert silences == ([(20.0, 25.0)] if seconds > 20 else [])

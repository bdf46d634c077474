"""A telephone that keeps its line after it has sent the customer away: its BYE got lost, or it
hangs up when somebody puts it down. Nobody is connected by that."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from telephony.wire import Frame
from tests.chaos import oracle
from tests.telephony.histories import RECORDINGS, history_of
from tests.telephony.truth import Witness, check, frames_of, same_logs, shifted, stamp, told

KEPT_S = 1.5
SENT_AWAY = [
    *("attended_then_blind", "blind_transfer", "parked_and_fetched", "transfer_refused"),
    *("transfer_to_queue", "transfer_to_voicemail", "transferred_twice"),
]
OF_CUSTOMERS = ["blind_transfer", "transfer_to_queue", "transfer_to_voicemail"]


def kept(name: str) -> list[Frame]:
    """The recording, with all that the telephone does after its transfer so much later."""
    sent: set[str] = set()
    moved = []
    for frame in frames_of(name):
        moved += shifted([frame], KEPT_S if frame.get("Uniqueid") in sent else 0.0)
        if frame.event == "BlindTransfer":
            sent.add(frame.get("TransfererUniqueid"))
    return sorted(moved, key=stamp)


@pytest.mark.parametrize("name", SENT_AWAY)
def test_a_kept_line_connects_nobody(name: str) -> None:
    witness = Witness().hears(kept(name))
    check(witness)
    same_logs(witness.logs, told(name), KEPT_S + 0.1)
    for log, at_once in zip(witness.logs, told(name), strict=True):
        assert log.connected_s == pytest.approx(at_once.connected_s, abs=0.02)
        sent = {transfer.by for transfer in log.transfers}
        lines = {leg.leg_id: leg for leg in at_once.legs if leg.interface in sent}
        later = [leg for leg in log.legs if leg.leg_id in lines]
        assert any(leg.ended_at > lines[leg.leg_id].ended_at for leg in later), "it was kept"
        assert all(leg.talk_s == pytest.approx(lines[leg.leg_id].talk_s, abs=0.02) for leg in later)


@pytest.mark.parametrize("name", OF_CUSTOMERS)
async def test_the_switchs_own_record_says_so_too(name: str, tmp_path: Path) -> None:
    """As `make chaos` compares them: what was rebuilt with the time in bridges."""
    with (RECORDINGS / f"{name}.cel.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    (sent,) = (n for n, row in enumerate(rows) if row[0] == "BLINDTRANSFER")
    for row in rows[sent + 1 :]:
        if row[2] == rows[sent][2]:
            row[1] = f"{float(row[1]) + KEPT_S:.6f}"
    record = tmp_path / "kept.cel.csv"
    with record.open("w", newline="", encoding="utf-8") as file:
        in_order = sorted(rows, key=lambda row: str(row[1]))
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(in_order)
    (log,) = (await history_of(record)).logs
    (call,) = oracle.calls(record).values()
    assert log.connected_s == pytest.approx(call.caller.together, abs=0.05)

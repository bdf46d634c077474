"""The call log of live calls agrees with the parties and with Asterisk's own CEL."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.record.__main__ import record
from tests.record.scenarios import SCENARIOS

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    "name",
    [
        "hold_and_resume",
        "transfer_to_queue",
        "attended_transfer",
        "click_to_dial_answered",
        "consult_swapped_twice",
        "consult_blonde_refused",
        "three_way_agent_leaves",
    ],
)
async def test_a_call_played_now_is_logged_truly(name: str, tmp_path: Path) -> None:
    assert await record(name, SCENARIOS[name], tmp_path) == []
    assert (tmp_path / f"{name}.ami").stat().st_size > 10_000

"""In the demo somebody is there to be asked: consult, swap, three-way, hand over, transfer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_commands import demo, free_pair
from tests.running import Screen, open_screen

pytestmark = pytest.mark.integration  # callers and colleagues take their time

EXPERT = "13900130001"  # answers, as most numbers do


async def a_talk(screen: Screen) -> str:
    """The next caller, answered."""
    assert (await screen.order("agent.ready"))["ok"]
    call: dict[str, Any] = await screen.rings(within_s=30)
    assert (await screen.order("phone.answer", call_id=call["id"]))["ok"]
    await screen.until(lambda: state_of(screen, call["id"]) == "active")
    return str(call["id"])


def state_of(screen: Screen, call_id: str) -> str:
    return next((call["state"] for call in screen.calls if call["id"] == call_id), "")


def consultation(screen: Screen, call_id: str) -> dict[str, Any]:
    return next((call for call in screen.calls if call["consult_of"] == call_id), {})


async def asked(screen: Screen, call_id: str, target: str) -> str:
    """The consultation, once somebody has answered."""
    result = await screen.order("phone.consult", call_id=call_id, target=target)
    assert result["ok"], result
    await screen.until(
        lambda: (
            consultation(screen, call_id).get("state") == "active"
            and consultation(screen, call_id).get("answered_at") is not None
        ),
        within_s=15,
    )
    return str(consultation(screen, call_id)["id"])


async def test_a_colleague_can_be_asked_and_given_the_caller(tmp_path: Path) -> None:
    port = free_pair()
    async with demo(tmp_path, port) as running:
        url = f"http://127.0.0.1:{port}"
        screen = await open_screen(url, "agent", running.password("agent"))
        await screen.until(lambda: any(c["state"] == "not_ready" for c in colleagues(screen)))
        colleague = next(c for c in colleagues(screen) if c["state"] == "not_ready")

        first = await a_talk(screen)
        consult = await asked(screen, first, colleague["extension"])
        assert state_of(screen, first) == "held"
        assert (await screen.order("phone.swap", call_id=first))["ok"]
        await screen.until(lambda: state_of(screen, first) == "active")
        assert state_of(screen, consult) == "held"
        assert (await screen.order("phone.three_way", call_id=first))["ok"]
        await screen.until(lambda: state_of(screen, consult) == "")
        assert state_of(screen, first) == "active"
        assert (await screen.order("phone.hangup", call_id=first))["ok"]
        await screen.until(lambda: state_of(screen, first) in ("", "ended"))

        second = await a_talk(screen)
        await asked(screen, second, EXPERT)
        assert (await screen.order("phone.complete", call_id=second))["ok"]
        await screen.until(lambda: state_of(screen, second) in ("", "ended"))

        third = await a_talk(screen)
        assert (await screen.order("phone.transfer", call_id=third, target="sales"))["ok"]
        await screen.until(lambda: state_of(screen, third) in ("", "ended"))
        await screen.stop()
        ended = await running.stop()
    assert (ended.code, ended.err) == (0, "")


def colleagues(screen: Screen) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = screen.state["colleagues"]
    return [each for each in found if each["extension"] != screen.state["me"]["extension"]]

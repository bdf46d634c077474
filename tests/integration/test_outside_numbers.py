"""What a phone may dial by itself, asked of the real dialplan."""

from __future__ import annotations

from uuid import uuid4

import pytest

from telephony.pbx.probe import AmiProbe
from telephony.wire import Frame
from tests.asterisk.server import AsteriskServer, plan_for_tests

pytestmark = pytest.mark.integration

DIALLED = {
    "1002": True,  # a colleague
    "q-sales": True,
    "*43": True,  # hears itself
    "+8613800138000": True,
    "95588": True,
    "+447911123456": False,
    "00447911123456": False,
    "9559": False,
}


REFUSED = (
    "+8610691234",  # not even when it is hidden behind what the trunk would filter out
    "+86 10691234",
    "+86.10691234",
    "+86(10)691234",
    '+86" | "1069',
    "+86x10691234",
)


async def test_only_the_house_and_the_allowed_prefixes() -> None:
    async with AsteriskServer(plan_for_tests(allowed_prefixes=("+86", "95588"))) as asterisk:
        for number, allowed in DIALLED.items():
            shown = await asterisk.cli(f"dialplan show {number}@crm-agents")
            assert ("There is no existence" not in shown) is allowed, f"{number}: {shown}"


async def test_refused_prefixes_do_not_reach_the_trunk() -> None:
    plan = plan_for_tests(allowed_prefixes=("+86",), refused_prefixes=("+861069",))
    async with AsteriskServer(plan) as asterisk, asterisk.observe() as observer:
        assert "crm-trunk" in await _ways(observer, "+8613800138000")
        for number in REFUSED:
            assert await _ways(observer, number) == {"crm-agents"}, number


async def _ways(observer: AmiProbe, number: str) -> set[str]:
    """The contexts that a phone which dials this comes through."""
    since, phone = len(observer.seen), f"phone-{uuid4()}"
    await observer.ask(
        "Originate",
        ("Channel", f"Local/{number}@crm-agents"),
        ("ChannelId", f"near-{uuid4()}"),
        ("OtherChannelId", phone),
        ("Application", "Wait"),
        ("Data", "1"),
        ("Async", "true"),
    )

    def decided(frame: Frame) -> bool:
        dialled = frame.event == "Newexten" and frame.get("Context") == "crm-trunk"
        return (dialled or frame.event == "Hangup") and frame.get("Uniqueid") == phone

    await observer.wait_for(decided, since=since)
    mine = [frame for frame in observer.seen[since:] if frame.get("Uniqueid") == phone]
    return {frame.get("Context") for frame in mine if frame.event == "Newexten"}

"""What a phone may dial by itself, asked of the real dialplan."""

from __future__ import annotations

import pytest

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


async def test_only_the_house_and_the_allowed_prefixes() -> None:
    async with AsteriskServer(plan_for_tests(allowed_prefixes=("+86", "95588"))) as asterisk:
        for number, allowed in DIALLED.items():
            shown = await asterisk.cli(f"dialplan show {number}@crm-agents")
            assert ("There is no existence" not in shown) is allowed, f"{number}: {shown}"

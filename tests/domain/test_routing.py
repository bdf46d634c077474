"""Where callers go, by the default rules and some odd ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from callcenter.domain.routing import (
    CallerFacts,
    CallerMatch,
    CustomerFacts,
    Policy,
    Rule,
    RuleError,
    decide,
    parse_rule,
)
from callcenter.domain.tiers import NO_TIER, Tier, Tiers

LI, WANG = uuid4(), uuid4()
QUEUES = {"support", "sales", "vip"}
TIERS = Tiers(
    [
        Tier("platinum", 1, 30),
        Tier("gold", 2, 20),
        Tier("standard", 4, 0, is_default=True),
    ]
)


def rule(condition: object = None, **outcome: Any) -> Rule:
    return parse_rule("a rule", condition or {"all": []}, {"queue": "support"} | outcome, QUEUES)


def tier_is(code: str) -> dict[str, str]:
    return {"field": "tier", "op": "eq", "value": code}


RULES = (
    rule(tier_is("platinum"), queue="vip", ring_first="owner"),
    rule(tier_is("gold"), ring_first=["last_agent", "owner"], greeting="gold"),
    rule({"field": "dialled", "op": "ends_with", "value": "02"}, queue="sales", priority=5),
    rule({"field": "match", "op": "eq", "value": "withheld"}, language="en"),
)
POLICY = Policy(TIERS, RULES, "support")


def customer(
    tier: str = "standard",
    language: str = "zh-CN",
    owner: UUID | None = LI,
    last_agent: UUID | None = WANG,
) -> CustomerFacts:
    return CustomerFacts(tier, language, owner, last_agent, open_tickets=1)


def route(
    *customers: CustomerFacts,
    match: CallerMatch = "exact",
    dialled: str = "01",
    policy: Policy = POLICY,
) -> tuple[str, int, tuple[UUID, ...], str]:
    made = decide(CallerFacts(match, "+8613800138000", dialled, customers), policy)
    return made.queue, made.priority, made.ring_first, made.language


@pytest.mark.parametrize(
    ("customers", "match", "expected"),
    [
        ([customer("platinum")], "exact", ("vip", 30, (LI,), "zh-CN")),
        ([customer("gold")], "suffix", ("support", 20, (WANG, LI), "zh-CN")),
        ([customer("gold", last_agent=LI)], "exact", ("support", 20, (LI,), "zh-CN")),
        ([customer()], "exact", ("support", 0, (), "zh-CN")),
        ([customer(tier="")], "exact", ("support", 0, (), "zh-CN")),
        ([customer(tier="deleted")], "exact", ("support", 0, (), "zh-CN")),
        ([], "unknown", ("support", 0, (), "")),
        ([], "malformed", ("support", 0, (), "")),
        ([], "withheld", ("support", 0, (), "en")),
        # several owners: the highest tier; agent and language only when all agree
        ([customer(), customer("platinum")], "several", ("vip", 30, (LI,), "zh-CN")),
        ([customer(language="en"), customer("gold", owner=WANG)], "several",
         ("support", 20, (WANG,), "")),
        ([customer(owner=None), customer("platinum")], "several", ("vip", 30, (), "zh-CN")),
    ],
)  # fmt: skip
def test_routes(
    customers: list[CustomerFacts], match: CallerMatch, expected: tuple[object, ...]
) -> None:
    assert route(*customers, match=match) == expected


def test_a_rule_may_look_at_what_was_dialled_and_set_the_priority() -> None:
    assert route(customer(), dialled="4008001002")[:2] == ("sales", 5)


def test_without_rules_everybody_goes_to_the_default_queue_by_tier() -> None:
    policy = Policy(TIERS, (), "support")
    assert route(customer("platinum"), policy=policy) == ("support", 30, (), "zh-CN")


def test_without_tiers_a_call_still_goes_somewhere() -> None:
    policy = Policy(Tiers([]), (), "support")
    assert policy.tiers.default == NO_TIER
    assert route(customer("platinum"), policy=policy)[:2] == ("support", 0)


@pytest.mark.parametrize(
    ("condition", "outcome", "says"),
    [
        (
            {"field": "colour", "op": "eq", "value": "red"},
            {"queue": "support"},
            "no field 'colour'",
        ),
        ({"all": []}, {"queue": "gone"}, "no queue 'gone'"),
        ({"all": []}, {}, "no queue None"),
        ({"all": []}, {"queue": "support", "priority": "high"}, "whole number"),
        ({"all": []}, {"queue": "support", "ring_first": "boss"}, "ring_first"),
        ({"all": []}, {"queue": "support", "colour": "red"}, "unknown outcome"),
    ],
)
def test_a_broken_rule_is_told_by_name(
    condition: object, outcome: dict[str, object], says: str
) -> None:
    with pytest.raises(RuleError, match=says) as caught:
        parse_rule("Sales", condition, outcome, QUEUES)
    assert "'Sales'" in str(caught.value)

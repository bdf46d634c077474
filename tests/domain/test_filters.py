"""The filter grammar: what fits, and what is refused in which words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.filters import Fields, FilterError, compile_filter

FIELDS: Fields = {"tier": "text", "open_tickets": "number", "known": "bool"}


def field(name: str, op: str, value: object) -> dict[str, object]:
    return {"field": name, "op": op, "value": value}


GOLD = field("tier", "eq", "gold")
BUSY = field("open_tickets", "gte", 2)


@pytest.mark.parametrize(
    ("given", "fits", "fits_not"),
    [
        (GOLD, {"tier": "gold"}, {"tier": "silver"}),
        (field("tier", "ne", "gold"), {"tier": "silver"}, {"tier": "gold"}),
        (field("tier", "ne", "gold"), {}, {"tier": "gold"}),
        (field("tier", "in", ["gold", "silver"]), {"tier": "silver"}, {"tier": "standard"}),
        (field("tier", "not_in", ["gold"]), {"tier": ""}, {"tier": "gold"}),
        (field("tier", "contains", "ol"), {"tier": "gold"}, {"tier": "silver"}),
        (field("tier", "starts_with", "go"), {"tier": "gold"}, {"tier": "a gold"}),
        (field("tier", "ends_with", "ld"), {"tier": "gold"}, {"tier": None}),
        (field("tier", "is_set", True), {"tier": "gold"}, {"tier": ""}),
        (field("tier", "is_set", False), {}, {"tier": "gold"}),
        (field("tier", "eq", ""), None, {"tier": ""}),
        (BUSY, {"open_tickets": 2}, {"open_tickets": 1}),
        (field("open_tickets", "lt", 1.5), {"open_tickets": 1}, {"open_tickets": None}),
        (field("open_tickets", "gt", 0), {"open_tickets": 1}, {"open_tickets": 0}),
        (field("open_tickets", "lte", 0), {"open_tickets": 0}, {}),
        (field("known", "eq", False), {"known": False}, {"known": True}),
        ({"all": [GOLD, BUSY]}, {"tier": "gold", "open_tickets": 2}, {"tier": "gold"}),
        ({"any": [GOLD, BUSY]}, {"tier": "gold"}, {"open_tickets": 1}),
        ({"not": GOLD}, {"tier": "silver"}, {"tier": "gold"}),
        ({"not": {"any": [GOLD, {"all": []}]}}, None, {"tier": "silver"}),
        ({"all": []}, {}, None),
        ({"any": []}, None, {}),
    ],
)
def test_fits(given: object, fits: dict[str, Any] | None, fits_not: dict[str, Any] | None) -> None:
    test = compile_filter(given, FIELDS)
    if fits is not None:
        assert test(fits)
    if fits_not is not None:
        assert not test(fits_not)


@pytest.mark.parametrize(
    ("given", "path", "says"),
    [
        (None, "", "expected an object"),
        ({}, "", "expected"),
        ({"all": GOLD}, "all", "expected a list"),
        ({"all": [GOLD, 7]}, "all.1", "expected an object"),
        ({"not": {"any": [field("colour", "eq", "red")]}}, "not.any.0.field", "no field 'colour'"),
        (field("tier", "lt", "gold"), "op", "no operator 'lt' for text"),
        (field("tier", "eq", 7), "value", "expected a text, got 7"),
        (field("open_tickets", "eq", True), "value", "expected a number, got True"),
        (field("known", "eq", 1), "value", "expected a bool, got 1"),
        (field("tier", "in", "gold"), "value", "expected a list"),
        (field("tier", "in", ["gold", None]), "value.1", "expected a text"),
        (field("tier", "is_set", "yes"), "value", "expected true or false"),
        ({"field": "tier", "op": "eq"}, "", 'with "op" and "value"'),
        ({"all": [], "any": []}, "", "expected"),
        ({"field": ["tier"], "op": "eq", "value": 1}, "field", "no field"),
        ({"all": [GOLD] * 201}, "all", "at most 200"),
    ],
)
def test_refused(given: object, path: str, says: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(given, FIELDS)
    assert caught.value.path == path
    assert says in caught.value.message


def test_too_deep_is_refused() -> None:
    given: object = GOLD
    for _ in range(11):
        given = {"not": given}
    with pytest.raises(FilterError, match="nested deeper than 10"):
        compile_filter(given, FIELDS)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["all", "any", "not", "field", "op", "value"]), inner)
    ),
    max_leaves=12,
)


@given(json)
def test_any_json_is_a_filter_or_a_filter_error(given: object) -> None:
    try:
        test = compile_filter(given, FIELDS)
    except FilterError:
        return
    assert test({}) in {True, False}

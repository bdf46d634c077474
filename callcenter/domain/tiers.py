"""Tiers of customers: data with an order, rank 1 the highest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tier:
    code: str
    rank: int
    priority: int  # in the queue; higher goes first
    is_default: bool = False


NO_TIER = Tier(code="", rank=1_000_000, priority=0, is_default=True)


class Tiers:
    """The tiers by code, and the one of those who have none."""

    def __init__(self, tiers: Iterable[Tier]) -> None:
        self._by_code: Mapping[str, Tier] = {tier.code: tier for tier in tiers}
        self.default = next((t for t in self._by_code.values() if t.is_default), NO_TIER)

    def best(self, codes: Iterable[str]) -> Tier:
        """The highest of these; the default when none of them exists."""
        known = [self._by_code[code] for code in codes if code in self._by_code]
        return min(known, key=lambda tier: tier.rank, default=self.default)

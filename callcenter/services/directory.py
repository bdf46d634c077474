"""Who is calling: answered from memory at once, completed from the database when memory is short.

Rules
1. One customer with exactly this number: *exact*. None, but one whose last nine digits are the
   same: *suffix*. More than one: *several*, and a person chooses; never the first silently.
2. A withheld number, one that is no number, and our own (trunks, DIDs, extensions) are nobody:
   nothing is looked up.
3. Memory is written through: whoever commits a change to customers calls `refresh` afterwards;
   subscribers are then told which numbers and customers to show anew. A look-up that was under
   way meanwhile is repeated, so that it cannot put back what it read before the commit.
4. Memory is bounded: the number that was asked for longest ago goes first.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from callcenter.domain.phone import Number, country_code, normalise
from callcenter.domain.routing import CustomerFacts
from callcenter.services.cards import Known, load
from callcenter.services.views import Caller, Candidate, CustomerCard, Match
from callcenter.store.database import Database
from callcenter.store.queries import callers

Listener = Callable[[frozenset[str], frozenset[UUID]], None]
"""Told (numbers, customers) that a commit changed, once memory has them."""

_CHUNK: Final = 500
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller as screens show them, and what routing may know of each customer they can be."""

    caller: Caller
    customers: tuple[CustomerFacts, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    match: Match
    card: CustomerCard | None
    candidates: tuple[Candidate, ...]
    customers: tuple[CustomerFacts, ...]
    cards: tuple[CustomerCard, ...]  # of everybody it may be


class Directory:
    def __init__(
        self,
        database: Database,
        region: str,
        own_numbers: Iterable[str] = (),
        *,
        capacity: int = 100_000,
    ) -> None:
        self._database = database
        self._region = region
        self._capacity = capacity
        self._own: frozenset[str] = frozenset()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._by_party: defaultdict[UUID, set[str]] = defaultdict(set)
        self._by_suffix: defaultdict[str, set[str]] = defaultdict(set)
        self._generation = 0
        self._refreshing = asyncio.Lock()
        self._listeners: list[Listener] = []
        self.set_own_numbers(own_numbers)

    # --- memory ------------------------------------------------------------------------------

    def caller(self, raw: str, name: str = "") -> Caller:
        """At once; `looked_up` is False when memory does not know the number yet."""
        return self.recall(raw, name).caller

    def recall(self, raw: str, name: str = "") -> Identity:
        number = normalise(raw, self._region)
        if not self._is_somebodys(number):
            return Identity(_nobody(number, name), ())
        entry = self._entries.get(number.norm, _NOT_YET)
        if entry is not _NOT_YET:
            self._entries.move_to_end(number.norm)
        return Identity(_shown(number, name, entry), entry.customers)

    def is_own(self, number: Number) -> bool:
        """One of our trunks, DIDs or extensions."""
        return number.norm in self._own

    def set_own_numbers(self, raw: Iterable[str]) -> None:
        self._own = frozenset(normalise(one, self._region).norm for one in raw) - {""}

    def number(self, raw: str) -> Number:
        """As this house's region reads it."""
        return normalise(raw, self._region)

    @property
    def country_code(self) -> str:
        """Of this house's region: "86"."""
        return country_code(self._region)

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    # --- the database behind it --------------------------------------------------------------

    async def look_up(self, raw: str, name: str = "") -> Caller:
        """From memory, else from the database, which memory then knows."""
        return (await self.identify(raw, name)).caller

    async def identify(self, raw: str, name: str = "") -> Identity:
        known = self.recall(raw, name)
        if known.caller.looked_up:
            return known
        number = normalise(raw, self._region)
        while True:
            generation = self._generation
            entry = await self._database.query(lambda c: _look_up(c, number))
            if generation == self._generation:
                self._remember(number, entry)
                return Identity(_shown(number, name, entry), entry.customers)

    async def card(self, party_id: UUID) -> CustomerCard | None:
        """None when there is no such customer (any more)."""
        for norm in self._by_party.get(party_id, ()):
            for card in self._entries[norm].cards:
                if card.party_id == party_id:
                    return card
        found = await self._database.query(lambda c: load(c, [party_id]).get(party_id))
        return found.card if found else None

    async def refresh(self, party_ids: Collection[UUID]) -> frozenset[str]:
        """Call it after a commit that changed these customers, their numbers, calls or tickets.

        Memory has what was committed when it returns. Returns the numbers that are affected.
        """
        if not party_ids:
            return frozenset()
        async with self._refreshing:  # in order: the last to be told reads the newest
            self._generation += 1
            numbers, stale = await self._reread(party_ids)
        affected = frozenset(numbers | stale)
        for listener in self._listeners:
            listener(affected, frozenset(party_ids))
        return affected

    async def _reread(self, party_ids: Collection[UUID]) -> tuple[set[str], set[str]]:
        """(their numbers, the entries that were read anew)"""
        stale = self._remembered(party_ids, ())
        try:
            numbers = set(await self._database.query(lambda c: callers.numbers_of(c, party_ids)))
            stale = self._remembered(party_ids, numbers)
            known = [normalise(norm, self._region) for norm in stale]
            entries = await self._database.query(lambda c: [_look_up(c, one) for one in known])
            for number, entry in zip(known, entries, strict=True):
                self._remember(number, entry)
        except BaseException:  # whatever it was: rather know nothing than something old
            for norm in stale:
                self._forget(norm)
            raise
        return numbers, stale

    async def warm(self, limit: int) -> int:
        """Fill memory with the customers something happened to last. Returns how many numbers.

        In the background, after the start: nobody waits for it.
        """
        most = min(limit, self._capacity)
        wanted = await self._database.query(lambda c: callers.numbers_lately(c, most))
        for start in range(0, len(wanted), _CHUNK):
            await self._warm(wanted[start : start + _CHUNK])
        return len(wanted)

    async def _warm(self, norms: Collection[str]) -> None:
        generation = self._generation
        entries = await self._database.query(lambda c: _look_up_many(c, norms))
        if generation != self._generation:
            return  # whoever calls is looked up as usual
        for norm, entry in entries.items():
            if norm not in self._entries:
                self._remember(normalise(norm, self._region), entry)

    def _is_somebodys(self, number: Number) -> bool:
        return number.norm != "" and number.norm not in self._own

    def _remembered(self, party_ids: Collection[UUID], numbers: Iterable[str]) -> set[str]:
        """The entries that a change of these customers, who have these numbers, may touch."""
        stale = {norm for one in party_ids for norm in self._by_party.get(one, ())}
        for norm in numbers:
            suffix = normalise(norm, self._region).suffix
            stale |= self._by_suffix.get(suffix, set()) if suffix else {norm}
        return {norm for norm in stale if norm in self._entries}

    def _remember(self, number: Number, entry: _Entry) -> None:
        self._forget(number.norm)
        self._entries[number.norm] = entry
        for card in entry.cards:
            self._by_party[card.party_id].add(number.norm)
        if number.suffix:
            self._by_suffix[number.suffix].add(number.norm)
        while len(self._entries) > self._capacity:
            self._forget(next(iter(self._entries)))

    def _forget(self, norm: str) -> None:
        entry = self._entries.pop(norm, None)
        if entry is None:
            return
        for card in entry.cards:
            _discard(self._by_party, card.party_id, norm)
        _discard(self._by_suffix, normalise(norm, self._region).suffix, norm)


def _look_up(connection: Connection, number: Number) -> _Entry:
    exact, party_ids = callers.owners(connection, number)
    known = load(connection, party_ids)
    return _entry([known[one] for one in party_ids if one in known], exact=exact)


def _look_up_many(connection: Connection, norms: Collection[str]) -> dict[str, _Entry]:
    """Of numbers that are stored so."""
    owners: defaultdict[str, dict[UUID, None]] = defaultdict(dict)
    for row in callers.exact_owners(connection, norms):
        owners[row.norm][row.party_id] = None
    known = load(connection, {one for ids in owners.values() for one in ids})
    return {
        norm: _entry([known[one] for one in ids if one in known][: callers.MAX_OWNERS], exact=True)
        for norm, ids in owners.items()
    }


def _entry(owners: list[Known], *, exact: bool) -> _Entry:
    several = len(owners) > 1
    match: Match = "unknown"
    if owners:
        match = "several" if several else "exact" if exact else "suffix"
    return _Entry(
        match=match,
        card=owners[0].card if len(owners) == 1 else None,
        candidates=tuple(one.candidate for one in owners) if several else (),
        customers=tuple(one.facts for one in owners),
        cards=tuple(one.card for one in owners),
    )


_NOT_YET: Final = _entry([], exact=False)


def _nobody(number: Number, name: str) -> Caller:
    unseen = number.kind == "withheld" or (number.kind == "empty" and not number.malformed)
    match: Match = "withheld" if unseen else "unknown"
    return Caller(number.norm, number.display, name, match, None, (), looked_up=True)


def _shown(number: Number, name: str, entry: _Entry) -> Caller:
    return Caller(
        number=number.norm,
        display=number.display,
        name=name,
        match=entry.match,
        card=entry.card,
        candidates=entry.candidates,
        looked_up=entry is not _NOT_YET,
    )


def _discard(index: dict[_Key, set[str]], key: _Key, norm: str) -> None:
    norms = index.get(key)
    if norms is not None:
        norms.discard(norm)
        if not norms:
            del index[key]

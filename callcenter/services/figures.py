"""An agent's figures of today.

Of the legs that began since midnight (in the zone of the settings) and are over:
calls = answered inbound + connected outbound (colleagues' calls are not counted)
talk, hold, wrap = Σ of these legs
AHT = (talk + hold + consultation + wrap) ÷ calls: asking about the customer is handling
ready = time in the state *ready* since midnight, until now
occupancy = (talk + hold + consultation + wrap) ÷ (the same + ready)
missed = inbound calls that rang here until the ring timed out (RNA)
undisposed = calls counted above whose queue wants a disposition, and that have none
(formulas: the trade's usual ones; occupancy as in the glossary, without hold of others).
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from callcenter.services.clock import Clock
from callcenter.services.records import FiguresView
from callcenter.store.database import Database
from callcenter.store.queries import figures

_TENTHS: Final = 1


class Figures:
    def __init__(self, database: Database, clock: Clock, zone: str = "") -> None:
        """`zone`: IANA; "" is that of the machine."""
        self._database = database
        self._clock = clock
        self._zone: tzinfo | None = ZoneInfo(zone) if zone else None

    async def today(self, user_id: UUID) -> FiguresView:
        now = self._clock.now()
        since = midnight(now, self._zone)
        async with self._database.read() as connection:
            day = await figures.day(connection, user_id, since, now)
        worked = day.talk_s + day.hold_s + day.consult_s + day.wrap_s
        signed = worked + day.ready_s
        return FiguresView(
            calls=day.calls,
            answered_in=day.answered_in,
            outbound=day.outbound,
            talk_s=round(day.talk_s, _TENTHS),
            hold_s=round(day.hold_s, _TENTHS),
            wrap_s=round(day.wrap_s, _TENTHS),
            aht_s=round(worked / day.calls, _TENTHS) if day.calls else None,
            ready_s=float(day.ready_s),
            occupancy=round(worked / signed, 3) if signed else None,
            missed=day.missed,
            undisposed=day.undisposed,
            since=since,
        )


def midnight(now: datetime, zone: tzinfo | None) -> datetime:
    """When the day of `now` began there (None: where the machine stands), in UTC."""
    local = now.astimezone(zone)
    start = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if zone is None:  # astimezone gave a fixed offset: that of midnight may be another
        start = start.replace(tzinfo=None).astimezone()
    return start.astimezone(UTC)

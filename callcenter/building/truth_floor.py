"""What keeps the log true, and says how it is: history, comparison, delays, health."""

from __future__ import annotations

from callcenter.building.pbx_house import PbxHouse
from callcenter.building.recording_floor import RecordingFloor
from callcenter.services.delays import Delays
from callcenter.services.health import Health, Watched
from callcenter.services.history_watch import HistoryHealth
from callcenter.services.nightly import Nightly
from callcenter.services.reconciliation import Reconciliation, Records
from callcenter.services.records_of import records_of
from callcenter.services.recovery import Recovery
from callcenter.settings import Settings


class TruthFloor(RecordingFloor):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        zone = settings.company.zone
        self.delays = Delays(
            lambda: [house.call_log for house in self.houses], self.feed, self.clock, self.alarms
        )
        self.recoveries: dict[str, Recovery] = {}
        compared = []
        for house in self.houses:
            records = records_of(house.settings, house.topology)
            if records is None:
                continue
            self.recoveries[house.pbx] = self._recovery(house, records)
            compared.append(self._reconciliation(house, records))
        self.nightly = Nightly(
            compared,
            self.database,
            self.clock,
            zone,
            owns=lambda pbx: self.houses.of(pbx).lease.held,
        )
        self.health = Health(
            [self._watched(house) for house in self.houses],
            recordings=self.recording_keeper.health,
            database=self.database,
            feed=self.feed,
            clock=self.clock,
            alarms=self.alarms,
            zone=zone,
        )

    def start_truth(self) -> None:
        self.delays.start()
        self.health.start()
        for recovery in self.recoveries.values():
            recovery.start()
        self.nightly.start()

    async def stop_truth(self) -> None:
        await self.nightly.stop()
        for recovery in self.recoveries.values():
            await recovery.stop()
        await self.health.stop()
        self.delays.stop()

    def _recovery(self, house: PbxHouse, records: Records) -> Recovery:
        return Recovery(
            pbx=house.pbx,
            source=records.source,
            rebuild=records.rebuild,
            topology=records.topology,
            tracker=house.tracker,
            call_log=house,
            database=self.database,
            clock=self.clock,
            skew_s=lambda: house.switch.stats().clock_skew_s,
            alarms=self.alarms,
            owns=lambda: house.lease.held,
        )

    def _reconciliation(self, house: PbxHouse, records: Records) -> Reconciliation:
        return Reconciliation(
            records,
            self.database,
            self.clock,
            alive=lambda: [one.call_id for one in house.tracker.live_calls()],
            alarms=self.alarms,
        )

    def _watched(self, house: PbxHouse) -> Watched:
        recovery = self.recoveries.get(house.pbx)
        unknown = HistoryHealth(None)
        return Watched(
            pbx=house.pbx,
            switch=house.switch,
            tracker=house.tracker,
            call_log=house.call_log,
            owner=lambda: house.lease.holder,
            history=lambda: recovery.health if recovery is not None else unknown,
        )

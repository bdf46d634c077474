"""Recordings that there are: taken in from the switches' folders, kept, listened to, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from callcenter.building.service_floor import ServiceFloor
from callcenter.services.disks import Disks
from callcenter.services.recording_keeper import KeeperOptions, RecordingKeeper
from callcenter.services.recording_library import RecordingLibrary
from callcenter.services.recording_times import RecordingTimes
from callcenter.settings import Settings
from callcenter.settings.switches import every_switch
from callcenter.store.master_keys import MasterKeys


class RecordingFloor(ServiceFloor):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        options = settings.recordings
        self.master_keys = cache(
            lambda: MasterKeys(settings.paths.var, options.master_key.get_secret_value())
        )
        self.recording_times = RecordingTimes()
        self.disks = Disks(
            [*self._written_to(), options.store, *sources_of(settings).values()],
            options.disk_alarm,
            alarms=self.alarms,
            clock=self.clock,
        )
        self.recording_keeper = RecordingKeeper(
            KeeperOptions(options.store, sources_of(settings), options.keep_days),
            database=self.database,
            keys=self.master_keys,
            times=self.recording_times,
            alarms=self.alarms,
            news=self.news,
            clock=self.clock,
            disk_refused=self.disks.refused,
            owns=lambda pbx: self.houses.of(pbx).lease.held,
        )
        self.log_news.subscribe(self.recording_keeper.logged)
        self.library = RecordingLibrary(
            options.store,
            database=self.database,
            keys=self.master_keys,
            news=self.news,
            clock=self.clock,
        )

    def start_recordings(self) -> None:
        """Raises SecretKeyBroken and OSError, when there is something to take in."""
        if sources_of(self.settings):
            self.master_keys()
        self.disks.start()
        self.recording_keeper.start()
        self.library.start()

    async def stop_recordings(self) -> None:
        await self.library.stop()
        await self.recording_keeper.stop()
        await self.disks.stop()

    def _written_to(self) -> Iterator[Path]:
        yield self.settings.paths.var  # the journals
        if self.database.is_sqlite and self.database.url.database:
            yield Path(self.database.url.database).parent


def sources_of(settings: Settings) -> dict[str, Path]:
    """Where each switch's recordings are, of those whose are taken in."""
    every = every_switch(settings)
    return {one.pbx: Path(one.recordings_folder) for one in every if one.recordings_folder}

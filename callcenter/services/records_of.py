"""A switch's own record, as the settings say where it is."""

from __future__ import annotations

from callcenter.services.reconciliation import Records
from callcenter.settings import SettingsError
from callcenter.settings.switches import OneSwitch
from telephony.calls import Topology
from telephony.history.queue_log import QueueLog
from telephony.history.rebuild import rebuild
from telephony.history.source import make_source


def records_of(one: OneSwitch, topology: Topology) -> Records | None:
    """None when there is none. Nothing is opened yet. Raises SettingsError."""
    told = one.history
    try:
        source = make_source(
            told.kind, path=told.path, url=told.url.get_secret_value(), table=told.table
        )
    except ValueError as error:
        raise SettingsError(str(error)) from None
    if source is None:
        return None
    queue_log = QueueLog(told.queue_log) if told.queue_log else None
    return Records(one.pbx, source, rebuild, topology, queue_log)

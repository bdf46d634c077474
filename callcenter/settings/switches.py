"""Further switches: their variables in the environment, and what must not be the same of two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from callcenter.settings.sections import (
    FurtherSwitch,
    HistorySection,
    ManagerSection,
    Settings,
    SwitchSection,
)
from callcenter.settings.wording import wrong_value

PREFIX = "CALLCENTER_SWITCHES__"


@dataclass(frozen=True, slots=True)
class OneSwitch:
    """Any of them, the first or a further one, as the house needs it."""

    pbx: str
    reached: ManagerSection
    history: HistorySection
    recordings_folder: str

    @property
    def links(self) -> tuple[str, ...]:
        """Its trunks to other switches of the house."""
        return tuple(self.reached.trunk_to.values())


def every_switch(settings: Settings) -> tuple[OneSwitch, ...]:
    """The first one first."""
    first = settings.switch
    return (
        OneSwitch(first.pbx, first, settings.history, settings.recordings.folder),
        *(
            OneSwitch(pbx, one, one.history, one.recordings_folder)
            for pbx, one in settings.switches.items()
        ),
    )


def seen_from(settings: Settings, pbx: str) -> Settings:
    """The same house as if `pbx` were its first switch. Raises ValueError for an id that is none,
    with those that are."""
    first = settings.switch
    if pbx == first.pbx:
        return settings
    if pbx not in settings.switches:
        there = ", ".join((first.pbx, *settings.switches))
        raise ValueError(f"no switch is called {pbx!r}; there are {there}")
    one = settings.switches[pbx]
    reached = {name: getattr(one, name) for name in ManagerSection.model_fields}
    return settings.model_copy(
        update={
            "switch": SwitchSection(pbx=pbx, region=first.region, **reached),
            "history": one.history,
            "phone": settings.phone.model_copy(update={"websocket_url": one.websocket_url}),
        }
    )


def place(name: str, switches: object) -> tuple[str, ...] | None:
    """``CALLCENTER_SWITCHES__PBX2__HISTORY__KIND`` → ("switches", "pbx2", "history", "kind").

    None when there is no such setting. An id is found whatever its letters' case (and its ``-``,
    which no variable can hold, is ``_`` there); one that the file does not have is in small ones.
    """
    written, _, rest = name.removeprefix(PREFIX).partition("__")
    keys = tuple(rest.lower().split("__"))
    known = {(one,) for one in FurtherSwitch.model_fields if one != "history"}
    known_of_history = {("history", one) for one in HistorySection.model_fields}
    if not written or keys not in known | known_of_history:
        return None
    there = switches if isinstance(switches, dict) else {}
    ids = {str(one).upper().replace("-", "_"): str(one) for one in there}
    return ("switches", ids.get(written.upper(), written.lower()), *keys)


def variables(switches: object) -> Iterator[str]:
    """The names that may be meant by one that is none."""
    for id_ in switches if isinstance(switches, dict) else ():
        for key in FurtherSwitch.model_fields:
            yield f"{PREFIX}{id_}__{key}".upper()


def clashes(settings: Settings) -> Iterator[str]:
    """One line per value that two switches must not share, or that names no switch."""
    ids = {settings.switch.pbx.casefold(): "switch.pbx"}
    managers = {(settings.switch.host, settings.switch.port): "switch"}
    every = {settings.switch.pbx, *settings.switches}
    yield from _ways("switch", settings.switch.pbx, settings.switch, every)
    for id_, one in settings.switches.items():
        key = f"switches.{id_}"
        taken = ids.setdefault(id_.casefold(), key)
        if taken != key:
            yield wrong_value(key, id_, f"a name of its own: {taken} is the same")
        taken = managers.setdefault((one.host, one.port), key)
        if taken != key:
            expected = f"a manager of its own: {one.host}:{one.port} is [{taken}]"
            yield wrong_value(f"{key}.port", one.port, expected)
        yield from _ways(key, id_, one, every)


def _ways(key: str, pbx: str, section: ManagerSection, every: set[str]) -> Iterator[str]:
    others = every - {pbx}
    for to, trunk in section.trunk_to.items():
        if to not in others:
            there = ", ".join(sorted(others)) or "there is none yet, see [switches]"
            yield wrong_value(f"{key}.trunk_to.{to}", trunk, f"another switch's id: {there}")

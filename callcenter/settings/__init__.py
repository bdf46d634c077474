"""What can be set: a TOML file, then the environment, checked once at the start.

`kinds` are the values there are, `sections` the keys, `reading` where they come from, `wording`
what is said of a wrong one: the key, the value, what is expected.
"""

from __future__ import annotations

from callcenter.settings.reading import DEMO_PASSWORD, load
from callcenter.settings.sections import Logging, Settings
from callcenter.settings.wording import SettingsError, wrong_value

__all__ = ["DEMO_PASSWORD", "Logging", "Settings", "SettingsError", "load", "wrong_value"]

"""What users set for themselves: JSON in their row, a `PrefsView` for their screens.

The row may have been written by another version of ours. What cannot be read any more is as if it
had never been set; what this version does not know stays where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from callcenter.services.records import PrefsView

THEMES = frozenset({"light", "dark"})


def view(stored: Mapping[str, Any]) -> PrefsView:
    """Never raises."""
    known = {}
    for name in stored.keys() & PrefsView.__dataclass_fields__.keys():
        try:
            known[name] = _kinds()[name].validate_python(stored[name])
        except ValidationError:
            continue
    return PrefsView(**known)


def theme(stored: Mapping[str, Any]) -> str:
    """ "" follows the system."""
    found = stored.get("theme")
    return found if found in THEMES else ""


@cache
def _kinds() -> dict[str, TypeAdapter[Any]]:
    """Made when the first user who has set something signs in, and not at every start."""
    hints = get_type_hints(PrefsView, include_extras=True)
    return {name: TypeAdapter(hint) for name, hint in hints.items()}

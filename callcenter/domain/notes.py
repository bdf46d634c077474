"""A note that several windows, or several people, write on the same call."""

from __future__ import annotations


def merged(current: str, written: str, made_of: str | None) -> str:
    """What the note shall be. `written` was made of `made_of` (None: the writer does not say) and
    takes its place; nothing that somebody else wrote into `current` meanwhile is lost.
    """
    if current in (made_of, written, ""):
        return written
    if made_of is None:
        return current if current.startswith(written) else written
    added = current.removeprefix(made_of) if current.startswith(made_of) else current
    added = added.strip()
    if not added or written.endswith(added):
        return written
    return f"{written}\n{added}" if written else added

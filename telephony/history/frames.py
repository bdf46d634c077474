"""AMI frames, as the switch would have sent them."""

from __future__ import annotations

from telephony.wire import Frame

_BREAKS = str.maketrans("\r\n\0", "   ")


def frame(event: str, at: float, /, **headers: str) -> Frame:
    """One event. Names are escaped as Asterisk escapes them (`wire`)."""
    lines = [f"Event: {event}", f"Timestamp: {at:.6f}"]
    for name, value in headers.items():
        text = value.translate(_BREAKS)
        if name.endswith("CallerIDName"):
            text = text.replace("\\", "\\\\")
        lines.append(f"{name.translate(_BREAKS)}: {text}")
    return Frame("\r\n".join(lines).encode("utf-8", "replace"), event)

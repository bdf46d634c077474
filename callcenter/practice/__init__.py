"""A room to practise in: see `room`."""

from __future__ import annotations

from callcenter.practice.inside import Inside
from callcenter.practice.room import PracticeRoom
from callcenter.practice.sessions import PracticeSessions

__all__ = ["Inside", "PracticeRoom", "PracticeSessions"]

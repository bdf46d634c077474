"""What can be wrong with a recording: a code that screens translate, and its figures.

The English words are for the log and the command line; a screen has its own for each code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

ProblemCode = Literal[
    "no_file",
    "unclosed",
    "not_wav",
    "without_sound",
    "uncoded",
    "unplayable",
    "length",
    "leak",
]

ENGLISH: Final[Mapping[ProblemCode, str]] = {
    "no_file": "The switch left no file of this call.",
    "unclosed": "The switch never closed this file; what it had written is kept.",
    "not_wav": "Not a WAV file.",
    "without_sound": "A WAV file without sound.",
    "uncoded": "A WAV file that does not say how it is coded.",
    "unplayable": "Not readable: WAV of kind {kind}, {bits} bits; set the format to wav (16-bit).",
    "length": "{sound_s:.1f} s of sound for {talk_s:.1f} s of talk.",
    "leak": "Paused from {from_s:.1f} s to {to_s:.1f} s, and not silent there.",
}


@dataclass(frozen=True, slots=True)
class RecordingProblem:
    code: ProblemCode
    values: Mapping[str, float] = field(default_factory=dict)
    """What the words name; ``…_s`` is in seconds."""

    def __str__(self) -> str:
        return ENGLISH[self.code].format_map(self.values)

    def plain(self) -> dict[str, Any]:
        """As it is stored. `of` reads it."""
        return {"code": self.code, "values": dict(self.values)}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        return cls(stored["code"], stored["values"])


def in_english(problems: Iterable[RecordingProblem]) -> str:
    return " ".join(map(str, problems))

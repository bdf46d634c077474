"""The browser's types are made of the server's; a stale file fails here."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcenter.web.typescript import Unsupported, render, type_of

GENERATED = Path(__file__).parents[2] / "agent_ui/src/messages.gen.ts"


def test_the_generated_file_is_fresh() -> None:
    assert GENERATED.read_text(encoding="utf-8") == render(), (
        "run: python -m callcenter.web.typescript --out agent_ui/src/messages.gen.ts"
    )


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "format": "uuid"}, "Uuid"),
        ({"type": "string", "format": "date-time"}, "Iso"),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
         "(string | null)[]"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "Record<string, number>"),
        ({"type": "object", "additionalProperties": False}, "Record<string, never>"),
        ({"enum": ["exact", "suffix", "several", "unknown", "withheld"]}, "Match"),
        ({"const": True}, "true"),
    ],
)  # fmt: skip
def test_one_schema_as_a_type(schema: dict[str, object], expected: str) -> None:
    assert type_of(schema) == expected


def test_what_it_does_not_know_is_refused() -> None:
    with pytest.raises(Unsupported):
        type_of({"not": {}})

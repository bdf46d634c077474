"""JSON schemas of the wire's types, for the OpenAPI document and the browser's types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import TypeAdapter

Schema = dict[str, Any]
Mode = Literal["validation", "serialization"]


def schemas(
    types: Iterable[type], mode: Mode, ref_template: str = "#/$defs/{model}"
) -> dict[str, Schema]:
    """Schemas by name: of these types and of everything they hold."""
    inputs: list[tuple[str, Mode, TypeAdapter[Any]]] = [
        (each.__name__, mode, TypeAdapter(each)) for each in types
    ]
    _, document = TypeAdapter.json_schemas(inputs, ref_template=ref_template)
    definitions: dict[str, Schema] = document["$defs"]
    return definitions

"""The OpenAPI document: valid, complete, and about the routes that are really served."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.web.house import House

METHODS = {"get", "head", "post", "patch", "delete"}
KEYWORDS = {  # of JSON Schema 2020-12, as far as we use it; "nullable" (OpenAPI 3.0) is not one
    "$ref", "type", "properties", "required", "additionalProperties", "items", "anyOf", "oneOf",
    "enum", "const", "format", "title", "description", "default", "minLength", "maxLength",
    "minimum", "maximum", "pattern", "prefixItems", "minItems", "maxItems", "maxProperties",
}  # fmt: skip


async def fetch(house: House) -> dict[str, Any]:
    async with house.visitor().get("/api/v1/openapi.json") as answer:
        assert answer.status == 200
        document: dict[str, Any] = await answer.json()
        return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        assert set(item) <= METHODS
        for method, operation in item.items():
            yield path, method, operation


def walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from walk(each)
    elif isinstance(value, list):
        for each in value:
            yield from walk(each)


async def test_every_route_is_described(house: House) -> None:
    document = await fetch(house)
    described = {(path, method.upper()) for path, method, _ in operations(document)}
    runner = house.web._runner
    assert runner is not None
    served = {
        (route.resource.canonical, route.method)
        for route in runner.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api/v1/")
    }
    served -= {("/api/v1/openapi.json", "GET"), ("/api/v1/openapi.json", "HEAD")}
    assert described == served
    assert len(described) >= 30


async def test_it_is_openapi_3_1(house: House) -> None:
    document = await fetch(house)
    assert document["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(document["info"])
    ids = []
    for path, _, operation in operations(document):
        ids.append(operation["operationId"])
        assert operation["summary"]
        assert all(re.fullmatch(r"[1-5]\d\d", status) for status in operation["responses"])
        assert all(answer["description"] for answer in operation["responses"].values())
        declared = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path))
    assert len(ids) == len(set(ids))


async def test_its_references_resolve_and_its_schemas_are_json_schema(house: House) -> None:
    document = await fetch(house)
    for node in walk(document):
        if "$ref" in node:
            target: Any = document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
    for schema in document["components"]["schemas"].values():
        check_schema(schema)
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            check_schema(parameter["schema"])


def check_schema(schema: dict[str, Any]) -> None:
    assert set(schema) <= KEYWORDS, schema
    may_be_null = {"type": "null"} in schema.get("anyOf", ())
    assert may_be_null or schema.get("default", "") is not None, schema
    for inner in schema.get("properties", {}).values():
        check_schema(inner)
    for inner in (*schema.get("anyOf", ()), *filter(None, [schema.get("items")])):
        check_schema(inner)
    assert set(schema.get("required", ())) <= set(schema.get("properties", {}))


async def test_an_operation_in_full(house: House) -> None:
    operation = (await fetch(house))["paths"]["/api/v1/tickets/{id}/notes"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/NoteCreate"
    }
    assert [parameter["name"] for parameter in operation["parameters"]] == [
        "id",
        "Idempotency-Key",
    ]
    assert set(operation["responses"]) == {
        "201", "400", "401", "403", "404", "409", "413", "503",
    }  # fmt: skip

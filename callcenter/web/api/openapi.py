"""The OpenAPI 3.1 document, from the declared routes."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from callcenter.web.answers import ErrorBody
from callcenter.web.api.route import PREFIX, Route
from callcenter.web.auth import COOKIE
from callcenter.web.schemas import Schema, schemas

_TEMPLATE = "#/components/schemas/{model}"
_WORDS = {
    400: "Wrong or missing fields; `fields` names them",
    401: "Not signed in",
    403: "Not permitted, or sent from a foreign page",
    404: "No such record, or not for this person's eyes",
    416: "There is nothing in that range",
    409: "The record or the state changed meanwhile",
    413: "Too large",
    429: "Too many attempts; see Retry-After",
    503: "The switch is not connected",
}


def document(routes: Iterable[Route]) -> dict[str, Any]:
    routes = tuple(routes)
    takes = {route.body.__name__: route.body for route in routes if route.body}
    asks = {route.query.__name__: route.query for route in routes if route.query}
    gives = {route.answer.__name__: route.answer for route in routes if route.answer}
    queries = schemas(asks.values(), "validation", _TEMPLATE)
    paths: dict[str, Any] = {}
    for route in routes:
        operations = paths.setdefault(PREFIX + route.path, {})
        operations[route.method.lower()] = _operation(route, queries)
    return {
        "openapi": "3.1.0",
        "info": {"title": "callcenter", "version": version("callcenter")},
        "paths": paths,
        "components": {
            "schemas": schemas((*gives.values(), ErrorBody), "serialization", _TEMPLATE)
            | schemas(takes.values(), "validation", _TEMPLATE),
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": COOKIE}},
        },
        "security": [{"session": []}],
    }


def _operation(route: Route, queries: dict[str, Schema]) -> dict[str, Any]:
    noun = route.path.split("/")[1]
    operation: dict[str, Any] = {
        "operationId": f"{noun}_{route.handler.__name__}",
        "summary": route.summary,
        "tags": [noun],
        "responses": {str(route.status): _answer(route)},
    }
    if route.public:
        operation["security"] = []
    elif route.anybody:
        operation["security"] = [{"session": []}, {}]
    parameters = _parameters(route, queries)
    if parameters:
        operation["parameters"] = parameters
    if route.body:
        operation["requestBody"] = {"required": True, "content": _json(route.body.__name__)}
    if route.ranges:
        part = {"description": "The part that was asked for", "content": _octets(route)}
        operation["responses"]["206"] = part
    for status in _errors(route):
        operation["responses"][str(status)] = {
            "description": _WORDS[status],
            "content": _json("ErrorBody"),
        }
    return operation


def _answer(route: Route) -> dict[str, Any]:
    if route.media:
        return {"description": "OK", "content": _octets(route)}
    if route.answer is None:
        return {"description": "Done"}
    return {"description": "OK", "content": _json(route.answer.__name__)}


def _octets(route: Route) -> dict[str, Any]:
    return {route.media: {"schema": {"type": "string", "format": "binary"}}}


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _TEMPLATE.format(model=name)}}}


def _parameters(route: Route, queries: dict[str, Schema]) -> list[dict[str, Any]]:
    found = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
        }
        for name in route.path_names
    ]
    if route.idempotent_by_key:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "A repeated key is one effect and the same answer",
                "schema": {"type": "string", "maxLength": 80},
            }
        )
    if route.ranges:
        found += [
            {"name": name, "in": "header", "required": False, "schema": {"type": "string"}}
            for name in ("Range", "If-Range")
        ]
    if route.query:
        schema = queries[route.query.__name__]
        required = schema.get("required", ())
        found += [
            {"name": name, "in": "query", "required": name in required, "schema": inner}
            for name, inner in schema["properties"].items()
        ]
    return found


def _errors(route: Route) -> list[int]:
    errors = {503}
    if route.body or route.query:
        errors.add(400)
    if route.body:
        errors.add(413)
    if route.public:
        errors |= {401, 429}
    elif not route.anybody:
        errors |= {401, 403}
    if route.path_names:
        errors.add(404)
    if route.ranges:
        errors.add(416)
    if route.method not in {"GET", "HEAD"}:
        errors |= {403, 409}
    return sorted(errors)

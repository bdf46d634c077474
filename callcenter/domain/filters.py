"""The one filter grammar (JSON), for routing rules now and every list later.

    {"all": [filter, …]}   {"any": [filter, …]}   {"not": filter}
    {"field": "tier", "op": "in", "value": ["gold", "platinum"]}

Operators: eq, ne, in, not_in, is_set for every field; contains, starts_with, ends_with for text;
lt, lte, gt, gte for numbers. An absent value (None or "") is equal to nothing: only `ne`,
`not_in` and `is_set: false` are true of it. `{"all": []}` is true, `{"any": []}` is not.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

FieldType = Literal["text", "number", "bool"]
Fields = Mapping[str, FieldType]
Record = Mapping[str, object]
Predicate = Callable[[Record], bool]

_MAX_DEPTH = 10
_MAX_ITEMS = 200

_PYTHON: Final[Mapping[FieldType, type | tuple[type, ...]]] = {
    "text": str,
    "number": (int, float),
    "bool": bool,
}
_TEXT: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "contains": operator.contains,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
}
_NUMBER: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
_OPERATORS: Final[Mapping[FieldType, frozenset[str]]] = {
    "text": frozenset({"eq", "ne", "in", "not_in", "is_set", *_TEXT}),
    "number": frozenset({"eq", "ne", "in", "not_in", "is_set", *_NUMBER}),
    "bool": frozenset({"eq", "ne", "is_set"}),
}


class FilterError(ValueError):
    """`path` says where in the JSON ("all.0.value"), `message` what is wrong there."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path or 'filter'}: {message}")
        self.path = path
        self.message = message


def compile_filter(given: object, fields: Fields) -> Predicate:
    """Check a filter against the fields there are, and make a function of it.

    Raises `FilterError` for the first thing that is wrong.
    """
    return _compile(given, fields, "", 1)


def _compile(given: object, fields: Fields, path: str, depth: int) -> Predicate:
    if depth > _MAX_DEPTH:
        raise FilterError(path, f"nested deeper than {_MAX_DEPTH}")
    if not isinstance(given, dict):
        raise FilterError(path, 'expected an object with "all", "any", "not" or "field"')
    keys = frozenset(given)
    if keys in ({"all"}, {"any"}):
        (word,) = keys
        return _compile_many(word, given[word], fields, path, depth)
    if keys == {"not"}:
        inner = _compile(given["not"], fields, _join(path, "not"), depth + 1)
        return lambda record: not inner(record)
    if keys == {"field", "op", "value"}:
        return _compile_test(given, fields, path)
    raise FilterError(
        path, f'expected "all", "any", "not", or "field" with "op" and "value", got {sorted(keys)}'
    )


def _compile_many(word: str, given: object, fields: Fields, path: str, depth: int) -> Predicate:
    path = _join(path, word)
    if not isinstance(given, list) or len(given) > _MAX_ITEMS:
        raise FilterError(path, f"expected a list of at most {_MAX_ITEMS} filters")
    inner = [
        _compile(item, fields, _join(path, str(index)), depth + 1)
        for index, item in enumerate(given)
    ]
    if len(inner) == 1:
        return inner[0]
    if word == "all":
        return lambda record: all(test(record) for test in inner)
    return lambda record: any(test(record) for test in inner)


def _compile_test(given: Mapping[str, object], fields: Fields, path: str) -> Predicate:
    field, op, value = given["field"], given["op"], given["value"]
    if not isinstance(field, str) or field not in fields:
        raise FilterError(_join(path, "field"), f"no field {field!r}; there are {sorted(fields)}")
    kind = fields[field]
    if not isinstance(op, str) or op not in _OPERATORS[kind]:
        raise FilterError(
            _join(path, "op"),
            f"no operator {op!r} for {kind}; there are {sorted(_OPERATORS[kind])}",
        )
    _check_value(op, value, kind, _join(path, "value"))
    return _test(field, op, value)


def _check_value(op: str, value: object, kind: FieldType, path: str) -> None:
    if op == "is_set":
        if not isinstance(value, bool):
            raise FilterError(path, "expected true or false")
    elif op in {"in", "not_in"}:
        if not isinstance(value, list) or len(value) > _MAX_ITEMS:
            raise FilterError(path, f"expected a list of at most {_MAX_ITEMS} values")
        for index, item in enumerate(value):
            _check_type(item, kind, _join(path, str(index)))
    else:
        _check_type(value, kind, path)


def _check_type(value: object, kind: FieldType, path: str) -> None:
    # True is an int to Python, not to people.
    if not isinstance(value, _PYTHON[kind]) or (kind == "number" and isinstance(value, bool)):
        raise FilterError(path, f"expected a {kind}, got {value!r}")


def _test(field: str, op: str, value: Any) -> Predicate:
    if op == "is_set":
        return lambda record: (not _absent(record.get(field))) is value
    if op == "eq":
        return lambda record: not _absent(found := record.get(field)) and found == value
    if op == "ne":
        return lambda record: _absent(found := record.get(field)) or found != value
    if op in {"in", "not_in"}:
        wanted, positive = frozenset(value), op == "in"
        return lambda record: (
            (not _absent(found := record.get(field)) and found in wanted) is positive
        )
    compare = _TEXT.get(op) or _NUMBER[op]
    return lambda record: not _absent(found := record.get(field)) and compare(found, value)


def _absent(value: object) -> bool:
    return value is None or value == ""


def _join(path: str, part: str) -> str:
    return f"{path}.{part}" if path else part

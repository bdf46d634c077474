"""The kinds of values. A ValueError's text is what is expected: it follows "expected"."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated

import orjson
import phonenumbers
from pydantic import AfterValidator, BeforeValidator, Field

from callcenter.domain import colours, pictures, zones


def _listed(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.startswith("["):
        try:
            return orjson.loads(text)
        except ValueError:
            raise ValueError('a list: comma separated, or JSON like ["a", "b"]') from None
    return [part.strip() for part in text.split(",") if part.strip()]


def _networks(value: object) -> object:
    listed = _listed(value)
    if not isinstance(listed, list | tuple):
        raise ValueError("a list of addresses and networks")
    try:
        return tuple(ip_network(one) for one in listed)
    except ValueError as error:
        raise ValueError(f"addresses and networks like 10.0.0.0/8; {error}") from None


def _matching(pattern: str, expected: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(expected)
        return value

    return AfterValidator(check)


def _each(check: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda values: tuple(map(check, values)))


def _prefix(value: str) -> str:
    if not re.fullmatch(r"\+[0-9]{0,15}|[0-9]{1,20}", value):
        raise ValueError("beginnings of numbers: '+' and digits, like +86, or digits, like 95588")
    return value


def _region(value: str) -> str:
    if value not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("a country as two capital letters, like CN")
    return value


def _certificates(value: str) -> str:
    if value:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(value)
        except OSError as error:
            is_read = isinstance(error, ssl.SSLError)
            reason = "there is none in it" if is_read else error.strerror
            raise ValueError(f"a PEM file with the authority's certificate: {reason}") from None
    return value


def _table(value: object) -> object:
    """In the environment: JSON."""
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except ValueError:
        raise ValueError('a table, as JSON: {"+86": 10}') from None


def _tariffs(value: dict[str, int]) -> dict[str, int]:
    return {_prefix(prefix): per_minute for prefix, per_minute in value.items()}


def _accent(value: str) -> str:
    return value and colours.for_light(value).colour


def _zone(value: str) -> str:
    if value and not zones.is_zone(value):
        raise ValueError(f'{zones.EXPECTED}, or "" for the machine\'s')
    return value


def _picture(value: str) -> str:
    if value:
        expected = f"a PNG, SVG or WebP picture of {pictures.LARGEST // 1000} kB at most"
        try:
            data = Path(value).read_bytes()
        except OSError as error:
            raise ValueError(f"{expected}: {error.strerror}") from None
        if len(data) > pictures.LARGEST or not pictures.media_type(data):
            raise ValueError(expected)
    return value


Port = Annotated[int, Field(ge=1, le=65535)]
AnyPort = Annotated[int, Field(ge=0, le=65535)]
Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Listed = BeforeValidator(_listed)
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_networks)]
Prefixes = Annotated[tuple[str, ...], BeforeValidator(_listed), _each(_prefix)]
Region = Annotated[str, AfterValidator(_region)]
CaFile = Annotated[str, AfterValidator(_certificates)]
Host = Annotated[
    str, _matching(r"[\w.:%-]+", "an address or a host name, like 127.0.0.1 or pbx.example")
]
WebSocketUrl = Annotated[
    str, _matching(r"(wss?://\S+)?", "a WebSocket address, like wss://pbx.example:8089/ws")
]
Word = Annotated[
    str, _matching(r"[A-Za-z0-9_-]{1,40}", "up to 40 letters, digits, '-' and '_', like pbx1")
]
Link = Annotated[
    str, _matching(r"PJSIP/[A-Za-z0-9_.-]{1,60}", "a PJSIP trunk of the switch, like PJSIP/pbx2")
]
Accent = Annotated[str, AfterValidator(_accent)]
Zone = Annotated[str, AfterValidator(_zone)]
Picture = Annotated[str, AfterValidator(_picture)]
ShortText = Annotated[str, _matching(r"[^\x00-\x1f\x7f]{0,60}", "up to 60 characters in one line")]
TrunkTable = Annotated[dict[Word, Link], BeforeValidator(_table)]
TariffTable = Annotated[
    dict[str, Annotated[int, Field(ge=0, le=1_000_000)]],
    BeforeValidator(_table),
    AfterValidator(_tariffs),
]

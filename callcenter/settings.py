"""What can be set: a TOML file, then the environment, checked once at the start.

Environment: ``CALLCENTER_<SECTION>__<KEY>`` (lists: comma separated, or JSON), and ``HTTP_PORT``.
A wrong value stops the program at once and in plain words: the key, the value, what is expected.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

PREFIX = "CALLCENTER_"
DEMO_PASSWORD = "CALLCENTER_DEMO_PASSWORD"  # noqa: S105 (the name of a variable)
_SECRETS = frozenset({"secret", "credential", "password"})


class SettingsError(Exception):
    """`str(error)` has one line per wrong value."""


def _listed(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.startswith("["):
        return orjson.loads(text)
    return [part.strip() for part in text.split(",") if part.strip()]


def _region(value: str) -> str:
    if len(value) != 2 or not value.isalpha() or not value.isupper():
        raise ValueError("a country as two capital letters, like CN")
    return value


def _networks(value: object) -> object:
    listed = _listed(value)
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise ValueError("a list of addresses and networks")
    try:
        return tuple(map(ip_network, listed))
    except ValueError as error:
        raise ValueError(f"addresses and networks like 10.0.0.0/8; {error}") from None


Port = Annotated[int, Field(ge=1, le=65535)]
AnyPort = Annotated[int, Field(ge=0, le=65535)]
Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_networks)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Http(Section):
    host: str = "127.0.0.1"
    port: AnyPort = 8080
    gateway_port: AnyPort = 0
    public_gateway_url: Annotated[str, Field(pattern=r"^(wss?://.+)?$")] = ""
    secure_cookies: bool = False
    origins: Words = ()
    trusted_proxies: Networks = ()
    ui: Path = Path(__file__).parents[1] / "agent_ui" / "dist"


class DatabaseSection(Section):
    url: str = "sqlite:///var/callcenter.db"


class SwitchSection(Section):
    host: str = "127.0.0.1"
    port: Port = 5038
    username: str = "callcenter"
    secret: SecretStr = SecretStr("")
    tls: bool = False
    tls_ca_file: str = ""
    pbx: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")] = "pbx1"
    trunks: Words = ("PJSIP/carrier",)
    region: Annotated[str, AfterValidator(_region)] = "CN"
    own_numbers: Words = ()


class FastAgi(Section):
    host: str = "127.0.0.1"
    port: AnyPort = 4573
    deadline_s: Annotated[float, Field(gt=0, le=1)] = 0.8


class IceServerSection(Section):
    urls: Words
    username: str = ""
    credential: SecretStr = SecretStr("")


class Phone(Section):
    websocket_url: Annotated[str, Field(pattern=r"^(wss?://.+)?$")] = ""
    domain: str = ""
    ice_servers: Annotated[tuple[IceServerSection, ...], BeforeValidator(_listed)] = ()
    allowed_prefixes: Words = ("+86",)


class Paths(Section):
    var: Path = Path("var")


class Logging(Section):
    format: Literal["console", "json"] = "console"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Section):
    http: Http = Http()
    database: DatabaseSection = DatabaseSection()
    switch: SwitchSection = SwitchSection()
    fastagi: FastAgi = FastAgi()
    phone: Phone = Phone()
    paths: Paths = Paths()
    log: Logging = Logging()


def load(file: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Defaults, then the file, then the environment. Raises SettingsError."""
    environment = os.environ if environment is None else environment
    values = _read(file) if file is not None else {}
    sources = _apply_environment(values, environment)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        where = str(file) if file else "the defaults"
        lines = [_line(one, where, sources) for one in error.errors()]
        raise SettingsError("\n".join(lines)) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file}: expected UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: expected TOML: {error}") from None


def _apply_environment(values: dict[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """Put the environment's values in; returns key → the variable that set it."""
    given = {name: value for name, value in environment.items() if "__" in name}
    sources: dict[str, str] = {}
    wanted = [
        (name, *name.removeprefix(PREFIX).lower().split("__", 1), value)
        for name, value in given.items()
        if name.startswith(PREFIX)
    ]
    if "HTTP_PORT" in environment:
        wanted.append(("HTTP_PORT", "http", "port", environment["HTTP_PORT"]))
    for name, section, key, value in wanted:
        table = values.setdefault(section, {})
        if isinstance(table, dict):
            table[key] = value
            sources[f"{section}.{key}"] = name
    return sources


def _line(error: Any, where: str, sources: Mapping[str, str]) -> str:
    place = [str(part) for part in error["loc"]]
    key = ".".join(place)
    source = sources.get(".".join(place[:2]), where)
    if error["type"] == "extra_forbidden":
        return f"{source}: {key}: no such setting"
    expected = error["msg"].removeprefix("Value error, ")
    expected = expected[:1].lower() + expected[1:]
    expected = expected.replace("input should be", "expected").replace("string should", "should")
    if not expected.startswith(("expected", "should", "field")):
        expected = f"expected {expected}"
    value = "(hidden)" if _SECRETS & set(place) else repr(error["input"])
    return f"{source}: {key} = {value}: {expected}"

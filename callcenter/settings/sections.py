"""The sections of the settings and their keys, with the defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from callcenter.settings.kinds import (
    Accent,
    AnyPort,
    CaFile,
    Host,
    Listed,
    Networks,
    Picture,
    Port,
    Prefixes,
    Region,
    ShortText,
    TariffTable,
    TrunkTable,
    WebSocketUrl,
    Word,
    Words,
    Zone,
)


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Http(Section):
    host: Host = "127.0.0.1"
    port: AnyPort = 8080
    gateway_port: AnyPort = 0
    public_gateway_url: WebSocketUrl = ""
    secure_cookies: bool = False
    origins: Words = ()
    trusted_proxies: Networks = ()
    ui: Path = Path(__file__).parents[2] / "agent_ui" / "dist"


class DatabaseSection(Section):
    url: str = "sqlite:///var/callcenter.db"


class ManagerSection(Section):
    """How a switch is reached, and what of it is the outside world."""

    host: Host = "127.0.0.1"
    port: Port = 5038
    username: str = "callcenter"
    secret: SecretStr = SecretStr("")
    tls: bool = False
    tls_ca_file: CaFile = ""
    trunks: Words = ("PJSIP/carrier",)
    own_numbers: Words = ()
    trunk_to: TrunkTable = Field(default_factory=dict)  # another switch's id → the way there


class SwitchSection(ManagerSection):
    """The first switch."""

    pbx: Word = "pbx1"
    region: Region = "CN"


class FastAgi(Section):
    host: Host = "127.0.0.1"
    port: AnyPort = 4573
    deadline_s: Annotated[float, Field(gt=0, le=1)] = 0.8


class IceServerSection(Section):
    urls: Words
    username: str = ""
    credential: SecretStr = SecretStr("")


class Phone(Section):
    websocket_url: WebSocketUrl = ""
    domain: str = ""
    ice_servers: Annotated[tuple[IceServerSection, ...], Listed] = ()
    allowed_prefixes: Prefixes = ("+86",)
    refused_prefixes: Prefixes = ()
    premium_numbers: bool = False
    dials_per_minute: Annotated[int, Field(ge=0, le=1000)] = 20
    daily_cost: Annotated[int, Field(ge=0)] = 0
    tariffs: TariffTable = Field(default_factory=dict)


class Company(Section):
    name: ShortText = ""
    accent: Accent = ""
    logo: Picture = ""
    zone: Zone = ""  # in which the day of the figures begins; "" is the machine's


class Paths(Section):
    var: Path = Path("var")


class HistorySection(Section):
    """Where the switch's own record of calls (CEL, queue_log) is found."""

    kind: Literal["none", "csv", "sqlite", "pgsql"] = "none"
    path: str = ""  # of the CSV file or the SQLite file
    url: SecretStr = SecretStr("")  # of the PostgreSQL database
    table: str = "cel"
    queue_log: str = ""


class FurtherSwitch(ManagerSection):
    """One of ``[switches.<id>]``; the id is its name in the call log and before its devices."""

    websocket_url: WebSocketUrl = ""  # of its browsers' phones, as in [phone]
    domain: str = ""
    history: HistorySection = HistorySection()
    recordings_folder: str = ""


class RecordingsSection(Section):
    folder: str = ""  # where the switch's files are, as this machine sees it; "" takes none in
    store: Path = Path("var/recordings")
    master_key: SecretStr = SecretStr("")  # "": paths.var/recordings.key, made when there is none
    keep_days: Annotated[int, Field(ge=0)] = 0  # of queues that say nothing; 0 is for ever
    disk_alarm: Annotated[float, Field(gt=0, lt=1)] = 0.1  # share of the disk that must be free


class Logging(Section):
    format: Literal["console", "json"] = "console"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Section):
    http: Http = Http()
    database: DatabaseSection = DatabaseSection()
    switch: SwitchSection = SwitchSection()
    switches: dict[Word, FurtherSwitch] = Field(default_factory=dict)  # beside the first
    fastagi: FastAgi = FastAgi()
    phone: Phone = Phone()
    company: Company = Company()
    history: HistorySection = HistorySection()
    recordings: RecordingsSection = RecordingsSection()
    paths: Paths = Paths()
    log: Logging = Logging()

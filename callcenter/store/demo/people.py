"""Demo people: those who work here, and those who call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from callcenter.domain.names import name_key
from callcenter.domain.phone import normalise
from callcenter.store.demo import words
from callcenter.store.ids import default_id, id_at

Row = dict[str, Any]

LABEL: Final = {"demo": True}
REGION: Final = "CN"

# login, name, role, extension, team, locale, queues
_USERS: Final = (
    ("agent", "Li Na 李娜", "agent", "1001", "support", "", ("support", "sales", "vip")),
    ("zhang.wei", "Zhang Wei 张伟", "agent", "1002", "support", "zh-CN", ("support", "vip")),
    ("chen.jing", "Chen Jing 陈静", "agent", "1003", "support", "zh-CN", ("support",)),
    ("emma.brown", "Emma Brown", "agent", "1004", "support", "en", ("support", "vip")),
    ("liu.yang", "Liu Yang 刘洋", "agent", "1005", "sales", "zh-CN", ("sales",)),
    ("tom.wilson", "Tom Wilson", "agent", "1006", "sales", "en", ("sales", "support")),
    ("supervisor", "Zhao Min 赵敏", "supervisor", "1007", "care", "", ()),
    ("admin", "Administrator", "admin", "1008", "care", "", ()),
)
# code, path, parent
_TEAMS: Final = (
    ("care", "Customer care 客户中心", "/1/", None),
    ("support", "Support 支持组", "/1/2/", "care"),
    ("sales", "Sales 销售组", "/1/3/", "care"),
)
LOGINS: Final = tuple(login for login, *_ in _USERS)


@dataclass(frozen=True, slots=True)
class Agent:
    id: UUID
    extension: str
    team_id: UUID


@dataclass(frozen=True, slots=True)
class Staff:
    teams: list[Row]
    users: list[Row]
    members: list[Row]
    agents: tuple[Agent, ...]


@dataclass(frozen=True, slots=True)
class Customer:
    """What tickets and calls need to know of one."""

    id: UUID
    number: str
    chinese: bool
    owner: Agent | None
    weight: float  # how much happens with them


@dataclass(slots=True)
class Customers:
    parties: list[Row] = field(default_factory=list)
    numbers: list[Row] = field(default_factory=list)
    known: list[Customer] = field(default_factory=list)


def staff(random: Random, now: datetime, password_hashes: Mapping[str, str]) -> Staff:
    """Who has no hash cannot sign in."""
    begun = now - timedelta(days=400)
    team_ids = {code: id_at(begun, random) for code, *_ in _TEAMS}
    teams = [
        {"id": team_ids[code], "name": name, "path": path, "parent_id": team_ids.get(parent or "")}
        for code, name, path, parent in _TEAMS
    ]
    users: list[Row] = []
    members: list[Row] = []
    agents: list[Agent] = []
    for login, name, role, extension, team, locale, queues in _USERS:
        id_ = id_at(begun, random)
        users.append(
            {
                "id": id_,
                "login": login,
                "name": name,
                "password_hash": password_hashes.get(login, ""),
                "team_id": team_ids[team],
                "role_id": default_id("role", role),
                "extension": extension,
                "interface": f"PJSIP/{extension}",
                "locale": locale,
                "created_at": begun,
            }
        )
        members += [{"queue_id": default_id("queue", queue), "user_id": id_} for queue in queues]
        if role == "agent":
            agents.append(Agent(id_, extension, team_ids[team]))
    return Staff(teams, users, members, tuple(agents))


def customers(random: Random, now: datetime, agents: tuple[Agent, ...], count: int) -> Customers:
    """One in eight is an organisation; most of the others work for one of them."""
    made = Customers()
    maker = _Maker(random, now, agents, made)
    for _ in range(count // 8):
        maker.organisation()
    while len(made.parties) < count:
        maker.person()
    return made


class _Maker:
    def __init__(
        self, random: Random, now: datetime, agents: tuple[Agent, ...], made: Customers
    ) -> None:
        self._random = random
        self._now = now
        self._agents = agents
        self._made = made
        self._taken: set[str] = set()
        self._companies: list[tuple[Customer, tuple[str, str, str]]] = []

    def organisation(self) -> None:
        pick = self._random.choice
        chinese = self._random.random() < 0.75
        city = pick(words.CITIES)
        if chinese:
            name = f"{city[0]}{pick(words.COMPANY_WORDS)}{pick(words.TRADES)}有限公司"
            number = self._landline(city)
        else:
            name = f"{pick(words.ENGLISH_COMPANY_WORDS)} {pick(words.ENGLISH_TRADES)} Ltd"
            number = self._abroad()
        customer = self._party("organisation", name, number, chinese, city, None)
        self._companies.append((customer, city))

    def person(self) -> None:
        chance = self._random.random
        employer = self._random.choice(self._companies) if chance() < 0.7 else None
        chinese = employer[0].chinese if employer else chance() < 0.75
        city = employer[1] if employer else self._random.choice(words.CITIES)
        pick = self._random.choice
        if chinese:
            name = pick(words.SURNAMES) + pick(words.GIVEN)
        else:
            name = f"{pick(words.FIRST_NAMES)} {pick(words.LAST_NAMES)}"
        parent = employer[0].id if employer else None
        number = self._mobile() if chinese else self._abroad()
        customer = self._party("person", name, number, chinese, city, parent)
        if employer and chance() < 0.12:  # the switchboard: shared with the company and colleagues
            self._number(customer.id, employer[0].number, primary=False)
        if chance() < 0.3:
            self._number(customer.id, self._second(chinese, city), primary=False)

    def _party(
        self,
        kind: str,
        name: str,
        number: str,
        chinese: bool,
        city: tuple[str, str, str],
        parent_id: UUID | None,
    ) -> Customer:
        random = self._random
        tiers = {"platinum": 3, "gold": 10, "silver": 22, "standard": 65}
        (tier,) = random.choices(list(tiers), list(tiers.values()))
        owned = tier in {"platinum", "gold"} or random.random() < 0.25
        owner = random.choice(self._agents) if owned else None
        born = self._now - timedelta(days=random.uniform(100, 380))
        id_ = id_at(born, random)
        noted = random.random() < 0.15 or tier == "platinum"
        note = random.choice(words.CUSTOMER_NOTES)[chinese] if noted else ""
        self._made.parties.append(
            {
                "id": id_,
                "owner_id": owner.id if owner else None,
                "team_id": owner.team_id if owner else None,
                "custom": LABEL,
                "kind": kind,
                "parent_id": parent_id,
                "code": f"DEMO-{len(self._made.parties) + 1:05d}",
                "name": name,
                "name_key": name_key(name),
                "tier_id": default_id("tier", tier),
                "language": "zh-CN" if chinese else "en",
                "region": city[0] if chinese else "",
                "zone": "Asia/Shanghai" if chinese else "Europe/London",
                "note": note,
                "created_at": born,
                "updated_at": born,
            }
        )
        weight = {"platinum": 8.0, "gold": 4.0, "silver": 2.0, "standard": 1.0}[tier]
        self._number(id_, number, primary=True)
        customer = Customer(id_, normalise(number, REGION).norm, chinese, owner, weight)
        self._made.known.append(customer)
        return customer

    def _number(self, party_id: UUID, raw: str, *, primary: bool) -> None:
        number = normalise(raw, REGION)
        self._made.numbers.append(
            {
                "id": id_at(self._now, self._random),
                "party_id": party_id,
                "kind": "phone",
                "raw": raw,
                "norm": number.norm,
                "rev": number.rev,
                "ext": number.ext,
                "primary": primary,
                "created_at": self._now,
            }
        )

    def _second(self, chinese: bool, city: tuple[str, str, str]) -> str:
        if not chinese:
            return self._abroad()
        if self._random.random() < 0.5:
            return self._mobile()
        return f"{self._landline(city)}转{self._random.randint(801, 899)}"

    def _mobile(self) -> str:
        return self._fresh(lambda r: f"13{r.randint(5, 9)}0000{r.randint(0, 9999):04d}")

    def _landline(self, city: tuple[str, str, str]) -> str:
        return self._fresh(lambda r: f"{city[1]}-6{r.randint(0, 9_999_999):07d}")

    def _abroad(self) -> str:
        return self._fresh(lambda r: f"+44 20 7946 {r.randint(0, 9999):04d}")

    def _fresh(self, make: Callable[[Random], str]) -> str:
        """A number that is nobody's yet."""
        while True:
            number = make(self._random)
            if number not in self._taken:
                self._taken.add(number)
                return number

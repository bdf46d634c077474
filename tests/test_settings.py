"""Settings: file, environment, and what a broken one says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from callcenter.settings import Settings, SettingsError, load, wrong_value
from callcenter.settings.sections import FurtherSwitch, ManagerSection
from callcenter.settings.switches import seen_from

SHIPPED = Path(__file__).parents[1] / "config" / "callcenter.toml"


def test_the_shipped_file_says_what_the_defaults_are() -> None:
    assert load(SHIPPED, {}) == load(None, {}) == Settings()


def test_the_shipped_file_names_every_setting() -> None:
    told = tomllib.loads(SHIPPED.read_text())
    for name, section in Settings.model_fields.items():
        if name == "switches":
            continue  # there are none by default
        assert section.annotation is not None
        keys = set(section.annotation.model_fields) - {"ui"}
        assert keys == set(told[name]), name


def test_the_shipped_file_shows_a_further_switch(tmp_path: Path) -> None:
    _, _, text = SHIPPED.read_text().partition("\n# [switches.pbx2]")
    shown = "# [switches.pbx2]" + text.partition("\n\n")[0]
    lines = [line.removeprefix("# ") for line in shown.splitlines()]
    file = tmp_path / "callcenter.toml"
    file.write_text("\n".join(lines))
    further = load(file, {}).switches["pbx2"]
    assert further.trunk_to == {"pbx1": "PJSIP/pbx1"}
    told = tomllib.loads(file.read_text())["switches"]["pbx2"]
    own = set(FurtherSwitch.model_fields) - set(ManagerSection.model_fields)
    assert own <= set(told)


TWO = """
[switch]
trunk_to = { berlin-2 = "PJSIP/berlin" }
[switches.berlin-2]
port = 5039
secret = "from the file"
trunk_to = { pbx1 = "PJSIP/pbx1" }
"""


def test_a_further_switch_by_file_and_environment(tmp_path: Path) -> None:
    file = tmp_path / "callcenter.toml"
    file.write_text(TWO)
    settings = load(
        file,
        {
            "CALLCENTER_SWITCHES__BERLIN_2__SECRET": "s3cret",
            "CALLCENTER_SWITCHES__BERLIN_2__HISTORY__KIND": "csv",
            "CALLCENTER_SWITCHES__PBX3__HOST": "three.example",
        },
    )
    berlin, three = settings.switches["berlin-2"], settings.switches["pbx3"]
    assert (berlin.port, berlin.secret.get_secret_value()) == (5039, "s3cret")
    assert (berlin.history.kind, three.host) == ("csv", "three.example")
    assert settings.switch.trunk_to == {"berlin-2": "PJSIP/berlin"}
    assert "s3cret" not in repr(settings)


def test_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "callcenter.toml"
    file.write_text('[http]\nport = 9000\n[switch]\nhost = "pbx.example"\n')
    environment = {
        "CALLCENTER_SWITCH__SECRET": "s3cret",
        "CALLCENTER_SWITCH__TRUNKS": "PJSIP/a, PJSIP/b",
        "CALLCENTER_PHONE__ICE_SERVERS": '[{"urls": ["stun:stun.example"]}]',
        "CALLCENTER_PHONE__TARIFFS": '{"+86": 10}',
        "CALLCENTER_HTTP__TRUSTED_PROXIES": "127.0.0.1, fd00::/8",
        "HTTP_PORT": "9100",
        "CALLCENTER_DEMO_PASSWORD": "not a setting",
    }
    settings = load(file, environment)
    assert settings.http.port == 9100
    assert [str(one) for one in settings.http.trusted_proxies] == ["127.0.0.1/32", "fd00::/8"]
    assert settings.switch.host == "pbx.example"
    assert settings.switch.trunks == ("PJSIP/a", "PJSIP/b")
    assert settings.phone.tariffs == {"+86": 10}
    assert settings.phone.ice_servers[0].urls == ("stun:stun.example",)
    assert "s3cret" not in repr(settings)


def test_the_house_seen_from_a_further_switch() -> None:
    settings = load(None, {"CALLCENTER_SWITCHES__PBX2__PORT": "5039"})
    assert seen_from(settings, "pbx1") is settings
    there = seen_from(settings, "pbx2")
    assert (there.switch.pbx, there.switch.port) == ("pbx2", 5039)
    with pytest.raises(ValueError, match="no switch is called 'pbx3'; there are pbx1, pbx2"):
        seen_from(settings, "pbx3")


PREFIXES = "beginnings of numbers: '+' and digits, like +86, or digits, like 95588"
HOST = "an address or a host name, like 127.0.0.1 or pbx.example"
SECTION = "a section, [http], with host, port"
PEM = "a PEM file with the authority's certificate"
PICTURE = "a PNG, SVG or WebP picture of 200 kB at most"
LIST = 'a list: comma separated, or JSON like ["a", "b"]'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[http]\nport = 'ninety'\n", "http.port = 'ninety': expected a whole number"),
        ("[http]\nport = 70000\n", "http.port = 70000: expected 65535 or less"),
        ("[http]\nport = -1\n", "http.port = -1: expected 0 or more"),
        ("[http]\nhost = 'no such host'\n", f"http.host = 'no such host': expected {HOST}"),
        ("[http]\nsecure_cookies = 'so'\n", "http.secure_cookies = 'so': expected true or false"),
        ("[http]\norigins = 5\n", "http.origins = 5: expected a list"),
        ("[switch]\nregion = 'China'\n", "switch.region = 'China': expected a country as two cap"),
        ("[switch]\nregion = 'ZZ'\n", "switch.region = 'ZZ': expected a country as two capital"),
        ("[switch]\nsecret = 5\n", "switch.secret = (hidden): expected text"),
        ("[switch]\npbx = 'the pbx'\n", "switch.pbx = 'the pbx': expected up to 40 letters"),
        (
            "[switch]\ntls_ca_file = '/none.pem'\n",
            f"switch.tls_ca_file = '/none.pem': expected {PEM}: No such file or directory",
        ),
        (
            "[switch]\ntls_ca_file = '/dev/null'\n",
            f"switch.tls_ca_file = '/dev/null': expected {PEM}: there is none in it",
        ),
        ("[fastagi]\ndeadline_s = 0\n", "fastagi.deadline_s = 0: expected more than 0"),
        (
            "[phone]\nallowed_prefixes = ['abc']\n",
            f"phone.allowed_prefixes = ['abc']: expected {PREFIXES}",
        ),
        ("[phone]\ntariffs = 5\n", "phone.tariffs = 5: expected a table, like { "),
        (
            "[phone]\ntariffs = { '+86' = 'x' }\n",
            "phone.tariffs.+86 = 'x': expected a whole number",
        ),
        (
            "[phone]\ntariffs = { 'abc' = 1 }\n",
            f"phone.tariffs = {{'abc': 1}}: expected {PREFIXES}",
        ),
        ("[phone]\ndaily_cost = -1\n", "phone.daily_cost = -1: expected 0 or more"),
        (
            "[phone]\ndaily_cost = 500\n",
            'phone.daily_cost = 500: expected phone.tariffs beside it, like { "+" = 200 }: without',
        ),
        (
            "[phone]\ndaily_cost = 500\ntariffs = { '+86' = 0 }\n",
            "phone.daily_cost = 500: expected phone.tariffs beside it",
        ),
        (
            "[phone]\nwebsocket_url = 'http://x'\n",
            "phone.websocket_url = 'http://x': expected a WebSocket address, like wss://",
        ),
        ("[company]\naccent = 'red'\n", "company.accent = 'red': expected a colour like #24324a"),
        (
            "[company]\naccent = '#ffee00'\n",
            "company.accent = '#ffee00': expected a darker colour: on a light page it is hardly",
        ),
        (
            "[company]\nlogo = '/none.png'\n",
            f"company.logo = '/none.png': expected {PICTURE}: No such file or directory",
        ),
        ("[company]\nlogo = '/dev/null'\n", f"company.logo = '/dev/null': expected {PICTURE}"),
        (
            "[company]\nzone = 'Mars/Base'\n",
            "company.zone = 'Mars/Base': expected a time zone's IANA name, like Asia/Shanghai, or",
        ),
        ("[phone]\nice_servers = [5]\n", "phone.ice_servers.0 = 5: expected a table, like {"),
        ("[log]\nlevel = 'loud'\n", "log.level = 'loud': expected 'debug', 'info', 'warning' or"),
        (
            "[http]\ntrusted_proxies = ['10.0.0.1/8']\n",
            "http.trusted_proxies = ['10.0.0.1/8']: expected addresses and networks like",
        ),
        (
            "[http]\ntrusted_proxies = 5\n",
            "http.trusted_proxies = 5: expected a list of addresses and networks",
        ),
        ("[htttp]\nport = 1\n", "htttp: no such section, did you mean http?"),
        ("[http]\nprot = 1\n", "http.prot: no such setting, did you mean port?"),
        ("[http]\nzzz = 1\n", "http.zzz: no such setting"),
        ("http = 5\n", f"http = 5: expected {SECTION}"),
        ("switches = 5\n", "switches = 5: expected sections, one for each: [switches.pbx2]"),
        ("[switches]\nb = 5\n", "switches.b = 5: expected a section, [switches.b], with host, "),
        ("[switches.'a b']\nport = 1\n", "switches.a b = 'a b': expected up to 40 letters"),
        ("[switches.b]\nprot = 1\n", "switches.b.prot: no such setting, did you mean port?"),
        ("[switches.b]\nsecret = 5\n", "switches.b.secret = (hidden): expected text"),
        (
            "[switches.b.history]\nkind = 'x'\n",
            "switches.b.history.kind = 'x': expected 'none', 'csv', 'sqlite' or 'pgsql'",
        ),
        (
            "[switches.b.history]\nknd = 'x'\n",
            "switches.b.history.knd: no such setting, did you mean kind?",
        ),
        (
            "[switches.PBX1]\nport = 1\n",
            "switches.PBX1 = 'PBX1': expected a name of its own: switch.pbx is the same",
        ),
        (
            "[switches.b]\nhost = '127.0.0.1'\n",
            "switches.b.port = 5038: expected a manager of its own: 127.0.0.1:5038 is [switch]",
        ),
        (
            "[switches.b]\nport = 1\ntrunk_to = { c = 'PJSIP/c' }\n",
            "switches.b.trunk_to.c = 'PJSIP/c': expected another switch's id: pbx1",
        ),
        (
            "[switch]\ntrunk_to = { b = 'PJSIP/c' }\n",
            "switch.trunk_to.b = 'PJSIP/c': expected another switch's id: there is none yet",
        ),
        (
            "[switch]\ntrunk_to = { b = 'nowhere' }\n",
            "switch.trunk_to.b = 'nowhere': expected a PJSIP trunk of the switch, like PJSIP/p",
        ),
        ("[http\n", "expected TOML: "),
    ],
)
def test_a_broken_file_is_told_with_key_value_and_what_is_expected(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "callcenter.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(file, {})
    assert str(caught.value).startswith(f"{file}: {told}")
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"HTTP_PORT": "x"}, "HTTP_PORT: http.port = 'x': expected a whole number"),
        (
            {"CALLCENTER_PHONE__WEBSOCKET_URL": "http://x"},
            "CALLCENTER_PHONE__WEBSOCKET_URL: phone.websocket_url = 'http://x': expected a",
        ),
        (
            {"CALLCENTER_HTTP__ORIGINS": "[x"},
            f"CALLCENTER_HTTP__ORIGINS: http.origins = '[x': expected {LIST}",
        ),
        (
            {"CALLCENTER_PHONE__ICE_SERVERS": '[{"credential": "s3cret"'},
            "CALLCENTER_PHONE__ICE_SERVERS: phone.ice_servers = (hidden): expected a list",
        ),
        (
            {"CALLCENTER_HTP__PORT": "1"},
            "CALLCENTER_HTP__PORT: no such setting, did you mean CALLCENTER_HTTP__PORT?",
        ),
        (
            {"CALLCENTER_HTTP_PORT": "1"},
            "CALLCENTER_HTTP_PORT: no such setting, did you mean CALLCENTER_HTTP__PORT?",
        ),
        ({"CALLCENTER_X": "1"}, "CALLCENTER_X: no such setting"),
        (
            {"CALLCENTER_SWITCHES__B__PORT": "x"},
            "CALLCENTER_SWITCHES__B__PORT: switches.b.port = 'x': expected a whole number",
        ),
        ({"CALLCENTER_SWITCHES__B__REGION": "CN"}, "CALLCENTER_SWITCHES__B__REGION: no such set"),
        ({"CALLCENTER_SWITCHES": "B"}, "CALLCENTER_SWITCHES: no such setting"),
    ],
)
def test_a_wrong_variable_is_told_by_its_name(environment: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(None, environment)
    assert str(caught.value).startswith(told)
    assert len(str(caught.value).splitlines()) == 1


def test_a_password_within_an_address_is_not_shown() -> None:
    shown = wrong_value("database.url", "postgresql://crm:s3cret@db/crm", "something else")
    assert shown == "database.url = 'postgresql://crm:***@db/crm': expected something else"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml: cannot be read: No such file"):
        load(tmp_path / "nowhere.toml", {})


def test_every_wrong_value_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "callcenter.toml"
    file.write_text("[http]\nport = 'a'\n[switch]\nport = 'b'\n")
    with pytest.raises(SettingsError) as caught:
        load(file, {})
    assert len(str(caught.value).splitlines()) == 2

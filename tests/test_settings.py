"""Settings: file, environment, and what a broken one says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from callcenter.settings import Settings, SettingsError, load

SHIPPED = Path(__file__).parents[1] / "config" / "callcenter.toml"


def test_the_shipped_file_says_what_the_defaults_are() -> None:
    assert load(SHIPPED, {}) == load(None, {}) == Settings()


def test_the_shipped_file_names_every_setting() -> None:
    told = tomllib.loads(SHIPPED.read_text())
    for name, section in Settings.model_fields.items():
        assert section.annotation is not None
        keys = set(section.annotation.model_fields) - {"ui"}
        assert keys == set(told[name]), name


def test_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "callcenter.toml"
    file.write_text('[http]\nport = 9000\n[switch]\nhost = "pbx.example"\n')
    environment = {
        "CALLCENTER_SWITCH__SECRET": "s3cret",
        "CALLCENTER_SWITCH__TRUNKS": "PJSIP/a, PJSIP/b",
        "CALLCENTER_PHONE__ICE_SERVERS": '[{"urls": ["stun:stun.example"]}]',
        "CALLCENTER_HTTP__TRUSTED_PROXIES": "127.0.0.1, fd00::/8",
        "HTTP_PORT": "9100",
        "CALLCENTER_DEMO_PASSWORD": "not a setting",
    }
    settings = load(file, environment)
    assert settings.http.port == 9100
    assert [str(one) for one in settings.http.trusted_proxies] == ["127.0.0.1/32", "fd00::/8"]
    assert settings.switch.host == "pbx.example"
    assert settings.switch.trunks == ("PJSIP/a", "PJSIP/b")
    assert settings.phone.ice_servers[0].urls == ("stun:stun.example",)
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "environment", "told"),
    [
        ("[http]\nport = 'ninety'\n", {}, ["http.port = 'ninety'", "expected a valid integer"]),
        ("[http]\nport = 70000\n", {}, ["http.port = 70000", "less than or equal to 65535"]),
        ("[switch]\nregion = 'China'\n", {}, ["switch.region = 'China'", "two capital letters"]),
        ("[switch]\nsecret = 5\n", {}, ["switch.secret = (hidden)", "valid string"]),
        ("[log]\nlevel = 'loud'\n", {}, ["log.level = 'loud'", "'debug', 'info'"]),
        (
            "[http]\ntrusted_proxies = ['10.0.0.1/8']\n",
            {},
            ["http.trusted_proxies = ['10.0.0.1/8']", "like 10.0.0.0/8", "host bits set"],
        ),
        ("[http]\ntrusted_proxies = 5\n", {}, ["http.trusted_proxies = 5", "a list of addresses"]),
        ("[htttp]\nport = 1\n", {}, ["htttp: no such setting"]),
        ("[http]\nprot = 1\n", {}, ["http.prot: no such setting"]),
        ("http = 5\n", {}, ["http = 5", "expected"]),
        ("[http\n", {}, ["expected TOML", "line 1"]),
        ("", {"HTTP_PORT": "x"}, ["HTTP_PORT: http.port = 'x'", "expected a valid integer"]),
        ("", {"CALLCENTER_PHONE__WEBSOCKET_URL": "http://x"}, ["phone.websocket_url", "match"]),
    ],
)
def test_a_broken_value_is_told_with_key_value_and_what_is_expected(
    tmp_path: Path, text: str, environment: dict[str, str], told: list[str]
) -> None:
    file = tmp_path / "callcenter.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(file, environment)
    assert len(str(caught.value).splitlines()) == 1
    for part in told:
        assert part in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml: cannot be read: No such file"):
        load(tmp_path / "nowhere.toml", {})


def test_every_wrong_value_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "callcenter.toml"
    file.write_text("[http]\nport = 'a'\n[switch]\nport = 'b'\n")
    with pytest.raises(SettingsError) as caught:
        load(file, {})
    assert len(str(caught.value).splitlines()) == 2

"""`callcenter pbx` from the command line: what it prints, what it leaves behind, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.cli.pbx import app


def settings_file(tmp_path: Path, text: str = "") -> Path:
    file = tmp_path / "callcenter.toml"
    file.write_text(
        f'[paths]\nvar = "{tmp_path}/var"\n[database]\nurl = "sqlite:///{tmp_path}/none.db"\n{text}'
    )
    return file


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_config_before_the_first_start(tmp_path: Path) -> None:
    """No database yet: the standard queues; no secret yet: one is made and told."""
    file = settings_file(tmp_path)
    code, output = run(
        "config", "--config", file, "--out", tmp_path / "out", "--desk-phones", "2001-2003,2009"
    )
    assert code == 0
    assert "3 queues, 4 phones." in output
    assert "A new manager secret was made" in output
    assert "[2009](crm-desk)" in (tmp_path / "out/pjsip_callcenter.conf").read_text()
    assert not (tmp_path / "none.db").exists()


def test_no_phones_yet_says_why(tmp_path: Path) -> None:
    file = settings_file(tmp_path)
    _, output = run("config", "--config", file, "--out", tmp_path / "out")
    assert "3 queues, 0 phones: no users with an extension yet (callcenter users add)." in output


@pytest.mark.parametrize("more", [(), ("--freepbx",)])
def test_written_again_the_manager_keeps_its_secret(tmp_path: Path, more: tuple[str, ...]) -> None:
    """The switch and our settings hold it already: a new one would lock us out."""
    file, out = settings_file(tmp_path), tmp_path / "out"
    manager = out / ("manager_custom.conf" if more else "manager_callcenter.conf")
    run("config", "--config", file, "--out", out, *more)
    first = manager.read_text()
    code, output = run("config", "--config", file, "--out", out, *more)
    assert (code, manager.read_text()) == (0, first)
    assert "The manager secret written before was kept" in output
    chosen = settings_file(tmp_path, '[switch]\nsecret = "chosen"\n')
    run("config", "--config", chosen, "--out", out, *more)
    assert "secret = chosen" in manager.read_text()


def test_phones_keep_their_passwords(tmp_path: Path) -> None:
    file = settings_file(tmp_path)
    written = []
    for out in (tmp_path / "a", tmp_path / "b"):
        run("config", "--config", file, "--out", out, "--desk-phones", "2001")
        written.append((out / "pjsip_callcenter.conf").read_text())
    assert written[0] == written[1]


@pytest.mark.parametrize(
    ("text", "arguments", "says"),
    [
        ('[switch]\nhost = "10.0.0.9"\n', [], "give --our-host"),
        ("", ["--our-host", "crm.example"], "expected an IPv4 address"),
        ("", ["--desk-phones", "20x"], "'20x'"),
        ("", ["--desk-phones", "2009-2001"], "lower number first"),
        ("[switch]\nport = 0\n", [], "switch.port"),
        ("[fastagi]\nport = 0\n", [], "fastagi.port"),
        ('[switch]\ntrunks = ["carrier"]\n', [], "trunk"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    tmp_path: Path, text: str, arguments: list[str], says: str
) -> None:
    file = settings_file(tmp_path, text)
    code, output = run("config", "--config", file, "--out", tmp_path / "out", *arguments)
    assert code == 2
    assert says in output
    assert "Traceback" not in output


def test_a_database_that_cannot_be_read_is_told_with_its_key(tmp_path: Path) -> None:
    (tmp_path / "none.db").write_text("this is no database " * 99)
    code, output = run("config", "--config", settings_file(tmp_path), "--out", tmp_path / "out")
    assert (code, output.count("\n")) == (2, 1)
    assert output.startswith(f"database.url = 'sqlite:///{tmp_path}/none.db': expected a database")


def test_a_remote_switch_is_given_our_address(tmp_path: Path) -> None:
    file = settings_file(tmp_path, '[switch]\nhost = "10.0.0.9"\nsecret = "x"\n')
    out = tmp_path / "out"
    assert run("config", "--config", file, "--out", out, "--our-host", "10.0.0.5")[0] == 0
    assert "permit = 10.0.0.5/255.255.255.255" in (out / "manager_callcenter.conf").read_text()
    assert "agi://10.0.0.5:4573/route" in (out / "extensions_callcenter.conf").read_text()


def test_check_of_a_switch_that_is_not_there(tmp_path: Path) -> None:
    file = settings_file(tmp_path, "[switch]\nport = 1\n")
    code, output = run("check", "--config", file)
    assert code == 1
    assert "cannot connect to 127.0.0.1:1: Connection refused" in output

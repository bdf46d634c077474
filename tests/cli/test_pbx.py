"""`callcenter pbx` from the command line: what it prints, what it leaves behind, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.cli import app as everything
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


def test_each_switch_gets_its_own_phones_and_the_way_to_the_others(tmp_path: Path) -> None:
    file = settings_file(
        tmp_path,
        '[switch]\ntrunk_to = { pbx2 = "PJSIP/two" }\n'
        '[switches.pbx2]\nport = 5039\ntrunk_to = { pbx1 = "PJSIP/one" }\n',
    )
    runner = CliRunner(env={"CALLCENTER_NEW_PASSWORD": "correct horse battery"})
    every = everything
    assert runner.invoke(every, ["migrate", "--config", str(file)]).exit_code == 0
    for login, extension, more in (("ann", "2001", []), ("bob", "3001", ["--switch", "pbx2"])):
        told = [*("users", "add", login, "--name", login, "--extension", extension), *more]
        added = runner.invoke(every, [*told, "--config", str(file)])
        assert added.exit_code == 0, added.output
    written = {}
    for pbx in ("pbx1", "pbx2"):
        out = tmp_path / pbx
        code, output = run("config", "--config", file, "--out", out, "--switch", pbx)
        assert (code, "1 phones" in output) == (0, True), output
        written[pbx] = (out / "extensions_callcenter.conf").read_text()
    assert "Dial(PJSIP/2001,30" in written["pbx1"]
    assert "Dial(PJSIP/3001@two,40" in written["pbx1"]
    assert "X-CRM-Call)=pbx1/" in written["pbx1"]
    assert "Dial(PJSIP/3001,30" in written["pbx2"]
    assert "Dial(PJSIP/2001@one,40" in written["pbx2"]
    assert "${CRM_ASKED_FOR},pbx2))" in written["pbx2"]
    code, output = run("config", "--config", file, "--out", tmp_path, "--switch", "pbx3")
    assert code != 0
    assert "--switch: no switch is called 'pbx3'; there are pbx1, pbx2" in output

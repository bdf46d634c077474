"""``callcenter calls replay``."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from callcenter.cli import app

RECORDINGS = Path(__file__).parent.parent / "recordings"


def replay(*arguments: object, stdin: bytes = b"") -> Result:
    command = ["calls", "replay", *(str(argument) for argument in arguments)]
    return CliRunner().invoke(app, command, env={"COLUMNS": "80"}, input=stdin)


def test_json_is_one_object_a_line() -> None:
    recording = RECORDINGS / "consultation_given_up.ami"
    result = replay(recording, "--json")
    assert result.exit_code == 0
    assert result.stdout_bytes == recording.with_suffix(".json").read_bytes()
    first = orjson.loads(result.stdout.splitlines()[0])
    assert set(first) >= {
        "direction",
        "result",
        "caller",
        "caller_name",
        "dialled",
        "queues",
        "wait_s",
        "connected_s",
        "legs",
        "transfers",
        "linked",
    }


def test_the_table_fits_eighty_columns_and_cuts_nothing() -> None:
    result = replay(RECORDINGS / "attended_transfer.ami")
    assert result.exit_code == 0
    for word in ("inbound answered", "Wang Wei", "PJSIP/carrier", "customer", "to 2002"):
        assert word in result.stdout
    assert "…" not in result.stdout


def test_another_trunk() -> None:
    result = replay(RECORDINGS / "internal_call.ami", "--json", "--trunk", "PJSIP/2001")
    assert orjson.loads(result.stdout)["direction"] == "inbound"


def test_a_damaged_capture_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = (RECORDINGS / "inbound_answered.ami").read_bytes()
    damaged = tmp_path / "damaged.ami"
    damaged.write_bytes(b"\xff\x00\r\n\r\n" + whole[:-2000])
    result = replay(damaged, "--json")
    assert result.exit_code == 0
    assert "1 malformed frames" in result.stderr
    assert "1 calls that have not ended" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("blank_lines_at_the_end", [0, 1, 5])
def test_what_an_editor_made_of_the_line_ends(tmp_path: Path, blank_lines_at_the_end: int) -> None:
    recording = RECORDINGS / "inbound_answered.ami"
    edited = tmp_path / "edited.ami"
    bare = recording.read_bytes().replace(b"\r\n", b"\n").rstrip(b"\n")
    edited.write_bytes(bare + b"\n" * blank_lines_at_the_end)
    result = replay(edited, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout_bytes == recording.with_suffix(".json").read_bytes()


def test_standard_input() -> None:
    recording = RECORDINGS / "inbound_answered.ami"
    result = replay("-", "--json", stdin=recording.read_bytes())
    assert result.stdout_bytes == recording.with_suffix(".json").read_bytes()
    nothing = replay("-")
    assert nothing.exit_code == 1
    assert nothing.stderr == "standard input: no AMI events of calls in it (the file is empty)\n"


def test_a_call_that_goes_on_at_the_end_is_shown_as_such(tmp_path: Path) -> None:
    whole = (RECORDINGS / "inbound_answered.ami").read_bytes()
    cut = tmp_path / "cut.ami"
    cut.write_bytes(whole[: whole.index(b"Event: AgentComplete")])
    finished = orjson.loads(RECORDINGS.joinpath("inbound_answered.json").read_bytes())
    [call] = [orjson.loads(line) for line in replay(cut, "--json").stdout.splitlines()]
    assert call.keys() == finished.keys()
    assert (call["result"], call["ended_at"], call["connected_s"]) == (None, None, None)
    for name in ("call_id", "direction", "caller", "dialled", "queues", "started_at"):
        assert call[name] == finished[name]
    assert [(leg["interface"], leg["result"]) for leg in call["legs"]] == [
        ("PJSIP/carrier", None),
        ("PJSIP/2001", None),
    ]
    assert call["legs"][0].keys() == finished["legs"][0].keys()
    table = replay(cut).stdout
    assert "inbound not ended" in table
    assert "PJSIP/2001" in table


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"", "the file is empty"),
        (b"\x00\xff" * 5000, "no AMI events"),
        (b"GET / HTTP/1.1\r\n\r\n", "1 malformed frames"),
        (b"Event: VarSet\r\n\r\n", "only events of other kinds"),
    ],
)
def test_what_is_no_capture_is_said_plainly(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "capture.ami"
    if content is not None:
        file.write_bytes(content)
    result = replay(file)
    assert result.exit_code == 1
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1

"""Frames: any chunking gives the same ones, and nothing that arrives is fatal."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony import wire
from telephony.wire import Frame, Framer, UnsafeHeader, encode_action

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
HANGUP = b"Event: Hangup\r\nTimestamp: 1.5\r\nUniqueid: 17.1\r\nCause: 16\r\n\r\n"
SUCCESS = b"Response: Success\r\nActionID: 7\r\n\r\n"
STREAM = BANNER + SUCCESS + HANGUP * 3


def test_frames_and_banner() -> None:
    framer = Framer()
    frames = framer.feed(STREAM)
    assert framer.banner == "Asterisk Call Manager/11.0.0"
    assert [frame.event for frame in frames] == ["", "Hangup", "Hangup", "Hangup"]
    assert frames[0].get("Response") == "Success"
    assert dict(frames[1].items()) == {
        "Event": "Hangup",
        "Timestamp": "1.5",
        "Uniqueid": "17.1",
        "Cause": "16",
    }
    assert framer.pending == framer.malformed == framer.oversized == framer.undecodable == 0


@given(st.lists(st.integers(0, len(STREAM)), max_size=30))
def test_any_chunks_give_the_same_frames(cuts: list[int]) -> None:
    framer = Framer()
    edges = [0, *sorted(cuts), len(STREAM)]
    frames = [
        frame
        for start, end in itertools.pairwise(edges)
        for frame in framer.feed(STREAM[start:end])
    ]
    assert frames == Framer().feed(STREAM)
    assert framer.banner == BANNER.decode().strip()


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_garbage_is_never_fatal_and_the_stream_recovers(chunks: list[bytes]) -> None:
    framer = Framer()
    for chunk in chunks:
        for frame in framer.feed(chunk):
            frame.get("Uniqueid")
            list(frame.items())
    framer.feed(b"\r\n\r\n")
    assert framer.feed(HANGUP)[-1].get("Uniqueid") == "17.1"


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        (rb"O\'Brien\?", "O'Brien?"),
        (rb"a\\b\tc\"", 'a\\b\tc"'),
        (b"<unknown>", ""),
        (b"<null>", ""),
        (b"", ""),
        ("张伟".encode(), "张伟"),
        (b"caf\xe9", "caf�"),
        (b"end\\", "end\\"),
    ],
)
def test_values(value: bytes, meaning: str) -> None:
    frame = Frame(b"Event: Newchannel\r\nCallerIDName: " + value + b"\r\nExten: 1")
    assert frame.get("CallerIDName") == meaning
    assert frame.get("Exten") == "1"


def test_only_names_are_escaped_by_asterisk() -> None:
    frame = Frame(rb"Event: Newexten" + b"\r\n" + rb"AppData: C:\new")
    assert frame.get("AppData") == r"C:\new"


def test_missing_empty_and_repeated_headers() -> None:
    frame = Frame(b"Event: UserEvent\r\nExten:\r\nEvent: Hangup\r\nnonsense\r\nA: 1\r\nA: 2")
    assert frame.event == "UserEvent"
    assert frame.get("Exten", "x") == ""
    assert frame.get("Missing", "x") == "x"
    assert frame.get("A") == "1"
    assert [value for name, value in frame.items() if name == "A"] == ["1", "2"]


def test_two_captures_in_one_file() -> None:
    framer = Framer()
    assert framer.feed(STREAM + STREAM) == Framer().feed(STREAM) * 2
    assert framer.malformed == 0


def test_bad_frames_are_counted() -> None:
    framer = Framer()
    assert framer.feed(b"\x00\xffgarbage\r\n\r\n" + HANGUP)[0].event == "Hangup"
    assert framer.malformed == 1
    framer.feed(b"Event: X\r\nName: \xff\r\n\r\n")
    assert framer.undecodable == 1


@pytest.mark.parametrize("chunk", [1_000_000, 1000, 7])
def test_an_oversized_frame_is_dropped_without_being_kept(chunk: int) -> None:
    framer = Framer()
    huge = b"Event: X\r\nA: " + b"a" * 200_000 + b"\r\n\r\n" + HANGUP
    frames = []
    for start in range(0, len(huge), chunk):
        frames += framer.feed(huge[start : start + chunk])
        assert framer.pending <= wire.MAX_FRAME
    assert [frame.event for frame in frames] == ["Hangup"]
    assert framer.oversized == 1


def test_encode_action() -> None:
    assert encode_action("Ping", [("ActionID", "1"), ("Name", "张")]) == (
        "Action: Ping\r\nActionID: 1\r\nName: 张\r\n\r\n".encode()
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Channel", "x\r\nAction: Command"),
        ("Channel", "x\nSecret: y"),
        ("Channel", "x\0"),
        ("Cha\r\nnnel", "x"),
        ("Chan: nel", "x"),
        ("", "x"),
        ("Channel", "x" * 1024),
    ],
)
def test_what_could_become_a_second_action_is_refused(name: str, value: str) -> None:
    with pytest.raises(UnsafeHeader):
        encode_action("Originate", [(name, value)])


def test_more_headers_than_asterisk_reads_are_refused() -> None:
    with pytest.raises(UnsafeHeader):
        encode_action("Originate", [("Variable", "a=1")] * 128)

"""What goes in comes out, at any place; what was touched does not come out at all."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.store.vault import CHUNK, Sealed, SealedFile, Tampered, new_key, seal

HEADER, SEALED = 16, CHUNK + 16
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7]


def made(size: int) -> bytes:
    return os.urandom(size)


def sealed(folder: Path, data: bytes, key: bytes, name: str = "one") -> Path:
    path = folder / name
    seal(io.BytesIO(data), path, key)
    return path


def opened(path: Path, key: bytes) -> bytes:
    with SealedFile(path, key) as file:
        return b"".join(file.chunks())


@pytest.mark.parametrize("size", SIZES)
def test_what_goes_in_comes_out(size: int, tmp_path: Path) -> None:
    data, key, seen = made(size), new_key(), io.BytesIO()
    told = seal(io.BytesIO(data), tmp_path / "a/b/one", key, seen.write)
    assert told == Sealed(size, hashlib.sha256(data).hexdigest())
    assert seen.getvalue() == data
    assert opened(tmp_path / "a/b/one", key) == data
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["one"]
    assert (tmp_path / "a/b/one").stat().st_mode & 0o777 == 0o600
    assert size < 16 or data[:16] not in (tmp_path / "a/b/one").read_bytes()


@settings(max_examples=200, deadline=None)
@given(
    size=st.sampled_from(SIZES),
    start=st.integers(-5, 4 * CHUNK),
    length=st.integers(-5, 4 * CHUNK),
)
def test_any_part_of_it(
    size: int, start: int, length: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data, key = made(size), new_key()
    with SealedFile(sealed(tmp_path_factory.mktemp("part"), data, key), key) as file:
        assert len(file) == size
        assert file.read(start, start + length) == data[max(0, start) : max(0, start + length)]


@settings(max_examples=300, deadline=None)
@given(size=st.sampled_from(SIZES), chance=st.randoms(use_true_random=False))
def test_no_bit_may_be_another(size: int, chance, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]  # hypothesis' Random has no public type
    data, key = made(size), new_key()
    path = sealed(tmp_path_factory.mktemp("bit"), data, key)
    raw = bytearray(path.read_bytes())
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    path.write_bytes(raw)
    with pytest.raises(Tampered):
        opened(path, key)


@settings(max_examples=200, deadline=None)
@given(size=st.sampled_from(SIZES), chance=st.randoms(use_true_random=False))
def test_a_file_that_was_cut_or_made_longer(size: int, chance, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]  # as above
    key = new_key()
    path = sealed(tmp_path_factory.mktemp("cut"), made(size), key)
    raw = path.read_bytes()
    at = chance.choice([chance.randrange(len(raw)), HEADER, max(HEADER, len(raw) - SEALED)])
    path.write_bytes(raw[:at])
    with pytest.raises(Tampered):
        SealedFile(path, key)
    path.write_bytes(raw + os.urandom(chance.choice([1, 16, 17, SEALED])))
    with pytest.raises(Tampered):
        SealedFile(path, key)


def test_cut_at_a_chunk_is_seen_before_anything_is_read(tmp_path: Path) -> None:
    key = new_key()
    path = sealed(tmp_path, made(3 * CHUNK), key)
    path.write_bytes(path.read_bytes()[: HEADER + 2 * SEALED])
    with pytest.raises(Tampered):
        SealedFile(path, key)


def test_chunks_in_another_order_and_of_another_file(tmp_path: Path) -> None:
    key = new_key()
    one, other = (sealed(tmp_path, made(3 * CHUNK + 7), key, name) for name in ("one", "other"))
    raw, theirs = one.read_bytes(), other.read_bytes()
    first, second = HEADER, HEADER + SEALED
    for swapped in (
        raw[:first] + raw[second : second + SEALED] + raw[first:second] + raw[second + SEALED :],
        raw[:first] + theirs[first:second] + raw[second:],
        theirs[:HEADER] + raw[HEADER:],
    ):
        one.write_bytes(swapped)
        with pytest.raises(Tampered):
            opened(one, key)


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    path = sealed(tmp_path, made(9), new_key())
    with pytest.raises(Tampered):
        SealedFile(path, new_key())
    path.write_bytes(b"RIFF" * 100)
    with pytest.raises(Tampered, match="not one of our files"):
        SealedFile(path, new_key())


class Breaks(io.BytesIO):
    """A source that is gone after the first chunk."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise OSError(5, "Input/output error")
        return super().read(size)


def test_of_what_fails_half_way_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"the former one")
    with pytest.raises(OSError, match="Input/output"):
        seal(Breaks(made(3 * CHUNK)), tmp_path / "one", new_key())
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    assert (tmp_path / "one").read_bytes() == b"the former one"


def test_nonces_are_never_the_same_for_two_files_of_one_key(tmp_path: Path) -> None:
    key = new_key()
    prefixes = {sealed(tmp_path, b"x", key, str(n)).read_bytes()[12:HEADER] for n in range(50)}
    assert len(prefixes) == 50

"""Master keys: made once, rotated without a pause, never silently replaced."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from callcenter.store.master_keys import FILE, MasterKeys, UnknownMasterKey, key_id
from callcenter.store.secret_key import SecretKeyBroken
from callcenter.store.vault import Tampered, new_key

RECORDING = uuid4()


def test_it_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    keys = MasterKeys(tmp_path / "var")
    path = tmp_path / "var" / FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == [FILE]
    assert MasterKeys(tmp_path / "var").current == keys.current
    assert keys.current == key_id(bytes.fromhex(path.read_text().strip()))
    assert len(keys.current) == 16


def test_what_is_wrapped_belongs_to_one_recording(tmp_path: Path) -> None:
    keys, key = MasterKeys(tmp_path), new_key()
    id_, wrapped = keys.wrap(RECORDING, key)
    assert keys.unwrap(RECORDING, id_, wrapped) == key
    assert key not in wrapped
    with pytest.raises(Tampered):
        keys.unwrap(uuid4(), id_, wrapped)
    for place in range(len(wrapped)):
        touched = bytearray(wrapped)
        touched[place] ^= 1
        with pytest.raises(Tampered):
            keys.unwrap(RECORDING, id_, bytes(touched))
    with pytest.raises(Tampered):
        keys.unwrap(RECORDING, id_, b"")


def test_a_rotation_reaches_a_server_that_runs(tmp_path: Path) -> None:
    server, command = MasterKeys(tmp_path), MasterKeys(tmp_path)
    before, wrapped = server.wrap(RECORDING, key := new_key())
    after = command.add()
    assert server.current == after != before
    assert server.unwrap(RECORDING, before, wrapped) == key
    assert server.wrap(RECORDING, key)[0] == after


def test_what_wraps_nothing_any_more_is_forgotten_but_the_last_before(tmp_path: Path) -> None:
    keys = MasterKeys(tmp_path)
    first = keys.current
    id_, wrapped = keys.wrap(RECORDING, new_key())
    second = keys.add()
    assert keys.forget(()) == []  # it was in use a moment ago
    third = keys.add()
    assert keys.forget({first}) == []
    assert list(keys.ids()) == [third, second, first]
    assert keys.forget(()) == [first]
    assert list(keys.ids()) == [third, second]
    with pytest.raises(UnknownMasterKey, match=first):
        keys.unwrap(RECORDING, id_, wrapped)


def test_given_by_the_settings_while_the_files_are_still_read(tmp_path: Path) -> None:
    id_, wrapped = MasterKeys(tmp_path).wrap(RECORDING, key := new_key())
    new, old = new_key(), new_key()
    keys = MasterKeys(tmp_path, f"{new.hex()}, {old.hex()}")
    assert keys.is_given
    assert list(keys.ids()) == [key_id(new), key_id(old), id_]
    assert keys.current == key_id(new)
    assert keys.unwrap(RECORDING, id_, wrapped) == key
    alone = MasterKeys(tmp_path / "elsewhere", new.hex())
    assert alone.current == key_id(new)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("text", ["", "ab", "z" * 64, f"{'a' * 64}\nx"])
def test_a_broken_file_is_said_and_left_alone(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(SecretKeyBroken, match=FILE):
        MasterKeys(tmp_path)
    assert (tmp_path / FILE).read_text() == text
    with pytest.raises(SecretKeyBroken, match="hexadecimal"):
        MasterKeys(tmp_path, "not-a-key")


def test_a_file_that_goes_away_is_not_made_anew(tmp_path: Path) -> None:
    keys = MasterKeys(tmp_path)
    (tmp_path / FILE).unlink()
    with pytest.raises(SecretKeyBroken, match="gone"):
        keys.wrap(RECORDING, new_key())

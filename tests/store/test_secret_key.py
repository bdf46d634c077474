"""The key that phones' passwords hang on: whole or not at all, never a second one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from callcenter.store.secret_key import SecretKeyBroken, secret_key


def test_made_once_for_us_only(tmp_path: Path) -> None:
    var = tmp_path / "a" / "var"
    key = secret_key(var)
    assert len(key) == 32
    assert secret_key(var) == key
    [file] = var.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_two_that_start_at_once_have_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(lambda _: secret_key(tmp_path), range(8)))
    assert len(set(keys)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("broken", [b"", b"short"])
def test_a_damaged_one_is_refused_not_replaced(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(broken)
    with pytest.raises(SecretKeyBroken, match=r"secret\.key: \d bytes, expected at least 16"):
        secret_key(tmp_path)
    assert (tmp_path / "secret.key").read_bytes() == broken


def test_one_of_an_older_installation_is_kept(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"x" * 25)
    assert secret_key(tmp_path) == b"x" * 25

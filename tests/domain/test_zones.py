"""Names of time zones, and nothing that merely looks like a file."""

from __future__ import annotations

import subprocess
import sys

import pytest

from callcenter.domain.zones import is_zone


@pytest.mark.parametrize("name", ["Asia/Shanghai", "Europe/Berlin", "UTC", "America/Sao_Paulo"])
def test_these_are(name: str) -> None:
    assert is_zone(name)


@pytest.mark.parametrize(
    "name", ["", "Asia", "asia/shanghai", "Mars/Base", "../../etc/passwd", "/etc/localtime", "CST8"]
)
def test_these_are_not(name: str) -> None:
    assert not is_zone(name)


def test_also_on_a_machine_that_knows_none() -> None:
    code = "from callcenter.domain.zones import is_zone; print(is_zone('Asia/Shanghai'))"
    bare = {"PYTHONTZPATH": "", "PATH": "", "PYTHONPATH": ":".join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=bare, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "True\n"

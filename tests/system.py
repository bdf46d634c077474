"""Install what the full test run needs on Debian as root: `python -m tests.system`.

Idempotent and quick when all is there. Names only Debian packages; where they come from is the
machine's own apt configuration.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.asterisk.install import install as install_asterisk

POSTGRES = "/usr/lib/postgresql"

# package -> how to see that it is there
PACKAGES: dict[str, Callable[[], bool]] = {
    "chromium": lambda: shutil.which("chromium") is not None,
    "fonts-noto-cjk": lambda: bool(list(Path("/usr/share/fonts").rglob("NotoSansCJK*"))),
    "postgresql": lambda: any(Path(POSTGRES).glob("*/bin/initdb")),
    "sip-tester": lambda: shutil.which("sipp") is not None,
    "debootstrap": lambda: shutil.which("debootstrap") is not None,
}


def missing() -> list[str]:
    return [name for name, present in PACKAGES.items() if not present()]


def install_packages(names: list[str]) -> None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        sys.exit(
            "The full test run installs Debian packages and starts a real Asterisk in its own root,"
            f" so it needs Debian and root. Missing here: {', '.join(names)}.\n"
            "`make check` runs all tests that need neither."
        )
    print(f"Installing {', '.join(names)} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"`{' '.join(command)}` failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def main() -> None:
    names = missing()
    if names:
        install_packages(names)
    install_asterisk()


if __name__ == "__main__":
    main()
